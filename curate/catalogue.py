"""The catalogue as a table of texts: an imagefolder, a CSV, JSON Lines or Parquet file, or a bare folder of pictures.

Only `file_name` is required. What a row does not state is unknown (None), and unknown is never clean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from curate.catalogue_files import (
    CatalogueUnavailable,
    FileNameRefused,
    Files,
    LocalFiles,
    RemoteFiles,
    open_remote,
    protocol_of,
    read_remote,
)
from curate.errors import ExitCode, ImprimaturError
from curate.table_reading import SUFFIXES, Cell, RawTable, TableError, read_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "KNOWN_COLUMNS",
    "CatalogueError",
    "CatalogueTable",
    "CatalogueUnavailable",
    "FileNameRefused",
    "MissingFile",
    "TableError",
    "is_known",
    "read_catalogue",
]

TEXT_COLUMNS = ("title", "description", "captions", "tags")
KNOWN_COLUMNS = (
    "file_name", *TEXT_COLUMNS, "language", "content_class",
    "source", "collected_at", "collector", "method",
    "owner", "license", "license_scope", "license_start", "license_end", "license_territory", "contract_ref",
    "model_release", "property_release", "consent_ref",
    "criticality", "product_line", "sku", "changed_at", "change_count", "valid_until",
)  # fmt: skip
METADATA_FILES = tuple(f"metadata{suffix}" for suffix in SUFFIXES)
PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".avif", ".jp2", ".j2k", ".ppm", ".pgm"}
    | {".heic", ".svg", ".psd", ".eps", ".pdf"}  # listed too: they come out as not readable, with the reason
)
_TEXT_WITH_LANGUAGE = re.compile(rf"^(?:{'|'.join(TEXT_COLUMNS)})_[a-z]{{2,3}}$")


class CatalogueError(ImprimaturError):
    """The catalogue is there but is no catalogue: empty, without `file_name`, a mapped column that does not exist."""

    code = "IMP-E204"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class MissingFile:
    """A row that leads to no file; `row` counts data rows from 1, the header not counted."""

    row: int
    file_name: str
    reason: str


@dataclass(frozen=True)
class CatalogueTable:
    """`frame`: one line per catalogue row in order, cells are text, tuple of texts or None (`file_name`: never None, ""
    when absent), columns in our names; unknown columns are kept. `table_name` is the file the rows came from, or
    `(folder)`. `unknown_columns` are those nobody interprets.
    """

    frame: pd.DataFrame
    location: str
    table_name: str
    unknown_columns: tuple[str, ...]
    files: Files

    def local_path(self, file_name: str) -> Path:
        """The local file of a row.

        Raises:
            FileNameRefused: absolute, with `..`, control characters, or through a link that leaves the catalogue.
            CatalogueUnavailable: there is no such file, or the remote store does not give it.
        """
        return self.files.local_path(file_name)

    def missing_files(self) -> tuple[MissingFile, ...]:
        """Every row whose file is refused or absent; a remote file counts as there once it could be fetched."""
        missing = []
        for row, name in enumerate(self.frame["file_name"], start=1):
            try:
                self.local_path(name)
            except ImprimaturError as error:
                missing.append(MissingFile(row, name, error.message))
        return tuple(missing)


def is_known(column: str) -> bool:
    """Whether a column of this name is interpreted (text columns also with a language suffix)."""
    return column in KNOWN_COLUMNS or _TEXT_WITH_LANGUAGE.match(column) is not None


def read_catalogue(
    location: str | Path, columns: Mapping[str, str] | None = None, *, fetched: Path | None = None
) -> CatalogueTable:
    """Read the table of a catalogue; no picture is opened.

    Args:
        location: folder, table file or fsspec URL.
        columns: our column name -> the catalogue's.
        fetched: folder for copies of remote files; without it rows with remote files lead to no file.

    Raises:
        CatalogueUnavailable: nothing is there, or it cannot be opened.
        CatalogueError, TableError: it is there and cannot be used.
    """
    place = str(location).removeprefix("file://")
    raw, table_name, files = _remote(place, fetched) if protocol_of(place) else _local(Path(place), fetched)
    raw = _mapped(raw, columns or {}, table_name)
    if "file_name" not in raw.columns:
        raise CatalogueError(
            f"{table_name}: expected a column file_name, found {_listed(raw.columns)}",
            hint='set file_name = "THEIR COLUMN" under [catalogue.columns] of imprimatur.toml, then imprimatur curate',
        )
    if not raw.rows:
        raise CatalogueError(
            f"{place}: expected at least one row, found an empty catalogue", hint="imprimatur curate PATH/TO/CATALOGUE"
        )
    unknown = tuple(column for column in raw.columns if not is_known(column))
    return CatalogueTable(_frame(raw), place, table_name, unknown, files)


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(columns) if columns else "no columns"


def _frame(raw: RawTable) -> pd.DataFrame:
    import pandas as pd

    cells: dict[str, list[Cell]] = {column: [row[column] for row in raw.rows] for column in raw.columns}
    cells["file_name"] = [name if isinstance(name, str) else "" for name in cells["file_name"]]
    # dtype=object: pandas must not turn None into NaN or text into numbers.
    return pd.DataFrame({column: pd.Series(values, dtype=object) for column, values in cells.items()})


def _mapped(raw: RawTable, columns: Mapping[str, str], table_name: str) -> RawTable:
    """Columns under our names. One of theirs that already bears our name and is not meant is kept as `column:NAME`."""
    for ours, theirs in columns.items():
        if not is_known(ours):
            raise CatalogueError(
                f"[catalogue.columns] {ours}: expected one of our columns ({', '.join(KNOWN_COLUMNS)}), found {ours!r}",
                hint='our name comes first: file_name = "THEIR COLUMN" in imprimatur.toml, then imprimatur curate',
            )
        if theirs not in raw.columns:
            raise CatalogueError(
                f"[catalogue.columns] {ours}: expected a column of {table_name} ({_listed(raw.columns)}), "
                f"found {theirs!r}",
                hint=f"correct {ours} under [catalogue.columns] in imprimatur.toml, then imprimatur curate again",
            )
    used = set(columns.values())
    kept = {
        c: f"column:{c}" if c in columns and columns[c] != c else c
        for c in raw.columns
        if c not in used or c in columns
    }
    names = (*columns, *(name for name in kept.values() if name not in columns))

    def moved(row: Mapping[str, Cell]) -> dict[str, Cell]:
        return {kept_as: row[column] for column, kept_as in kept.items()} | {o: row[t] for o, t in columns.items()}

    return RawTable(names, tuple(moved(row) for row in raw.rows))


def _local(path: Path, fetched: Path | None) -> tuple[RawTable, str, Files]:
    try:
        if path.is_dir():
            names = [name for name in METADATA_FILES if (path / name).is_file()]
            if not names:
                return _folder(path), "(folder)", LocalFiles(path, fetched)
            table, root = path / _only(names, str(path)), path
        else:
            table, root = path, path.parent
        return read_table(table.read_bytes(), table.name), table.name, LocalFiles(root, fetched)
    except OSError as error:
        raise CatalogueUnavailable(
            f"expected a catalogue at {path}, it cannot be opened: {error.strerror or error}",
            hint="imprimatur curate PATH/TO/CATALOGUE",
        ) from error


def _only(names: list[str], place: str) -> str:
    if len(names) > 1:
        raise CatalogueError(
            f"{place}: expected one metadata file, found {', '.join(names)}",
            hint=f"imprimatur curate {place}/{names[0]}",
        )
    return names[0]


def _folder(path: Path) -> RawTable:
    """A folder without a table: every picture file by name, nothing else known. Links to folders are not followed."""
    names = sorted(
        found.relative_to(path).as_posix()
        for found in path.rglob("*")
        if found.suffix.lower() in PICTURE_SUFFIXES
        and not any(part.startswith(".") for part in found.relative_to(path).parts)
        and found.is_file()
    )
    return RawTable(("file_name",), tuple({"file_name": name} for name in names))


def _remote(url: str, fetched: Path | None) -> tuple[RawTable, str, Files]:
    url = url.rstrip("/")
    if Path(url).suffix.lower() in SUFFIXES:
        root, name = url.rsplit("/", 1)
        return read_table(read_remote(url), name), name, RemoteFiles(root, fetched)
    system, path = open_remote(url)
    try:
        names = [name for name in METADATA_FILES if system.exists(f"{path}/{name}")]
    except Exception as error:  # every store raises its own types; all mean "not available"
        raise CatalogueUnavailable(
            f"expected a catalogue at {url}, it cannot be reached: {type(error).__name__}",
            hint="imprimatur curate URL/OF/metadata.jsonl",
        ) from error
    if not names:
        raise CatalogueUnavailable(
            f"expected one of {', '.join(METADATA_FILES)} at {url}, found none",
            hint="imprimatur curate URL/OF/metadata.jsonl",
        )
    name = _only(names, url)
    return read_table(read_remote(f"{url}/{name}"), name), name, RemoteFiles(url, fetched)
