"""The catalogue as a table of texts: an imagefolder, a CSV, JSON Lines or Parquet file, or a bare folder of pictures.

Only `file_name` is required. What a row does not state is unknown (None), and unknown is never clean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from curate.catalogue_files import (
    CatalogueUnavailable,
    FileNameRefused,
    Files,
    LocalFiles,
    RemoteFiles,
    open_remote,
    protocol_of,
    read_remote,
    stream_remote,
)
from curate.cells import Cell, TableError
from curate.errors import ExitCode, ImprimaturError
from curate.parquet_reading import parquet_batches
from curate.table_reading import PARQUET, SUFFIXES, RawTable, read_table

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
    "file_name", "sha256", *TEXT_COLUMNS, "language", "content_class",
    "source", "collected_at", "collector", "method",
    "owner", "license", "license_scope", "license_start", "license_end", "license_territory", "contract_ref",
    "model_release", "property_release", "consent_ref",
    "criticality", "product_line", "sku", "changed_at", "change_count", "valid_until",
)  # fmt: skip
_WHOLE = 1 << 20  # rows of a batch where everything is read anyway
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


_Names = tuple[tuple[str, str], ...]


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
    opened = open_catalogue(location, columns, fetched=fetched)
    return CatalogueTable(
        frame_of(opened.columns, [row for rows in opened.batches(_WHOLE) for row in rows]),
        opened.location,
        opened.table_name,
        opened.unknown_columns,
        opened.files,
    )


@dataclass(frozen=True)
class OpenCatalogue:
    """A catalogue whose rows come in batches, as often as they are asked for. `columns` in our names; `rows`: how many."""

    columns: tuple[str, ...]
    rows: int
    location: str
    table_name: str
    files: Files
    _found: _Found
    _names: _Names

    @property
    def unknown_columns(self) -> tuple[str, ...]:
        return tuple(column for column in self.columns if not is_known(column))

    def batches(self, size: int, columns: Collection[str] | None = None) -> Iterator[list[dict[str, Cell]]]:
        """Rows in lists of at most `size`, each with a cell for every column, or for `file_name` and those of `columns`
        that are there; `file_name` is "" where it is no text. Of a Parquet file only one list is in memory; the other
        formats were read whole.

        Raises:
            TableError: the file is damaged, or its columns are no longer those that were there when it was opened.
        """
        names = tuple(
            (ours, theirs) for ours, theirs in self._names if columns is None or ours == "file_name" or ours in columns
        )
        _, _, batches = self._found.read(size, None if columns is None else {theirs for _, theirs in names})
        for rows in batches:
            yield [_cells(row, names) for row in rows]


def _cells(row: Mapping[str, Cell], names: _Names) -> dict[str, Cell]:
    cells = {ours: row.get(theirs) for ours, theirs in names}
    name = cells["file_name"]
    cells["file_name"] = name if isinstance(name, str) else ""
    return cells


def open_catalogue(
    location: str | Path, columns: Mapping[str, str] | None = None, *, fetched: Path | None = None
) -> OpenCatalogue:
    """As `read_catalogue`, without reading the rows of a Parquet file yet.

    Raises:
        As `read_catalogue`.
    """
    place = str(location).removeprefix("file://")
    found = _remote(place, fetched) if protocol_of(place) else _local(Path(place), fetched)
    theirs, rows, _ = found.read(_WHOLE)
    renamed = _renamed(theirs, columns or {}, found.name)
    ours = tuple(name for name, _ in renamed)
    if "file_name" not in ours:
        raise CatalogueError(
            f"{found.name}: expected a column file_name, found {_listed(ours)}",
            hint='set file_name = "THEIR COLUMN" under [catalogue.columns] of imprimatur.toml, then imprimatur curate',
        )
    if not rows:
        raise CatalogueError(
            f"{place}: expected at least one row, found an empty catalogue", hint="imprimatur curate PATH/TO/CATALOGUE"
        )
    return OpenCatalogue(ours, rows, place, found.name, found.files, found, renamed)


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(columns) if columns else "no columns"


def frame_of(columns: Sequence[str], rows: Sequence[Mapping[str, Cell]]) -> pd.DataFrame:
    """Rows as the frame of a `CatalogueTable`."""
    return frame_of_cells({name: [row[name] for row in rows] for name in columns})


def frame_of_cells(cells: Mapping[str, list[Cell]]) -> pd.DataFrame:
    """The same of columns."""
    import pandas as pd

    # dtype=object: pandas must not turn None into NaN or text into numbers.
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in cells.items()})


def _renamed(theirs: tuple[str, ...], columns: Mapping[str, str], table_name: str) -> _Names:
    """Our name and that in the table, mapped ones first. One that already bears our name and is not meant is kept as
    `column:NAME`."""
    for ours, name in columns.items():
        if not is_known(ours):
            raise CatalogueError(
                f"[catalogue.columns] {ours}: expected one of our columns ({', '.join(KNOWN_COLUMNS)}), found {ours!r}",
                hint='our name comes first: file_name = "THEIR COLUMN" in imprimatur.toml, then imprimatur curate',
            )
        if name not in theirs:
            raise CatalogueError(
                f"[catalogue.columns] {ours}: expected a column of {table_name} ({_listed(theirs)}), found {name!r}",
                hint=f"correct {ours} under [catalogue.columns] in imprimatur.toml, then imprimatur curate again",
            )
    used = set(columns.values())
    rest = [
        (f"column:{c}" if c in columns and columns[c] != c else c, c) for c in theirs if c not in used or c in columns
    ]
    return (*columns.items(), *((ours, name) for ours, name in rest if ours not in columns))


@dataclass(frozen=True)
class _Found:
    """A table and what lies beside it. `source`: a file of this machine, or a function that opens it elsewhere; `whole`:
    its rows where they were read already."""

    name: str
    files: Files
    source: Path | Callable[[], IO[bytes]] | None = None
    whole: RawTable | None = None

    def read(
        self, size: int, wanted: Collection[str] | None = None
    ) -> tuple[tuple[str, ...], int, Iterator[Sequence[Mapping[str, Cell]]]]:
        """Columns, number of rows, rows in lists of at most `size`; only the `wanted` columns are sure to be in them."""
        if self.whole is None and self.source is not None:
            source = self.source if isinstance(self.source, Path) else self.source()
            return parquet_batches(source, self.name, size, wanted)
        raw = self.whole or RawTable((), ())
        return raw.columns, len(raw.rows), (raw.rows[n : n + size] for n in range(0, len(raw.rows), size))


def _local(path: Path, fetched: Path | None) -> _Found:
    try:
        if path.is_dir():
            names = [name for name in METADATA_FILES if (path / name).is_file()]
            if not names:
                return _Found("(folder)", LocalFiles(path, fetched), whole=_folder(path))
            table, root = path / _only(names, str(path)), path
        else:
            table, root = path, path.parent
        files = LocalFiles(root, fetched)
        if table.suffix.lower() == PARQUET and table.is_file():
            return _Found(table.name, files, source=table)
        return _Found(table.name, files, whole=read_table(table.read_bytes(), table.name))
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


def _remote(url: str, fetched: Path | None) -> _Found:
    url = url.rstrip("/")
    if Path(url).suffix.lower() in SUFFIXES:
        root, name = url.rsplit("/", 1)
        return _remote_table(root, name, fetched)
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
    return _remote_table(url, _only(names, url), fetched)


def _remote_table(root: str, name: str, fetched: Path | None) -> _Found:
    files = RemoteFiles(root, fetched)
    if Path(name).suffix.lower() == PARQUET:
        return _Found(name, files, source=lambda: stream_remote(f"{root}/{name}"))
    return _Found(name, files, whole=read_table(read_remote(f"{root}/{name}"), name))
