"""`--help` is quick: nothing heavy is imported before it is needed."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = (
    "torch",
    "transformers",
    "pandas",
    "great_expectations",
    "presidio_analyzer",
    "spacy",
    "sqlalchemy",
    "cv2",
    "matplotlib",
)

PROBE = """
import json, sys
sys.argv = ["imprimatur", *sys.argv[1:]]
from imprimatur.cli import main
try:
    main()
except SystemExit as end:
    assert end.code == 0, end.code
print("\\n@@" + json.dumps(sorted(sys.modules)))
"""


def modules_after(*arguments: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.rsplit("@@", 1)[1]))


def test_help_imports_nothing_heavy() -> None:
    assert not modules_after("--help") & set(HEAVY)


def test_help_of_a_command_imports_nothing_heavy() -> None:
    assert not modules_after("train", "--help") & set(HEAVY)


def test_init_imports_nothing_heavy(tmp_path: object) -> None:
    assert not modules_after("init", str(tmp_path)) & set(HEAVY)
