"""The package as it is installed: everything that is no code travels with it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("curate", "audit", "train", "recall", "imprimatur", "policies")


@pytest.mark.slow
def test_the_wheel_carries_catalogues_templates_and_policies(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    build = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert build.returncode == 0, build.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        packed.extractall(tmp_path / "installed")
    tracked = subprocess.run(["git", "ls-files", *ROOMS], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(tracked.splitlines()) <= names

    said = subprocess.run(
        [sys.executable, "-I", "-c", _REPORT, str(tmp_path / "installed"), str(tmp_path / "w")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert "監査報告書" in said.stdout and str(tmp_path / "installed") in said.stdout


# An installed copy, far from the repository: a workspace with its policy, and a page in Japanese.
_REPORT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import audit, imprimatur
from audit.report.wording import Lang, Words
from imprimatur.workspace import init_workspace, open_workspace
from curate.policy.document import load_policy
init_workspace(Path(sys.argv[2]))
assert load_policy(open_workspace(Path(sys.argv[2])).policy_folder).ref.id == "default"
print(audit.__file__, Words(Lang.JA)("title"))
"""
