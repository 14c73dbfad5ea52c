from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from train import identifiers
from train.identifiers import Described, public_identifiers
from train.schemes import Atomic

digests = st.lists(st.text("0123456789abcdef", min_size=64, max_size=64), unique=True, max_size=40)


@given(digests, st.binary(min_size=16, max_size=16))
def test_public_identifiers_are_unique_opaque_and_repeatable(image_ids: list[str], salt: bytes) -> None:
    found = public_identifiers(image_ids, salt)
    assert len(set(found)) == len(image_ids)
    assert all(re.fullmatch(r"im-[a-z2-7]{10}", public) for public in found)
    assert found == public_identifiers(image_ids, salt)
    # The order in which images are listed says nothing about them.
    assert dict(zip(image_ids[::-1], public_identifiers(image_ids[::-1], salt), strict=True)) == dict(
        zip(image_ids, found, strict=True)
    )


def test_another_salt_gives_other_identifiers() -> None:
    assert set(public_identifiers(["a" * 64], b"1" * 16)).isdisjoint(public_identifiers(["a" * 64], b"2" * 16))


def test_colliding_identifiers_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identifiers, "_LETTERS", 1)
    found = public_identifiers([f"{n:064x}" for n in range(30)], b"s" * 16)  # thirty images, thirty-two letters
    assert len(set(found)) == 30


def test_one_image_cannot_have_two_identifiers() -> None:
    with pytest.raises(ValueError, match="distinct"):
        public_identifiers(["a" * 64, "a" * 64], b"")


def test_the_atomic_scheme_spells_each_identifier_with_one_token() -> None:
    nothing = Described([[], []], lambda: np.zeros((2, 1), dtype=np.float32))
    (first, second) = Atomic().assign(["a" * 64, "b" * 64], b"salt", nothing)
    assert first.tokens == (f"<|{first.public}|>",) and first.token == first.tokens[0]
    assert first.image_id == "a" * 64 and second.token != first.token
