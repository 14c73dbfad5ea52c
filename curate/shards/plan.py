"""How a run divides its work: by which engine, into shards of which size, kept where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from curate.shards.engine import Engine, EngineName
from curate.shards.folder import Folder
from curate.shards.stage import Seal, Stage

SHARD_SIZE = 2_000  # images: a few seconds of screening, about 20 MB

T = TypeVar("T")


@dataclass(frozen=True)
class Sharding:
    """`size` in images; `fresh`: believe no shard of an earlier run."""

    engine: Engine
    folder: Folder
    seal: Seal
    size: int = SHARD_SIZE
    fresh: bool = False

    def wanted(self, images: int) -> bool:
        """Whether so many images are worth processes of their own: what fits into one shard is done where it is."""
        return images > self.size or self.engine.name is EngineName.RAY

    def stage(self, version: str) -> Stage:
        """A stage done by what `version` says."""
        return Stage(self.folder, version, self.seal, fresh=self.fresh)

    def parts(self, items: Sequence[T]) -> Iterator[Sequence[T]]:
        """`items` in shards."""
        for start in range(0, len(items), self.size):
            yield items[start : start + self.size]
