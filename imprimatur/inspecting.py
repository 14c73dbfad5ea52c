"""`inspect`: the screening of the first room on loose files and lines, without a workspace; writes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from curate.catalogue_files import LocalFiles
from curate.decode import DecodeLimits, DecodePool
from curate.errors import ExitCode, ImprimaturError
from curate.finding import Finding, Unscreened
from curate.picture import PIXEL_PARTS, PictureFacts, Undecoded
from curate.progress import Progress, silent
from curate.record import BusinessFacts, ContentClass, ImageRecord, RightsFacts
from curate.rights_verdict import RightsChannel, RightsVerdict
from curate.screen.rights.statement import CATALOGUE_DETECTOR
from curate.screen.screener import Screener
from curate.sidecars import SidecarReader, stands_beside
from imprimatur.screening import nearest_screen_settings, nearest_trust_anchors


class NothingToInspect(ImprimaturError):
    """No file, folder or text was given, or the place does not exist."""

    code = "IMP-E120"
    exit_code = ExitCode.USAGE


class InputMissing(ImprimaturError):
    """A named file or folder is not there."""

    code = "IMP-E121"
    exit_code = ExitCode.UNAVAILABLE


@dataclass(frozen=True)
class Inspection:
    """What was found in one input: a file, or line `line` (from 1) of a text."""

    name: str
    line: int | None
    image_id: str | None
    findings: tuple[Finding, ...]
    unscreened: tuple[Unscreened, ...]
    rights: RightsVerdict | None = None

    def to_document(self) -> dict[str, Any]:
        """As interfaces.md spells it; a file also has `rights`, the one verdict over all channels."""
        head: dict[str, Any] = (
            {"input": "text", "line": self.line}
            if self.line is not None
            else {"input": self.name, "image_id": self.image_id}
        )
        return {
            **head,
            "findings": [finding.to_document() for finding in self.findings],
            "unscreened": [part.to_document() for part in self.unscreened],
            **({} if self.rights is None else {"rights": self.rights.to_document()}),
        }


def inspect_texts(lines: Sequence[str], *, language: str | None = None) -> tuple[Inspection, ...]:
    """One inspection for every line, also for empty ones; `language` is ja, en or None (told from the script).

    Personnel numbers are those of the workspace around the current folder, if there is one.
    """
    screener = Screener(nearest_screen_settings(Path.cwd()))
    found = screener.screen_texts(lines, language=language)
    return tuple(
        Inspection("text", number, None, findings, unscreened)
        for number, (findings, unscreened) in enumerate(found, start=1)
    )


def _files(paths: Sequence[Path]) -> dict[Path, Path]:
    """What was named, and everything below the folders among it but hidden names and what is read beside a picture, each
    with the folder whose reservations speak of it: the one that was named, or its own. Links inside are not followed."""
    found: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            below = sorted(item for item in path.rglob("*") if item.is_symlink() or not item.is_dir())
            names: dict[Path, set[str]] = {}
            for item in below:
                names.setdefault(item.parent, set()).add(item.name)
            for item in below:
                hidden = any(part.startswith(".") for part in item.relative_to(path).parts)
                beside = item.is_file() and not item.is_symlink() and stands_beside(item.name, names[item.parent])
                if not hidden and not beside:
                    found.setdefault(item, path)
        elif path.exists() or path.is_symlink():
            found.setdefault(path, path.parent)
        else:
            raise InputMissing(f"Expected a file or folder at {path}, found none.", hint=f"ls {path.parent}")
    return found


def _no_file(path: Path, named: bool) -> str | None:
    """Why nobody opens it, or None. A link is followed only where somebody named it."""
    if path.is_symlink() and not named:
        return "a symbolic link inside the folder, which is not followed"
    if not path.is_file():
        return "expected a regular file, found a pipe, device or broken link"
    return None


def _digest(path: Path, barred: bool) -> str:
    """Of a file whose look told none; empty where its bytes are not to be read or cannot be."""
    if barred:
        return ""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""  # the look says why


def _about_the_file(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """What the missing catalogue would say about rights is left out: loose files have none."""
    return tuple(finding for finding in findings if finding.detector != CATALOGUE_DETECTOR)


def inspect_paths(
    paths: Sequence[Path], *, content_class: ContentClass = ContentClass.PHOTO, progress: Progress = silent
) -> tuple[Inspection, ...]:
    """Look at every file once, pixels read where the `vision` extra is installed; quality is judged as `content_class`.

    Raises:
        InputMissing: a named path does not exist.
        NothingToInspect: the folders hold no file.
    """
    files = _files(paths)
    if not files:
        raise NothingToInspect(
            "Expected at least one file, found none in the folders named.", hint="imprimatur inspect FILE"
        )
    looks: dict[str, PictureFacts | Undecoded] = {}
    named = set(paths)
    barred = {path: reason for path in files if (reason := _no_file(path, path in named)) is not None}
    looks |= {str(path): Undecoded(None, reason) for path, reason in barred.items()}
    anchors = nearest_trust_anchors(Path.cwd())
    with DecodePool(DecodeLimits(), min(2, len(files)), read_pixels=True, trust_anchors=anchors) as pool:
        wanted = frozenset(PIXEL_PARTS)
        items = [(str(path), path, wanted) for path in files if path not in barred]
        for done, (key, seen) in enumerate(pool.look(items), start=1):
            looks[key] = seen
            progress("look at files", done, len(files))
    screener = Screener(nearest_screen_settings(Path.cwd()))
    sidecars = {root: SidecarReader(LocalFiles(root)) for root in set(files.values())}
    results = []
    today = datetime.now(UTC).date()
    for path, root in files.items():
        seen = looks[str(path)]
        image_id = seen.image_id or _digest(path, path in barred)
        record = ImageRecord(
            image_id=image_id,
            file_names=(path.name,),
            content_class=content_class,
            class_inferred=True,
            texts=(),
            rights=RightsFacts(),
            business=BusinessFacts(),
        )
        beside = {} if path in barred else {image_id: sidecars[root].beside(path, path.relative_to(root).as_posix())}
        screening = screener.screen([record], {image_id: seen}, beside=beside, today=today)[image_id]
        rights = screening.rights.without(RightsChannel.CATALOGUE) if screening.rights is not None else None
        results.append(
            Inspection(
                str(path), None, image_id or None, _about_the_file(screening.findings), screening.unscreened, rights
            )
        )
    return tuple(results)
