"""Shards as Parquet: the process that read one ends as it should."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

READ = """
from pathlib import Path
from curate.shards.table import from_parquet, to_parquet
data = to_parquet(["a"], {"word": [b"x"]})
before = len(list(Path("/proc/self/task").iterdir()))
from_parquet(data)
assert len(list(Path("/proc/self/task").iterdir())) == before
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted where Linux lists them")
def test_reading_leaves_no_thread_behind_that_could_abort_the_end_of_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", READ], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-1000:]
