"""The second person judges without knowing the first one's verdict: whatever the first said, every page is the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from audit.approving import Verdict
from audit.entry import EntryKind
from audit.report.wording import Lang
from audit.review.codes import CODES
from audit.review.overview_pages import KeptReport
from audit.withdrawal import report_wrong
from tests.audit.fakes import START, image_id, licence_until
from tests.audit.review.desk import FLAGGED, PASSPHRASE, Desk, Seat, text

FIRST = ((Verdict.APPROVE, "reviewed"), (Verdict.REJECT, "privacy"), (Verdict.TO_INDEX, "low-value"))
REPORT = KeptReport(b"<!doctype html>who said what", START)


def again(seat: Seat) -> None:
    """Sign in once more: the session ended."""
    assert seat.person is not None
    seat.post("/sign-in", {"csrf": "", "reviewer": seat.person.reviewer, "passphrase": PASSPHRASE})


def _nothing_more(desk: Desk, image: str, second: Seat) -> None:
    pass


def _a_question_of_the_second(desk: Desk, image: str, second: Seat) -> None:
    second.decide(image, Verdict.ASK, "who-is-shown", note="Who is this?")


def _a_wrong_answer(desk: Desk, image: str, second: Seat) -> None:
    report_wrong(desk.world.ledger, "query", image, at=desk.world.now)


def _a_withdrawn_twin(desk: Desk, image: str, second: Seat) -> None:
    desk.world.withdraw(image_id("twin"))


def _the_licence_ends(desk: Desk, image: str, second: Seat) -> None:
    desk.world.pass_time(days=20)
    again(second)


def _no_words_and_no_rule(desk: Desk, image: str, second: Seat) -> None:
    entry = next(e for e in desk.world.ledger.entries() if e.body.get("image_id") == image)
    desk.world.ledger.erase_payload(entry.index)


def _another_run_of_curate(desk: Desk, image: str, second: Seat) -> None:
    desk.world.decide("part", **FLAGGED, duplicate_group=[image, image_id("twin")])


THEN: tuple[Callable[[Desk, str, Seat], None], ...] = (
    _nothing_more,
    _a_question_of_the_second,
    _a_wrong_answer,
    _a_withdrawn_twin,
    _the_licence_ends,
    _no_words_and_no_rule,
    _another_run_of_curate,
)


def pages(desk: Desk, seat: Seat, image: str) -> list[str]:
    """Everything that a signed-in person can open, apart from what is drawn by lot: form token, report ids, leaf hashes."""
    reports = [str(e.body["report_id"]) for e in desk.world.ledger.entries(EntryKind.WRONG_ANSWER)]
    paths = [
        f"/image/{image}",
        f"/image/{image}?verdict=approve",
        f"/image/{image_id('twin')}",
        "/overview",
        "/cases",
        "/drafts",
        "/account",
        *(f"/cases/{report}" for report in reports),
        *(f"/?lane={lane}" for lane in ("waiting", "second", "disagreement", "held", "expiring", "done", "all")),
        *(f"/?lane=all&sort={sort}" for sort in ("expiry", "oldest", "name")),
        "/?lane=all&reviewer=" + (desk.world.people[0].reviewer),
    ]
    drawn = re.compile(r'name="csrf" value="[^"]*"|w-[0-9a-f]{12}|<code>[0-9a-f]{12}</code>')
    replies = [seat.get(path) for path in paths]
    assert {reply.status for reply in replies} == {200}
    return [drawn.sub("", f"{path}\n{reply.body.decode()}") for path, reply in zip(paths, replies, strict=True)]


@pytest.mark.parametrize("then", THEN, ids=lambda then: then.__name__)
@pytest.mark.parametrize("outcome", ["review", "memorize"])
def test_whatever_the_first_said_every_page_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, then: Callable[[Desk, str, Seat], None], outcome: str
) -> None:
    seen = []
    for verdict, reason in FIRST:
        desk = Desk.at(tmp_path_factory.mktemp("desk"))
        ends = licence_until((START + timedelta(days=10)).date()) if then is _the_licence_ends else {}
        rules = [] if then is _no_words_and_no_rule else ["review-personal-data"]
        group = [image_id("part"), image_id("twin")]
        desk.world.decide("twin", duplicate_group=group)
        image = desk.world.decide(
            "part", **FLAGGED | {"outcome": outcome, "rules": rules}, **ends, duplicate_group=group
        )
        first, second = desk.world.reviewer("Ben"), desk.person("Anna")
        desk.world.say(first, verdict, image, reason=reason, note="I know why")
        then(desk, image, second)
        seen.append(pages(desk, second, image))
        desk.close()
    for other in seen[1:]:
        for one, two in zip(seen[0], other, strict=True):
            assert one == two


def test_the_first_persons_own_pages_do_differ(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The comparison above can tell pages apart: to whoever has spoken they show what was said."""
    seen = set()
    for verdict, reason in FIRST:
        desk = Desk.at(tmp_path_factory.mktemp("desk"))
        image = desk.world.decide("part", **FLAGGED)
        anna = desk.person("Anna")
        anna.decide(image, verdict, reason)
        seen.add(anna.get(f"/image/{image}").body)
        desk.close()
    assert len(seen) == len(FIRST)


