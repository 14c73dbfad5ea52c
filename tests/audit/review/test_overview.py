"""The overview tells the same numbers as the queues it leads to, and leaves no image out."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from html import unescape

import pytest

from audit.approving import ApprovalRefused, Verdict
from audit.entry import EntryKind
from audit.report.wording import Lang
from audit.review.board import Board
from audit.review.exchange import Reply
from audit.review.lanes import Lane
from audit.review.overview import Stage, Step, funnel, lane_waits, memory_of, pace, stage_of, waits, weeks
from audit.review.overview_pages import KeptReport
from audit.withdrawal import report_wrong
from tests.audit.fakes import START, World, image_id, licence_until
from tests.audit.review.desk import FLAGGED, Desk, Seat, text


def rows(reply: Reply, section: str) -> dict[str, list[str]]:
    """The table of a section: its row heads and what stands behind them."""
    body = reply.body.decode()
    part = body[body.index(f'<h2 id="{section}">') :].partition("</section>")[0]
    found = {}
    for row in re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", part, re.DOTALL):
        head, _, cells = row.partition("</th>")
        found[head] = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td.*?</td>", cells, re.DOTALL)]
    return found


def links(reply: Reply) -> list[tuple[str, str]]:
    """(address, number shown) of every number in a table that leads to a listing."""
    body = reply.body.decode()
    found = re.findall(r'<td class="n"><a href="(/\?[^"]*)"[^>]*>([\d,.]+)</a>', body)
    return [(unescape(href), number) for href, number in found]


def trained(world: World, *images: str, run: str = "run-a") -> None:
    statement = {"predicate": {"read": [{"image_id": image, "times": 3} for image in images], "refused": []}}
    world.record(EntryKind.TRAINING_RUN, {"run": run, "statement": statement, "unsafe": False})
    world.record(EntryKind.MANIFEST, {"run": run, "manifest_sha256": "0" * 64, "entries": len(images), "unsafe": False})


@pytest.fixture
def anna(desk: Desk) -> Seat:
    return desk.person("Anna", "compliance")


def test_what_waits_and_how_long(desk: Desk) -> None:
    world = desk.world
    ben = world.reviewer("Ben")
    world.decide("old")
    world.pass_time(days=4)
    second = world.decide("second", **FLAGGED)
    world.decide("new")
    world.pass_time(days=2)
    world.approve(ben, second)
    world.decide("old")  # a run that repeats its decision makes nobody wait less
    wrong = world.decide("wrong")
    report_wrong(world.ledger, "query", wrong, at=world.now)
    world.pass_time(days=1)
    carla = desk.person("Carla", "compliance")
    page = carla.get("/overview")
    assert rows(page, "waits") == {
        "Waiting": ["2", "7.0", "5.0"],
        "Second person": ["1", "1.0", "1.0"],
        "Disagreement": ["0", "–", "–"],
        "Held": ["1", "1.0", "1.0"],
        "Wrong answers": ["1", "1.0", "1.0"],
    }
    listed = re.findall(r'<h2><a href="/image/([0-9a-f]{64})', carla.get("/?lane=waiting&sort=oldest").body.decode())
    assert listed == [image_id("old"), image_id("new")]


def test_what_ends(desk: Desk) -> None:
    world = desk.world
    ben = world.reviewer("Ben")
    last = (START + timedelta(days=20)).date()
    soon, later, ended = world.decide_many(["soon", "later", "ended"])
    world.decide("index", outcome="index", **licence_until(last))
    licensed = world.decide("licensed", **licence_until(last))
    world.decide("denied", outcome="deny", **licence_until(last))
    world.decide("over", **licence_until(date(2029, 12, 1)))
    world.approve(ben, ended, expires=START + timedelta(days=1))
    world.approve(ben, soon, expires=START + timedelta(days=8))
    world.approve(ben, later, expires=START + timedelta(days=60))
    world.approve(ben, licensed, expires=START + timedelta(days=60))
    world.pass_time(days=3)
    page = desk.person("Anna", "compliance").get("/overview")
    assert rows(page, "ends") == {
        "Has ended": ["1", "1"],
        "Within 7 days": ["1", "0"],
        "Within 30 days": ["1", "2"],
        "Within 90 days": ["2", "2"],
    }


def test_every_number_is_that_of_the_listing_it_leads_to(desk: Desk, anna: Seat) -> None:
    world = desk.world
    ben = world.reviewer("Ben")
    images = world.decide_many([f"part-{n}" for n in range(5)], **licence_until(date(2030, 1, 20)))
    world.approve(ben, images[0], expires=START + timedelta(days=5))
    world.say(ben, Verdict.ASK, images[1], reason="facts-unclear", note="which one?")
    page = anna.get("/overview")
    counted = [(href, number) for href, number in links(page) if "." not in number]
    assert len(counted) == 4 + 8
    for href, number in counted:
        shown = text(anna.get(href))
        assert (f"{number} picture" if number != "0" else "Nothing here") in shown, href


def test_each_image_is_in_one_place_and_the_sum_is_all(desk: Desk) -> None:
    world = desk.world
    ben, carla = world.reviewer("Ben"), world.reviewer("Carla")
    memorized, cleared, gone, denied, sent, _, split = world.decide_many(
        ["memorized", "cleared", "gone", "denied", "sent", "waiting", "split"]
    )
    world.decide("policy says no", outcome="deny")
    world.decide("policy says index", outcome="index")
    world.decide("a fact is missing", outcome="review", lift="fact")
    world.approve(ben, memorized, cleared, gone, split)
    trained(world, memorized, gone)
    world.say(ben, Verdict.REJECT, denied, reason="privacy")
    world.say(ben, Verdict.TO_INDEX, sent, reason="low-value")
    world.say(carla, Verdict.TO_INDEX, split, reason="low-value", second_opinion=True)
    world.withdraw(gone)
    page = desk.person("Anna", "compliance").get("/overview")
    assert rows(page, "where") == {
        "Memorized": ["1", "1"],
        "Cleared, in no model yet": ["1", "0"],
        "Waits for people": ["2", "0"],
        "Held": ["1", "0"],
        "In the external index": ["2", "0"],
        "Denied": ["2", "0"],
        "Withdrawn": ["1", "1"],
        "Recorded in all": ["10", "2"],
    }
    assert "1 picture of the last model is not cleared any more" in text(page)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_places_add_up(desk: Desk, seed: int) -> None:
    dice, world = random.Random(seed), desk.world
    people = [world.reviewer(name) for name in ("Anna", "Ben", "Carla")]
    kinds = ({}, FLAGGED, {"outcome": "deny"}, {"outcome": "index"}, {"outcome": "review", "lift": "fact"})
    images = [world.decide(f"part-{n}", **dice.choice(kinds)) for n in range(14)]
    for _ in range(40):
        image = dice.choice(images)
        what = dice.random()
        if what < 0.8:
            try:
                world.say(dice.choice(people), dice.choice(list(Verdict)), image, second_opinion=dice.random() < 0.5)
            except ApprovalRefused:
                continue
        elif what < 0.85:
            world.withdraw(image)
        elif what < 0.92:
            report_wrong(world.ledger, "query", image, at=world.now)
        else:
            world.pass_time(days=dice.choice((1, 40)))
    board = desk.site.board
    memory = frozenset(dice.sample(images, 5))
    steps = funnel(board.all(), memory)
    assert sum(step.images for step in steps) == len(board.all()) == len(images)
    assert sum(step.in_model for step in steps) == len(memory)
    counts, by = board.lane_counts(), {step.stage: step.images for step in steps}
    asked = (Lane.WAITING, Lane.SECOND, Lane.DISAGREEMENT)
    assert by[Stage.WAITING] == sum(counts.get(lane, 0) for lane in asked)
    assert by[Stage.HELD] >= counts.get(Lane.HELD, 0)
    for row, case in board.all():
        stage = stage_of(case, row.image_id in memory)
        assert (stage in (Stage.MEMORIZED, Stage.CLEARED)) == case.standing.cleared
        assert stage is not Stage.INDEX or case.standing.may_be_shown


def test_a_manifest_whose_run_is_not_told_of_counts_nothing_as_memorized(desk: Desk, anna: Seat) -> None:
    image = desk.world.decide("part")
    desk.world.approve(desk.world.reviewer("Ben"), image)
    assert memory_of(None, ()) == frozenset()
    desk.world.record(EntryKind.MANIFEST, {"run": "unknown", "entries": 1})
    page = anna.get("/overview")
    assert "does not say which pictures" in text(page)
    assert rows(page, "where")["Memorized"] == ["0"]


def test_decisions_a_week_and_how_long_clearing_took(desk: Desk) -> None:
    world = desk.world  # it begins on Tuesday, 1 January 2030
    ben, carla = world.reviewer("Ben"), world.reviewer("Carla")
    images = world.decide_many(["a", "b", "c"])
    two = world.decide("two people", **FLAGGED)
    world.pass_time(days=1)
    world.approve(ben, *images[:2])
    world.pass_time(days=9)
    world.approve(carla, images[0])  # again: it was cleared before
    world.say(carla, Verdict.REJECT, images[2], reason="privacy")
    world.approve(ben, two)
    world.pass_time(days=2)
    world.approve(carla, two)
    board = desk.site.board
    told = weeks(board.spoken(), world.now)
    assert [week.decisions for week in told] == [0] * 6 + [2, 4]
    assert {week.start.weekday() for week in told} == {0}
    cases = [case for _, case in board.all()]
    assert pace(cases, told[0].start) == (3, 1.0)
    assert {case.cleared_at - case.decided_at for case in cases if case.cleared_at} == {
        timedelta(days=1),
        timedelta(days=12),
    }
    assert pace(cases, told[-1].start) == (1, 12.0)
    world.pass_time(weeks=9)
    assert [week.decisions for week in weeks(board.spoken(), world.now)] == [0] * 8


def test_the_second_person_cannot_read_the_first_ones_decision_off_the_overview(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Whatever the first said, the page is the same."""
    pages = set()
    for verdict, reason in (
        (Verdict.APPROVE, "reviewed"),
        (Verdict.REJECT, "privacy"),
        (Verdict.TO_INDEX, "low-value"),
    ):
        desk = Desk.at(tmp_path_factory.mktemp("desk"))
        image = desk.world.decide("part", **FLAGGED)
        desk.world.say(desk.world.reviewer("Ben"), verdict, image, reason=reason)
        pages.add(text(desk.person("Anna", "compliance").get("/overview")))
        desk.close()
    assert len(pages) == 1


