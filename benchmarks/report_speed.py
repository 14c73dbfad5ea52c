"""How long the audit report takes over many images, from the recheck of the ledger to each finished file.

    python -m benchmarks.report_speed [--images 100000] [--folder DIR] [--formats json csv html pdf]

Prints a table and one JSON line: seconds of wall clock and of CPU, one run, no repetition. The record is generated: two
people approve in batches of 1,000, one model holds nine pictures in ten, a few are withdrawn afterwards.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from audit.approving import Signer, Verdict, Wish, draft
from audit.keys import SigningKey
from audit.ledger import EntryKind, Ledger, NewEntry
from audit.recheck.ledger import verify
from audit.report.collect import collect
from audit.report.document import document_bytes
from audit.report.html import render_html
from audit.report.pdf import render_pdf
from audit.report.table_csv import image_table
from audit.report.wording import Lang
from audit.reviewers import register_reviewer, resolve
from audit.standing import docket
from audit.withdrawal import withdraw
from curate.canonical import digest
from curate.long_lived import long_lived

T = TypeVar("T")
BATCH = 1_000
AT = datetime(2030, 1, 1, tzinfo=UTC)
POLICY = {"id": "default", "version": "1", "sha256": digest("policy")}
LICENCES = ("CC-BY-4.0", "LicenseRef-own", "LicenseRef-contract-7", "CC0-1.0")


def decision(number: int) -> NewEntry:
    """One picture in twenty is held, one in fifty denied; the rest may be memorized."""
    image = digest(number)
    outcome = "deny" if number % 50 == 0 else "review" if number % 20 == 0 else "memorize"
    rule = {"deny": "deny-no-train", "review": "unknown-source", "memorize": "cleared"}[outcome]
    body = {
        "image_id": image,
        "run": "run-1",
        "outcome": outcome,
        "lift": "fact" if outcome == "review" else "nobody",
        "rules": [rule],
        "unknowns": ["source"] if outcome == "review" else [],
        "policy": POLICY,
        "unsafe": False,
        "findings_digest": digest([image, "findings"]),
        "texts_digest": digest([image, "texts"]),
        "facts_digest": digest([image, "facts"]),
        "findings": [{"category": "quality", "kind": "quality.dark", "severity": "low", "channel": "pixel"}],
        "value": (number % 100) / 100,
        "duplicate_group": [],
        "approval": {"people": 2, "roles": ["compliance"], "valid_days": 365},
        "purpose": "measuring",
        "not_after": None,
        "unscreened": [],
    }
    return NewEntry(EntryKind.DECISION, body, _payload(number, image, rule, outcome), AT)


def _payload(number: int, image: str, rule: str, outcome: str) -> dict[str, Any]:
    return {
        "record": {
            "image_id": image,
            "file_names": [f"products/part-{number:06d}.jpg"],
            "content_class": "product",
            "texts": [
                {"field": "title", "language": "en", "text": f"Hexagon bolt {number}"},
                {"field": "title", "language": "ja", "text": f"六角ボルト {number}"},
            ],
            "rights": {
                "source": f"studio {number % 7}",
                "owner": "Example KK",
                "license": LICENCES[number % len(LICENCES)],
                "method": "photographed",
            },
        },
        "screening": {
            "image_id": image,
            "done": ["decode", "text.pii", "text.names", "catalogue.rights"],
            "unscreened": [],
            "findings": [
                {
                    "image_id": image,
                    "detector": {"name": "quality", "version": "1"},
                    "category": "quality",
                    "kind": "quality.dark",
                    "severity": "low",
                    "where": {"channel": "pixel", "field": None},
                }
            ],
        },
        "value": {"score": 0.5, "parts": {}, "scorer": "x", "explanation": "", "explanation_ja": ""},
        "hits": [
            {"rule": rule, "outcome": outcome, "reason_en": "As the policy says.", "reason_ja": "方針のとおりです。"}
        ],
    }


def make_record(folder: Path, images: int) -> tuple[Ledger, dict[str, Any]]:
    key = SigningKey.generate()
    ledger = Ledger.create(folder / "ledger.db", key, workspace_id="speed", at=AT)
    ledger.append([NewEntry(EntryKind.POLICY, {**POLICY, "unsafe": False}, {"rules": []}, AT)])
    new = [decision(number) for number in range(images)]
    for start in range(0, images, BATCH):
        ledger.append(new[start : start + BATCH])
    outcomes = Counter(entry.body["outcome"] for entry in new)
    run = {"run": "run-1", "rows": images, "images": images, "rejected": 0, "outcomes": dict(outcomes)}
    ledger.append([NewEntry(EntryKind.CURATE_RUN, run, {"location": "catalogue", "rows": images, "rejected": []}, AT)])
    wanted = [str(entry.body["image_id"]) for entry in new if entry.body["outcome"] == "memorize"]
    for number, name in enumerate(("佐藤 安奈", "Ken Abe")):
        person, moment = SigningKey.generate(), AT + timedelta(hours=number + 1)
        reviewer = str(register_reviewer(ledger, name, ["compliance"], person.public, at=moment).body["reviewer"])
        cases = docket(ledger.entries(), moment, workspace_id="speed")  # once: no batch is about the images of another
        signer = Signer(resolve(ledger, reviewer), person)
        for start in range(0, len(wanted), BATCH):
            batch = tuple(wanted[start : start + BATCH])
            wish = Wish(Verdict.APPROVE, batch, "reviewed", expires=AT + timedelta(days=300))
            ledger.append(draft(cases, signer, wish, moment))
    trained = wanted[: images * 9 // 10]
    manifest = {
        "run": "run-7",
        "base_model": "embedded",
        "unsafe": False,
        "entries": [{"identifier": f"im-{place:06d}", "image_id": image} for place, image in enumerate(trained)],
    }
    body = {"run": "run-7", "manifest_sha256": "0" * 64, "entries": len(trained), "unsafe": False}
    ledger.append([NewEntry(EntryKind.MANIFEST, body, None, AT + timedelta(days=1))])
    for image in trained[:5]:
        withdraw(ledger, image, "owner-request", "operator", at=AT + timedelta(days=2))
    return ledger, manifest


def measure(folder: Path, images: int, formats: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"images": images}

    def timed(name: str, work: Callable[[], T]) -> T:
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        found[name] = [round(time.perf_counter() - wall, 1), round(time.process_time() - cpu, 1)]
        return result

    ledger, manifest = timed("(making the record)", lambda: make_record(folder, images))
    moment = AT + timedelta(days=3)
    report = timed("recheck", lambda: verify(ledger.path, ledger.public_key.pem))
    with long_lived():  # as `imprimatur report` does
        entries = timed("entries", lambda: list(ledger.entries()))
        payloads = timed("payloads", lambda: {entry.index: payload for entry, payload in ledger.payloads(entries)})
        signed = ledger.checkpoint()
        data = timed(
            "collect",
            lambda: collect(entries, payloads.get, report.problems, [manifest], [], moment, checkpoint=signed),
        )
    if not data.holds or len(data.images) != images:
        raise SystemExit(f"the record that was measured does not hold: {data.faults}")
    render: dict[str, Callable[[], bytes]] = {
        "json": lambda: document_bytes(data),
        "csv": lambda: image_table(data, Lang.JA).encode(),
        "html": lambda: render_html(data, Lang.JA).encode(),
        "pdf": lambda: render_pdf(data, Lang.JA),
    }
    for name in formats:
        found[f"{name} MB"] = round(len(timed(name, render[name])) / 1e6, 1)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where to put the ledger; default: the system's temporary folder")
    parser.add_argument("--formats", nargs="+", default=["json", "csv", "html", "pdf"])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        found = measure(Path(folder), arguments.images, arguments.formats)
    for name, value in found.items():
        shown = f"{value[0]:>8} s wall {value[1]:>8} s CPU" if isinstance(value, list) else f"{value:>8}"
        print(f"{name:22} {shown}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
