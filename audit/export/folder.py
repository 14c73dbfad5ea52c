"""Writes the folder that an outsider gets: entries as they were hashed, the signed checkpoint, keys, manifests, statements,
reports, and `verify.py`, which checks all of it without this product. The folder is whole or absent.

`contents.json` lists every other file by SHA-256 and is signed by the ledger's key, so that a report or a bill of materials
that was touched on the way shows as a changed ledger entry does.

Entries hold digests and coded reasons, never personal text. Names, titles and sources lie in payloads; `disclose`
decides whether those are opened: an opening is the salt and the content of which the entry holds the SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from audit import dsse
from audit.entry import EntryKind, moment_text
from audit.export.readme import readme
from audit.keys import SigningKey
from audit.ledger import Ledger
from audit.statements import STATEMENT_TYPE
from curate.canonical import canonical_bytes
from curate.errors import ExitCode, ImprimaturError

VERIFIER = "verify.py"
CONTENTS = "contents.json"
CONTENTS_TYPE = "https://imprimatur.example/export/v1"
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
    documents: int


def export_record(
    ledger: Ledger,
    folder: Path,
    *,
    key: SigningKey,
    manifests: Mapping[int, bytes],
    documents: Mapping[str, bytes],
    disclose: bool,
    at: datetime,
) -> Exported:
    """Write the record as it stands into `folder`, which must not exist.

    Args:
        manifests: bytes of each manifest file, by the index of the ledger entry that names it.
        key: the ledger's, which signs the list of files.
        documents: everything else by its path in the folder: reports, statements, bills of materials.
        disclose: open the payloads of reviewers and decisions (names, titles, sources); without it an outsider sees
            digests, pseudonyms and coded reasons only.

    Raises:
        ExportRefused: the folder exists, or something in the record was made under an unsafe policy: that is no
            evidence of anything.
        LedgerCorrupt: the ledger is not what was signed.
    """
    if folder.exists():
        raise ExportRefused(f"Expected no folder at {folder}, found one.", hint=f"imprimatur audit export {folder}-new")
    checkpoint = ledger.checkpoint(cosigned=True)
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
        with (made / "beside.jsonl").open("w", encoding="utf-8") as lines:
            for index, name, data in ledger.beside(len(entries)):
                lines.write(json.dumps({"index": index, "name": name, "content": data.decode()}) + "\n")
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
        for path, data in {**{f"manifests/{i}.json": data for i, data in manifests.items()}, **documents}.items():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_bytes(data)
        (made / VERIFIER).write_bytes((files("audit.export") / VERIFIER).read_bytes())
        (made / "README.txt").write_text(
            readme(ledger.origin, len(entries), moment_text(at), disclose), encoding="utf-8"
        )
        (made / CONTENTS).write_bytes(_contents(made, ledger, key, at))
        made.chmod(0o755)
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return Exported(folder, len(entries), payloads, opened, len(manifests), len(documents))


def _contents(folder: Path, ledger: Ledger, key: SigningKey, at: datetime) -> bytes:
    """The signed list of all files in `folder`, which lacks only this list."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": [
            {
                "name": path.relative_to(folder).as_posix(),
                "digest": {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()},
            }
            for path in paths
        ],
        "predicateType": CONTENTS_TYPE,
        "predicate": {"workspace_id": ledger.workspace_id, "exported_at": moment_text(at), "entries": ledger.size},
    }
    return canonical_bytes(dsse.seal(canonical_bytes(statement), key)) + b"\n"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
