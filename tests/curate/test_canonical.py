"""The fast way to canonical bytes spells what the library of RFC 8785 spells, and refuses what it refuses."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from curate.canonical import canonical_bytes, spelled, spelled_around, spelled_array, spelled_object

numbers = st.one_of(
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 1e-7, 1e-4, 9.999e-5, 1e15, 1e16, 1e21, 123456789012345680.0, 5e-324, 0.1 + 0.2]),
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_the_same_bytes_as_the_library(value: Any) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)


@given(st.lists(values, max_size=3), values, values)
def test_a_document_put_together_of_its_parts(items: list[Any], one: Any, other: Any) -> None:
    together = spelled_object(b_=spelled(one), a=spelled_array(map(spelled, items)), B=spelled(other))
    assert together == canonical_bytes({"b_": one, "a": items, "B": other})


@given(st.dictionaries(st.sampled_from(["a", "b", "i", "z"]), st.sampled_from(["", '"i":""', "x", 1.0])), st.text())
def test_one_member_of_many_documents_is_put_in(document: dict[str, Any], value: str) -> None:
    before, after = spelled_around({**document, "i": ""}, "i")
    try:
        expected = canonical_bytes({**document, "i": value})
    except UnicodeError:
        return  # a lone surrogate has no spelling anywhere
    assert before + spelled(value) + after == expected


def test_keys_beyond_the_basic_plane_are_sorted_as_utf_16() -> None:
    value = {"\ufb33": 1, "\U0001f600": 2, "a": (1, 2.0)}
    assert canonical_bytes(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [float("nan"), [float("inf")], {"a": 2**53}, {1: 2}, "\ud800", {"a": {"\ud800": 1}}])
def test_what_has_no_spelling_is_refused_in_the_same_way(value: Any) -> None:
    with pytest.raises(Exception) as expected:  # its own kinds
        rfc8785.dumps(value)
    with pytest.raises(type(expected.value)):
        canonical_bytes(value)


def test_values_of_enums_are_spelt_as_the_library_does() -> None:
    class Word(StrEnum):
        ONE = "one"

    assert canonical_bytes({"a": Word.ONE}) == rfc8785.dumps({"a": Word.ONE})
