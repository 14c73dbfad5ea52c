"""`audit publish`, `audit cosign`: the log handed to others, so that nobody here can bend it unseen."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from audit import note
from audit.cosignature import WitnessKey
from audit.publish import FolderShelf, Published, UrlShelf, publish
from audit.timestamp import load_roots, request_timestamp, verify_timestamp
from audit.witnessing import Cosigned, add, ask, request_for
from curate.atomic import write_atomic
from curate.errors import ExitCode, ImprimaturError
from curate.progress import Progress, silent
from imprimatur.evidence import EvidenceMissing
from imprimatur.record_book import open_ledger, passphrase
from imprimatur.workspace import Workspace


class PlaceMissing(ImprimaturError):
    """Neither the command nor the settings name where to publish, or whom to ask."""

    code = "IMP-E128"
    exit_code = ExitCode.USAGE


def publish_log(workspace: Workspace, place: str | None, progress: Progress = silent) -> Published:
    """Publish to `place` (a folder or a web address), default that of the settings.

    Raises:
        PlaceMissing: no place is named. PublishRefused: another history lies there. PublishFailed: it cannot be reached.
        NotWitnessed: the settings ask for cosignatures and no checkpoint has as many.
    """
    settings = workspace.settings.ledger
    named = place or settings.publish
    if named is None:
        raise PlaceMissing(
            "A folder or an address to publish to was expected, found none.", hint="imprimatur audit publish DIR"
        )
    if named.startswith(("http://", "https://")):
        shelf: UrlShelf | FolderShelf = UrlShelf(named)
    else:
        shelf = FolderShelf(Path(named) if place else workspace.folder / named)
    with open_ledger(workspace) as ledger:
        return publish(ledger, shelf, required=settings.cosignatures, progress=progress)


def cosign_log(workspace: Workspace, place: str) -> Cosigned:
    """Have the newest checkpoint cosigned by the witness at `place`: a web address, or its folder.

    Raises:
        PlaceMissing: no witness is trusted yet. NotCosigned, WitnessAway: see there.
    """
    trusted = _trusted(workspace)
    with open_ledger(workspace) as ledger:
        return ask(ledger, place, trusted, passphrase())


def write_request(workspace: Workspace, file: Path, old: int) -> None:
    """Write the request that somebody carries to a witness, which last cosigned `old` entries."""
    with open_ledger(workspace) as ledger:
        write_atomic(file, request_for(ledger, old).encode())


def add_answer(workspace: Workspace, answer: Path, request: Path) -> Cosigned:
    """Keep what a witness answered to the request in the file `request`.

    Raises:
        NotCosigned, SignatureInvalid: it is no cosignature of a trusted witness. EvidenceMissing: no such file.
    """
    try:
        lines, asked = answer.read_text(encoding="utf-8"), request.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EvidenceMissing(f"Expected the request and its answer, found: {error}.", hint="ls -l") from error
    trusted = _trusted(workspace)
    with open_ledger(workspace) as ledger:
        return add(ledger, lines, trusted, asked)


def timestamp_log(workspace: Workspace, url: str) -> tuple[int, datetime]:
    """Have the newest checkpoint timestamped by the authority at `url` and keep its answer; size and time.

    Raises:
        PlaceMissing: no certificate is trusted yet. TimestampInvalid, TimestampUnavailable: see there.
    """
    paths = [workspace.folder / path for path in workspace.settings.ledger.timestamp_roots]
    if not paths:
        raise PlaceMissing(
            "The certificate of a timestamp authority was expected in [ledger] timestamp_roots, found none.",
            hint='timestamp_roots = ["authority.pem"]   (in imprimatur.toml, under [ledger])',
        )
    roots = load_roots(paths)
    with open_ledger(workspace) as ledger:
        head = note.verify(ledger.checkpoint(), ledger.public_key, ledger.origin)
        token = request_timestamp(url, head.text, roots)
        ledger.keep_stamp(head.size, token)
        return head.size, verify_timestamp(token, head.text, roots)


def _trusted(workspace: Workspace) -> list[WitnessKey]:
    trusted = [WitnessKey.read(text) for text in workspace.settings.ledger.witnesses]
    if not trusted:
        raise PlaceMissing(
            "The verifier key of at least one trusted witness was expected in [ledger] witnesses, found none.",
            hint="imprimatur audit witness show DIR   (prints it; put it into imprimatur.toml)",
        )
    return trusted
