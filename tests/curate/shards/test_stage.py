"""Shards that are done stay done; whatever is not what a marker vouches for is done again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest

from curate.sealed_store import SealedStore
from curate.shards.engine import Engine, WorkerLost
from curate.shards.folder import Folder
from curate.shards.local import LocalEngine
from curate.shards.stage import Stage
from curate.shards.table import ShardUnreadable, digest_of_rows, from_parquet, to_parquet
from tests.curate.shards.works import Shout, begun

WORDS = ["one", "two", "poison", "four", "five", "six"]


def run(
    place: str, tmp_path: Path, *, version: str = "1", words: list[str] = WORDS, fresh: bool = False,
    engine: Engine | None = None, once: bool = False,
) -> tuple[int, list[bytes | None]]:  # fmt: skip
    """Shards newly done, and the words that came out."""
    harmless = tmp_path / "once"
    if not once:
        harmless.touch()
    with SealedStore(tmp_path / "cache") as kept:
        stage = Stage(Folder(place), version, kept.seal_of, fresh=fresh)
        for number, word in enumerate(words):
            stage.add([f"{number}a", f"{number}b"], {"word": [word.encode(), None]})
        done = stage.run(engine or LocalEngine(1), Shout(tmp_path / "log", harmless), "shout")
        results = [cell for _, columns in stage.results() for cell in columns["word"]]
        stage.forget_others()
    return done, results


def test_what_is_done_is_not_done_again_and_another_version_does_it_anew(tmp_path: Path) -> None:
    place = str(tmp_path / "shards")
    assert run(place, tmp_path) == (6, [cell for word in WORDS for cell in (word.upper().encode(), b"")])
    assert run(place, tmp_path)[0] == 0
    assert run(place, tmp_path, words=[*WORDS[:-1], "seven"])[0] == 1
    assert run(place, tmp_path, fresh=True)[0] == 6
    assert run(place, tmp_path, version="2")[0] == 6
    assert not any((tmp_path / "shards" / "in").iterdir())
    assert len(list((tmp_path / "shards" / "out").iterdir())) == 12  # what version 1 needed is gone


@pytest.mark.parametrize("harm", ["marker gone", "result gone", "result changed", "marker copied", "other key"])
def test_a_shard_that_its_marker_does_not_vouch_for_is_done_again(tmp_path: Path, harm: str) -> None:
    place = str(tmp_path / "shards")
    _, expected = run(place, tmp_path)
    out = tmp_path / "shards" / "out"
    first, second = sorted(out.glob("*.done"))[:2]
    again = 1
    if harm == "marker gone":
        first.unlink()
    elif harm == "result gone":
        first.with_suffix(".parquet").unlink()
    elif harm == "result changed":
        ids, columns = from_parquet(first.with_suffix(".parquet").read_bytes())
        first.with_suffix(".parquet").write_bytes(to_parquet(ids, {"word": [b"CLEAN"] * len(columns["word"])}))
    elif harm == "marker copied":
        first.write_bytes(second.read_bytes())
        first.with_suffix(".parquet").write_bytes(second.with_suffix(".parquet").read_bytes())
    else:
        (tmp_path / "cache" / "results.key").unlink()
        again = 6
    assert run(place, tmp_path) == (again, expected)


def test_a_result_that_is_changed_after_it_was_made_is_not_read(tmp_path: Path) -> None:
    with SealedStore(tmp_path / "cache") as kept:
        stage = Stage(Folder(str(tmp_path / "shards")), "1", kept.seal_of)
        stage.add(["a"], {"word": [b"one"]})
        stage.run(LocalEngine(1), Shout(tmp_path / "log"), "shout")
        (result,) = (tmp_path / "shards" / "out").glob("*.parquet")
        result.write_bytes(to_parquet(["a"], {"word": [b"TWO"]}))
        with pytest.raises(ShardUnreadable):
            list(stage.results())


def test_an_object_store_keeps_shards_as_a_folder_does(tmp_path: Path) -> None:
    place = f"memory://{uuid4().hex}/shards"
    assert run(place, tmp_path) == (6, run(str(tmp_path / "shards"), tmp_path)[1])
    assert run(place, tmp_path)[0] == 0
    assert Folder(place).names("in") == frozenset()


def test_processes_do_what_one_does_and_a_killed_one_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    _, expected = run(str(tmp_path / "one"), tmp_path / "a")
    place = str(tmp_path / "two")
    assert run(place, tmp_path / "b", engine=LocalEngine(2), once=True) == (6, expected)
    assert begun(tmp_path / "b" / "log").count(2) == 2  # the shard at which the process was killed
    assert run(place, tmp_path / "b", engine=LocalEngine(2))[0] == 0


def test_a_shard_that_kills_every_process_is_told_and_takes_no_other_with_it(tmp_path: Path) -> None:
    with SealedStore(tmp_path / "cache") as kept:
        stage = Stage(Folder(str(tmp_path / "shards")), "1", kept.seal_of)
        for number, word in enumerate(["poison", "two", "three", "four"]):
            stage.add([str(number)], {"word": [word.encode()]})
        with pytest.raises(WorkerLost, match="shard 0"):
            stage.run(LocalEngine(2), Shout(tmp_path / "log"), "shout")
        assert begun(tmp_path / "log").count(0) == 3
        assert len(list((tmp_path / "shards" / "out").glob("*.done"))) == 3  # whoever was lost with it, too


def test_the_digest_of_rows_tells_cells_apart() -> None:
    rows = [[b"a", b"b"], [b"ab", b""], [b"ab", None], [None, b"ab"]]
    digests = {digest_of_rows(["1", "2"], {"x": cells}) for cells in rows}
    digests |= {digest_of_rows(["1"], {"x": [b"a"], "y": [b"b"]}), digest_of_rows(["1"], {"y": [b"a"], "x": [b"b"]})}
    assert len(digests) == 6


DRIVER = """
import sys
from pathlib import Path
from curate.shards.engine import Task
from curate.shards.local import LocalEngine
from tests.curate.shards.works import Wait
if __name__ == "__main__":
    list(LocalEngine(2).run(Wait(Path(sys.argv[1])), [Task(n, "", "", "") for n in range(2)]))
"""


@pytest.mark.slow
def test_processes_end_with_a_driver_that_is_killed(tmp_path: Path) -> None:
    script, log = tmp_path / "driver.py", tmp_path / "log"
    script.write_text(DRIVER)
    root = str(Path(__file__).parents[3])
    driver = subprocess.Popen([sys.executable, str(script), str(log)], cwd=root, env={**os.environ, "PYTHONPATH": root})
    deadline = time.monotonic() + 300
    while len(begun(log)) < 2 and driver.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    driver.kill()
    driver.wait()
    workers = [int(line.split()[1]) for line in log.read_text().splitlines()]
    assert len(workers) == 2
    while any(map(at_work, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(at_work, workers))


def at_work(pid: int) -> bool:
    """Whether there is such a process, and it is more than an entry that nobody has collected yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
