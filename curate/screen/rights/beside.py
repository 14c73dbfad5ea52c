"""What stands beside a picture: XMP, JSON and C2PA sidecars, TDM reservations of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from curate.rights_verdict import RightsChannel, Strength
from curate.screen.rights.catalogue import of_classes
from curate.screen.rights.licences import LicenceClass, classes_in_words, licence_classes, shown_name
from curate.screen.rights.plus import mining_statement, of_properties, reserved_by_tdm
from curate.screen.rights.statement import TDM_RESERVATION, Statement, forbids
from curate.screen.rights.words import reservation_in, reservation_in_markup
from curate.screen.wording import Reason, as_stated
from curate.screen.xmp import ReadXmp
from curate.sidecars import Beside

_SIDECAR = RightsChannel.SIDECAR
_LICENCE_KEY = re.compile(r"(?:^|[._:-])licen[sc]e(?:_?url|_?name|_?id|_?type)?$", re.IGNORECASE)
_TDM_KEY = re.compile(r"(?:^|[._:])tdm[-_:]?reservation$", re.IGNORECASE)
_MINING_KEY = re.compile(r"(?:^|[._:])data_?mining$", re.IGNORECASE)
_USE_KEY = re.compile(r"(?:^|[._:])(?:ai_training|ai_generative_training|data_mining|ai_inference)(?:\.use)?$")
_NO_KEY = re.compile(r"(?:^|[._:])(?:no_?ai|no_?train(?:ing)?|do_?not_?train|noai|noimageai)$", re.IGNORECASE)


def of_beside(beside: Beside, xmp: ReadXmp, *, today: date) -> Iterator[Statement]:
    """`xmp` holds the packets of `beside`, read; its notices are judged with those of the file."""
    yield from of_properties(_SIDECAR, xmp.values, today=today, inside="sidecar ")
    for packet in xmp.damaged:
        for match in set(re.findall(r"DMI-PROHIBITED[A-Z-]*", packet)):
            yield forbids(
                _SIDECAR,
                "sidecar xmp",
                match.rstrip("-"),
                Reason(
                    f"{match.rstrip('-')} in a damaged sidecar",
                    f"破損したサイドカーに「{match.rstrip('-')}」と記載されています",
                ),
            )
        if reservation_in_markup(packet):
            yield forbids(
                _SIDECAR,
                "sidecar xmp",
                "in words",
                Reason("stated in words in a damaged sidecar", "破損したサイドカーの文章に書かれています"),
            )
    for manifest in beside.manifests:
        if manifest.denied:
            yield forbids(
                _SIDECAR, "sidecar c2pa", "training-mining notAllowed", as_stated("training-mining notAllowed")
            )
    for name, value in beside.tdm:
        if reserved_by_tdm(value):
            yield forbids(RightsChannel.TDMREP, name, "TDM reservation", TDM_RESERVATION)
        else:
            yield Statement(RightsChannel.TDMREP, name, "TDM reservation 0", Strength.SILENT)
    for _, key, text in beside.values:
        yield from _of_json(f"sidecar json {key}"[:120], key, text)


def _of_json(field: str, key: str, text: str) -> Iterator[Statement]:
    if _TDM_KEY.search(key):
        if reserved_by_tdm(text):
            yield forbids(_SIDECAR, field, "TDM reservation", TDM_RESERVATION)
    elif _USE_KEY.search(key) and re.fullmatch(r"allowed|not_?allowed|constrained", text, re.IGNORECASE):
        if text.lower() != "allowed":
            yield forbids(_SIDECAR, field, text, as_stated(text))
    elif _MINING_KEY.search(key) or re.search(r"DMI-[A-Z]", text):
        yield from mining_statement(_SIDECAR, field, text)
    elif _NO_KEY.search(key) and text.lower() not in ("false", "0", "no", ""):
        yield forbids(
            _SIDECAR,
            field,
            "a key that says no",
            Reason("a key that says no", "禁止を表す項目名に値が記載されています"),
        )
    elif reservation_in(text):
        yield forbids(_SIDECAR, field, "in words", Reason("stated in words", "サイドカーに文章で書かれています"))
    elif _LICENCE_KEY.search(key):
        classes = classes_in_words(text) or licence_classes(text)
        if LicenceClass.UNKNOWN not in classes:
            yield from of_classes(_SIDECAR, field, classes, shown_name(text))
