"""Ray as an engine: nothing beyond loopback, no statistics, and a killed worker costs nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from curate.shards.engine import EngineMissing, EngineName
from curate.shards.engines import open_engine

ISOLATED = """
import ctypes, fcntl, os, socket, struct
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
libc = ctypes.CDLL(None, use_errno=True)
if libc.unshare(CLONE_NEWNET) and libc.unshare(CLONE_NEWUSER | CLONE_NEWNET):
    raise SystemExit(77)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:  # loopback up: SIOCGIFFLAGS, SIOCSIFFLAGS of netdevice(7)
    flags = struct.unpack("16sh", fcntl.ioctl(s, 0x8913, struct.pack("16sh", b"lo", 0)))[1]
    fcntl.ioctl(s, 0x8914, struct.pack("16sh", b"lo", flags | 1))
"""

RUN = """
import sys
from pathlib import Path
from curate.shards.engine import EngineName
from curate.shards.engines import open_engine
from curate.shards.folder import Folder
from curate.shards.stage import Stage
from tests.curate.shards.works import Shout
here = Path(sys.argv[1])
stage = Stage(Folder(str(here / "shards")), "1", lambda body: "seal")
for number, word in enumerate(["one", "poison", "three", "four"]):
    stage.add([str(number)], {"word": [word.encode()]})
assert stage.run(open_engine(EngineName.RAY, 2), Shout(here / "log", here / "once"), "shout") == 4
print([cell for _, columns in stage.results() for cell in columns["word"]])
from ray._common.usage import usage_lib
assert not usage_lib.usage_stats_enabled()
"""


def test_without_ray_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    engine = open_engine(EngineName.RAY, 2)
    with pytest.raises(EngineMissing) as refused:
        list(engine.run(None, [None]))  # type: ignore[arg-type, list-item]  it gets nowhere near the work
    assert "imprimatur[scale]" in refused.value.hint


@pytest.mark.slow
def test_ray_works_with_loopback_alone_and_a_killed_worker_costs_nothing(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="extra `scale` is not installed: pip install 'imprimatur[scale]'")
    done = subprocess.run(
        [sys.executable, "-c", ISOLATED + RUN, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        check=False,
    )
    if done.returncode == 77:
        pytest.skip("this machine does not let a process have a network of its own")
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1] == "[b'ONE', b'POISON', b'THREE', b'FOUR']"
    assert (tmp_path / "log").read_text().count("1 ") >= 2  # the killed one was done again
