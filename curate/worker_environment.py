"""What a process that opens hostile files gets to know of its surroundings: no passphrase, no setting."""

from __future__ import annotations

import os
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_OURS = "IMPRIMATUR_"  # settings and passphrases of keys


def worker_environment(**more: str) -> dict[str, str]:
    """The environment of a worker: ours without our own variables; imports come from this
    installation and, with Python's -P, not from the folder that the user stands in."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(_OURS)}
    return {**kept, "PYTHONPATH": str(_ROOT), **more}
