"""Pictures opened at arm's length: a pool of worker processes that may hang or die, each at the cost of one picture."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Generic, TypeVar

from curate.canonical import from_json
from curate.errors import ExitCode, ImprimaturError
from curate.finding import Check
from curate.picture import PictureFacts, Undecoded
from curate.pixel_parts import left_open
from curate.worker_environment import worker_environment

K = TypeVar("K", bound=Hashable)

START_SECONDS = 180.0  # a worker that is not ready by then will not be: a start takes 5 s, on a machine with ten times too much to do 60
FAILURES_ALLOWED = 3  # workers that end one after the other without having looked at anything
ANSWER_BYTES = 32 * 1024 * 1024  # more than any honest answer has


class DecodeUnavailable(ImprimaturError):
    """The worker process does not start: nothing can be decoded on this machine."""

    code = "IMP-E208"
    exit_code = ExitCode.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What one picture may cost. `pixels` = width x height, told by the header before anything is decoded;
    `seconds` of wall clock without and `text_seconds` with looking for text, faces, codes and plates in its pixels;
    `memory_mib` of address space of a worker (`text_memory_mib` where it looks for those: the OCR models alone map more
    than a gigabyte); `file_bytes`; `frames` in one file.
    """

    pixels: int = 64_000_000
    seconds: float = 20.0
    text_seconds: float = 120.0
    memory_mib: int = 2048
    text_memory_mib: int = 4096
    file_bytes: int = 256 * 1024 * 1024
    frames: int = 1000


@dataclass(frozen=True, slots=True)
class _Task(Generic[K]):
    """`lost` are the parts of the pixels that are not looked for any more although they were wanted, and `why`."""

    key: K
    path: Path
    want: frozenset[Check]
    lost: frozenset[Check] = frozenset()
    why: str = ""


class _Worker:
    """One child process. `busy` is what it looks at, `deadline` (monotonic seconds) when it is killed."""

    def __init__(self, limits: DecodeLimits, read_pixels: bool, trust_anchors: str) -> None:
        memory = limits.text_memory_mib if read_pixels else limits.memory_mib
        settings = json.dumps({**asdict(limits), "memory_mib": memory, "trust_anchors": trust_anchors})
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the process
        environment = worker_environment(
            PYTHONDONTWRITEBYTECODE="1",
            OMP_NUM_THREADS="1",
            OPENBLAS_NUM_THREADS="1",  # each thread of it maps memory that counts against the limit
        )
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "curate.decode_worker", settings],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the parent, which ends its workers itself
        )
        self.busy: _Task[Any] | None = None
        self.deadline = time.monotonic() + START_SECONDS
        self.ready = False
        self._buffer = bytearray()

    @property
    def answers(self) -> IO[bytes]:
        assert self._process.stdout is not None  # opened as a pipe above
        return self._process.stdout

    def send(self, task: _Task[Any], seconds: float) -> None:
        """Raises: OSError if the process is gone."""
        self.busy = task
        self.deadline = time.monotonic() + seconds
        request = {"path": str(task.path.absolute()), "want": sorted(task.want), "seconds": seconds}
        assert self._process.stdin is not None  # opened as a pipe above
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()

    def receive(self) -> dict[str, Any] | None:
        """The answer if it is complete, else None. Raises: OSError, ValueError if none can come any more."""
        piece = os.read(self.answers.fileno(), 1 << 16)
        self._buffer += piece
        if not piece:
            raise OSError("the process ended")
        if len(self._buffer) > ANSWER_BYTES:
            raise ValueError("the answer has no end")
        if not self._buffer.endswith(b"\n"):
            return None
        line = bytes(self._buffer)
        self._buffer.clear()
        answer = json.loads(line)
        if not isinstance(answer, dict):
            raise ValueError("the answer is not an object")
        return answer

    def end(self, *, ended_by_itself: bool = False) -> str:
        """Kill it, unless it is ending by itself; how it ended, for people."""
        try:
            # Its output is closed a moment before its exit status is known.
            code = self._process.wait(timeout=2.0 if ended_by_itself else 0)
            alive = False
        except subprocess.TimeoutExpired:
            alive = True
            self._process.kill()
            code = self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            try:
                if stream is not None:
                    stream.close()
            except BrokenPipeError:
                continue  # a request that nobody read any more
        self._errors.seek(0)
        said = self._errors.read()[-2000:].decode("utf-8", "replace").strip().splitlines()
        self._errors.close()
        if alive:
            return "killed"
        how = f"signal {-code}" if code < 0 else f"exit status {code}"
        return f"{how}, {said[-1][:200]}" if said else how


