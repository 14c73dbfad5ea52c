"""Where the files of a catalogue are, on this machine or behind an fsspec URL, and which names are not followed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import IO, Any, NoReturn, Protocol

from curate.errors import ExitCode, ImprimaturError

# Protocols that a row may name. Those that reach local files or wrap others (file, zip, simplecache::…) are left out.
REMOTE_PROTOCOLS = frozenset({"https", "http", "s3", "gs", "gcs", "az", "abfs", "abfss", "memory"})
FETCH_BYTES = 1024**3  # a larger remote file is not fetched
_URL = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")


class RowTrouble(StrEnum):
    """Why a row of the catalogue leads to no image; the value is recorded."""

    NO_NAME = "no-name"
    CONTROL_CHARACTER = "control-character"
    ABSOLUTE_PATH = "absolute-path"
    GOES_UP = "goes-up"
    THE_FOLDER = "the-folder"
    LINK_OUT = "link-out"
    LINK_LOOP = "link-loop"
    NOT_REGULAR = "not-regular"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    PROTOCOL = "protocol"
    UNREACHABLE = "unreachable"
    TOO_LARGE = "too-large"


TROUBLE_JA: Mapping[RowTrouble, str] = {
    RowTrouble.NO_NAME: "file_name が空です。",
    RowTrouble.CONTROL_CHARACTER: "file_name に制御文字または壊れた文字が含まれています。",
    RowTrouble.ABSOLUTE_PATH: "file_name が絶対パスです。カタログのフォルダーからの相対パスで指定してください。",
    RowTrouble.GOES_UP: "file_name に「..」が含まれ、カタログのフォルダーの外を指しています。",
    RowTrouble.THE_FOLDER: "file_name がカタログのフォルダー自体を指しています。",
    RowTrouble.LINK_OUT: "カタログの外を指すシンボリックリンクです。",
    RowTrouble.LINK_LOOP: "自分自身に戻るシンボリックリンクです。",
    RowTrouble.NOT_REGULAR: "通常のファイルではありません（フォルダー、パイプ、デバイスなど）。",
    RowTrouble.MISSING: "カタログのフォルダーにファイルが見つかりません。",
    RowTrouble.UNREADABLE: "ファイルを開けません。",
    RowTrouble.PROTOCOL: "このURLの方式（プロトコル）は使用できません。",
    RowTrouble.UNREACHABLE: "リモートのファイルを取得できません。",
    RowTrouble.TOO_LARGE: "リモートのファイルが大きすぎるため、取得しません。",
}


class CatalogueUnavailable(ImprimaturError):
    """The catalogue or one of its files is not there, or cannot be opened or reached."""

    code = "IMP-E202"
    exit_code = ExitCode.UNAVAILABLE

    def __init__(self, message: str, *, hint: str, trouble: RowTrouble = RowTrouble.UNREACHABLE) -> None:
        super().__init__(message, hint=hint)
        self.trouble = trouble


class FileNameRefused(ImprimaturError):
    """A file name of the catalogue leads outside of it, or is no name."""

    code = "IMP-E203"
    exit_code = ExitCode.USAGE

    def __init__(self, message: str, *, hint: str, trouble: RowTrouble = RowTrouble.PROTOCOL) -> None:
        super().__init__(message, hint=hint)
        self.trouble = trouble


class Files(Protocol):
    """The files beside a table."""

    def local_path(self, file_name: str) -> Path:
        """An existing regular file. Raises: FileNameRefused, CatalogueUnavailable."""
        ...


def _refuse(file_name: str, found: str, trouble: RowTrouble) -> NoReturn:
    shown = repr(file_name[:200]) if file_name.isprintable() else ascii(file_name[:200])
    raise FileNameRefused(
        f"expected a file name inside the catalogue, found {found}: {shown}",
        hint="correct file_name in that row, then imprimatur curate again",
        trouble=trouble,
    )


def _missing(where: str, reason: str, trouble: RowTrouble = RowTrouble.UNREACHABLE) -> NoReturn:
    raise CatalogueUnavailable(
        f"expected a file at {where}, {reason}",
        hint="add the file or correct file_name, then imprimatur curate again",
        trouble=trouble,
    )


def protocol_of(location: str) -> str | None:
    """The protocol of a URL, None for a local path."""
    found = _URL.match(location)
    return found.group(1).lower() if found else None


def checked_name(file_name: str) -> str:
    """A relative name that stays below the catalogue's folder as far as its text tells.

    Raises:
        FileNameRefused: empty, absolute, with `..`, or with control characters.
    """
    if not file_name.strip():
        _refuse(file_name, "none", RowTrouble.NO_NAME)
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in file_name):
        _refuse(file_name, "a control character or a broken one", RowTrouble.CONTROL_CHARACTER)
    name = PurePosixPath(file_name)
    if name.is_absolute() or re.match(r"^([A-Za-z]:[\\/]|\\\\)", file_name):
        _refuse(file_name, "an absolute path", RowTrouble.ABSOLUTE_PATH)
    if ".." in name.parts or ".." in file_name.split("\\"):
        _refuse(file_name, "a path that goes up with ..", RowTrouble.GOES_UP)
    if not name.parts:
        _refuse(file_name, "the folder itself", RowTrouble.THE_FOLDER)
    return str(name)


@dataclass(frozen=True)
class LocalFiles:
    """Files below a folder of this machine."""

    root: Path
    fetched: Path | None = None

    def local_path(self, file_name: str) -> Path:
        if protocol_of(file_name) is not None:
            return fetch(file_name, self.fetched)
        name = checked_name(file_name)
        root = self.root.resolve()
        try:
            path = (root / name).resolve(strict=True)
        except FileNotFoundError:
            _missing(f"{name}", "found none in the catalogue's folder", RowTrouble.MISSING)
        except (OSError, RuntimeError) as error:
            if isinstance(error, RuntimeError) or error.errno == errno.ELOOP:  # before Python 3.13 the former
                _refuse(file_name, "a symbolic link that leads back to itself", RowTrouble.LINK_LOOP)
            _missing(f"{name}", f"it cannot be opened: {error.strerror or error}", RowTrouble.UNREADABLE)
        if not path.is_relative_to(root):
            _refuse(file_name, "a symbolic link that leaves the catalogue", RowTrouble.LINK_OUT)
        if not path.is_file():
            _refuse(file_name, "a folder, pipe or device", RowTrouble.NOT_REGULAR)
        return path


@dataclass(frozen=True)
class RemoteFiles:
    """Files below the URL `root` (no slash at its end), copied to `fetched` when they are asked for."""

    root: str
    fetched: Path | None

    def local_path(self, file_name: str) -> Path:
        if protocol_of(file_name) is not None:
            return fetch(file_name, self.fetched)
        return fetch(f"{self.root}/{checked_name(file_name)}", self.fetched)

    def has(self, name: str) -> bool:
        """Whether there is a file of this name. Raises: CatalogueUnavailable."""
        system, path = open_remote(f"{self.root}/{name}")
        try:
            return bool(system.exists(path))
        except Exception as error:  # as below
            _missing(f"{self.root}/{name}", f"{type(error).__name__}")


def open_remote(url: str) -> tuple[Any, str]:
    """fsspec file system and path of a URL. Raises: FileNameRefused, CatalogueUnavailable."""
    from fsspec.core import url_to_fs

    if "::" in url or protocol_of(url) not in REMOTE_PROTOCOLS:
        raise FileNameRefused(
            f"expected a URL of {', '.join(sorted(REMOTE_PROTOCOLS))}, found {url[:200]!r}",
            hint="imprimatur curate FOLDER, or a URL of one of these protocols",
        )
    try:
        system, path = url_to_fs(url)
    except ImportError as error:
        _missing(url, f"the package that reads this protocol is not installed: {error}")
    return system, str(path)


def read_remote(url: str) -> bytes:
    """All bytes of a remote file. Raises: FileNameRefused, CatalogueUnavailable."""
    system, path = open_remote(url)
    try:
        return bytes(system.cat_file(path))
    except Exception as error:  # every store raises its own types; all mean "not available"
        _missing(url, f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")


def stream_remote(url: str) -> IO[bytes]:
    """A remote file to be read piece by piece. Raises: FileNameRefused, CatalogueUnavailable."""
    system, path = open_remote(url)
    try:
        opened: IO[bytes] = system.open(path, "rb")
    except Exception as error:  # as above
        _missing(url, f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")
    return opened


def fetch(url: str, fetched: Path | None) -> Path:
    """A local copy, made again whenever the store reports another size, date or tag. Raises: as read_remote."""
    system, path = open_remote(url)
    if fetched is None:
        _missing(url, "and nothing was said about where remote files may be kept")
    try:
        about = system.info(path)
    except Exception as error:  # as above
        _missing(url, f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")
    size = about.get("size")
    if isinstance(size, int) and size > FETCH_BYTES:
        _missing(url, f"it has {size} bytes, at most {FETCH_BYTES} are fetched", RowTrouble.TOO_LARGE)
    state = json.dumps([url, {key: str(value) for key, value in about.items()}], sort_keys=True)
    target = fetched / hashlib.sha256(state.encode()).hexdigest()
    if target.is_file():
        return target
    fetched.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=fetched, prefix=".part-")
    os.close(handle)
    try:
        system.get_file(path, part)
        Path(part).replace(target)
    except Exception as error:  # as above
        _missing(url, f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")
    finally:
        Path(part).unlink(missing_ok=True)
    return target
