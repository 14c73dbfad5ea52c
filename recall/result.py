"""The answer to one query as values and as the document of interfaces.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recall.confirm import Confirmation, Origin, Withheld


@dataclass(frozen=True, slots=True)
class Hit:
    """A result that is shown. `rank` from 1; `probability` in [0, 1] that it is a right answer. Whoever shows it keeps its
    `conditions` (audit.conditions), and names `credit` where there is one."""

    rank: int
    image_id: str
    identifier: str | None
    file_name: str
    probability: float
    origin: Origin
    confirmation: Confirmation
    conditions: tuple[str, ...] = ()
    credit: str | None = None

    def to_document(self) -> dict[str, Any]:
        """As interfaces.md spells it; `conditions` and `credit` where the approvals ask for something."""
        asks: dict[str, Any] = {"conditions": list(self.conditions)} if self.conditions else {}
        return {
            "rank": self.rank,
            "image_id": self.image_id,
            "identifier": self.identifier,
            "file_name": self.file_name,
            "probability": round(self.probability, 6),
            "origin": self.origin.value,
            "confirmation": self.confirmation.to_document(),
            **asks,
            **({"credit": self.credit} if self.credit else {}),
        }


@dataclass(frozen=True, slots=True)
class RecallResult:
    """The answer. `proposed` are the image ids that would have stood there without confirmation: for measuring only."""

    query: str
    results: tuple[Hit, ...]
    withheld: tuple[Withheld, ...]
    latency_ms: float
    unsafe: bool
    proposed: tuple[str, ...]

    @property
    def status(self) -> str:
        """`confirmed` with at least one result, else `none`."""
        return "confirmed" if self.results else "none"

    def to_document(self) -> dict[str, Any]:
        """The answer as interfaces.md spells it, with what was withheld and why."""
        return {
            "query": self.query,
            "status": self.status,
            "results": [hit.to_document() for hit in self.results],
            "withheld": [item.to_document() for item in self.withheld],
            "latency_ms": round(self.latency_ms, 3),
            "unsafe": self.unsafe,
        }
