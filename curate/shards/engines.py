"""The engines there are, by name. What one is stands in `curate.shards.engine`."""

from __future__ import annotations

from curate.shards.engine import Engine, EngineName


def open_engine(name: EngineName, workers: int) -> Engine:
    """The engine of that name with so many processes; nothing is started or imported yet."""
    if name is EngineName.RAY:
        from curate.shards.on_ray import RayEngine

        return RayEngine(workers)
    from curate.shards.local import LocalEngine

    return LocalEngine(workers)
