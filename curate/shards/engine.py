"""What an engine is: something that does shards of work, in any order, and says which it did.

The work is a pure function from the file of one shard to the file of its result (`Work`), so that an engine decides
nothing: on one machine (`curate.shards.local`) or on a Ray cluster (`curate.shards.on_ray`) the result is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from curate.errors import ExitCode, ImprimaturError

ATTEMPTS = 3  # for one shard, when the process that does it is killed


class EngineName(StrEnum):
    LOCAL = "local"
    RAY = "ray"


class EngineMissing(ImprimaturError):
    """The engine's package is not installed."""

    code = "IMP-E248"
    exit_code = ExitCode.USAGE


class WorkerLost(ImprimaturError):
    """The processes which do one shard end again and again."""

    code = "IMP-E249"
    exit_code = ExitCode.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Task:
    """Shard `number`: the file `source` of the folder `folder` is read, `target` is written."""

    number: int
    folder: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Done:
    """A shard whose result is written: `output` is the SHA-256 of the bytes of its target, hex."""

    number: int
    output: str


Do = Callable[[Task], str]


class Work(Protocol):
    """Can be pickled; `opened` loads what it needs, once in each process, and gives the function that does a shard and
    returns the SHA-256 of what it wrote."""

    def opened(self) -> Do: ...


class Engine(Protocol):
    @property
    def name(self) -> EngineName: ...

    def run(self, work: Work, tasks: Sequence[Task]) -> Iterator[Done]:
        """Do every task, in any order; one that was lost with its process is done again.

        Raises:
            WorkerLost: it was lost each of ATTEMPTS times. Whatever `work` raises.
        """
        ...
