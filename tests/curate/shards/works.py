"""Work for the tests of engines: small, and importable by the processes that do it."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from curate.shards.engine import Do, Task
from curate.shards.folder import Folder
from curate.shards.table import from_parquet, to_parquet


@dataclass(frozen=True)
class Shout:
    """Writes every document in capitals. The first process that meets the word `poison` is killed where `once` does not
    exist yet; without `once` each of them is. `log`: one line a shard that was begun."""

    log: Path
    once: Path | None = None

    def opened(self) -> Do:
        def do(task: Task) -> str:
            with self.log.open("a") as stream:
                stream.write(f"{task.number} {os.getpid()}\n")
            folder = Folder(task.folder)
            ids, columns = from_parquet(folder.read(task.source) or b"")
            words = [cell or b"" for cell in columns["word"]]
            if b"poison" in words and (self.once is None or not self.once.exists()):
                if self.once is not None:
                    self.once.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            data = to_parquet(ids, {"word": [word.upper() for word in words]})
            folder.write(task.target, data)
            return hashlib.sha256(data).hexdigest()

        return do


@dataclass(frozen=True)
class Wait:
    """Writes down which process is at work, and never comes to an end."""

    log: Path

    def opened(self) -> Do:
        def do(task: Task) -> str:
            with self.log.open("a") as stream:
                stream.write(f"{task.number} {os.getpid()}\n")
            time.sleep(600)
            return ""

        return do


def begun(log: Path) -> list[int]:
    """Numbers of the shards that were begun, in order."""
    return [int(line.split()[0]) for line in log.read_text().splitlines()] if log.exists() else []