def test_it_wants_a_sign_in(desk: Desk) -> None:
    desk.reports[Lang.EN] = KeptReport(b"<!doctype html>report", START)
    for path in ("/overview", "/report/en"):
        reply = Seat(desk).get(path)
        assert "What waits" not in text(reply) and reply.body != desk.reports[Lang.EN].body


def test_the_report_is_a_file_when_there_is_one_and_a_command_when_not(desk: Desk, anna: Seat) -> None:
    page = anna.get("/overview")
    assert "imprimatur report" in text(page) and b"/report/" not in page.body
    assert anna.get("/report/en").status == 404
    desk.reports[Lang.JA] = KeptReport("<!doctype html><style>p{}</style>報告書".encode(), START)
    page = anna.get("/overview")
    assert b'href="/report/ja"' in page.body and b'href="/report/en"' not in page.body
    reply = anna.get("/report/ja")
    headers = dict(reply.headers)
    assert (reply.status, reply.body) == (200, desk.reports[Lang.JA].body)
    assert headers["content-disposition"] == 'attachment; filename="imprimatur-report.ja.html"'
    assert "script-src" not in headers["content-security-policy"] and "sandbox" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert [anna.get(path).status for path in ("/report/fr", "/report/..", "/report/en/../ja", "/report/")] == [404] * 4


