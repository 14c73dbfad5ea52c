"""Where shards lie: a folder of this machine or an fsspec URL. A file there is whole or absent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from curate.atomic import write_atomic
from curate.catalogue_files import open_remote, protocol_of
from curate.errors import ExitCode, ImprimaturError


class ShardsUnavailable(ImprimaturError):
    """The place where shards are kept cannot be read or written."""

    code = "IMP-E246"
    exit_code = ExitCode.UNAVAILABLE


@dataclass(frozen=True)
class Folder:
    """Files by name below `location`, a path or a URL without a slash at its end. Names may hold one `/`."""

    location: str

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, None where there is none.

        Raises:
            ShardsUnavailable: it is there and cannot be read. FileNameRefused: a URL of another protocol.
        """
        try:
            if protocol_of(self.location) is None:
                return (Path(self.location) / name).read_bytes()
            system, path = open_remote(f"{self.location}/{name}")
            return bytes(system.cat_file(path))
        except FileNotFoundError:
            return None
        except ImprimaturError:
            raise
        except Exception as error:  # every store raises its own types
            raise self._unavailable(name, error) from error

    def write(self, name: str, data: bytes) -> None:
        """Keep a file: a rename on this machine, one put in an object store, so that nobody reads half of it.

        Raises:
            ShardsUnavailable: it cannot be written.
        """
        try:
            if protocol_of(self.location) is None:
                write_atomic(Path(self.location) / name, data, mode=0o600)
                return
            system, path = open_remote(f"{self.location}/{name}")
            system.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
            system.pipe_file(path, data)
        except ImprimaturError:
            raise
        except Exception as error:  # as above
            raise self._unavailable(name, error) from error

    def names(self, below: str) -> frozenset[str]:
        """Names of the files in the folder `below`, as `read` takes them; none where there is no such folder."""
        try:
            if protocol_of(self.location) is None:
                here = Path(self.location) / below
                return frozenset(f"{below}/{found.name}" for found in here.iterdir() if found.is_file())
            system, path = open_remote(f"{self.location}/{below}")
            return frozenset(f"{below}/{str(found).rsplit('/', 1)[-1]}" for found in system.ls(path, detail=False))
        except FileNotFoundError:
            return frozenset()
        except ImprimaturError:
            raise
        except Exception as error:  # as above
            raise self._unavailable(below, error) from error

    def remove(self, name: str) -> None:
        """Remove a file; one that is not there is removed already."""
        try:
            if protocol_of(self.location) is None:
                (Path(self.location) / name).unlink(missing_ok=True)
                return
            system, path = open_remote(f"{self.location}/{name}")
            if system.exists(path):
                system.rm_file(path)
        except ImprimaturError:
            raise
        except Exception as error:  # as above
            raise self._unavailable(name, error) from error

    def _unavailable(self, name: str, error: Exception) -> ShardsUnavailable:
        return ShardsUnavailable(
            f"expected to keep shards in {self.location}, {name}: {type(error).__name__}: {str(error)[:200]}",
            hint="make room or give access, then run the same command again: finished shards are not done again",
        )
