"""Which image a row speaks of, when nobody opens its file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from curate.cells import Cell
from curate.record import RowFault
from curate.row_facts import DIGEST_COLUMN

NO_DIGEST = RowFault(
    f"{DIGEST_COLUMN}: expected the SHA-256 of the file's bytes, since only the table is read",
    f"{DIGEST_COLUMN}: ファイルの SHA-256 が記入されていること(表だけを検査するため)",
)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_STAND_IN = b"imprimatur: a row whose bytes nobody read\0"


def identity(row: Mapping[str, Cell]) -> tuple[str, RowFault | None]:
    """The image id of a row, and why the row is held for it.

    The digest that the row states is believed, because the gate hashes the file again before anything is trained. Where
    none is stated a digest of the file name stands in; no file has those bytes, so that nothing can come of it.
    """
    stated = row.get(DIGEST_COLUMN)
    if isinstance(stated, str) and _DIGEST.fullmatch(digest := stated.strip().lower()):
        return digest, None
    name = str(row["file_name"])
    return hashlib.sha256(_STAND_IN + name.encode("utf-8", "surrogatepass")).hexdigest(), NO_DIGEST
