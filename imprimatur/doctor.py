"""`doctor`: one line per thing the product stands on; ok, warn or fail, and the command that fixes it."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from curate.errors import ImprimaturError

if TYPE_CHECKING:
    from audit.recheck.run import RecheckReport
    from imprimatur.workspace import Workspace

CORE = ("torch", "transformers", "pandas", "great_expectations", "presidio-analyzer", "typer", "sqlalchemy", "pillow")
MIN_FREE_GIB = 2.0


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Line:
    """`what` was looked at, what was `found`, and the command that `fix`es it (empty when ok).

    `cannot_see_*`: what a detector is blind to even where it is there; empty for everything else.
    """

    what: str
    level: Level
    found: str
    fix: str = ""
    cannot_see_en: str = ""
    cannot_see_ja: str = ""

    def to_document(self) -> dict[str, object]:
        blind = {"cannot_see": {"en": self.cannot_see_en, "ja": self.cannot_see_ja}} if self.cannot_see_en else {}
        return {"what": self.what, "level": self.level.value, "found": self.found, "fix": self.fix, **blind}


def examine(workspace: Path | None) -> list[Line]:
    """Look at the machine and, where there is one, at the workspace."""
    return [*_packages(), _font(), *_detectors(), *_workspace(workspace)]


def _packages() -> Iterator[Line]:
    yield Line("Python", Level.OK, platform.python_version())
    free = shutil.disk_usage(Path.cwd()).free / 2**30
    enough = free >= MIN_FREE_GIB
    yield Line(
        "disk", Level.OK if enough else Level.WARN, f"{free:.0f} GiB free", "" if enough else "free some disk space"
    )
    for name in CORE:
        try:
            yield Line(name, Level.OK, version(name))
        except PackageNotFoundError:
            yield Line(name, Level.FAIL, "not installed", "make setup")


def _font() -> Line:
    from imprimatur.sample.font import find_font

    try:
        font = find_font()
    except ImprimaturError as error:
        return Line("Japanese font", Level.WARN, error.message, error.hint)
    return Line("Japanese font", Level.OK, f"{font.name}, {font.licence} ({font.path})")


def _detectors() -> Iterator[Line]:
    from curate.screen.screener import Screener
    from curate.screen.settings import ScreenSettings

    for info in Screener(ScreenSettings()).detectors():
        name = f"{info.detector.name} {info.detector.version}"
        checks = ", ".join(check.value for check in info.checks)
        if info.available:
            level, found = Level.OK, f"{checks}; licence {info.licence}"
        else:
            level, found = Level.WARN, f"{checks}: not available, so its part stays unscreened; licence {info.licence}"
        yield Line(name, level, found, info.hint, info.blind_spots_en, info.blind_spots_ja)


def _encoder(place: Workspace) -> Line:
    from curate.screen.semantic import EncoderUnusable, detector_of
    from imprimatur.screening import semantic_settings

    folder = semantic_settings(place).encoder
    if folder is None:
        return Line(
            "semantic duplicates",
            Level.OK,
            "not looked for: no encoder is set, so other pictures of the same thing are not found "
            "([screen] encoder in imprimatur.toml names a local folder)",
        )
    try:
        return Line("semantic duplicates", Level.OK, f"{detector_of(folder).version} ({folder})")
    except EncoderUnusable as error:
        return Line("semantic duplicates", Level.FAIL, error.message, error.hint)


def _workspace(named: Path | None) -> Iterator[Line]:
    from curate.policy.document import load_policy
    from imprimatur.evidence import verify_ledger
    from imprimatur.record_book import ledger_exists
    from imprimatur.workspace import open_workspace

    try:
        place = open_workspace(named)
    except ImprimaturError as error:
        yield Line("workspace", Level.WARN, error.message, error.hint)
        return
    yield Line("workspace", Level.OK, str(place.folder))
    yield _encoder(place)
    try:
        policy = load_policy(place.policy_folder)
        unsafe = policy.unsafe_reasons()
        yield Line(
            "policy",
            Level.WARN if unsafe else Level.OK,
            f"{policy.ref.id} {policy.ref.version}" + (f", UNSAFE: {unsafe[0]}" if unsafe else ""),
            'set policy = "policies/default" in imprimatur.toml' if unsafe else "",
        )
    except ImprimaturError as error:
        yield Line("policy", Level.FAIL, error.message, error.hint)
    if not ledger_exists(place):
        yield Line("ledger", Level.WARN, "none yet", "imprimatur curate CATALOG")
        return
    key = place.ledger_key_path
    if key.is_file():
        private = (key.stat().st_mode & 0o077) == 0
        yield Line("ledger key", Level.OK if private else Level.WARN, str(key), "" if private else f"chmod 600 {key}")
    else:
        yield Line("ledger key", Level.FAIL, f"none at {key}", "restore it from your copy")
    try:
        found = verify_ledger(place)
        yield Line(
            "ledger",
            Level.OK if found.ok else Level.FAIL,
            f"{found.report.entries} entries, root {(found.report.root or '')[:16]}…"
            if found.ok
            else f"does not hold: {found.report.problems[0].found}",
            "" if found.ok else "imprimatur audit verify",
        )
        if found.ok:
            yield from _watched(place, found.report)
    except ImprimaturError as error:
        yield Line("ledger", Level.FAIL, error.message, error.hint)


def _watched(place: Workspace, report: RecheckReport) -> Iterator[Line]:
    """What would show that somebody with the key wrote the ledger anew: models, witnesses, a published copy, timestamps."""
    from imprimatur.evidence import published_size
    from imprimatur.kept_checkpoints import require_continued
    from imprimatur.record_book import open_ledger

    settings, entries = place.settings.ledger, report.entries
    with open_ledger(place) as ledger:
        models = require_continued(place, ledger)
    yield Line("checkpoints in models", Level.OK, f"the ledger continues those of {models} of this workspace's models")
    if not settings.witnesses:
        yield Line(
            "witnesses",
            Level.OK,
            "none is trusted: a history that was written anew shows only against a checkpoint that somebody else keeps "
            "(imprimatur audit checkpoint)",
        )
    else:
        seen = report.witnessed
        yield Line(
            "witnesses",
            Level.WARN if seen is None else Level.OK,
            f"{len(settings.witnesses)} trusted; "
            + ("no checkpoint has their cosignatures yet" if seen is None else f"{seen} of {entries} entries cosigned"),
            "imprimatur audit cosign WITNESS" if seen is None else "",
        )
    if settings.publish is not None:
        size = published_size(place)
        away = settings.publish.startswith(("http://", "https://"))
        found = "nothing yet" if size is None else f"{size} of {entries} entries"
        yield Line(
            "published log",
            Level.WARN if size is None and not away else Level.OK,
            f"{settings.publish}: {'not looked at: it is elsewhere' if away else found}",
            "imprimatur audit publish" if size is None and not away else "",
        )
    if settings.timestamp_roots:
        yield Line(
            "timestamps",
            Level.OK if report.stamps else Level.WARN,
            f"{report.stamps} kept",
            "" if report.stamps else "imprimatur audit timestamp URL",
        )
