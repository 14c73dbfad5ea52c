"""One cell of a table, whatever the table was stored as: nothing is guessed to be a number or a date.

A cell is a text, a tuple of texts (lists), or None (empty, null or blank: unknown). So `007` stays an article number.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NoReturn

from curate.errors import ExitCode, ImprimaturError

Cell = str | tuple[str, ...] | None


_HALF = re.compile("[\ud800-\udfff]")


MAX_CELL = 1_000_000  # characters of one text: a longer one is no caption, and searching it would take minutes


class LongCell(ValueError):
    """A text of more than MAX_CELL characters; readers say in which row."""


class TableError(ImprimaturError):
    """A table cannot be read as the format its name says."""

    code = "IMP-E201"
    exit_code = ExitCode.USAGE


def cell_of(value: object) -> Cell:
    """One value of JSON or Parquet as a cell."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, str):
        _refuse_long(value)
        return whole(value) if value.strip() else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))  # tables store whole numbers as floats as soon as one of them is missing
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return _text_of(value)
    if isinstance(value, Mapping):
        fields = json.dumps(value, ensure_ascii=False, default=_plainly)
        _refuse_long(fields)
        return whole(fields)
    if isinstance(value, Iterable):
        items = (cell_of(item) for item in value)
        return tuple(item if isinstance(item, str) else " ".join(item) for item in items if item)
    return str(value)


def whole(text: str) -> str:
    """`text` with halves of surrogate pairs put together, or shown as U+FFFD where the other half is missing: JSON can
    spell them (RFC 8259, 8.2), and nothing can store or show them."""
    if text.isascii() or _HALF.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _refuse_long(text: str) -> None:
    if len(text) > MAX_CELL:
        raise LongCell(f"{len(text)} characters")


def _text_of(value: bytes) -> str | None:
    """Writers of Parquet that know no text type store it as bytes; what is no text is named by its length."""
    if len(value) > MAX_CELL and not value.strip(b"\0"):
        return f"({len(value)} bytes)"  # zeros are UTF-8 as well, and no text; with a word among them they are refused
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return f"({len(value)} bytes)"
    _refuse_long(text)
    return text if text.strip() else None


def _plainly(value: object) -> str | None:
    return _text_of(value) if isinstance(value, bytes) else str(value)


def checked_columns(columns: Iterable[str], name: str) -> tuple[str, ...]:
    """The columns of the table `name`. Raises: TableError: one stands there twice."""
    found = tuple(columns)
    twice = sorted({column for column in found if found.count(column) > 1})
    if twice:
        refuse(name, "every column name once", f"twice: {', '.join(map(repr, twice))}")
    return found


def refuse(name: str, expected: str, found: str) -> NoReturn:
    """Raises: TableError, always."""
    raise TableError(
        f"{name}: expected {expected}, found {found}", hint=f"correct {name}, then imprimatur curate again"
    )


def refuse_long(name: str, error: LongCell) -> NoReturn:
    """Raises: TableError, always: `name` is the table with the row or column of that cell."""
    refuse(name, f"at most {MAX_CELL:,} characters in one cell", str(error))


def is_cp932(data: bytes) -> bool:
    """Whether the bytes read as what Windows in Japan writes. It is said, not acted on: other encodings may read so too."""
    try:
        return re.search("[ぁ-んァ-ヶ一-龥ｱ-ﾝ]", data.decode("cp932")) is not None
    except UnicodeDecodeError:
        return False
