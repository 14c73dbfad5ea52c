"""How the work of a run is divided: what settings and command line say of engine, processes and shards."""

from __future__ import annotations

from dataclasses import dataclass

from curate.sealed_store import SealedStore
from curate.shards.engine import EngineName
from curate.shards.engines import open_engine
from curate.shards.folder import Folder
from curate.shards.plan import Sharding
from imprimatur.settings import Settings
from imprimatur.workspace import Workspace


@dataclass(frozen=True)
class Division:
    """`shard_size` in images."""

    engine: EngineName
    workers: int
    shard_size: int

    @classmethod
    def of(
        cls,
        settings: Settings,
        *,
        engine: EngineName | None = None,
        workers: int | None = None,
        shard_size: int | None = None,
    ) -> Division:
        """What the command line says, and for the rest the settings."""
        said = settings.curate
        return cls(engine or EngineName(said.engine), workers or said.workers, shard_size or said.shard_size)

    def sharding(self, workspace: Workspace, kept: SealedStore, *, fresh: bool) -> Sharding:
        """Shards in the place that the settings name, sealed with the key of the workspace's kept results."""
        named = workspace.settings.curate.shards
        place = (
            named
            if named and "://" in named
            else str(workspace.folder / named if named else workspace.cache / "shards")
        )
        engine = open_engine(self.engine, self.workers)
        return Sharding(engine, Folder(place.rstrip("/")), kept.seal_of, self.shard_size, fresh)
