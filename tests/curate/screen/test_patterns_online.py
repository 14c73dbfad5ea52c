"""Passwords, keys, handles and coordinates in texts, and what only looks like them."""

from __future__ import annotations

import pytest

from curate.screen.folding import fold
from curate.screen.labels import read
from curate.screen.patterns_online import find_online, may_hold


def found(text: str) -> list[tuple[str, str]]:
    folded = fold(text).text
    reading = read(folded)
    hits = find_online(reading)
    assert may_hold(reading) or not hits
    return [(hit.kind.partition(".")[2], folded[hit.start : hit.end]) for hit in hits]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ルーター password:hunter2xyz", [("credential", "hunter2xyz")]),
        ("パスワードは「Kx9!aa2」です", [("credential", "Kx9!aa2")]),
        ("WPA2 key = correct-horse-7", [("credential", "correct-horse-7")]),
        ("ID/PW: admin / Passw0rd!", [("credential", "admin / Passw0rd!")]),
        ("key AKIAIOSFODNN7EXAMPLE on the label", [("credential", "AKIAIOSFODNN7EXAMPLE")]),
        ("LINE ID: hanako.s", [("other_id", "hanako.s")]),
        ("インスタ：@taro_y88", [("other_id", "taro_y88")]),
        ("https://www.instagram.com/hanako.s/", [("other_id", "hanako.s")]),
        ("緯度35.6812 経度139.7671", [("gps", "緯度35.6812 経度139.7671")]),
        ("taken at 35.68124, 139.76712", [("gps", "35.68124, 139.76712")]),
        ("北緯35度40分52秒 東経139度46分1秒", [("gps", "北緯35度40分52秒 東経139度46分1秒")]),
    ],
)
def test_what_is_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    ["パスワード: 8桁", "password protected case", "パスワードロック付き", "LINE: A-3 組立", "PW-1200 高圧洗浄機", "pin code: 4桁", "角度 35°40′ 面取り", "公差 0.0125, 0.0250",
     "key 8x7x40", "KEY: 平行キー", "instagram.com/explore", "寸法 35.6812 mm", "signal 5V", "token ring", "Product line: Alpha", "緯度の目盛り"],
)  # fmt: skip
def test_what_is_not(text: str) -> None:
    assert found(text) == []
