"""How fast the gate says yes or no: the standing of many identifiers, approved in signed batches and one by one.

    python benchmarks/gate_speed.py --images 1000000 --batch 10000 --single 20000 --json gate.json

"Load" reads the entries into the case book, which verifies every approval: one Ed25519 signature an envelope. "Check"
is what training and recall ask then: for every identifier, whether it stands cleared at this moment, with which
approvals and until when. Entries are made in memory; reading them from a database is `ledger_speed.py`'s business.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import os
import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from audit.dsse import _verdicts
from audit.duties import Actor
from audit.entry import EntryKind, LedgerEntry
from audit.keys import PublicKey, SigningKey
from audit.standing import docket
from audit.statements import ApprovalStatement, ApprovedItem, sign_approval

AT = datetime(2030, 1, 1, tzinfo=UTC)
POLICY = {"id": "default", "version": "1", "sha256": "5" * 64}
TEXTS, FINDINGS, FACTS = "1" * 64, "2" * 64, "3" * 64


def image_id(number: int) -> str:
    return hashlib.sha256(b"%d" % number).hexdigest()


def entries(images: int, batch: int) -> Iterator[LedgerEntry]:
    """A workspace with two reviewers who both approve everything in batches of `batch`."""
    ledger_key, index = SigningKey.generate(), 0

    def entry(kind: EntryKind, body: dict[str, Any]) -> LedgerEntry:
        nonlocal index
        index += 1
        return LedgerEntry(index - 1, kind, AT, body, None, "")

    yield entry(EntryKind.WORKSPACE, {"workspace_id": "speed", "public_key": ledger_key.public.pem})
    people = []
    for role in ("compliance", "engineering"):
        key = SigningKey.generate()
        reviewer = f"r-{key.key_id[:12]}"
        body: dict[str, Any] = {
            "reviewer": reviewer,
            "roles": [role],
            "public_key": key.public.pem,
            "key_id": key.key_id,
        }
        yield entry(EntryKind.REVIEWER, body)
        people.append((key, reviewer, role))
    by = Actor(None, "a-curator").to_body()
    yield entry(EntryKind.POLICY, {**POLICY, "unsafe": False, "separation": "person", "by": by})
    yield entry(EntryKind.CURATE_RUN, {"run": "run-1", "by": by})
    for number in range(images):
        yield entry(
            EntryKind.DECISION,
            {
                "image_id": image_id(number), "run": "run-1", "outcome": "memorize", "lift": "nobody", "unsafe": False,
                "policy": POLICY, "findings_digest": FINDINGS, "texts_digest": TEXTS, "facts_digest": FACTS,
                "duplicate_group": [], "purpose": "recall", "not_after": None,
                "approval": {
                    "people": 2, "roles": ["compliance", "engineering"], "valid_days": 90, "separation": "person",
                },
            },
        )  # fmt: skip
    for key, reviewer, role in people:
        for start in range(0, images, batch):
            items = tuple(
                ApprovedItem(image_id(n), TEXTS, FINDINGS, FACTS) for n in range(start, min(start + batch, images))
            )
            statement = ApprovalStatement(
                "speed", reviewer, role, "reviewed", "recall", AT, AT + timedelta(days=90), POLICY["sha256"], items,
                ledger_key_id=ledger_key.key_id,
            )  # fmt: skip
            body = {
                "envelope": sign_approval(key, statement),
                "reviewer": reviewer,
                "image_ids": [item.image_id for item in items],
                "by": Actor(reviewer, "a-reviewer").to_body(),
            }
            yield entry(EntryKind.APPROVAL, body)


def measure(images: int, batch: int) -> dict[str, float]:
    """Seconds (wall and of the processor) of load and check, and how many signatures were verified."""
    verified = 0
    verifies = PublicKey.verifies

    def counted(key: PublicKey, signature: bytes, message: bytes) -> bool:
        nonlocal verified
        verified += 1
        return verifies(key, signature, message)

    made = list(entries(images, batch))
    ids = [image_id(n) for n in range(images)]
    _verdicts.clear()
    PublicKey.verifies = counted  # type: ignore[assignment,method-assign]
    try:
        gc.collect()
        gc.freeze()  # what was made above is not walked again by the collector while we measure
        start, spent = time.perf_counter(), time.process_time()
        cases = docket(made, AT + timedelta(days=1), workspace_id="speed")
        load, load_cpu = time.perf_counter() - start, time.process_time() - spent
        gc.collect()
        gc.freeze()
        start, spent = time.perf_counter(), time.process_time()
        cleared = sum(cases.standing(image).cleared for image in ids)
        check, check_cpu = time.perf_counter() - start, time.process_time() - spent
    finally:
        PublicKey.verifies = verifies  # type: ignore[method-assign]
        gc.unfreeze()
    if cleared != images:
        raise SystemExit(f"expected {images} cleared, found {cleared}")
    return {
        "images": images, "batch": batch, "signatures": verified, "load_s": load, "load_cpu_s": load_cpu,
        "check_s": check, "check_cpu_s": check_cpu, "check_per_s": images / check,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=10_000)
    parser.add_argument("--single", type=int, default=20_000, help="images that are approved one by one, twice each")
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    rows = [measure(wanted.single, 1), measure(wanted.images, wanted.batch)]
    print("| identifiers | a signature covers | signatures | load | check | check, a second |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row['images']:,} | {row['batch']:,} | {row['signatures']:,} | {row['load_s']:.1f} s "
            f"({row['load_cpu_s']:.1f} s of processor) | {row['check_s']:.2f} s ({row['check_cpu_s']:.2f} s) "
            f"| {row['check_per_s']:,.0f} |"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory {peak:,.0f} MiB; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if wanted.json:
        wanted.json.write_text(json.dumps({"rows": rows, "peak_mib": peak, "load": os.getloadavg()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
