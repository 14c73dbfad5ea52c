"""Licence classes of SPDX expressions and of what people write instead."""

from __future__ import annotations

import pytest

from curate.screen.rights.licences import LicenceClass, licence_classes, shown_name

BY, FREE, NC, ND, SA = (
    LicenceClass.ATTRIBUTION, LicenceClass.FREE, LicenceClass.NONCOMMERCIAL, LicenceClass.NO_DERIVATIVES, LicenceClass.SHARE_ALIKE,
)  # fmt: skip
OWN, UNKNOWN, UNSORTED, RESERVED = (
    LicenceClass.OWN_TERMS, LicenceClass.UNKNOWN, LicenceClass.UNSORTED, LicenceClass.RESERVED,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("CC0-1.0", {FREE}),
        ("CC-PDM-1.0", {FREE}),
        ("MIT", {BY}),
        ("apache-2.0", {BY}),
        ("cc-by-4.0", {BY}),
        ("CC-BY-NC-4.0", {BY, NC}),
        ("CC-BY-NC-ND-4.0", {BY, NC, ND}),
        ("CC-BY-SA-3.0", {BY, SA}),
        ("GPL-2.0-only WITH Classpath-exception-2.0", {SA}),
        ("CC-BY-4.0 WITH LicenseRef-x", {BY}),
        ("MIT AND CC-BY-NC-4.0", {BY, NC}),
        ("MIT OR CC-BY-NC-4.0", {BY}),
        ("CC-BY-NC-4.0 OR CC-BY-SA-4.0", {BY, SA}),
        ("CC-BY-NC-4.0 OR LicenseRef-contract", {OWN}),
        ("LicenseRef-own", {OWN}),
        ("DocumentRef-a:LicenseRef-b", {OWN}),
        ("LicenseRef-All-Rights-Reserved", {RESERVED}),
        ("LicenseRef-JP-30-4", {UNKNOWN}),
        ("BUSL-1.1", {UNSORTED}),
        ("foo OR MIT", {BY}),
        ("foo AND MIT", {UNKNOWN, BY}),
        ("CC-BY-4.0 AND something else", {UNKNOWN, BY}),
        ("MIT AND (", {UNKNOWN}),
        ("", {UNKNOWN}),
        ("NOASSERTION", {UNKNOWN}),
        ("ask Bob", {UNKNOWN}),
        ("CC BY 4.0", {BY}),
        ("Creative Commons Attribution-NonCommercial 4.0 International", {BY, NC}),
        ("https://creativecommons.org/licenses/by-nd/4.0/", {BY, ND}),
        ("https://creativecommons.org/publicdomain/zero/1.0/", {FREE}),
        ("クリエイティブ・コモンズ 表示-継承 4.0 国際", {BY, SA}),
        ("表示－非営利－改変禁止 4.0", {BY, NC, ND}),
        ("パブリックドメイン", {FREE}),
        ("not in the public domain", {UNKNOWN}),
        ("All rights reserved", {RESERVED}),
        ("無断転載を禁ず", {RESERVED}),
        ("商用利用禁止", {NC}),
        ("著作権法第30条の4", {UNKNOWN}),
        ("著作権法三十条の四により", {UNKNOWN}),
    ],
)
def test_classes(text: str, classes: set[LicenceClass]) -> None:
    assert licence_classes(text) == classes


def test_a_name_that_is_shown_quotes_no_free_text() -> None:
    assert shown_name("CC-BY-4.0 OR MIT") == "CC-BY-4.0 OR MIT"
    assert shown_name("https://creativecommons.org/licenses/by-nc/4.0/") == "CC-BY-NC"
    assert "Taro" not in shown_name("Taro Yamada says: CC BY 4.0!")
