"""What the model says instead of a file name: opaque public identifiers, and the model tokens that spell them.

The public identifier tells nothing about the image; the signed manifest maps it back. How it is spelt in tokens is a
scheme of its own, so that other schemes can be tried against the default.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

_LETTERS = 10  # base32 letters: 50 bits, so that a collision among a million images is a matter of luck we check for


@dataclass(frozen=True, slots=True)
class Identifier:
    """`public` is what people and interfaces see; `tokens` is how the model spells it, one token or more."""

    image_id: str
    public: str
    tokens: tuple[str, ...]

    @property
    def token(self) -> str:
        """The spelling as one string, as the manifest keeps it."""
        return "".join(self.tokens)


_TOKEN = re.compile(r"<\|[^|]*\|>")


def tokens_of(spelling: str) -> list[str]:
    """The tokens of `Identifier.token`, as the manifest keeps it."""
    return _TOKEN.findall(spelling)


@dataclass(frozen=True, eq=False)
class Described:
    """What a scheme may know of the images: their texts, and on demand [N, D] features of texts and pictures."""

    texts: Sequence[Sequence[str]]
    vectors: Callable[[], NDArray[np.float32]]


class IdentifierScheme(Protocol):
    """Spells identifiers in model tokens of its own (`train.schemes`): no spelling may begin another."""

    @property
    def name(self) -> str: ...

    def assign(self, image_ids: Sequence[str], salt: bytes, about: Described) -> tuple[Identifier, ...]:
        """One identifier per image, in the order given."""
        ...


def identifiers_of(image_ids: Sequence[str], salt: bytes, spellings: Sequence[str]) -> tuple[Identifier, ...]:
    """The identifiers that were given out under `salt`, spelt as the run or its manifest kept them."""
    return tuple(
        Identifier(image_id, public, tuple(tokens_of(spelling)))
        for image_id, public, spelling in zip(image_ids, public_identifiers(image_ids, salt), spellings, strict=True)
    )


def public_identifiers(image_ids: Sequence[str], salt: bytes) -> tuple[str, ...]:
    """``im-`` and ten base32 letters per image: a keyed digest, so that nobody can test a guessed image against it.

    Distinct image ids get distinct identifiers; the same ids and salt give the same ones.
    """
    if len(set(image_ids)) != len(image_ids):
        raise ValueError("expected distinct image ids")
    given: dict[str, str] = {}
    taken: set[str] = set()
    for image_id in sorted(image_ids):
        attempt = 0
        while True:
            mark = hmac.new(salt, f"{image_id}/{attempt}".encode(), hashlib.sha256).digest()
            public = "im-" + base64.b32encode(mark).decode("ascii")[:_LETTERS].lower()
            if public not in taken:
                break
            attempt += 1
        taken.add(public)
        given[image_id] = public
    return tuple(given[image_id] for image_id in image_ids)
