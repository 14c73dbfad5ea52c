"""Both languages say the same things, about everything there is."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import audit.report
from audit.report import headline, history
from audit.report.data import ReleaseKind, VerdictState
from audit.report.html import LAW_SECTIONS, MISSING_CHECKS, SECTIONS
from audit.report.pilot import SYSTEMS, Measure, PilotVerdict
from audit.report.wording import Lang, Words, sentences
from audit.standing import StandingState
from curate.decision import Outcome
from curate.finding import Category, Check, Severity
from curate.record import ContentClass

REPORT = Path(audit.report.__file__).parent


def catalogue(lang: Lang) -> dict[str, tuple[str, ...]]:
    """Id to its forms, read from the file itself."""
    with (REPORT / "locale" / lang.value / "LC_MESSAGES" / "report.po").open("rb") as stream:
        found = read_po(stream, locale=lang.value, abort_invalid=True)
    messages = [message for message in found if message.id]
    assert not found.obsolete and not [message.id for message in messages if message.fuzzy or not message.string]
    plural = {m.id[0]: tuple(m.string) for m in messages if isinstance(m.id, tuple)}
    return {m.id: (str(m.string),) for m in messages if isinstance(m.id, str)} | plural


EN, JA = catalogue(Lang.EN), catalogue(Lang.JA)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys() -> None:
    assert len(EN) > 500 and set(EN) == set(JA)
    assert {key for lang in Lang for key in EN if key not in sentences(lang)} == set()


def test_both_languages_take_the_same_values() -> None:
    """A form for exactly one may leave the number out; every other form takes what the others take."""
    assert [key for key in EN if placeholders(EN[key][-1]) != placeholders(JA[key][-1])] == []
    assert [key for key in EN if not placeholders(EN[key][0]) <= placeholders(EN[key][-1])] == []


def test_plurals_are_those_of_the_language() -> None:
    assert {len(forms) for forms in EN.values()} == {1, 2} and {len(forms) for forms in JA.values()} == {1}
    en, ja = Words(Lang.EN), Words(Lang.JA)
    assert [en.count("people", n) for n in (0, 1, 2)] == ["0 people", "1 person", "2 people"]
    assert [ja.count("people", n) for n in (1, 2)] == ["1人", "2人"]
    with pytest.raises(TypeError):
        en("count.people", n="2")
    with pytest.raises(KeyError):
        en("never-heard-of-it")


def test_no_sentence_is_left_that_nobody_says() -> None:
    """Each id stands somewhere in the sources as it is, or begins with a prefix that is completed by a code."""
    sources = [*REPORT.rglob("*.py"), *REPORT.rglob("*.j2"), *REPORT.parent.joinpath("review").rglob("*.py")]
    sources += REPORT.parents[1].joinpath("imprimatur", "cli").glob("show_*.py")
    sources += REPORT.parent.joinpath("review").rglob("*.j2")
    text = "\n".join(path.read_text() for path in sources)
    whole = set(re.findall(r'["\']([a-z0-9.-]+)["\']', text))
    prefixes = set(re.findall(r'["\']([a-z0-9-]+(?:\.[a-z0-9-]+)*[.-])(?:\{|["\'] ?~)', text))
    prefixes |= {f"{prefix}." for prefix in re.findall(r'\.code\(\s*"([a-z-]+)"', text)}
    details = {f"{key.removeprefix('standing.')}-detail." for key in EN if key.startswith("standing.")}
    prefixes |= {"count.", *details}
    assert prefixes and [key for key in EN if key not in whole and not key.startswith(tuple(prefixes))] == []


def test_japanese_is_japanese_where_it_speaks() -> None:
    silent = ("csv.", "page.bar", "stamp", "runs.unsafe")
    assert [
        key for key in JA if not key.startswith(silent) and not re.search(r"[ぁ-んァ-ヶ一-龠、。「」（）]", JA[key][0])
    ] == []


@pytest.mark.parametrize("lang", list(Lang))
def test_every_value_of_every_choice_has_words(lang: Lang) -> None:
    needed = [
        *(f"outcome.{value}" for value in Outcome),
        *(f"state.{value}" for value in StandingState),
        *(f"class.{value}" for value in ContentClass),
        *(f"severity.{value}" for value in Severity),
        *(f"category.{value}" for value in Category),
        *(f"check-name.{value}" for value in Check),
        *(f"measure.{value}" for value in Measure),
        *(f"pilot-verdict.{value}" for value in PilotVerdict),
        *(f"page.advice.{value}" for value in PilotVerdict),
        *(f"system.{name}" for name in SYSTEMS),
        *(f"release.{value}" for value in ReleaseKind),
        *(f"stamp.{value}" for value in VerdictState),
        *(f"missing-check.{name}" for name in MISSING_CHECKS),
        *(f"sum.outcome-{value}" for value in Outcome),
        *SECTIONS,
        *(f"laws.{law}{part}" for law in LAW_SECTIONS for part in ("", ".asks", ".yours")),
        *(f"history.{kind.value}" for kind in history._TOLD),
    ]
    assert [key for key in needed if key not in sentences(lang)] == []


@pytest.mark.parametrize("lang", list(Lang))
def test_every_code_that_standing_can_give_has_words(lang: Lang) -> None:
    """The codes are read out of the modules that make them, so that a new one cannot be forgotten here."""
    from inspect import getsource

    from audit import casebook, standing, votes

    words = Words(lang)
    flaws = set(re.findall(r'flaw = "([a-z-]+)"', getsource(casebook)))
    flaws |= set(re.findall(r'\("([a-z]+-changed)"', getsource(votes)))
    flaws |= {"expired", "reviewer-revoked", "before-the-decision", "self-asserted-refused"}
    assert len(flaws) > 10
    assert [flaw for flaw in flaws if words.code("approval-void-detail", flaw) == flaw] == []
    reasons = set(re.findall(r'standing\(StandingState\.[A-Z]+, "([a-z-]+)"', getsource(standing)))
    reasons |= {"no-decision", "decision-unreadable", "wrong-answer-open", "near-duplicate-withdrawn", "unsafe-policy"}
    reasons |= {"decision-dated-later", "withdrawn:privacy", "approvals-missing:1-of-2", "role-missing:legal"}
    reasons |= {"information-asked", "index-approvals-missing:1-of-2", "self-asserted"}
    assert len(reasons) > 12
    assert [reason for reason in reasons if words.code("standing", reason) == reason] == []


def test_codes_carry_their_details() -> None:
    assert Words(Lang.EN).code("standing", "approvals-missing:1-of-2") == "1 of 2 approvals given"
    assert (
        Words(Lang.EN).code("standing", "approval-void:texts-changed") == "an approval is void: the texts changed since"
    )
    assert Words(Lang.JA).code("standing", "role-missing:engineering") == "役割「設計」の承認が不足"
    assert Words(Lang.EN).code("standing", "never-heard-of:it") == "never-heard-of:it"


def test_days_shares_and_durations() -> None:
    en, ja = Words(Lang.EN), Words(Lang.JA)
    moment = datetime(2030, 2, 1, 23, 5, tzinfo=UTC)
    assert (en.day(moment), ja.day(moment)) == ("1 Feb 2030", "2030年2月1日")
    assert (en.month("2030-11"), ja.month("2030-11")) == ("Nov 2030", "2030年11月")
    assert [en.share(x) for x in (0.0, 0.034, 0.5, 0.985, 1.0)] == ["0%", "3.4%", "50%", "98.5%", "100%"]
    assert [en.milliseconds(x) for x in (0.04, 3.81, 240, 1500)] == ["<0.1 ms", "3.8 ms", "240 ms", "1.5 s"]
    assert [en.few(x) for x in (4.0, 0.932)] == ["4", "0.9"]
    assert [ja.seconds(x) for x in (8, 89, 1740, 7200)] == ["8.0秒", "89秒", "29分", "2.0時間"]
    assert (en.count("images", 1), en.count("images", 1200)) == ("1 image", "1,200 images")


def test_notices_name_sections_that_exist() -> None:
    from inspect import getsource

    named = set(re.findall(r'"[a-z-]+", "(?:images|people|findings)", .*, "([a-z]+)"\)', getsource(headline)))
    assert named and named <= set(SECTIONS)


def test_laws_point_to_sections_that_exist() -> None:
    assert all(places and set(places) <= set(SECTIONS) for places in LAW_SECTIONS.values())
