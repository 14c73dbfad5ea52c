"""Rights, history and detectors as the report counts them: every image once, nothing withheld in the open."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from audit.export.verdict import waivers
from audit.report.data import ReportData
from audit.report.headline import figures
from audit.report.html import LAW_SECTIONS, SECTIONS, render_html
from audit.report.rights import UNKNOWN, WITHHELD
from audit.report.wording import Lang, Words
from curate.screen.detectors import all_detectors
from curate.screen.measured import MEASURED, measured_for
from tests.audit.report.fakes import DETECTORS, PHONE, Factory


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> ReportData:
    factory = Factory.make(tmp_path_factory.mktemp("factory"), parts=6)
    known = {**DETECTORS[0], "measured": [asdict(row) for row in measured_for("text-patterns")]}
    return factory.data(detectors=[known, *DETECTORS[1:]])


def test_every_image_is_under_one_licence_and_one_source(data: ReportData) -> None:
    for lines in (data.licences, data.sources):
        assert sum(line.images for line in lines) == len(data.images)
        assert sum(line.trained for line in lines) == data.reconciliation.trained
        assert all(line.cleared <= line.images and line.contracts <= line.images for line in lines)


def test_what_may_not_be_shown_is_counted_and_not_named(data: ReportData) -> None:
    by_code = {line.code: line for line in data.sources if line.name is None}
    withheld = [line for line in data.images if line.words_withheld]
    assert by_code[WITHHELD].images >= len(withheld) > 0
    assert by_code[UNKNOWN].images == 1  # the picture without a source
    assert PHONE not in str(data.licences + data.sources)


def test_the_history_is_in_order_and_counts(data: ReportData) -> None:
    assert [line.index for line in data.history] == sorted(line.index for line in data.history)
    told = {line.kind: line for line in data.history}
    assert told["manifest"].images == data.reconciliation.trained and told["withdrawal"].images == 1
    assert told["curate-run"].images == data.funnel.present


def test_detectors_say_what_they_found_and_what_they_miss(data: ReportData) -> None:
    patterns, pixels = data.detectors
    assert patterns.findings == sum(line.findings for line in data.findings) and patterns.images <= patterns.findings
    assert patterns.measured and not pixels.measured
    page = render_html(data, Lang.EN)
    assert "11% of 165" in page and "not measured" in page


def test_measured_rows_belong_to_detectors_and_are_shares() -> None:
    names = {info.detector.name for info in all_detectors()}
    assert {row.detector for row in MEASURED} <= names
    for row in MEASURED:
        assert 0 <= row.missed <= 1 and row.items > 0
        assert row.low is None or row.high is None or row.low <= row.missed <= row.high


@pytest.mark.parametrize("lang", list(Lang))
def test_the_first_page_speaks_both_languages_and_counts(data: ReportData, lang: Lang) -> None:
    page = render_html(data, lang)
    assert "The record holds." in page and "記録は成立しています" in page
    numbers = dict(figures(data, Words(lang)))
    assert next(iter(numbers.values())) == str(len(data.images))
    assert all(f'href="#{place}"' in page for places in LAW_SECTIONS.values() for place in places)
    assert set(SECTIONS) >= {"rights", "history", "laws"}


def test_a_table_that_is_cut_says_so(data: ReportData) -> None:
    many = replace(data, licences=data.licences * 30)
    page = render_html(many, Lang.EN, rows_listed=5)
    assert f"The first 5 of {len(many.licences)}" in page or f"{len(many.licences) - 5}" in page


def test_waivers_name_rules_person_and_end(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path, parts=6)
    anna = factory.people[0]
    told = {"waiver": "launch", "rule": "deny-old", "approver": anna.reviewer, "expires": "2030-02-01"}
    later = {**told, "waiver": "fair", "expires": "2031-02-01"}
    factory.part(
        "w1", outcome="review", rule="review-personal-data", body={"waivers": [told, {**told, "rule": "deny-b"}]}
    )
    factory.part("w2", outcome="review", rule="review-personal-data", body={"waivers": [told, later]})
    data = factory.data(recheck_problems=[])
    first, second = data.waivers
    assert (first.waiver, first.rules, first.images, first.ended) == ("launch", ("deny-b", "deny-old"), 2, True)
    assert (second.waiver, second.images, second.ended, second.name) == ("fair", 1, False, anna.name)
    page = render_html(data, Lang.JA)
    assert "launch" in page and "終了。規則が再び適用されます" in page and anna.name in page
    statement = waivers(data, data.ledger.root)
    assert statement is not None and statement["predicate"]["waivers"][0]["expires"] == "2030-02-01"
