"""Two processes train one model: gate and log on both, one set of weights, and no half ending when one of them fails."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from curate.errors import ExitCode
from tests.train.fakes import Factory
from train.emission import RECORD, Kind, file_of
from train.gate import GateRefusal
from train.ranks import Ranks

SCRIPT = """
import hashlib, json, os, signal, sys
from dataclasses import asdict, replace
from pathlib import Path
from audit.ledger import Ledger
from audit.live_standing import LiveStanding
from curate.errors import ImprimaturError
from tests.audit.fakes import World, signing_key
from tests.train.fakes import QUICK, Factory
from train import adapters
from train.ranks import joined
from train.trainer import train

folder, mode = Path(sys.argv[1]), sys.argv[2]
key = signing_key("ledger of ws-test")
factory = Factory(World(Ledger.open(folder / "ledger.db", key), key), folder)
factory.paths = {hashlib.sha256(p.read_bytes()).hexdigest(): p for p in folder.glob("*.png")}
rank = int(os.environ["RANK"])
calls = 0

def swap():
    for image, path in factory.paths.items():
        factory.paths[image].with_suffix(".other").write_bytes(path.read_bytes() + b"x")
        factory.paths[image] = path.with_suffix(".other")

def standing():
    global calls
    calls += 1
    if rank == 1 and mode == "withdraw" and calls == 4:
        factory.world.withdraw(sorted(factory.paths)[1])
    if rank == 1 and mode == "kill" and calls == 8:
        os.kill(os.getpid(), signal.SIGKILL)
    return live()

merged = adapters.merged
def told(model):
    print(hashlib.sha256(b"".join(v.numpy().tobytes() for v in model.network.state_dict().values())).hexdigest())
    return merged(model)
adapters.merged = told

if rank == 1 and mode == "swap":
    swap()
try:
    with joined() as ranks:
        admission = ranks.together(factory.admit)
        live = LiveStanding(factory.world.ledger, lambda: factory.world.now)
        settings = replace(QUICK, steps=10, picture_cache_mib=0)
        if rank == 1 and mode == "swap-later":
            for image in admission.cleared:
                image.path.unlink()
                image.path.write_bytes(b"not what was approved")
        result = train(admission, admission.plan, settings, folder / "run", at=admission.at, standing=standing,
                       seal=factory.world.key, ranks=ranks)
    print(json.dumps({"resumed_from": result.resumed_from, "emitted": [asdict(e) for e in result.emitted],
                      "seen": result.times_seen}))
except ImprimaturError as error:
    print(json.dumps({"error": error.code, "message": error.message}))
    sys.exit(int(error.exit_code))
"""


@dataclass(frozen=True)
class Ended:
    code: int
    lines: list[str]

    @property
    def told(self) -> dict[str, object]:
        return dict(json.loads(self.lines[-1]))


def two(folder: Path, mode: str) -> tuple[Ended, Ended]:
    """Both ranks as a launcher starts them, without its habit of ending one when the other fails."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    started = []
    for rank in ("0", "1"):
        place = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", SCRIPT, str(folder), mode],
                env={**os.environ, **place},
                stdout=subprocess.PIPE,
                text=True,
            )
        )
    ended = [Ended(process.returncode, out.splitlines()) for process in started for out in [process.communicate()[0]]]
    return ended[0], ended[1]


def left(folder: Path) -> list[str]:
    return [path.name for path in (folder / "run").rglob("*.safetensors")]


@pytest.mark.slow
def test_two_ranks_hold_one_model_and_every_sample_is_logged_once(tmp_path: Path) -> None:
    Factory.make(tmp_path, parts=5)
    first, second = two(tmp_path, "plain")
    assert (first.code, second.code) == (0, 0)
    assert first.lines[-2] == second.lines[-2]  # the digest of all weights
    emitted = first.told["emitted"]
    assert isinstance(emitted, list) and [one["rank"] for one in emitted] == [0, 1]
    logs = [file_of(tmp_path / "run", rank).read_bytes() for rank in (0, 1)]
    assert [len(log) // RECORD for log in logs] == [one["size"] for one in emitted]
    shown = [log[at + 4] for log in logs for at in range(0, len(log), RECORD) if log[at : at + 4] != bytes(4)]
    # ten steps of questions and pictures, then ten of pictures alone
    assert shown.count(Kind.PICTURE) == 20 * 4 and len(shown) == 20 * 4 + 10 * 8
    seen = first.told["seen"]
    assert isinstance(seen, list)
    # the warm start, on the first rank, looks at each picture as it is and at twenty edits of it
    assert sum(pictures for _, pictures in seen) == 21 * 5 + 20 * 4


@pytest.mark.slow
def test_one_rank_killed_ends_the_other_and_the_run_goes_on_later(tmp_path: Path) -> None:
    Factory.make(tmp_path, parts=5)
    first, second = two(tmp_path, "kill")
    assert second.code == -9
    assert first.code == ExitCode.UNAVAILABLE and first.told["error"] == "IMP-E412"
    assert left(tmp_path) == ["tensors.safetensors"]
    first, second = two(tmp_path, "plain")
    assert (first.code, second.code) == (0, 0) and first.lines[-2] == second.lines[-2]
    assert first.told["resumed_from"] in (2, 4)


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "code"), [("swap", "IMP-E401"), ("swap-later", "IMP-E401"), ("withdraw", "IMP-E411")])
def test_what_one_rank_refuses_all_refuse(tmp_path: Path, mode: str, code: str) -> None:
    Factory.make(tmp_path, parts=3)
    ended = two(tmp_path, mode)
    assert [one.code for one in ended] == [ExitCode.REFUSED] * 2
    assert [one.told["error"] for one in ended] == [code] * 2
    assert not (tmp_path / "run" / "model").exists()
    if mode == "withdraw":
        assert left(tmp_path) == []


def test_alone_nothing_is_asked_of_anybody() -> None:
    alone = Ranks()
    counts = np.asarray([3, 4])
    assert alone.first and alone.all_of("a") == ["a"] and alone.from_first("a") == "a"
    assert alone.total(counts) is counts

    def refuse() -> None:
        raise GateRefusal("It was expected to be refused, found so.", hint="imprimatur train")

    with pytest.raises(GateRefusal, match="It was"):
        alone.together(refuse)