def test_nothing_personal_and_no_inline_style(desk: Desk, anna: Seat) -> None:
    world = desk.world
    ben = world.reviewer("Ben Suzuki")
    image = world.decide("secret name <script>")
    world.say(ben, Verdict.ASK, image, reason="facts-unclear", note="is this Mr Tanaka?")
    body = anna.get("/overview").body.decode()
    for word in ("secret name", "picture of", "Ben", ben.reviewer, "Tanaka", image, "style=", "<style"):
        assert word not in body, word


def test_in_japanese_with_headings_in_order(desk: Desk, anna: Seat) -> None:
    desk.world.decide("part")
    anna.cookies["imprimatur-language"] = "ja"
    body = anna.get("/overview").body.decode()
    assert "全画像の内訳" in body and "待っているもの" in body and '<html lang="ja">' in body
    assert re.findall(r"<h(\d)", body) == ["1"] + ["2"] * 5
    assert body.count('role="img"') == 2 and body.count("<table>") == 4


def test_an_empty_record_has_an_overview(desk: Desk, anna: Seat) -> None:
    page = anna.get("/overview")
    assert page.status == 200 and rows(page, "where")["Recorded in all"] == ["0", "0"]
    assert waits([START + timedelta(days=1)], START).oldest == 0.0  # a clock that is ahead
    assert funnel((), ()) == tuple(Step(stage, 0, 0) for stage in Stage)


def test_a_wait_begins_when_the_approval_ran_out(desk: Desk) -> None:
    world = desk.world
    board = Board(world.ledger, lambda: world.now)
    world.approve(world.reviewer("Ben"), world.decide("part"), expires=START + timedelta(days=10))
    world.pass_time(days=16)
    told = lane_waits([case for _, case in board.all()], Lane.WAITING, world.now)
    assert told.count == 1 and told.oldest == 6.0