class DecodePool:
    """Context manager. `workers` processes, started when work comes and again after one died.

    `read_pixels` = parts of the pixels will be wanted for some pictures: the workers get the memory for it.
    `trust_anchors` = PEM certificates of trusted signers of C2PA manifests; without them nobody is trusted.
    """

    def __init__(
        self, limits: DecodeLimits, workers: int = 2, read_pixels: bool = False, trust_anchors: str = ""
    ) -> None:
        if workers < 1:
            raise ValueError(f"expected at least 1 worker, found {workers}")
        self._limits = limits
        self._size = workers
        self._read_pixels = read_pixels
        self._trust_anchors = trust_anchors
        self._workers: list[_Worker] = []
        self._failures = 0  # workers that ended without a picture, since the last answer

    def __enter__(self) -> DecodePool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end(self._workers)

    def _end(self, workers: Iterable[_Worker]) -> None:
        for worker in list(workers):
            self._workers.remove(worker)
            worker.end()

    def look(self, items: Iterable[tuple[K, Path, frozenset[Check]]]) -> Iterator[tuple[K, PictureFacts | Undecoded]]:
        """Look at every (key, path, wanted PIXEL_PARTS); answers come as they are ready, one for each item.

        A worker that dies or takes too long makes its picture Undecoded; if that happened while parts of the pixels
        were wanted, the picture is looked at once more without, so that only those are missing.

        Raises:
            DecodeUnavailable: workers do not start at all.
        """
        source = iter(items)
        again: deque[_Task[K]] = deque()
        exhausted = False
        try:
            while True:
                while not exhausted and len(again) < self._size:
                    item = next(source, None)
                    if item is None:
                        exhausted = True
                    else:
                        again.append(_Task(*item))
                if not again and not any(worker.busy for worker in self._workers):
                    return
                yield from self._step(again)
        finally:
            # Whoever stopped listening leaves answers behind that must not meet the next question.
            self._end(worker for worker in self._workers if worker.busy or not worker.ready)

    def _step(self, waiting: deque[_Task[K]]) -> Iterator[tuple[K, PictureFacts | Undecoded]]:
        """Give work to idle workers, wait for the next event, pass on what it brought."""
        while len(self._workers) < min(self._size, len(waiting) + sum(w.busy is not None for w in self._workers)):
            self._workers.append(_Worker(self._limits, self._read_pixels, self._trust_anchors))
        for worker in [w for w in self._workers if w.ready and w.busy is None]:
            if waiting:
                task = waiting.popleft()
                try:
                    worker.send(task, self._limits.text_seconds if task.want else self._limits.seconds)
                except OSError:  # died while idle: not the fault of this picture
                    waiting.appendleft(task)
                    self._workers.remove(worker)
                    self._count_failure(worker.end(ended_by_itself=True))
        with selectors.DefaultSelector() as selector:
            watched = [w for w in self._workers if w.busy or not w.ready]
            for worker in watched:
                selector.register(worker.answers, selectors.EVENT_READ, worker)
            if not watched:
                return
            patience = max(0.0, min(worker.deadline for worker in watched) - time.monotonic())
            events = [key.data for key, _ in selector.select(patience)]
        for worker in events:
            try:
                answer = worker.receive()
                outcome: list[tuple[K, PictureFacts | Undecoded]]
                outcome = [] if answer is None else self._took(worker, answer)
            except OSError:
                outcome = self._lost(worker, waiting)
            except ValueError:
                outcome = self._lost(worker, waiting, "it gave no answer that can be understood")
            yield from outcome
        now = time.monotonic()
        for worker in [w for w in self._workers if (w.busy or not w.ready) and w.deadline <= now and w not in events]:
            allowed = self._limits.text_seconds if worker.busy and worker.busy.want else self._limits.seconds
            yield from self._lost(worker, waiting, f"took longer than {allowed:g} seconds")

    def _took(self, worker: _Worker, answer: dict[str, Any]) -> list[tuple[K, PictureFacts | Undecoded]]:
        if not worker.ready:
            worker.ready = answer.get("ready") is True
            return []
        task = worker.busy
        if task is None:
            raise ValueError("an answer to no question")
        seen = _understood(answer)  # before the worker counts as idle: a broken answer is a lost worker
        worker.busy = None
        self._failures = 0
        if isinstance(seen, PictureFacts) and task.lost:
            seen = left_open(seen, task.lost, task.why)
        return [(task.key, seen)]

    def _lost(
        self, worker: _Worker, waiting: deque[_Task[K]], reason: str | None = None
    ) -> list[tuple[K, PictureFacts | Undecoded]]:
        """A worker that is ended now, for `reason`, or that ended by itself (None)."""
        task = worker.busy
        self._workers.remove(worker)
        how = worker.end(ended_by_itself=reason is None)
        if task is None:
            self._count_failure(how)
            return []
        reason = reason or f"the process ended ({how})"
        if task.want:
            why = f"looking into the pixels failed: {reason}"
            waiting.append(_Task(task.key, task.path, frozenset(), task.want, why))
            return []
        return [(task.key, Undecoded(None, f"decoding failed: {reason}"))]

    def _count_failure(self, how: str) -> None:
        """A worker ended without a picture. Raises: DecodeUnavailable when that happens again and again."""
        self._failures += 1
        if self._failures >= FAILURES_ALLOWED:
            raise DecodeUnavailable(
                f"expected the process that opens pictures to start, it ended: {how}",
                hint="imprimatur doctor checks the installation",
            )


def _understood(answer: dict[str, Any]) -> PictureFacts | Undecoded:
    """Raises: ValueError for anything but one of the two answers."""
    if "facts" in answer:
        return from_json(PictureFacts, answer["facts"])
    return from_json(Undecoded, answer.get("undecoded"))
