"""Every candidate is confirmed before it is shown. There is no way around this module and no switch in it.

Confirmation by origin (states.md): `memory` = in the manifest, cleared, digest, facts; `index` = may be shown, digest,
facts. The file is hashed again for every answer: what was true at training or at the last query proves nothing now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

from pydantic import ValidationError

from audit.conditions import CREDIT_OWNER, unmet
from audit.standing import Standing, StandingBook, StandingState
from curate.canonical import from_json
from curate.record import ImageRecord
from recall.agreement import Agreement, Metadata, against_decision, against_query
from recall.asked import Asked, Lexicon
from recall.wording import sentences, standing_code


class Origin(StrEnum):
    MEMORY = "memory"
    INDEX = "index"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposal of the model or the index, not yet confirmed. `probability` in [0, 1] that it is a right answer."""

    image_id: str
    identifier: str | None  # of the manifest; None from the index
    origin: Origin
    file_names: tuple[str, ...]
    probability: float


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What was checked and held. `manifest` is true only for what came from memory; `ledger_index` of the decision."""

    manifest: bool
    standing: str
    digest: bool
    metadata: Metadata
    ledger_index: int

    def to_document(self) -> dict[str, Any]:
        return {
            "manifest": self.manifest,
            "standing": self.standing,
            "digest": self.digest,
            "metadata": self.metadata.value,
            "ledger_index": self.ledger_index,
        }


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A candidate that may be shown, under the name by which the catalogue has it now, on the `conditions` of its
    approvals; `credit`: the owner to be named where it is shown, None when no condition asks for that."""

    candidate: Candidate
    file_name: str
    confirmation: Confirmation
    unsafe: bool
    conditions: tuple[str, ...] = ()
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class Withheld:
    """A candidate that is not shown, and why: a code of `recall.wording` and a sentence in both languages; `asked` and
    `found` are the two sides of a contradiction."""

    image_id: str
    identifier: str | None
    why: str
    sentence_en: str
    sentence_ja: str
    asked: str = ""
    found: str = ""

    @property
    def contradicted(self) -> bool:
        """Withheld because of a fact, and not of standing, manifest or file."""
        return self.why in _FACT_CODES

    def to_document(self) -> dict[str, Any]:
        return {
            "image_id": self.image_id,
            "identifier": self.identifier,
            "why": self.why,
            "sentence": {"en": self.sentence_en, "ja": self.sentence_ja},
        }


_FACT_CODES = frozenset(
    {
        "stale-article-number",
        "stale-product-line",
        "stale-validity",
        "stale-content-class",
        "stale-licence",
        "validity-passed",
        "article-number",
        "product-line",
        "content-class",
        "language",
        "size",
    }
)


@dataclass(frozen=True, slots=True)
class Live:
    """An image as the catalogue has it now: `record` merges the rows whose file still has the bytes of `image_id`."""

    file_name: str
    record: ImageRecord


@dataclass(frozen=True, slots=True)
class NotLive:
    """`why`: not-in-catalogue, file-missing or file-changed."""

    why: str


class Catalogue(Protocol):
    """The live catalogue (recall.catalogue_view is the real one)."""

    def look(self, image_id: str, file_names: Sequence[str]) -> Live | NotLive:
        """The image under one of these names in the table as last read, its file hashed now."""
        ...

    def lexicon(self) -> Lexicon:
        """The names in use as of now; reads the table again where it changed."""
        ...


@dataclass(frozen=True, slots=True)
class RecordedFacts:
    """The facts a decision was made on, out of the erasable store (`payload` is `Ledger.payload`)."""

    payload: Callable[[int], Any]

    def of(self, decision_index: int) -> ImageRecord | None:
        """The record, or None where it was erased or has not the shape of one."""
        payload = self.payload(decision_index)
        if not isinstance(payload, Mapping) or "record" not in payload:
            return None
        try:
            return from_json(ImageRecord, payload["record"])
        except ValidationError:
            return None  # nothing to compare with: the caller withholds


