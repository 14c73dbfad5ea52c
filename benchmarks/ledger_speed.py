"""How fast the ledger records, is judged and is rechecked, on this machine's disk.

    python -m benchmarks.ledger_speed [--images 10000] [--folder DIR]

Prints a table and one JSON line. Times are wall clock; one run, no repetition: read them as an order of magnitude.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from audit.approving import approve
from audit.keys import SigningKey
from audit.ledger import EntryKind, Ledger, NewEntry
from audit.proof import prove
from audit.recheck.ledger import verify
from audit.reviewers import register_reviewer
from audit.standing import standings
from curate.canonical import digest

T = TypeVar("T")
BATCH = 1_000
AT = datetime(2030, 1, 1, tzinfo=UTC)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def decision(number: int) -> NewEntry:
    """A decision entry of ordinary size (body about 1.2 kB, payload about 1 kB)."""
    image = digest(number)
    body = {
        "image_id": image,
        "run": "run-1",
        "outcome": "memorize",
        "lift": "nobody",
        "rules": ["cleared"],
        "unknowns": [],
        "policy": {"id": "default", "version": "1", "sha256": digest("policy")},
        "unsafe": False,
        "findings_digest": digest([image, "findings"]),
        "texts_digest": digest([image, "texts"]),
        "facts_digest": digest([image, "facts"]),
        "findings": [{"category": "quality", "kind": "quality.dark", "severity": "low", "channel": "pixel"}],
        "value": 0.5,
        "duplicate_group": [],
        "approval": {"people": 1, "roles": ["compliance"], "valid_days": 90},
        "purpose": "measuring",
        "not_after": None,
        "unscreened": [],
    }
    return NewEntry(EntryKind.DECISION, body, {"record": {"image_id": image, "texts": ["caption " * 10] * 10}}, AT)


def measure(folder: Path, images: int) -> dict[str, float | int]:
    key, person = SigningKey.generate(), SigningKey.generate()
    ledger = Ledger.create(folder / "ledger.db", key, workspace_id="speed", at=AT)
    reviewer = str(register_reviewer(ledger, "Measuring", ["compliance"], person.public, at=AT).body["reviewer"])
    new = [decision(number) for number in range(images)]

    def record() -> None:
        for start in range(0, images, BATCH):
            ledger.append(new[start : start + BATCH])

    recorded, _ = timed(record)
    single, _ = timed(lambda: [ledger.append([NewEntry(EntryKind.POLICY, {}, at=AT)]) for _ in range(50)])
    ids = [str(entry.body["image_id"]) for entry in new]
    approved, _ = timed(
        lambda: approve(ledger, reviewer, person, ids, "reviewed", AT + timedelta(days=30), AT + timedelta(seconds=1))
    )
    judged, book = timed(lambda: standings(ledger.entries(), AT + timedelta(seconds=1), workspace_id="speed"))
    proven, proof = timed(lambda: prove(ledger, images // 2))
    rechecked, report = timed(lambda: verify(ledger.path, key.public.pem))
    if len(book.cleared()) != images or not report.ok:
        raise SystemExit(f"the ledger that was measured does not hold: {report.problems[:3]}")
    return {
        "images": images,
        "appends_per_second_batched": round(images / recorded),
        "milliseconds_per_single_append": round(single / 50 * 1000, 1),
        "seconds_to_approve_all": round(approved, 2),
        "seconds_to_judge_all": round(judged, 2),
        "milliseconds_to_prove_one": round(proven * 1000, 1),
        "bytes_of_one_audit_path": 32 * len(proof.path),
        "seconds_to_recheck": round(rechecked, 2),
        "megabytes": round(ledger.path.stat().st_size / 1e6, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="where to put the ledger; default: the system's temporary folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        found = measure(Path(folder), arguments.images)
    for name, value in found.items():
        print(f"{name.replace('_', ' '):34} {value:>10}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
