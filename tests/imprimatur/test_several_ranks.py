"""`imprimatur train` under torchrun: two processes, one manifest, and trained minus approved is empty."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.imprimatur.fakes import PARTS, document, imprimatur, row, write_catalogue, write_log


@pytest.mark.slow
def test_two_processes_train_one_model_and_the_auditor_sees_both(tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue", [row(number) for number in range(5)])
    write_log(catalogue)
    w = tmp_path / "workspace"
    for arguments in (
        ("init", w),
        ("-w", w, "curate", catalogue),
        ("-w", w, "reviewer", "add", "Aya Mori", "--role", "compliance"),
        *(("-w", w, "review", "approve", f"{part[0]}.png", "--as", "Aya Mori") for part in PARTS[:5]),
        ("-w", w, "pilot", "plan"),
    ):
        done = imprimatur(*arguments)
        assert done.returncode == 0, done.stderr
    launcher = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "imprimatur")
    trained = subprocess.run(
        [sys.executable, *launcher, "-w", str(w), "train", "--json"],
        env={**os.environ, "IMPRIMATUR_TRAIN__STEPS": "8", "IMPRIMATUR_TRAIN__THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=1100,
    )
    assert trained.returncode == 0, trained.stderr
    told = document(trained)  # one document: the second rank has nothing to tell
    logs = sorted(path.name for path in (Path(told["model"]).parent / "emission").iterdir())
    assert told["images"] == 5 and logs == ["rank-0000.log", "rank-0001.log"]
    verified = imprimatur("-w", w, "audit", "verify", "--json")
    assert verified.returncode == 0, verified.stdout
    (proof,) = document(verified)["trained"]
    assert proof["problems"] == [] and proof["images"] == 5
    log = Path(told["model"]).parent / "emission" / "rank-0001.log"
    data = bytearray(log.read_bytes())
    data[40] ^= 1
    log.write_bytes(data)
    broken = imprimatur("-w", w, "audit", "verify", "--json")
    assert broken.returncode == 3 and "rank 1" in json.dumps(document(broken), ensure_ascii=False)
