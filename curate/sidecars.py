"""Files beside a picture that speak of it: XMP and C2PA sidecars, JSON of the same name, TDM reservations of the folder.

Read anew in every run: they can change while the picture does not, so that nothing of them is kept with its digest.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from curate.catalogue_files import CatalogueUnavailable, Files, LocalFiles, RemoteFiles, read_remote
from curate.cells import whole
from curate.embedded.lettering import lettered, packet_text
from curate.embedded.search import compressed, mining_denials
from curate.errors import ImprimaturError

SIDECAR_CAP = 4 * 1024 * 1024  # bytes of one sidecar
TDMREP = (".well-known/tdmrep.json", "tdmrep.json")  # TDMRep, 3.1: the first is the standard's place
_SUFFIXES = (".xmp", ".c2pa", ".json")
_JSON_VALUES_CAP = 2000


@dataclass(frozen=True, slots=True)
class Manifest:
    """A `.c2pa` file: `asserted`: it speaks of training or mining; `denied`: and says no; `packed`: part of it is
    compressed and was not searched."""

    name: str
    asserted: bool
    denied: bool
    packed: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside one picture. `packets`: XMP sidecars as (file name, text); `values`: of JSON sidecars as (file
    name, key path, text); `tdm`: values of `tdm-reservation` that apply, as (file name, text)."""

    packets: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, str, str], ...] = ()
    manifests: tuple[Manifest, ...] = ()
    tdm: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()

    def joined(self, other: Beside) -> Beside:
        """Both, each thing once: one picture may have several names."""
        both = ((getattr(self, name), getattr(other, name)) for name in Beside.__dataclass_fields__)
        return Beside(*(tuple(dict.fromkeys(one + two)) for one, two in both))


@dataclass
class SidecarReader:
    """Reads what stands beside the files of one catalogue; a folder is listed once."""

    files: Files | None = None
    _listed: dict[Path, dict[str, list[str]]] = field(default_factory=dict)
    _rules: dict[str, dict[str, list[tuple[str, str]] | str]] = field(default_factory=dict)  # by folder, below the root

    def beside(self, path: Path, file_name: str | None = None, source: str | None = None) -> Beside:
        """All sidecars of the picture at `path`, and the reservations that name `file_name` or the address `source`."""
        found = _Found()
        local = not isinstance(self.files, RemoteFiles)
        if local:
            here = self._names(path.parent)
            for stem in (path.name, path.stem):
                for suffix in _SUFFIXES:
                    for name in here.get(f"{stem}{suffix}".lower(), ()):
                        if name != path.name:
                            found.read(path.parent / name)
        found.tdm += self._reservations(file_name, source, found)
        return Beside(
            tuple(found.packets), tuple(found.values), tuple(found.manifests), tuple(found.tdm), tuple(found.unread)
        )

    def _names(self, folder: Path) -> dict[str, list[str]]:
        """Names of the files in `folder` by their small letters: cameras and people do not agree on them."""
        if folder not in self._listed:
            names: dict[str, list[str]] = {}
            with contextlib.suppress(OSError):  # the picture itself was read: a folder may forbid listing
                for path in sorted(folder.iterdir()):
                    names.setdefault(path.name.lower(), []).append(path.name)
            self._listed[folder] = names
        return self._listed[folder]

    def _reservations(self, file_name: str | None, source: str | None, found: _Found) -> Iterator[tuple[str, str]]:
        """What the files of the catalogue's root say of the picture, and those of every folder between: a supplier's folder
        keeps its reservation wherever it is copied to."""
        for folder in _folders_of(file_name) if isinstance(self.files, LocalFiles) else ("",):
            if folder not in self._rules:
                self._rules[folder] = dict(_tdm_files(self.files, folder))
            paths = ["/" + PurePosixPath(file_name).relative_to(folder).as_posix()] if file_name else []
            if source and "://" in source and not folder:
                paths.append(urlsplit(source).path or "/")
            for name, rules in self._rules[folder].items():
                if isinstance(rules, str):
                    found.unread.append(f"{name}: {rules}")
                else:
                    yield from ((name, value) for path in paths for value in _said_of(path, rules))


