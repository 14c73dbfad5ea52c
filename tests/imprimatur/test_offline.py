"""No network at run time: the main job runs with sockets blocked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.imprimatur.fakes import PARTS, document, imprimatur, row, write_catalogue, write_log

BLOCK = """
import socket
class Blocked(RuntimeError):
    pass
def refuse(*arguments, **named):
    raise Blocked(f"network used: {arguments[:2]}")
socket.socket.connect = refuse
socket.socket.connect_ex = refuse
socket.socket.sendto = refuse
socket.getaddrinfo = refuse
socket.gethostbyname = refuse
"""


@pytest.mark.slow
def test_the_main_job_runs_with_sockets_blocked(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(BLOCK)
    env = {"PYTHONPATH": str(tmp_path / "site"), "IMPRIMATUR_TRAIN__STEPS": "10"}
    probe = imprimatur("--version", env=env)
    assert probe.returncode == 0
    catalogue = write_catalogue(tmp_path / "catalogue", [row(number) for number in range(8)])
    write_log(catalogue)
    w = tmp_path / "w"

    def go(*arguments: str | Path) -> object:
        done = imprimatur("-w", w, *arguments, env=env)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done

    assert imprimatur("init", w, env=env).returncode == 0
    go("curate", catalogue)
    go("reviewer", "add", "Aya Mori", "--role", "compliance")
    go("review", "approve", "--as", "Aya Mori", *(f"{part[0]}.png" for part in PARTS))
    go("pilot", "plan")
    go("train")
    answer = document(imprimatur("-w", w, "recall", "袋ナット", "--json", env=env))
    assert answer["status"] in ("confirmed", "none")
    go("report")


def test_the_block_itself_blocks(tmp_path: Path) -> None:
    import subprocess
    import sys

    (tmp_path / "sitecustomize.py").write_text(BLOCK)
    probe = "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')"
    done = subprocess.run(
        [sys.executable, "-c", probe], env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert "network used" in done.stderr
