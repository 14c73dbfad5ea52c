"""What the catalogue states: licence, dates, scope, territory, releases, columns that nobody else reads."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from curate.record import TrainingText
from curate.rights_verdict import Strength
from curate.screen.rights.catalogue import of_catalogue, of_texts
from curate.screen.rights.territory import covers
from tests.curate.fakes import make_record

TODAY = date(2025, 6, 1)


def kinds(**change: Any) -> list[str | None]:
    said = of_catalogue(make_record(**change), today=TODAY, place="JP")
    return [one.kind for one in said if one.kind is not None]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"license": None}, "rights.license_unknown"),
        ({"license": "ask Bob"}, "rights.license_unknown"),
        ({"license": "BUSL-1.1"}, "rights.license_unknown"),
        ({"license": "著作権法第30条の4"}, "rights.license_unknown"),
        ({"license": "GPL-3.0-only"}, "rights.license_sharealike_or_noderivatives"),
        ({"license": "All rights reserved"}, "rights.reserved_notice"),
        ({"license": "CC-BY-4.0"}, "rights.attribution_required"),
        ({"license_end": date(2025, 5, 31)}, "rights.license_expired"),
        ({"license_start": date(2025, 6, 2)}, "rights.license_not_started"),
        ({"license_scope": ("output", "train")}, "rights.scope_missing"),
        ({"license_scope": ()}, "rights.scope_missing"),
        ({"license_territory": ("US", "EU")}, "rights.territory_excluded"),
        ({"license_territory": ("somewhere",)}, "rights.license_unknown"),
        ({"model_release": "none"}, "rights.release_missing"),
        ({"property_release": "None"}, "rights.release_missing"),
        ({"conflicts": ("license",)}, "rights.license_conflict"),
    ],
)
def test_each_fault_is_one_finding(change: dict[str, Any], kind: str) -> None:
    assert kinds(**change) == [kind]


def test_several_terms_are_several_findings() -> None:
    assert kinds(license="CC-BY-NC-SA-4.0") == [
        "rights.license_noncommercial",
        "rights.license_sharealike_or_noderivatives",
        "rights.attribution_required",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"license_end": TODAY},
        {"license_start": TODAY},
        {"license_scope": None},
        {"license_end": None},
        {"model_release": "signed"},
        {"license_territory": ("US", "日本")},
        {"license_territory": ("Worldwide",)},
        {"license": "CC0-1.0"},
    ],
)
def test_dates_are_inclusive_and_unknown_facts_are_the_policys_business(change: dict[str, Any]) -> None:
    assert kinds(**change) == []


def test_own_terms_permit_only_with_a_scope() -> None:
    def strengths(**change: Any) -> set[Strength]:
        return {one.strength for one in of_catalogue(make_record(**change), today=TODAY, place="JP")}

    assert strengths() == {Strength.ALLOWS}
    assert strengths(license_scope=None) == set()
    assert strengths(license="CC0-1.0", license_scope=None) == {Strength.ALLOWS}


@pytest.mark.parametrize(
    ("territory", "place", "expected"),
    [
        (("JP",), "JP", True),
        (("jp",), "JP", True),
        (("EU",), "DE", True),
        (("EEA",), "NO", True),
        (("EU",), "JP", False),
        (("the moon",), "JP", None),
        (("the moon", "全世界"), "JP", True),
    ],
)
def test_territory(territory: tuple[str, ...], place: str, expected: bool | None) -> None:
    assert covers(territory, place) is expected


@pytest.mark.parametrize(
    "extra",
    [
        ("tdm_reservation", "1"),
        ("data_mining", "DMI-PROHIBITED"),
        ("plus:DataMining", "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING"),
        ("no_ai", "true"),
        ("do_not_train", "yes"),
        ("備考", "AI学習への利用は禁止です"),
        ("usage", "Editorial use. Not for machine learning."),
    ],
)
def test_a_column_that_nobody_interprets_can_reserve(extra: tuple[str, str]) -> None:
    assert {s.strength for s in of_texts(make_record(extra=(extra,)))} == {Strength.FORBIDS}


@pytest.mark.parametrize(
    "extra",
    [
        ("tdm_reservation", "0"),
        ("data_mining", "DMI-ALLOWED"),
        ("no_ai", "false"),
        ("note", "学習机"),
        ("color", "red"),
    ],
)
def test_other_columns_do_not(extra: tuple[str, str]) -> None:
    assert Strength.FORBIDS not in {s.strength for s in of_texts(make_record(extra=(extra,)))}


def test_captions_can_reserve() -> None:
    record = make_record(texts=(TrainingText("description", "ja", "無断転載・無断学習を禁じます"),))
    (said,) = of_texts(record)
    assert (said.field, said.span) == ("description", (5, 9))
