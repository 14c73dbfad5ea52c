"""The manager's page: plain words, four charts, the most cautious advice; a number that is missing is said to be."""

from __future__ import annotations

import copy
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from audit.report.pilot import Measure, PilotUnreadable, PilotVerdict, summarise
from audit.report.pilot_page import NoPilot, render_pilot_page
from audit.report.wording import Lang, Words
from tests.audit.report.fakes import EVALUATION, PLAN
from tests.audit.report.test_pages import Page

AT = datetime(2030, 2, 1, tzinfo=UTC)


def changed(**verdicts: str) -> dict[str, Any]:
    document = copy.deepcopy(EVALUATION)
    for measure, verdict in verdicts.items():
        document["verdicts"][measure]["verdict"] = verdict
    return document


@pytest.mark.parametrize("lang", list(Lang))
def test_the_page_is_whole_and_says_why(lang: Lang) -> None:
    text = render_pilot_page(EVALUATION, PLAN, lang, AT)
    page, words = Page(text), Words(lang)
    assert len([svg for svg in page.all("svg") if svg.get("role") == "img"]) == 6
    assert page.tables_without_caption == 0
    assert not re.search(r"https?://|<script|url\(", text)
    for measure in Measure:
        assert words(f"measure.{measure}") in page.text
        assert EVALUATION["verdicts"][measure]["why_" + lang.value] in page.text
    assert words("page.advice.continue") in page.text
    for key in ("trust.reliability", "trust.risk"):
        assert words(key) in page.text
    assert words("trust.none", n=30, ours=words.share(0.03), theirs=words.share(0.2)) in page.text
    assert words("system.present") in page.text and words("page.no-present") not in page.text


@pytest.mark.parametrize(
    ("verdicts", "advice"),
    [
        ({}, PilotVerdict.CONTINUE),
        ({"update_cost": "expand"}, PilotVerdict.EXPAND),
        ({"speed": "stop"}, PilotVerdict.STOP),
    ],
)
def test_the_advice_is_the_most_cautious_verdict(verdicts: dict[str, str], advice: PilotVerdict) -> None:
    pilot = summarise(PLAN, changed(**verdicts))
    assert pilot is not None and pilot.advice is advice


def test_without_all_four_verdicts_there_is_no_advice() -> None:
    document = changed()
    del document["verdicts"]["safety"]
    pilot = summarise(PLAN, document)
    assert pilot is not None and pilot.advice is None
    assert Words(Lang.EN)("page.advice.none") in Page(render_pilot_page(document, PLAN, Lang.EN, AT)).text


@pytest.mark.parametrize("lang", list(Lang))
def test_what_was_not_measured_is_not_zero(lang: Lang) -> None:
    document = changed()
    document["systems"] = {"memory": {"hit_at_1": {"value": None, "low": None, "high": None}, "p95_ms": None}}
    document["update_cost"] = {"seconds": None}
    document["safety"] = {}
    pilot = summarise(PLAN, document)
    assert pilot is not None
    assert (pilot.systems[0].right_first, pilot.update_seconds, pilot.unconfirmed_shown) == (None, None, None)
    page = Page(render_pilot_page(document, PLAN, lang, AT))
    assert page.text.count(Words(lang)("not-measured")) >= 8
    assert Words(lang)("page.no-present") in page.text


def test_a_plan_alone_and_an_evaluation_alone() -> None:
    planned = summarise(PLAN, None)
    assert planned is not None and (planned.evaluated, planned.held_out, planned.advice) == (False, 120, None)
    Page(render_pilot_page(None, PLAN, Lang.JA, AT))
    Page(render_pilot_page(EVALUATION, None, Lang.EN, AT))
    with pytest.raises(NoPilot):
        render_pilot_page(None, None, Lang.EN, AT)


def test_an_unsafe_evaluation_says_so() -> None:
    unsafe = {**EVALUATION, "unsafe": True}
    assert Words(Lang.JA)("page.unsafe") in Page(render_pilot_page(unsafe, PLAN, Lang.JA, AT)).text
    silent = {key: value for key, value in EVALUATION.items() if key != "unsafe"}
    pilot = summarise(PLAN, silent)
    assert pilot is not None and pilot.unsafe  # not said to be safe is not safe


@pytest.mark.parametrize(
    "document",
    [
        {"systems": {"memory": {"hit_at_1": "good"}}},
        {"verdicts": {"speed": {"verdict": "perhaps", "why_en": "", "why_ja": ""}}},
        {"safety": {"unconfirmed_shown": 0.5}},
        ["not", "a", "mapping"],
    ],
)
def test_another_shape_is_refused(document: Any) -> None:
    with pytest.raises(PilotUnreadable):
        summarise(PLAN, document)


def test_an_older_evaluation_has_no_charts_of_trust() -> None:
    document = changed()
    del document["trust"]
    page = Page(render_pilot_page(document, PLAN, Lang.EN, AT))
    assert len([svg for svg in page.all("svg") if svg.get("role") == "img"]) == 4
    document["trust"] = {"queries": "many"}
    with pytest.raises(PilotUnreadable):
        summarise(PLAN, document)
