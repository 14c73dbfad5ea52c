"""Cosignatures of witnesses (https://c2sp.org/tlog-cosignature, Ed25519): somebody else saw this checkpoint, at a time,
and it continued what they had seen before."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from audit.dsse import SignatureInvalid
from audit.keys import PublicKey, SigningKey
from curate.errors import ExitCode, ImprimaturError

COSIGNATURE_V1 = b"\x04"
_NAME = re.compile(r"[^\s+]+")


class WitnessKeyUnusable(ImprimaturError):
    """A verifier key in the settings or on the command line is none."""

    code = "IMP-E343"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """Name and public key of a witness."""

    name: str
    key: PublicKey

    @property
    def hint(self) -> bytes:
        """The four bytes by which a signature line names it."""
        return hashlib.sha256(self.name.encode() + b"\n" + COSIGNATURE_V1 + self.key.raw).digest()[:4]

    @property
    def text(self) -> str:
        """The line in which it is handed over: ``name+hint+base64`` (signed-note, "Verifier keys")."""
        return f"{self.name}+{self.hint.hex()}+{base64.b64encode(COSIGNATURE_V1 + self.key.raw).decode('ascii')}"

    @staticmethod
    def read(text: str) -> WitnessKey:
        """The key in such a line.

        Raises:
            WitnessKeyUnusable: another kind of key, or no key.
        """
        name, _, rest = text.strip().partition("+")
        blob = rest.partition("+")[2]
        try:
            data = base64.b64decode(blob.encode("ascii"), validate=True)
            if len(data) != 33 or data[:1] != COSIGNATURE_V1:
                raise ValueError("type 0x04 and 32 bytes")
            found = WitnessKey(name, PublicKey(data[1:]))
            if not _NAME.fullmatch(name) or found.text != text.strip():
                raise ValueError("name, hint and key that fit")
        except (ValueError, UnicodeEncodeError) as error:
            raise WitnessKeyUnusable(
                f"The verifier key of a witness was expected, with {error}; found {text[:60]!r}.",
                hint="imprimatur audit witness show DIR",
            ) from error
        return found


def cosigned_message(text: str, seconds: int) -> bytes:
    """What a cosignature signs: `text` is the body of a checkpoint, `seconds` POSIX time."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def cosign(text: str, name: str, key: SigningKey, seconds: int) -> str:
    """The signature line (without its newline) of the witness `name` about the checkpoint body `text`."""
    blob = WitnessKey(name, key.public).hint + seconds.to_bytes(8, "big") + key.sign(cosigned_message(text, seconds))
    return f"— {name} {base64.b64encode(blob).decode('ascii')}"


def verify_line(line: str, witness: WitnessKey, text: str) -> int | None:
    """When `witness` cosigned the checkpoint body `text`, as POSIX seconds; None when the line is somebody else's.

    Raises:
        SignatureInvalid: the line is by this witness and does not hold.
    """
    dash, _, rest = line.partition(" ")
    name, _, blob = rest.partition(" ")
    try:
        data = base64.b64decode(blob.encode("ascii"), validate=True)
    except ValueError:
        data = b""
    if dash != "—" or name != witness.name or data[:4] != witness.hint:
        return None
    seconds = int.from_bytes(data[4:12], "big")
    canonical = base64.b64encode(data).decode("ascii") == blob
    if len(data) != 76 or not canonical or not witness.key.verifies(data[12:], cosigned_message(text, seconds)):
        raise SignatureInvalid(
            f"A cosignature by {witness.name} was expected to hold, found one that does not.",
            hint="imprimatur audit cosign WITNESS",
        )
    return seconds
