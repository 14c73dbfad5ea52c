"""One stage of long work: shards that are done stay done, whoever is killed meanwhile.

A shard is done when its marker is there. The marker, written last and renamed into place, binds the digest of what went in,
the version of what did it (detectors and their settings), and the digest of what came out; it is sealed with the key of the
workspace, because what it vouches for decides what may be memorized. Anything else, a result without a marker, a marker of
another version, a result that was changed, counts as not done.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from curate.progress import Progress, silent
from curate.shards.engine import Engine, Task, Work
from curate.shards.folder import Folder
from curate.shards.table import Column, digest_of_rows, from_parquet, to_parquet

Seal = Callable[[bytes], str]

_SOURCES, _RESULTS = "in", "out"


@dataclass(frozen=True, slots=True)
class Source:
    """The input of shard `number`; `digest` is of its rows (`digest_of_rows`)."""

    number: int
    digest: str
    rows: int

    @property
    def name(self) -> str:
        return f"{_SOURCES}/{self.digest[:32]}.parquet"


class Stage:
    """The shards of one stage in a folder. `version` says what does the work; `fresh`: believe no marker."""

    def __init__(self, folder: Folder, version: str, seal: Seal, *, fresh: bool = False) -> None:
        self._folder = folder
        self._version = version
        self._seal = seal
        self._fresh = fresh
        self._sources: list[Source] = []

    def add(self, image_ids: Sequence[str], columns: dict[str, Column]) -> None:
        """The next shard. Written only where its result is not there yet."""
        source = Source(len(self._sources), digest_of_rows(image_ids, columns), len(image_ids))
        self._sources.append(source)
        if self._fresh or self._result(source) is None:
            self._folder.write(source.name, to_parquet(image_ids, columns))

    def run(self, engine: Engine, work: Work, name: str, progress: Progress = silent) -> int:
        """Do what is not done; how many shards that was. `name` is what the progress bar calls it, in images."""
        open_ = [source for source in self._sources if self._fresh or self._result(source) is None]
        rows = {source.number: source for source in self._sources}
        total = sum(source.rows for source in self._sources)
        finished = total - sum(source.rows for source in open_)
        progress(name, finished, total)
        tasks = [Task(s.number, self._folder.location, s.name, self._target(s)) for s in open_]
        for done in engine.run(work, tasks):
            source = rows[done.number]
            self._folder.write(self._marker(source), self._spelt(source, done.output))
            self._folder.remove(source.name)
            finished += source.rows
            progress(name, finished, total)
        self._fresh = False
        return len(open_)

    def results(self) -> Iterator[tuple[list[str], dict[str, list[bytes | None]]]]:
        """The results in the order in which the shards were added.

        Raises:
            ShardUnreadable: one is gone or was changed since it was done.
        """
        for source in self._sources:
            data = self._result(source)
            yield from_parquet(data if data is not None else b"")

    def forget_others(self) -> None:
        """Remove what no shard of this stage needs: inputs and results of earlier catalogues and versions."""
        used = {self._target(source) for source in self._sources} | {self._marker(source) for source in self._sources}
        for name in self._folder.names(_SOURCES) | self._folder.names(_RESULTS) - used:
            self._folder.remove(name)

    def _key(self, source: Source) -> str:
        return hashlib.sha256(f"{source.digest}\0{self._version}".encode()).hexdigest()[:32]

    def _target(self, source: Source) -> str:
        return f"{_RESULTS}/{self._key(source)}.parquet"

    def _marker(self, source: Source) -> str:
        return f"{_RESULTS}/{self._key(source)}.done"

    def _spelt(self, source: Source, output: str) -> bytes:
        said = {"inputs": source.digest, "version": self._version, "output": output}
        return json.dumps({**said, "seal": self._seal(json.dumps(said).encode())}).encode()

    def _result(self, source: Source) -> bytes | None:
        """The bytes of a finished shard, None where it is not done."""
        marker = self._folder.read(self._marker(source))
        data = None if marker is None else self._folder.read(self._target(source))
        if marker is None or data is None:
            return None
        expected = self._spelt(source, hashlib.sha256(data).hexdigest())
        return data if hmac.compare_digest(marker, expected) else None
