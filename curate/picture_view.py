"""Pictures for people's eyes, made at arm's length: worker processes that may die, each at the cost of one picture."""

from __future__ import annotations

import json
import os
import queue
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

from curate.decode import DecodeLimits
from curate.worker_environment import worker_environment

START_SECONDS = 180.0  # a worker that is not ready by then will not be: a start takes 5 s, on a machine with ten times too much to do 60


@dataclass(frozen=True, slots=True)
class View:
    """JPEG bytes made here; no byte of the original file is in them. `width` x `height`: pixels of the upright
    original, in which boxes are measured."""

    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class NotShown:
    """Why there is no view: `changed` when the file is not the picture of that id any more, else for people."""

    reason: str


class _Lost(Exception):
    """The worker died, hung or spoke nonsense."""


class _Worker:
    def __init__(self, limits: DecodeLimits) -> None:
        self._limits = limits
        environment = worker_environment(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "curate.view_worker", json.dumps(asdict(limits))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        self._buffer = bytearray()
        if json.loads(self._line(time.monotonic() + START_SECONDS)).get("ready") is not True:
            raise _Lost

    def ask(self, path: Path, image_id: str, side: int, blurred: Sequence[Sequence[int]]) -> View | NotShown:
        seconds = self._limits.seconds
        request = {"path": str(path.absolute()), "image_id": image_id, "side": side, "seconds": seconds}
        assert self._process.stdin is not None  # opened as a pipe above
        try:
            self._process.stdin.write(json.dumps(request | {"blurred": [list(b) for b in blurred]}).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise _Lost from error
        deadline = time.monotonic() + seconds
        header = json.loads(self._line(deadline))
        if "refused" in header:
            return NotShown(str(header["refused"]))
        return View(self._take(int(header["bytes"]), deadline), int(header["width"]), int(header["height"]))

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            try:
                if stream is not None:
                    stream.close()
            except BrokenPipeError:
                continue  # a request that nobody read any more

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self._buffer:
            self._more(deadline)
        line, _, rest = bytes(self._buffer).partition(b"\n")
        self._buffer = bytearray(rest)
        return line

    def _take(self, count: int, deadline: float) -> bytes:
        while len(self._buffer) < count:
            self._more(deadline)
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _more(self, deadline: float) -> None:
        assert self._process.stdout is not None  # opened as a pipe above
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self._process.stdout], [], [], left)[0]:
            raise _Lost
        piece = os.read(self._process.stdout.fileno(), 1 << 16)
        if not piece:
            raise _Lost
        self._buffer += piece


class ViewPool:
    """Context manager for threads: at most `workers` processes, started when asked, again after one died."""

    def __init__(self, limits: DecodeLimits, workers: int = 2) -> None:
        self._limits = limits
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        self._workers = workers
        for _ in range(workers):
            self._idle.put(None)

    def __enter__(self) -> ViewPool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for _ in range(self._workers):
            worker = self._idle.get()
            if worker is not None:
                worker.end()

    def view(self, path: Path, image_id: str, side: int, blurred: Sequence[Sequence[int]] = ()) -> View | NotShown:
        """The picture in `path` upright, at most `side` pixels long, with the boxes `blurred` made unrecognisable.

        Boxes are (x, y, width, height) in pixels of the upright original. Blocks while all workers are busy.
        """
        worker = self._idle.get()
        try:
            if worker is None:
                worker = _Worker(self._limits)
            return worker.ask(path, image_id, side, blurred)
        except (_Lost, ValueError):
            if worker is not None:
                worker.end()
            worker = None
            return NotShown("the process that opens pictures ended or took too long")
        finally:
            self._idle.put(worker)