class Confirmer:
    """Checks candidates against the manifest, the standing, the catalogue and the query, in this order."""

    def __init__(
        self,
        identifiers: Mapping[str, str],
        catalogue: Catalogue,
        recorded: Callable[[int], ImageRecord | None],
        keeps: Collection[str] = (),
    ) -> None:
        """`identifiers`: the manifest's identifier -> image id. `recorded`: facts of a decision by its ledger index.
        `keeps`: conditions of approvals that every place keeps where answers are shown."""
        self._identifiers = dict(identifiers)
        self._catalogue = catalogue
        self._recorded = recorded
        self._keeps = frozenset(keeps)

    def confirm(
        self, candidate: Candidate, asked: Asked, lexicon: Lexicon, book: StandingBook, now: datetime
    ) -> Confirmed | Withheld:
        """The candidate with its confirmation, or withheld at the first thing that does not hold. `now` is aware."""
        standing = book.of(candidate.image_id)
        index = standing.decision_index
        if (why := self._membership(candidate) or _standing(candidate.origin, standing, now)) is not None:
            return _withheld(candidate, why)
        decided = None if index is None else self._recorded(index)
        if index is None or decided is None or decided.image_id != candidate.image_id:
            return _withheld(candidate, "no-recorded-facts")
        live = self._catalogue.look(candidate.image_id, candidate.file_names)
        if isinstance(live, NotLive):
            return _withheld(candidate, live.why)
        today = now.astimezone(UTC).date()
        end = live.record.rights.license_end
        if end is not None and end < today:
            return _withheld(candidate, "licence-ended", found=end.isoformat())
        verdict = against_decision(live.record, decided, today)
        if verdict.metadata is not Metadata.CONTRADICT:
            verdict = against_query(live.record, asked, lexicon)
        if verdict.metadata is Metadata.CONTRADICT:
            return _contradicted(candidate, verdict)
        owner = live.record.rights.owner
        broken = unmet(standing.conditions, self._keeps, owner)
        if broken:
            return _withheld(candidate, "condition-unmet", found=", ".join(broken))
        confirmation = Confirmation(
            manifest=candidate.origin is Origin.MEMORY,
            standing=standing.state.value,
            digest=True,
            metadata=verdict.metadata,
            ledger_index=index,
        )
        credit = owner if CREDIT_OWNER in standing.conditions else None
        return Confirmed(candidate, live.file_name, confirmation, standing.unsafe, standing.conditions, credit)

    def _membership(self, candidate: Candidate) -> str | None:
        if candidate.origin is Origin.INDEX:
            return None
        if candidate.identifier is None or self._identifiers.get(candidate.identifier) != candidate.image_id:
            return "not-in-manifest"
        return None


def _standing(origin: Origin, standing: Standing, now: datetime) -> str | None:
    """The code of what is wrong with the standing, None where it lets this origin show the image at `now`."""
    if standing.expires_at is not None and standing.expires_at <= now:
        return standing_code(StandingState.EXPIRED)  # the book may be older than the question
    allowed = standing.state is StandingState.CLEARED if origin is Origin.MEMORY else standing.may_be_shown
    if allowed:
        return None
    # Cleared for memory and yet not for the index is no state of the ledger; were it one, it would be no permission.
    return standing_code(StandingState.EXCLUDED if standing.state is StandingState.CLEARED else standing.state)


def _contradicted(candidate: Candidate, verdict: Agreement) -> Withheld:
    if verdict.why is None:
        raise AssertionError("a contradiction without a code")
    return _withheld(candidate, verdict.why, verdict.asked, verdict.found)


def _withheld(candidate: Candidate, why: str, asked: str = "", found: str = "") -> Withheld:
    return Withheld(candidate.image_id, candidate.identifier, why, *sentences(why, asked, found), asked, found)
