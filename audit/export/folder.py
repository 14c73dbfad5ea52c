"""Writes the folder that an outsider gets: entries as they were hashed, the signed checkpoint, keys, manifests, reports,
and `verify.py`, which checks all of it without this product. The folder is whole or absent.

Entries hold digests and coded reasons, never personal text. Names, titles and sources lie in payloads; `disclose`
decides whether those are opened: an opening is the salt and the content of which the entry holds the SHA-256.
"""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from audit.entry import EntryKind, moment_text
from audit.export.readme import readme
from audit.ledger import Ledger
from curate.errors import ExitCode, ImprimaturError

VERIFIER = "verify.py"
DISCLOSED = (
    EntryKind.REVIEWER,
    EntryKind.DECISION,
)  # what an outsider reads: who, and which picture under which rights


class ExportRefused(ImprimaturError):
    """What was to be handed out is no evidence, or the place is taken."""

    code = "IMP-E320"
    exit_code = ExitCode.REFUSED


@dataclass(frozen=True, slots=True)
class Exported:
    """`opened` counts payloads that were disclosed, of `payloads` that exist."""

    folder: Path
    entries: int
    payloads: int
    opened: int
    manifests: int


def export_record(
    ledger: Ledger,
    folder: Path,
    *,
    manifests: Mapping[int, bytes],
    reports: Mapping[str, bytes],
    disclose: bool,
    at: datetime,
) -> Exported:
    """Write the record as it stands into `folder`, which must not exist.

    Args:
        manifests: bytes of each manifest file, by the index of the ledger entry that names it.
        reports: report files by name.
        disclose: open the payloads of reviewers and decisions (names, titles, sources); without it an outsider sees
            digests, pseudonyms and coded reasons only.

    Raises:
        ExportRefused: the folder exists, or something in the record was made under an unsafe policy: that is no
            evidence of anything.
        LedgerCorrupt: the ledger is not what was signed.
    """
    if folder.exists():
        raise ExportRefused(f"Expected no folder at {folder}, found one.", hint=f"imprimatur audit export {folder}-new")
    checkpoint = ledger.checkpoint()
    entries = list(ledger.entries())
    unsafe = [
        e.index for e in entries if e.body.get("unsafe") is True and e.kind in (EntryKind.MANIFEST, EntryKind.POLICY)
    ]
    if unsafe:
        raise ExportRefused(
            f"Expected a record in which persons stand behind everything, found entry {unsafe[0]} made under an UNSAFE "
            "policy (an image could be memorized without a named person).",
            hint="imprimatur init DIR, with a policy that asks for people",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        with (made / "entries.jsonl").open("wb") as stream:
            stream.writelines(leaf + b"\n" for leaf in ledger.leaves(len(entries)))
        (made / "checkpoint.txt").write_text(checkpoint, encoding="utf-8")
        (made / "ledger-key.pub.pem").write_text(ledger.public_key.pem, encoding="utf-8")
        payloads = opened = 0
        with (made / "openings.jsonl").open("w", encoding="utf-8") as lines:
            for entry, payload in ledger.openings(entries):
                payloads += 1
                if disclose and entry.kind in DISCLOSED:
                    opened += 1
                    line = {"index": entry.index, "salt": _text(payload.salt), "content": _text(payload.content)}
                    lines.write(json.dumps(line) + "\n")
        for sub, parts in (("manifests", {f"{i}.json": data for i, data in manifests.items()}), ("reports", reports)):
            (made / sub).mkdir()
            for name, data in parts.items():
                (made / sub / name).write_bytes(data)
        (made / VERIFIER).write_bytes((files("audit.export") / VERIFIER).read_bytes())
        (made / "README.txt").write_text(
            readme(ledger.origin, len(entries), moment_text(at), disclose), encoding="utf-8"
        )
        made.chmod(0o755)
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return Exported(folder, len(entries), payloads, opened, len(manifests))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
