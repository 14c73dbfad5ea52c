"""A row of the catalogue that leads to no image, whether files are opened or the table alone is read."""

from __future__ import annotations

from dataclasses import dataclass

from curate.canonical import Json
from curate.catalogue_files import TROUBLE_JA, RowTrouble


@dataclass(frozen=True, slots=True)
class Rejected:
    """A catalogue row that leads to no image; `row` counts data rows from 1. `code` is why, `reason` and `reason_ja` say it."""

    row: int
    file_name: str
    code: RowTrouble
    reason: str

    @property
    def reason_ja(self) -> str:
        return TROUBLE_JA[self.code]

    def to_document(self) -> dict[str, Json]:
        return {
            "row": self.row,
            "file_name": self.file_name,
            "code": self.code.value,
            "reason": self.reason,
            "reason_ja": self.reason_ja,
        }
