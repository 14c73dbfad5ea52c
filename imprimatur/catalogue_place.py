"""Where this workspace's catalogue is: named on the command line, in the settings, or as the last run found it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from curate.atomic import write_atomic
from curate.catalogue import CatalogueTable, read_catalogue
from curate.errors import ExitCode, ImprimaturError
from curate.expectations.suite import SuiteError
from curate.pipeline import Source
from imprimatur.workspace import Workspace

SUITE = Path("expectations") / "catalogue.json"
LOG_BESIDE = "search_log.csv"
TABLES = ("catalogue", "search_log", "decisions", "approvals", "manifest")  # of which there may be own suites


class CatalogueUnknown(ImprimaturError):
    """No catalogue was named, now or before."""

    code = "IMP-E112"
    exit_code = ExitCode.USAGE


def _memory(workspace: Workspace) -> Path:
    return workspace.folder / "state" / "catalogue.json"


def resolve_source(workspace: Workspace, named: str | None, search_log: Path | None, *, policy_folder: Path) -> Source:
    """The catalogue to read. A relative place in the settings is relative to the workspace, one on the command line to
    the current folder. Where no log is named, it is the last run's if the catalogue is, else a `search_log.csv` beside the
    metadata.

    Raises:
        CatalogueUnknown: nobody ever said where it is.
    """
    settings = workspace.settings.catalogue
    remembered = json.loads(_memory(workspace).read_text()) if _memory(workspace).is_file() else {}
    location = named or _inside(workspace, settings.location) or remembered.get("location")
    if location is None:
        raise CatalogueUnknown(
            "Expected a catalogue, found none named on the command line or in imprimatur.toml.",
            hint="imprimatur curate PATH/TO/CATALOGUE",
        )
    if "://" not in location:
        location = str(Path(location).expanduser().resolve())
    log = search_log or (Path(p) if (p := _inside(workspace, settings.search_log)) else None)
    if log is None and named is None and settings.location is None and remembered.get("search_log"):
        log = Path(remembered["search_log"])
    if log is None and "://" not in location:
        base = Path(location) if Path(location).is_dir() else Path(location).parent
        log = base / LOG_BESIDE if (base / LOG_BESIDE).is_file() else None
    suite = policy_folder / SUITE
    if not suite.is_file():
        suite = workspace.folder / "policies" / "default" / SUITE
    return Source(
        location=location,
        columns=dict(settings.columns),
        search_log=log.resolve() if log else None,
        suite=suite if suite.is_file() else None,
        own_suites=checked_suites(workspace),
        fetched=workspace.cache / "fetched",
    )


def checked_suites(workspace: Workspace) -> Path:
    """The folder of people's own suites.

    Raises:
        SuiteError: it holds a suite where nobody would look for it, which must not pass for one that holds.
    """
    folder = workspace.own_suites
    strays = [
        path for path in folder.glob("*") if path.suffix == ".json" or (path.is_dir() and path.name not in TABLES)
    ]
    if strays:
        raise SuiteError(
            f"{folder}: expected folders called {', '.join(TABLES)}, found {', '.join(sorted(p.name for p in strays))}",
            hint="mv the suite into the folder that is called like its table (docs/how-to/expectations.md)",
        )
    return folder


def _inside(workspace: Workspace, place: str | None) -> str | None:
    if place is None or "://" in place:
        return place
    return str(workspace.folder / Path(place).expanduser())


def remember_catalogue(workspace: Workspace, source: Source) -> None:
    """Keep the place for the commands that read the live catalogue later."""
    document = {"location": source.location, "search_log": str(source.search_log) if source.search_log else None}
    write_atomic(_memory(workspace), (json.dumps(document, indent=2) + "\n").encode())


def live_table(workspace: Workspace) -> CatalogueTable:
    """The catalogue as it is now."""
    source = resolve_source(workspace, None, None, policy_folder=workspace.policy_folder)
    return read_catalogue(source.location, source.columns, fetched=source.fetched)


def locator(table: CatalogueTable, names_of: Callable[[str], tuple[str, ...]]) -> Callable[[str], Path | None]:
    """Where the gate finds an image's file: the first of its names that the live catalogue still has."""
    present = {str(name) for name in table.frame["file_name"]}

    def locate(image_id: str) -> Path | None:
        for name in names_of(image_id):
            if name in present:
                try:
                    return table.local_path(name)
                except ImprimaturError:
                    continue  # another row may still lead to the same bytes; none leaves the image unlocated, refused
        return None

    return locate