def test_a_question_and_its_remedy_tell_the_asker_nothing(desk: Desk) -> None:
    """Asking, or closing a case, shows no standing that a first verdict made."""
    ben, anna = desk.world.reviewer("Ben"), desk.person("Anna")
    image = desk.world.decide("part", **FLAGGED)
    desk.world.say(ben, Verdict.APPROVE, image)
    told = text(anna.decide(image, Verdict.ASK, "who-is-shown", note="Who?"))
    assert "Recorded in the ledger" in told and "1 of 2" not in told and "Where it stands now" not in told
    page = text(anna.get(f"/image/{image}"))
    assert "1 decision of a colleague is shown after you have decided" in page and "Ben" not in page


def test_a_remedy_that_is_a_verdict_is_kept_back(desk: Desk) -> None:
    ben, anna = desk.person("Ben"), desk.person("Anna")
    image = desk.world.decide("part", **FLAGGED)
    report = str(report_wrong(desk.world.ledger, "query", image, at=desk.world.now).body["report_id"])
    assert ben.post(f"/cases/{report}/close", {"remedy": "hold"}).status == 200
    remedy = CODES["remedy:hold"]
    for path in ("/cases", f"/cases/{report}", f"/image/{image}"):
        assert remedy not in text(anna.get(path)), path
        assert remedy in text(ben.get(path)) or path.startswith("/image"), path
    assert "shown after you have decided" in text(anna.get(f"/cases/{report}"))


def test_the_report_waits_for_the_verdict_of_whoever_would_read_a_colleagues_in_it(desk: Desk) -> None:
    ben, anna = desk.world.reviewer("Ben"), desk.person("Anna")
    image = desk.world.decide("part", **FLAGGED)
    desk.reports[Lang.EN] = KeptReport(REPORT.body, desk.world.now)
    assert anna.get("/report/en").body == REPORT.body  # it was written before anybody decided
    desk.world.pass_time(minutes=10)
    desk.world.say(ben, Verdict.APPROVE, image)
    assert anna.get("/report/en").status == 200
    desk.reports[Lang.EN] = KeptReport(REPORT.body, desk.world.now)
    refused = anna.get("/report/en")
    assert refused.status == 403 and REPORT.body not in refused.body
    overview = anna.get("/overview")
    assert b"/report/en" not in overview.body and "kept from you" in text(overview)
    anna.decide(image, Verdict.REJECT, "privacy")
    assert anna.get("/report/en").body == REPORT.body


def test_whoever_decides_on_none_of_them_reads_the_report(desk: Desk) -> None:
    """By role: an auditor is never asked about these pictures."""
    ben, auditor = desk.world.reviewer("Ben"), desk.person("Olga", "auditor")
    roles = {"people": 2, "roles": ["compliance", "owner"], "valid_days": 30}
    image = desk.world.decide("part", **FLAGGED | {"approval": roles})
    desk.world.say(ben, Verdict.APPROVE, image)
    desk.reports[Lang.EN] = KeptReport(REPORT.body, datetime.max.replace(tzinfo=UTC) - timedelta(days=1))
    assert auditor.get("/report/en").body == REPORT.body
    assert desk.person("Anna", "owner").get("/report/en").status == 403
