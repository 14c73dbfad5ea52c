"""A small witness: somebody else's folder that remembers the last checkpoint of each log it knows, and cosigns a newer
one only when it continues that (https://c2sp.org/tlog-witness).

It answers in the words of the HTTP protocol, whether it is asked through a file, a folder or a port, and checks with
the recheck's code, not with that of the log which asks.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.cosignature import WitnessKey, WitnessKeyUnusable, cosign
from audit.keys import SigningKey
from audit.recheck.merkle import EMPTY, check_consistency
from audit.recheck.signed import open_checkpoint
from curate.atomic import write_atomic
from curate.errors import ExitCode, ImprimaturError

KEY, NAME, LOGS = "witness.pem", "witness.vkey", "logs"
MAX_PROOF = 63  # lines
MAX_REQUEST = 65_536  # bytes
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


class WitnessUnusable(ImprimaturError):
    """The folder holds no witness, or one already."""

    code = "IMP-E344"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and what is said with it: cosignature lines (200), the size last cosigned (409), or why not."""

    status: int
    body: str


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A log that the witness watches: its verifier key, and the size and root last cosigned (0 before the first)."""

    origin: str
    verifier_key: str
    size: int
    root: bytes


class Witness:
    """The witness in `folder`."""

    def __init__(self, folder: Path, key: SigningKey, name: str) -> None:
        self._folder, self._key, self.name = folder, key, name

    @staticmethod
    def create(folder: Path, name: str, passphrase: bytes | None = None) -> Witness:
        """A new witness with a key of its own.

        Raises:
            WitnessUnusable: the folder holds a witness. WitnessKeyUnusable: the name has spaces or a plus sign.
        """
        if (folder / KEY).exists():
            raise WitnessUnusable(f"No witness was expected in {folder} yet, found one.", hint="choose another folder")
        key = SigningKey.generate()
        text = WitnessKey.read(WitnessKey(name, key.public).text).text  # refuses names that no note may carry
        key.save(folder / KEY, passphrase)
        write_atomic(folder / NAME, f"{text}\n".encode())
        return Witness(folder, key, name)

    @staticmethod
    def open(folder: Path, passphrase: bytes | None = None) -> Witness:
        """The witness that was made in `folder`.

        Raises:
            WitnessUnusable: there is none. KeyUnusable: its key cannot be opened.
        """
        try:
            stated = WitnessKey.read((folder / NAME).read_text(encoding="utf-8"))
        except OSError as error:
            raise WitnessUnusable(
                f"A witness was expected in {folder}, found none.", hint="imprimatur audit witness new DIR --name NAME"
            ) from error
        key = SigningKey.load(folder / KEY, passphrase)
        if key.public != stated.key:
            raise WitnessUnusable(f"The key in {folder} is not the one that its verifier key names.", hint="ls -l")
        return Witness(folder, key, stated.name)

    @property
    def verifier_key(self) -> str:
        """The line that logs put among their trusted witnesses."""
        return WitnessKey(self.name, self._key.public).text

    def trust(self, log_key: str) -> KnownLog:
        """Watch the log with this verifier key (``imprimatur audit checkpoint --verifier-key``).

        Raises:
            WitnessKeyUnusable: no verifier key of a log, or the log is watched under another key.
        """
        origin, _ = _log_key(log_key)
        with self._locked():
            place = self._place(origin)
            if (place / "vkey").exists() and (place / "vkey").read_text(encoding="utf-8").strip() != log_key.strip():
                raise WitnessKeyUnusable(
                    f"The key under which {origin} is watched already was expected, found another one.",
                    hint="imprimatur audit witness show DIR",
                )
            write_atomic(place / "vkey", f"{log_key.strip()}\n".encode())
        return self._known(origin)

    def logs(self) -> tuple[KnownLog, ...]:
        """What it watches, by origin."""
        found = [_log_key(path.read_text(encoding="utf-8"))[0] for path in (self._folder / LOGS).glob("*/vkey")]
        return tuple(self._known(origin) for origin in sorted(found))

    def add_checkpoint(self, request: str, seconds: int | None = None) -> Answer:
        """Answer an ``add-checkpoint`` request: cosign what continues the last checkpoint, refuse everything else.

        The new checkpoint is on the disk before the answer is given, under a lock that two processes share.
        """
        try:
            old, proof, signed = _read_request(request)
            origin, claimed = _claimed(signed)
        except ValueError as error:
            return Answer(400, f"{error}\n")
        if old > claimed:
            return Answer(400, "the old size is larger than the checkpoint\n")
        with self._locked():
            if not (self._place(origin) / "vkey").exists():
                return Answer(404, "this log is not watched here\n")
            known = self._known(origin)
            try:
                _, size, root = open_checkpoint(signed, _log_key(known.verifier_key)[1])
            except ValueError as error:
                return Answer(403, f"{error}\n")
            if old != known.size:
                return Answer(409, f"{known.size}\n")
            if old == size and old and root != known.root:
                return Answer(409, f"{known.size}\n")
            try:
                _check_growth(known, size, root, proof)
            except ValueError as error:
                return Answer(422, f"{error}\n")
            write_atomic(self._place(origin) / "checkpoint", signed.encode())
        text = signed.partition("\n\n")[0] + "\n"
        line = cosign(text, self.name, self._key, int(time.time()) if seconds is None else seconds)
        return Answer(200, line + "\n")

    def _place(self, origin: str) -> Path:
        return self._folder / LOGS / hashlib.sha256(origin.encode()).hexdigest()[:32]

    def _known(self, origin: str) -> KnownLog:
        place = self._place(origin)
        log_key = (place / "vkey").read_text(encoding="utf-8").strip()
        try:
            signed = (place / "checkpoint").read_text(encoding="utf-8")
        except FileNotFoundError:
            return KnownLog(origin, log_key, 0, EMPTY)
        try:
            _, size, root = open_checkpoint(signed, _log_key(log_key)[1])
        except ValueError as error:
            raise WitnessUnusable(
                f"The checkpoint last cosigned of {origin} was expected to hold, found: {error}.",
                hint=f"restore {place} from a copy; never go back to an older one",
            ) from error
        return KnownLog(origin, log_key, size, root)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def _check_growth(known: KnownLog, size: int, root: bytes, proof: list[bytes]) -> None:
    if known.size == 0:
        if proof:
            raise ValueError("the proof from an empty log is empty")
        return
    check_consistency(known.size, size, known.root, root, proof)


def _read_request(request: str) -> tuple[int, list[bytes], str]:
    """Old size, proof and checkpoint."""
    head, gap, signed = request.partition("\n\n")
    lines = head.split("\n")
    found = _OLD.fullmatch(lines[0])
    if not found or not gap or len(lines) - 1 > MAX_PROOF:
        raise ValueError("an old size, at most 63 hashes, an empty line and a checkpoint expected")
    return int(found[1]), [base64.b64decode(line.encode("ascii"), validate=True) for line in lines[1:]], signed


def _claimed(signed: str) -> tuple[str, int]:
    """Origin and size that a checkpoint names, before anybody has checked its signature."""
    lines = signed.split("\n")
    if len(lines) < 5 or not lines[1].isascii() or not lines[1].isdigit() or len(lines[1]) > 19:
        raise ValueError("a checkpoint expected")
    return lines[0], int(lines[1])


def _log_key(text: str) -> tuple[str, Ed25519PublicKey]:
    """Origin and key in the verifier key of a log (signed-note, type 0x01)."""
    origin, _, rest = text.strip().partition("+")
    hint, _, blob = rest.partition("+")
    try:
        data = base64.b64decode(blob.encode("ascii"), validate=True)
        digest = hashlib.sha256(origin.encode() + b"\n" + data).hexdigest()
        if len(data) != 33 or data[:1] != b"\x01" or digest[:8] != hint or not origin:
            raise ValueError("name, hint and Ed25519 key that fit")
        return origin, Ed25519PublicKey.from_public_bytes(data[1:])
    except ValueError as error:
        raise WitnessKeyUnusable(
            f"The verifier key of a log was expected, with {error}; found {text[:60]!r}.",
            hint="imprimatur audit checkpoint --verifier-key",
        ) from error
