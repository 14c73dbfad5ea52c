"""The external index: character n-grams of what may be shown, memorized or not. Derived, and thrown away without loss.

It is bound to the head of the ledger it was built from and built again when the ledger has moved. What was withdrawn in
between is stopped by `recall.confirm`; building again also takes its words out of the files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from audit.standing import StandingBook
from curate.atomic import write_atomic
from curate.canonical import canonical_bytes, digest
from curate.ngrams import NgramSpace, normalise
from curate.record import ImageRecord
from recall.asked import numbers_of

_FORMAT = 3  # 3: the numbers of a size are words, drawing numbers are in it
_SPACE = "ngrams.npz"
_HEAD = "index.json"  # written last: its presence means that the index is whole


@dataclass(frozen=True, slots=True)
class IndexedImage:
    image_id: str
    file_names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ExternalIndex:
    """Row `i` of `space` is the text of `images[i]`. `source` says from what it was built (see `source_digest`)."""

    images: tuple[IndexedImage, ...]
    space: NgramSpace
    source: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "_rows", {image.image_id: row for row, image in enumerate(self.images)})

    def row_of(self, image_id: str) -> int | None:
        """The row of an image, None when it is not in the index."""
        rows: dict[str, int] = self._rows  # type: ignore[attr-defined]
        return rows.get(image_id)


def source_digest(ledger_root: bytes, held_out: frozenset[str]) -> str:
    """What an index depends on: the ledger's 32-byte root and the normalised queries that are kept out of it."""
    return digest({"format": _FORMAT, "ledger": ledger_root.hex(), "held_out": sorted(held_out)})


def document_of(record: ImageRecord, held_out: frozenset[str]) -> str:
    """The words under which an image is found: its texts, logged queries, article and drawing numbers and product line.

    `held_out` are normalised queries of the evaluation plan; the index must not know them either.
    """
    texts = [text.text for text in record.texts if normalise(text.text) not in held_out]
    texts += [*sorted(numbers_of(record)), *filter(None, [record.business.product_line])]
    return "\n".join(dict.fromkeys(texts))


def build_index(
    records: Iterable[ImageRecord], book: StandingBook, *, source: str, held_out: frozenset[str] = frozenset()
) -> ExternalIndex:
    """Index of the records which may be shown at the moment of `book`, in order of image id."""
    shown = sorted(
        (record for record in records if book.of(record.image_id).may_be_shown), key=lambda record: record.image_id
    )
    return ExternalIndex(
        images=tuple(IndexedImage(record.image_id, record.file_names) for record in shown),
        space=NgramSpace.fit([document_of(record, held_out) for record in shown]),
        source=source,
    )


def save_index(index: ExternalIndex, folder: Path) -> None:
    """Write the two files of the index; a reader sees the old index or the new one.

    Raises:
        OSError: the folder cannot be written.
    """
    (folder / _HEAD).unlink(missing_ok=True)
    index.space.save(folder / _SPACE)
    head = {
        "format": _FORMAT,
        "source": index.source,
        "space_sha256": hashlib.sha256((folder / _SPACE).read_bytes()).hexdigest(),
        "images": [{"image_id": image.image_id, "file_names": list(image.file_names)} for image in index.images],
    }
    write_atomic(folder / _HEAD, canonical_bytes(head))


def load_index(folder: Path, source: str) -> ExternalIndex | None:
    """The index in `folder`, or None where there is none that is whole and was built from `source`."""
    try:
        head = json.loads((folder / _HEAD).read_bytes())
        if not isinstance(head, dict) or (head.get("format"), head.get("source")) != (_FORMAT, source):
            return None
        if hashlib.sha256((folder / _SPACE).read_bytes()).hexdigest() != head["space_sha256"]:
            return None
        images = tuple(IndexedImage(item["image_id"], tuple(item["file_names"])) for item in head["images"])
        space = NgramSpace.load(folder / _SPACE)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None  # derived data: the answer to any damage is to build it again
    return ExternalIndex(images, space, source) if len(space) == len(images) else None


def open_index(folder: Path, source: str, build: Callable[[], ExternalIndex]) -> ExternalIndex:
    """The stored index if it is up to date; otherwise the one that `build` makes, stored.

    Raises:
        OSError: the folder cannot be read or written.
    """
    stored = load_index(folder, source)
    if stored is not None:
        return stored
    built = build()
    save_index(built, folder)
    return built


def purge_index(folder: Path) -> bool:
    """Remove the files of the index; True when there was something to remove."""
    there = [path for path in (folder / _HEAD, folder / _SPACE) if path.exists()]
    for path in there:
        path.unlink()
    return bool(there)
