"""A long ledger: durable appends in batches, recheck with bounded memory, proofs and published tiles.

    python -m benchmarks.ledger_million FOLDER [--entries 1000000] [--payloads] [--database URL]

Entries are decisions of ordinary size. Each figure is given in wall-clock seconds and, where it is work of this
process alone, in seconds of CPU: on a busy machine only the latter compare. FOLDER keeps the ledger for a second run.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

from audit.keys import SigningKey
from audit.ledger import Ledger, NewEntry
from audit.proof import prove
from audit.publish import FolderShelf, publish
from audit.recheck.proof import check_proof
from benchmarks.ledger_speed import AT, decision

BATCH = 1_000

RECHECK = """
import json, resource, sys, time
from pathlib import Path
from audit.recheck.ledger import verify
place = sys.argv[1] if "://" in sys.argv[1] else Path(sys.argv[1])
wall, cpu = time.perf_counter(), time.process_time()
report = verify(place, Path(sys.argv[2]).read_text())
print(json.dumps({"ok": report.ok, "problems": [str(p) for p in report.problems[:3]], "entries": report.entries,
    "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu,
    "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def grow(place: Path | str, key: SigningKey, entries: int, payloads: bool) -> dict[str, float]:
    """Append until there are `entries`; what one batch of 1,000 took, and what all took."""
    ledger = (
        Ledger.open(place, key) if Ledger.exists(place) else Ledger.create(place, key, workspace_id="m" * 32, at=AT)
    )
    wall, cpu, first = time.perf_counter(), time.process_time(), ledger.size
    making = 0.0
    for start in range(first, entries, BATCH):
        began = time.perf_counter()
        new = [decision(number) for number in range(start, min(start + BATCH, entries))]
        new = new if payloads else [NewEntry(entry.kind, entry.body, at=entry.at) for entry in new]
        making += time.perf_counter() - began
        ledger.append(new)
    wall, cpu = time.perf_counter() - wall - making, time.process_time() - cpu
    ledger.close()
    return {"appended": entries - first, "append wall s": wall, "append cpu s": cpu}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--payloads", action="store_true", help="with an erasable payload of about 1 kB each")
    parser.add_argument("--database", help="a PostgreSQL address instead of a file in FOLDER")
    parser.add_argument("--publish", action="store_true", help="publish to FOLDER/log as well")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    pem, public = asked.folder / "key.pem", asked.folder / "key.pub.pem"
    key = SigningKey.load(pem) if pem.exists() else SigningKey.generate()
    key.save(pem)
    key.public.save(public)
    place = asked.database or asked.folder / "ledger.db"
    found: dict[str, object] = dict(grow(place, key, asked.entries, asked.payloads))
    if found["appended"]:
        found["appends per second"] = round(float(str(found["appended"])) / float(str(found["append wall s"])))
    run = subprocess.run(
        [sys.executable, "-c", RECHECK, str(place), str(public)], capture_output=True, text=True, check=True
    )
    found |= {f"recheck {name}": value for name, value in json.loads(run.stdout).items()}
    with Ledger.open(place, key) as ledger:
        began = time.perf_counter()
        proofs = [prove(ledger, index) for index in random.Random(1).sample(range(asked.entries), 50)]
        found["ms per proof"] = (time.perf_counter() - began) / 50 * 1000
        for proof in proofs:
            check_proof(proof.text(), key.public.pem, leaf=proof.leaf)
        found["largest proof file, bytes"] = max(len(proof.text().encode()) for proof in proofs)
        if asked.publish:
            began = time.perf_counter()
            done = publish(ledger, FolderShelf(asked.folder / "log"))
            found |= {"published files": done.files, "publish wall s": time.perf_counter() - began}
    if not asked.database:
        found["megabytes"] = (asked.folder / "ledger.db").stat().st_size / 1e6
    found["own peak MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for name, value in found.items():
        print(f"{name:28} {value:>14.1f}" if isinstance(value, float) else f"{name:28} {value!s:>14}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
