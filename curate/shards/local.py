"""Shards on one machine: processes that each load the models once. A killed one costs the shards it was at."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from curate.shards.engine import ATTEMPTS, Do, Done, EngineName, Task, Work, WorkerLost

_AHEAD = 2  # tasks handed out per process: one in work, one waiting
_GIVEN_UP = 3  # shards that end their process again and again; with fewer, all others are done first
_SHARDS_A_LIFE = 32  # then a process ends and another begins: language models remember every word they met

_do: Do | None = None  # of this worker process


def _start(work: Work) -> None:
    global _do
    threading.Thread(target=_end_with_driver, daemon=True).start()
    os.nice(1)  # whoever waits for the work comes first
    _do = work.opened()


def _end_with_driver() -> None:
    """End this process when the one that started it ends, however it does: killed, it tells nobody, and its workers would
    wait for the next shard for ever, their models in memory."""
    driver = multiprocessing.parent_process()
    assert driver is not None  # this process was spawned
    driver.join()
    os._exit(1)


def _shard(task: Task) -> Done:
    assert _do is not None  # `_start` ran in this process
    return Done(task.number, _do(task))


@dataclass(frozen=True)
class LocalEngine:
    """`workers` processes; with one, or for a single shard, everything happens in the process that asks."""

    workers: int
    name: EngineName = EngineName.LOCAL

    def run(self, work: Work, tasks: Sequence[Task]) -> Iterator[Done]:
        if not tasks:
            return
        if self.workers == 1 or len(tasks) == 1:
            do = work.opened()
            for task in tasks:
                yield Done(task.number, do(task))
            return
        left = {task.number: task for task in tasks}
        lost: Counter[int] = Counter()
        given_up: list[int] = []
        while left and len(given_up) < _GIVEN_UP:
            # Whoever lost a process twice is tried alone: it must not take others with it a third time.
            suspects = [task for task in left.values() if lost[task.number] == ATTEMPTS - 1]
            group = suspects[:1] or [task for task in left.values() if lost[task.number] < ATTEMPTS - 1]
            started: set[int] = set()
            try:
                for done in self._pool(work, group, started):
                    del left[done.number]
                    started.discard(done.number)
                    yield done
            except BrokenProcessPool:
                lost.update(started)
                for number in [number for number in started if lost[number] >= ATTEMPTS]:
                    given_up.append(number)
                    del left[number]
        if given_up:
            raise WorkerLost(
                f"expected shard {given_up[0]} to be done, the process ended {ATTEMPTS} times; is there enough memory?",
                hint="imprimatur curate --workers 1 --shard-size 200; finished shards are not done again",
            )

    def _pool(self, work: Work, tasks: Sequence[Task], started: set[int]) -> Iterator[Done]:
        """Results as they come; `started` holds the numbers of the tasks that may be lost with a process.

        Raises:
            BrokenProcessPool: a process was killed.
        """
        context = multiprocessing.get_context("spawn")  # a fork would copy locks that other threads hold
        count = min(self.workers, len(tasks))
        waiting = iter(tasks)
        with ProcessPoolExecutor(
            count, context, initializer=_start, initargs=(work,), max_tasks_per_child=_SHARDS_A_LIFE
        ) as pool:
            running: set[Future[Done]] = set()
            try:
                while True:
                    while len(running) < count * _AHEAD and (task := next(waiting, None)) is not None:
                        started.add(task.number)
                        running.add(pool.submit(_shard, task))
                    if not running:
                        return
                    finished, running = wait(running, return_when=FIRST_COMPLETED)
                    for future in finished:
                        yield future.result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