@dataclass
class _Found:
    packets: list[tuple[str, str]] = field(default_factory=list)
    values: list[tuple[str, str, str]] = field(default_factory=list)
    manifests: list[Manifest] = field(default_factory=list)
    tdm: list[tuple[str, str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def read(self, path: Path) -> None:
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as stream:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise ValueError("no regular file")
                data = stream.read(SIDECAR_CAP + 1)
            if len(data) > SIDECAR_CAP:
                raise ValueError(f"longer than {SIDECAR_CAP} bytes")
            self._take(path.name, data)
        except (OSError, ValueError, RecursionError) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            self.unread.append(f"{path.suffix.lower()} sidecar: {reason[:120]}")

    def _take(self, name: str, data: bytes) -> None:
        suffix = name.lower().rpartition(".")[2]
        if suffix == "xmp":
            self.packets.append((name, packet_text(data)[0]))
        elif suffix == "c2pa":
            self.manifests.append(Manifest(name, *mining_denials(data), compressed(data)))
        else:
            for key, text in list(_flat(json.loads(lettered(data))))[:_JSON_VALUES_CAP]:
                self.values.append((name, key, text))


def stands_beside(name: str, others: Collection[str]) -> bool:
    """Whether the file `name` is read as what another file of its folder has beside it, or as the folder's reservation;
    `others` are the names in that folder."""
    place = PurePosixPath(name.lower())
    if place.name == "tdmrep.json":
        return True
    if place.suffix not in _SUFFIXES:
        return False
    pictures = (PurePosixPath(other.lower()) for other in others)
    return any(
        place.stem in (other.name, other.stem) for other in pictures if other.suffix and other.suffix not in _SUFFIXES
    )


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _flat(part, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for part in value:
            yield from _flat(part, key)
    elif value is not None and not isinstance(value, bool):
        yield whole(key[:200]), whole(str(value)[:4000])
    elif value is True:
        yield whole(key[:200]), "true"


def _folders_of(file_name: str | None) -> tuple[str, ...]:
    """The folders that hold a file of the catalogue, the innermost first; the root is empty."""
    parents = PurePosixPath(file_name or "").parents
    return tuple("" if parent == PurePosixPath(".") else parent.as_posix() for parent in parents) or ("",)


def _said_of(path: str, rules: list[tuple[str, str]]) -> list[str]:
    """The most specific location decides, as in robots files (TDMRep, 3.1; RFC 9309, 2.2.2)."""
    fitting = [(len(location), value) for location, value in rules if _fits(location, path)]
    longest = max((length for length, _ in fitting), default=0)
    return [value for length, value in fitting if length == longest]


def _tdm_files(files: Files | None, folder: str) -> Iterator[tuple[str, list[tuple[str, str]] | str]]:
    """(file name, rules or the reason why there are none) of every TDMRep file in a folder of the catalogue."""
    for name in (f"{folder}/{place}" if folder else place for place in TDMREP):
        try:
            if isinstance(files, LocalFiles):
                path = files.root / name
                if not path.is_file():
                    continue
                data = path.read_bytes()[: SIDECAR_CAP + 1]
            elif isinstance(files, RemoteFiles) and files.has(name):
                data = read_remote(f"{files.root}/{name}")
            else:
                continue
        except (OSError, ImprimaturError) as error:
            yield name, error.message if isinstance(error, CatalogueUnavailable) else str(error)
            continue
        try:
            yield name, list(_rules(json.loads(data.decode("utf-8-sig"))))
        except (ValueError, RecursionError) as error:
            yield name, f"it is no TDMRep file: {str(error)[:120]}"


def _rules(document: Any) -> Iterator[tuple[str, str]]:
    """(location, value of tdm-reservation). Raises: ValueError if the file is no list of rules."""
    rules = document if isinstance(document, list) else [document]
    for rule in rules:
        if not isinstance(rule, dict):
            raise ValueError("expected objects with location and tdm-reservation")
        value = rule.get("tdm-reservation")
        if value is not None:
            yield str(rule.get("location", "/")), str(int(value) if isinstance(value, bool) else value)


def _fits(location: str, path: str) -> bool:
    """Whether a location of TDMRep means `path`: `*` stands for anything, `$` for the end, else it is a beginning."""
    location = location if location.startswith(("/", "*")) else "/" + location
    ends = location.endswith("$")
    pattern = ".*".join(re.escape(part) for part in location.removesuffix("$").split("*"))
    return re.match(pattern + ("$" if ends else ""), path) is not None
