"""The emission log: what the data loader handed to the model, sample by sample, as a Merkle tree of its own.

One file a rank, records of RECORD bytes one after another: step (4 bytes, big endian; 0 is the preparation), kind (1),
image id (32), digest of the content (32): of the picture's bytes as they were read, or of the approved training texts
that the question was made from. A record is a leaf, hashed as RFC 6962, section 2.1, does. The manifest carries size and
root of each rank's log, so that what was trained is proven, not asserted (audit.emission_check).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from audit.merkle import Frontier, leaf_hash

FOLDER = "emission"
_LAYOUT = struct.Struct(">IB32s32s")
RECORD = _LAYOUT.size  # 69 bytes
NO_IMAGE = bytes(32)
_CHUNK = 4096  # records read at once


class Kind(IntEnum):
    """`PICTURE`, `TEXT`: of one image. `MADE`: a question put together from words of the whole admitted set; its content
    digest is the admission's and its image id is zero."""

    PICTURE = 1
    TEXT = 2
    MADE = 3


@dataclass(frozen=True, slots=True)
class Emitted:
    """Size (records) and root (hex) of one rank's log."""

    rank: int
    size: int
    root: str


def file_of(out_dir: Path, rank: int) -> Path:
    """Where the log of `rank` lies below the folder of a run."""
    return out_dir / FOLDER / f"rank-{rank:04d}.log"


class EmissionLog:
    """One rank's log, opened for writing; whoever holds the run's folder is its only writer."""

    def __init__(self, out_dir: Path, rank: int = 0) -> None:
        self.rank = rank
        self._path = file_of(out_dir, rank)
        self._frontier = Frontier()
        self._pending: list[bytes] = []
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)

    def __enter__(self) -> EmissionLog:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)

    def take_up(self, at: Emitted | None) -> bool:
        """Go on behind the `at.size` records that a checkpoint knew; what was written after it is cut off, because the
        weights that saw it are gone too. None begins anew. False: the file does not begin with that tree."""
        frontier = Frontier()
        if at is not None:
            frontier = frontier.add(leaf_hash(record) for record in self._records(at.size))
            if (frontier.size, frontier.root().hex()) != (at.size, at.root):
                return False
        os.ftruncate(self._handle, 0 if at is None else at.size * RECORD)
        os.lseek(self._handle, 0, os.SEEK_END)
        self._frontier, self._pending = frontier, []
        return True

    def note(self, step: int, samples: Iterable[tuple[Kind, bytes, bytes]]) -> None:
        """Log what is about to be emitted in `step`: (kind, image id, content digest), 32 bytes each."""
        self._pending += [_LAYOUT.pack(step, kind, image, content) for kind, image, content in samples]

    def flush(self) -> Emitted:
        """Put everything noted onto the disk.

        Raises:
            OSError: the disk is full; the log up to the last checkpoint stays usable.
        """
        data = b"".join(self._pending)
        while data:
            data = data[os.write(self._handle, data) :]
        os.fsync(self._handle)
        self._frontier = self._frontier.add(leaf_hash(record) for record in self._pending)
        self._pending = []
        return Emitted(self.rank, self._frontier.size, self._frontier.root().hex())

    def _records(self, count: int) -> Iterable[bytes]:
        for start in range(0, count, _CHUNK):
            part = os.pread(self._handle, min(_CHUNK, count - start) * RECORD, start * RECORD)
            yield from (part[at : at + RECORD] for at in range(0, len(part) - RECORD + 1, RECORD))


def read_emitted(document: Mapping[str, Any]) -> Emitted:
    """From a checkpoint's state."""
    return Emitted(int(document["rank"]), int(document["size"]), str(document["root"]))
