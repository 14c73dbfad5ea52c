"""What a command pays for naming the audit room: no database library until a ledger is opened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
import audit.approving, audit.ledger, audit.proof, audit.recheck.ledger, audit.reviewers, audit.standing, audit.withdrawal
heavy = {"sqlalchemy", "alembic", "pandas", "torch", "transformers", "great_expectations", "presidio_analyzer", "spacy"}
print(sorted(heavy & {name.split(".")[0] for name in sys.modules}))
"""


def test_the_room_is_light_to_import() -> None:
    root = Path(__file__).parents[2]
    found = subprocess.run([sys.executable, "-c", PROGRAM], cwd=root, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
