"""Looks already taken, kept by image digest: a second run decodes only what is new, and an interrupted run continues.

One JSON line per picture, appended as soon as it is known. A line cut off by a crash is skipped: that picture is looked
at again. The file name carries the version of the measures; another version starts a file of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

from curate.canonical import from_json, to_json
from curate.finding import Check
from curate.picture import PictureFacts

VERSION = 1  # raise it when a measure of PictureFacts changes its meaning


class PictureCache:
    """Context manager over ``pictures-v1.jsonl`` in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"pictures-v{VERSION}.jsonl"
        self._known: dict[str, PictureFacts] = {}
        self._stream: IO[str] | None = None

    def __enter__(self) -> PictureCache:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        for facts in self._read():
            self._known[facts.image_id] = facts
        self._stream = self._path.open("a+", encoding="utf-8")
        if self._path.stat().st_size and not self._path.read_bytes().endswith(b"\n"):
            self._stream.write("\n")  # seal the line that a crash cut off
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _read(self) -> Iterator[PictureFacts]:
        if not self._path.exists():
            return
        for line in self._path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                yield from_json(PictureFacts, json.loads(line))
            except ValueError:  # cut off or damaged: not known, so it is looked at again
                continue

    def get(self, image_id: str, *, want: frozenset[Check]) -> PictureFacts | None:
        """The facts of a picture, unless something that is wanted of its pixels was not looked for."""
        facts = self._known.get(image_id)
        return None if facts is None or want - facts.parts_read else facts

    def put(self, facts: PictureFacts) -> None:
        if self._stream is None:
            raise RuntimeError("PictureCache is used outside its `with` block")
        self._known[facts.image_id] = facts
        self._stream.write(json.dumps(to_json(facts), ensure_ascii=False) + "\n")
        self._stream.flush()
