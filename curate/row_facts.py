"""What one catalogue row states, in types. A value that is there but cannot be read is unknown, and is named."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Final

from curate.catalogue import TEXT_COLUMNS, is_known
from curate.cells import Cell, whole
from curate.record import BusinessFacts, ContentClass, RightsFacts, RowFault, TrainingText

Row = Mapping[str, Cell]

SCOPES: Final = ("commercial", "memorize", "output", "train")
DIGEST_COLUMN: Final = "sha256"  # of the file's bytes, as the table states it
DATE_COLUMNS: Final = ("collected_at", "license_start", "license_end", "changed_at", "valid_until")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].*)?", re.ASCII)
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff66-\uff9d]")

# Words of file name, title and tags that say what kind of picture it is; the first class that fits is taken.
_CLASS_WORDS = (
    (ContentClass.DRAWING, re.compile(r"図面|製図|組立図|部品図|\bdrawings?\b|\bblueprints?\b|\bdwg\b|\bcad\b")),
    (
        ContentClass.DOCUMENT,
        re.compile(r"書類|帳票|取扱説明書|仕様書|\bdocuments?\b|\bmanuals?\b|\bdata ?sheets?\b|\bscans?\b"),
    ),
    (ContentClass.PHOTO, re.compile(r"写真|\bphotos?\b|\bphotographs?\b")),
    (ContentClass.PRODUCT, re.compile(r"製品|商品|\bproducts?\b|\bpackshots?\b|\bicons?\b")),
)


def facts_of_row(row: Row) -> tuple[RightsFacts, BusinessFacts, ContentClass, tuple[TrainingText, ...]]:
    """Facts and texts of a row of `CatalogueTable.frame`; what is absent or unreadable is None.

    The class is inferred where the row states none that exists (`stated_class` tells): from words in file name, title
    and tags, and `document` if they say nothing, because that class asks for the checks that an unknown picture needs.
    """
    rights = RightsFacts(
        source=_text(row, "source"),
        collected_at=_date(row, "collected_at"),
        collector=_text(row, "collector"),
        method=_text(row, "method"),
        owner=_text(row, "owner"),
        license=_text(row, "license"),
        license_scope=_scope(row),
        license_start=_date(row, "license_start"),
        license_end=_date(row, "license_end"),
        license_territory=_territory(row),
        contract_ref=_text(row, "contract_ref"),
        model_release=_text(row, "model_release"),
        property_release=_text(row, "property_release"),
        consent_ref=_text(row, "consent_ref"),
    )
    business = BusinessFacts(
        criticality=_share(row),
        product_line=_text(row, "product_line"),
        sku=_text(row, "sku"),
        changed_at=_date(row, "changed_at"),
        change_count=_count(row),
        valid_until=_date(row, "valid_until"),
    )
    texts = training_texts(row)
    return rights, business, stated_class(row) or _inferred_class(row, texts), texts


def stated_class(row: Row) -> ContentClass | None:
    """The class which the row states, None if it states none that exists."""
    stated = (_text(row, "content_class") or "").lower()
    return ContentClass(stated) if stated in set(ContentClass) else None


def unreadable_columns(row: Row) -> tuple[RowFault, ...]:
    """Every typed column whose value is there and cannot be read."""
    date_en, date_ja = "a date written YYYY-MM-DD", "日付が YYYY-MM-DD の形であること"
    classes = ", ".join(ContentClass), "・".join(ContentClass)
    readers: list[tuple[str, Callable[[], object], str, str]] = [
        *((name, lambda name=name: _date(row, name), date_en, date_ja) for name in DATE_COLUMNS),
        ("criticality", lambda: _share(row), "a number from 0 to 1", "0 から 1 までの数であること"),
        ("change_count", lambda: _count(row), "a whole number, 0 or more", "0 以上の整数であること"),
        ("content_class", lambda: stated_class(row), f"one of {classes[0]}", f"{classes[1]} のいずれかであること"),
    ]
    bad = [
        RowFault(f"{name}: expected {en}", f"{name}: {ja}")
        for name, read, en, ja in readers
        if row.get(name) is not None and read() is None
    ]
    if not set(_scope(row) or ()) <= set(SCOPES):
        en, ja = f"expected values of {', '.join(SCOPES)}", f"{'・'.join(SCOPES)} のみであること"
        bad.append(RowFault(f"license_scope: {en}", f"license_scope: {ja}"))
    return tuple(bad)


def list_of(cell: Cell) -> tuple[str, ...]:
    """A list cell: a list, a JSON array, or values separated by `|`; blanks are dropped."""
    if cell is None:
        return ()
    if isinstance(cell, str):
        cell = _json_array(cell) or (() if cell.strip() == "[]" else tuple(cell.split("|")))
    return tuple(item.strip() for item in cell if item.strip())


def language_of(text: str, stated: str | None = None) -> str:
    """`ja` or `en` where stated, `ja` where the script says so, else `und`. A Latin script does not say English."""
    primary = re.split(r"[-_]", (stated or "").strip().lower())[0]
    if primary in ("ja", "en"):
        return primary
    return "ja" if not primary and _JAPANESE.search(text) else "und"


def training_texts(row: Row) -> tuple[TrainingText, ...]:
    """Every text of the row: one per title and description, one per caption and per tag; the same text once."""
    texts: list[TrainingText] = []
    for column, cell in row.items():
        field, _, suffix = column.partition("_")
        if field not in TEXT_COLUMNS or not is_known(column):
            continue
        stated = suffix or _text(row, "language")
        values = list_of(cell) if field in ("captions", "tags") else ((_joined(cell),) if cell is not None else ())
        texts += [TrainingText(field, language_of(value, stated), value) for value in values]
    return tuple(dict.fromkeys(texts))


def extra_of(row: Row) -> tuple[tuple[str, str], ...]:
    """Columns nobody interprets, as (name, text)."""
    return tuple((column, _joined(cell)) for column, cell in row.items() if cell is not None and not is_known(column))


def _joined(cell: str | tuple[str, ...]) -> str:
    return cell if isinstance(cell, str) else " | ".join(cell)


def _json_array(text: str) -> tuple[str, ...]:
    if not text.lstrip().startswith("["):
        return ()
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return ()  # then it is a text that begins with a bracket
    return tuple(whole(str(value)) for value in values if value is not None) if isinstance(values, list) else ()


def _text(row: Row, column: str) -> str | None:
    cell = row.get(column)
    return None if cell is None else _joined(cell).strip() or None


def _date(row: Row, column: str) -> date | None:
    text = _text(row, column)
    if text is None or not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None  # 2024-02-30; `unreadable_columns` names it


def _number(row: Row, column: str) -> float | None:
    try:
        value = float(_text(row, column) or "")
    except ValueError:
        return None  # `unreadable_columns` names it
    return value if math.isfinite(value) else None


def _share(row: Row) -> float | None:
    value = _number(row, "criticality")
    return value if value is not None and 0 <= value <= 1 else None


def _count(row: Row) -> int | None:
    value = _number(row, "change_count")
    return int(value) if value is not None and 0 <= value < 2**53 and value.is_integer() else None


def _scope(row: Row) -> tuple[str, ...] | None:
    """None: nothing stated; empty: stated that nothing is allowed."""
    cell = row.get("license_scope")
    return None if cell is None else tuple(sorted({item.lower() for item in list_of(cell)}))


def _territory(row: Row) -> tuple[str, ...] | None:
    """None: nothing stated."""
    return tuple(sorted(set(list_of(row.get("license_territory"))))) or None


def _inferred_class(row: Row, texts: tuple[TrainingText, ...]) -> ContentClass:
    path = PurePosixPath(_text(row, "file_name") or "")
    words = re.sub(r"[_\-/.]+", " ", " ".join([*path.parts[:-1], path.stem]))
    words += " " + " ".join(text.text for text in texts if text.field in ("title", "tags"))
    plain = unicodedata.normalize("NFKC", words).lower()
    for content_class, pattern in _CLASS_WORDS:
        if pattern.search(plain):
            return content_class
    return ContentClass.DOCUMENT
