"""Shards on Ray, through Ray Data. The only module that imports ray; extra `scale`.

Nothing leaves the machine: usage statistics are off, there is no dashboard, and a Ray that is started here listens on
loopback only. With RAY_ADDRESS in the environment the work goes to that cluster, whose machines need this installation
and a folder for shards that all of them reach (`[curate] shards`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from curate.shards.engine import Done, EngineMissing, EngineName, Task, Work

LOOPBACK = "127.0.0.1"
_OBJECT_STORE_BYTES = 128 * 1024 * 1024  # only numbers and digests travel through it
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_USAGE_STATS_PROMPT_ENABLED": "0",
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_DEDUP_LOGS": "0",
}


def _ray() -> Any:
    os.environ.update(_QUIET)  # read when it is imported, and by the processes that it starts
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise EngineMissing(
            f"expected Ray for --engine ray, found none ({error})", hint="pip install 'imprimatur[scale]'"
        ) from error
    return ray


class _Worker:
    """One actor: loads what the work needs once, then does the shards of each batch."""

    def __init__(self, work: Work) -> None:
        self._do = work.opened()

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        numbers, outputs = [], []
        for number, folder, source, target in zip(
            batch["number"], batch["folder"], batch["source"], batch["target"], strict=True
        ):
            task = Task(int(number), str(folder), str(source), str(target))
            numbers.append(task.number)
            outputs.append(self._do(task))
        return {"number": numbers, "output": outputs}


@dataclass(frozen=True)
class RayEngine:
    """`workers` actors. A Ray that runs in this process already is used as it is, and left running."""

    workers: int
    name: EngineName = EngineName.RAY

    def run(self, work: Work, tasks: Sequence[Task]) -> Iterator[Done]:
        if not tasks:
            return
        ray = _ray()
        ours = not ray.is_initialized()
        if ours:
            _start(ray, self.workers)
        try:
            context = ray.data.DataContext.get_current()
            context.enable_progress_bars = False
            rows = [
                {"number": task.number, "folder": task.folder, "source": task.source, "target": task.target}
                for task in tasks
            ]
            done = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
                _Worker,
                fn_constructor_args=(work,),
                batch_size=1,
                batch_format="numpy",
                compute=ray.data.ActorPoolStrategy(size=min(self.workers, len(tasks))),
                num_cpus=1,
            )
            for row in done.iter_rows():
                yield Done(int(row["number"]), str(row["output"]))
        finally:
            if ours:
                ray.shutdown()


def _start(ray: Any, workers: int) -> None:
    quiet: dict[str, Any] = {"include_dashboard": False, "log_to_driver": False, "logging_level": "error"}
    if os.environ.get("RAY_ADDRESS"):
        ray.init(**quiet)
        return
    ray.init(
        address="local",
        num_cpus=workers,
        object_store_memory=_OBJECT_STORE_BYTES,
        _node_ip_address=LOOPBACK,
        **quiet,
    )
