"""Licence, dates, scope and releases as the catalogue states them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from curate.screen.rights_catalogue import license_classes, screen_catalogue_rights
from tests.curate.fakes import make_record

TODAY = date(2025, 6, 1)


@pytest.mark.parametrize(
    ("expression", "classes"),
    [
        ("MIT", set()),
        ("CC0-1.0", set()),
        ("cc-by-4.0", set()),
        ("LicenseRef-own", set()),
        ("CC-BY-NC-4.0", {"noncommercial"}),
        ("CC-BY-NC-SA-4.0", {"noncommercial", "restricted"}),
        ("CC-BY-ND-4.0", {"restricted"}),
        ("GPL-2.0-only WITH Classpath-exception-2.0", {"restricted"}),
        ("MIT AND CC-BY-NC-4.0", {"noncommercial"}),
        ("MIT OR CC-BY-NC-4.0", set()),
        ("CC-BY-NC-4.0 OR CC-BY-NC-SA-4.0", {"noncommercial"}),
        ("All rights reserved", {"unknown"}),
        ("foo OR MIT", set()),
        ("foo AND MIT", {"unknown"}),
        ("MIT AND (", {"unknown"}),
        ("", {"unknown"}),
    ],
)
def test_license_classes(expression: str, classes: set[str]) -> None:
    assert license_classes(expression) == classes


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"license": None}, "rights.license_unknown"),
        ({"license": "ask Bob"}, "rights.license_unknown"),
        ({"license": "CC-BY-NC-4.0"}, "rights.license_noncommercial"),
        ({"license": "CC-BY-SA-4.0"}, "rights.license_sharealike_or_noderivatives"),
        ({"license_end": date(2025, 5, 31)}, "rights.license_expired"),
        ({"license_start": date(2025, 6, 2)}, "rights.license_not_started"),
        ({"license_scope": ("output", "train")}, "rights.scope_missing"),
        ({"license_scope": ()}, "rights.scope_missing"),
        ({"model_release": "none"}, "rights.release_missing"),
        ({"property_release": "None"}, "rights.release_missing"),
        ({"conflicts": ("license",)}, "rights.license_conflict"),
    ],
)
def test_each_fault_is_one_finding(change: dict[str, Any], kind: str) -> None:
    assert [found.kind for found in screen_catalogue_rights(make_record(**change), today=TODAY)] == [kind]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"license_end": TODAY},
        {"license_start": TODAY},
        {"license_scope": None},
        {"license_end": None},
        {"model_release": "signed"},
    ],
)
def test_dates_are_inclusive_and_unknown_facts_are_the_policys_business(change: dict[str, Any]) -> None:
    assert screen_catalogue_rights(make_record(**change), today=TODAY) == []
