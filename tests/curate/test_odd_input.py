"""Input that says something else than was meant: one sentence, one hint, and never a silent zero."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from curate.errors import ExitCode, ImprimaturError
from curate.odd_input import EmptyLog, FutureDates, UnknownImagesInLog, UnknownWish, odd_input
from curate.search_log import LoggedQuery
from curate.value.budget import Grouping, Quota
from curate.value.placing import Wishes
from tests.curate.fakes import make_record

TODAY = date(2026, 1, 15)


def asked(file_name: str, days_ago: int | None = 1) -> LoggedQuery:
    moment = None if days_ago is None else datetime(2026, 1, 15, tzinfo=UTC) - timedelta(days=days_ago)
    return LoggedQuery(moment, "bolt", file_name, 1)


def said(notices: tuple[ImprimaturError, ...]) -> list[str]:
    assert all(notice.hint and "expected" in notice.message and "found" in notice.message for notice in notices)
    return [notice.code for notice in notices]


def test_ordinary_input_is_passed_without_a_word() -> None:
    assert odd_input([make_record("a.png")], [asked("a.png"), asked("a.png", None)], Wishes(), today=TODAY) == ()


def test_an_empty_log_is_told_and_no_log_is_not() -> None:
    (notice,) = odd_input([make_record("a.png")], [], Wishes(), today=TODAY)
    assert isinstance(notice, EmptyLog) and said((notice,)) == ["IMP-E212"]
    assert odd_input([make_record("a.png")], None, Wishes(), today=TODAY) == ()


def test_some_unknown_images_are_told_and_named() -> None:
    log = [asked("a.png"), *(asked(f"gone-{n}.png") for n in range(5))]
    (notice,) = odd_input([make_record("a.png")], log, Wishes(), today=TODAY)
    assert said((notice,)) == ["IMP-E210"]
    assert "found 5 of 6 rows with others (gone-0.png, gone-1.png, gone-2.png …)" in notice.message


def test_a_log_of_another_catalogue_is_refused() -> None:
    with pytest.raises(UnknownImagesInLog, match="found 2 of 2 rows") as caught:
        odd_input([make_record("a.png")], [asked("x.png"), asked("y.png")], Wishes(), today=TODAY)
    assert caught.value.exit_code is ExitCode.USAGE and caught.value.hint


def test_rows_from_the_future_are_told_and_a_log_of_them_is_refused() -> None:
    record = make_record("a.png")
    assert said(odd_input([record], [asked("a.png"), asked("a.png", -2)], Wishes(), today=TODAY)) == ["IMP-E211"]
    with pytest.raises(FutureDates, match="expected dates up to 2026-01-15, found 1 of 1 rows dated later"):
        odd_input([record], [asked("a.png", -2)], Wishes(), today=TODAY)


def test_facts_from_the_future_are_told() -> None:
    record = make_record("a.png", changed_at=TODAY + timedelta(days=1))
    (notice,) = odd_input([record], None, Wishes(), today=TODAY)
    assert said((notice,)) == ["IMP-E211"] and "a.png" in notice.message


def test_a_quota_for_no_product_line_is_told() -> None:
    records = [make_record("a.png", product_line="pumps")]
    line = Quota(Grouping.PRODUCT_LINE, "pump", at_most=0)
    fine = (Quota(Grouping.PRODUCT_LINE, "pumps", at_most=3), Quota(Grouping.LICENCE_CLASS, "share-alike", at_most=0))
    (notice,) = odd_input(records, None, Wishes(), today=TODAY, quotas=[*fine, line])
    assert said((notice,)) == ["IMP-E243"] and "(pump)" in notice.message


def test_a_pin_that_pins_nothing_is_told() -> None:
    wishes = Wishes(pins={"a.png": "needed", "b.png": "needed"}, barred={"c.png": "ends soon"})
    (notice,) = odd_input([make_record("a.png")], None, wishes, today=TODAY)
    assert isinstance(notice, UnknownWish) and "found 2 others (b.png, c.png)" in notice.message
