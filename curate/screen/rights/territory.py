"""Territory of a licence against the country of use (ISO 3166-1 alpha-2)."""

from __future__ import annotations

import re
import unicodedata

_EVERYWHERE = frozenset({"worldwide", "world", "global", "ww", "universe", "全世界", "世界", "世界中", "全地域"})
_NAMES = {
    "japan": "JP", "日本": "JP", "日本国": "JP", "日本国内": "JP", "国内": "JP", "usa": "US", "united states": "US", "米国": "US", "アメリカ": "US",
    "united kingdom": "GB", "uk": "GB", "英国": "GB", "germany": "DE", "ドイツ": "DE", "france": "FR", "フランス": "FR", "china": "CN",
    "中国": "CN", "korea": "KR", "south korea": "KR", "韓国": "KR", "taiwan": "TW", "台湾": "TW",
}  # fmt: skip
_GROUPS = {
    "EU": frozenset(
        [
            "AT",
            "BE",
            "BG",
            "HR",
            "CY",
            "CZ",
            "DK",
            "EE",
            "FI",
            "FR",
            "DE",
            "GR",
            "HU",
            "IE",
            "IT",
            "LV",
            "LT",
            "LU",
            "MT",
            "NL",
            "PL",
            "PT",
            "RO",
            "SK",
            "SI",
            "ES",
            "SE",
        ]
    ),
}
_GROUPS["EEA"] = _GROUPS["EU"] | {"IS", "LI", "NO"}


def covers(territory: tuple[str, ...], place: str) -> bool | None:
    """Whether one of the stated territories covers `place`; None if one of them cannot be read and none covers it."""
    unread = False
    for stated in territory:
        name = unicodedata.normalize("NFKC", stated).strip()
        code = _NAMES.get(name.lower(), name.upper())
        if name.lower() in _EVERYWHERE or code == place or place in _GROUPS.get(code, ()):
            return True
        unread = unread or (code not in _GROUPS and re.fullmatch(r"[A-Z]{2}", code) is None)
    return None if unread else False
