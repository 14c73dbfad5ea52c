"""Laws of rights: a reservation in any channel is never memorized, and no permission lifts anything."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.screening.rights_material import packet
from curate.decision import Outcome, ValueScore
from curate.finding import Check, Screening
from curate.picture import ContentCredentials, UsageStatement
from curate.policy.decide import Routing, decide
from curate.policy.document import load_policy
from curate.rights_verdict import Answer, RightsChannel, Signal, Strength, verdict_of
from curate.screen.rights.verdict import RightsJudged, judge_rights
from curate.screen.xmp import read_packets
from curate.sidecars import Beside
from tests.curate.fakes import make_picture_facts, make_record

TODAY = date(2026, 1, 15)
POLICY = load_policy(Path(__file__).parents[2] / "policies" / "default")


def manifest(use: str, state: str) -> dict[str, Any]:
    said = UsageStatement("c2pa.training-mining", "c2pa.ai_training", use, False, True)
    return {"credentials": ContentCredentials(state, "", (said,))}


def xmp(inside: str) -> dict[str, Any]:
    return {"xmp": (packet(inside).decode(),)}


RESERVATIONS: tuple[dict[str, Any], ...] = (
    xmp("<plus:DataMining>DMI-PROHIBITED-GENAIMLTRAINING</plus:DataMining>"),
    xmp("<tdm:reservation>1</tdm:reservation>"),
    xmp("<dc:rights>AI学習禁止</dc:rights>"),
    {"exif": (("Copyright", "No AI training permitted"),)},
    {"iptc": (("SpecialInstructions", "機械学習への利用を禁じます"),)},
    {"comments": (("comment", "noai"),)},
    {"prohibited_terms": ("DMI-PROHIBITED",)},
    manifest("notAllowed", "invalid"),
    manifest("constrained", "valid"),
    {"beside": Beside(tdm=(("tdmrep.json", "1"),))},
    {"beside": Beside(values=(("a.json", "noai", "true"),))},
    {"extra": (("data_mining", "DMI-PROHIBITED"),)},
)
PERMISSIONS: tuple[dict[str, Any], ...] = (
    xmp("<plus:DataMining>DMI-ALLOWED</plus:DataMining>"),
    xmp("<cc:license>http://creativecommons.org/publicdomain/zero/1.0/</cc:license>"),
    xmp("<tdm:reservation>0</tdm:reservation>"),
    manifest("allowed", "trusted"),
    {"beside": Beside(tdm=(("tdmrep.json", "0"),))},
    {"license": "CC0-1.0"},
    {"license": "CC-BY-4.0"},
    {"comments": (("license", "CC0, free for any use including AI training"),)},
)


def judged(parts: list[dict[str, Any]]) -> tuple[RightsJudged, Outcome]:
    facts: dict[str, Any] = {}
    beside, record = Beside(), {}
    for part in parts:
        for name, value in part.items():
            if name == "beside":
                beside = beside.joined(value)
            elif name in ("license", "extra"):
                record[name] = value
            elif name == "credentials" and name in facts:
                known = facts[name]
                state = known.state if known.state == value.state else "invalid"
                facts[name] = ContentCredentials(state, "", known.statements + value.statements)
            else:
                facts[name] = value if name == "credentials" else facts.get(name, ()) + value
    picture = make_picture_facts(**facts)
    image = make_record(**record)
    result = judge_rights(image, picture, read_packets(picture.xmp), beside, today=TODAY, place="JP")
    done = frozenset(Check) - {note.check for note in result.unscreened}
    screening = Screening(image.image_id, result.findings, result.unscreened, done, rights=result.verdict)
    value = ValueScore(image.image_id, 1.0, (), "", "", "fixed")
    routing = Routing(over_budget=False, behind=None, changes_per_month=0.0, pinned=True)
    return result, decide(image, screening, value, routing, POLICY, today=TODAY).outcome


reserved = st.lists(st.sampled_from(RESERVATIONS), min_size=1, max_size=3)
permitted = st.lists(st.sampled_from(PERMISSIONS), max_size=4)


@settings(max_examples=60, deadline=None)
@given(reserved, permitted, st.randoms(use_true_random=False))
def test_a_reservation_in_any_channel_is_never_memorized(no: list[Any], yes: list[Any], random: Any) -> None:
    parts = [*no, *yes]
    random.shuffle(parts)
    result, outcome = judged(parts)
    assert outcome is Outcome.DENY
    assert result.verdict.answer is Answer.RESERVED


@settings(max_examples=60, deadline=None)
@given(reserved, permitted, permitted)
def test_adding_a_permission_never_lifts_a_finding(no: list[Any], yes: list[Any], more: list[Any]) -> None:
    """The licence of the catalogue is one value: a second one replaces the first instead of being added."""
    more = [part for part in more if "license" not in part]
    before, one = judged([*no, *yes])
    after, other = judged([*no, *yes, *more])
    assert {f.kind for f in before.findings} <= {f.kind for f in after.findings}
    assert other.rank <= one.rank


@given(permitted)
def test_no_reservation_is_invented(yes: list[Any]) -> None:
    result, outcome = judged(yes)
    assert result.verdict.answer in (Answer.PERMITTED, Answer.ATTRIBUTION, Answer.NOTICED)
    assert outcome in (Outcome.MEMORIZE, Outcome.REVIEW)
    assert not any(f.kind == "rights.data_mining_prohibited" for f in result.findings)


signals = st.builds(
    Signal,
    st.sampled_from(RightsChannel),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["x", "y"]),
    st.sampled_from(Strength),
)


@given(st.lists(signals, max_size=8), signals, st.randoms(use_true_random=False))
def test_the_verdict_is_free_of_order_and_only_gets_stricter(some: list[Signal], one: Signal, random: Any) -> None:
    mixed = list(some)
    random.shuffle(mixed)
    before, after = verdict_of(some), verdict_of([*some, one])
    assert verdict_of(mixed) == before
    order = list(Answer)
    assert order.index(after.answer) <= order.index(before.answer)
    assert after.conflict >= before.conflict
