"""The recheck's own RFC 8785 against the library that the writer uses, and against values of the RFC's appendix B."""

from __future__ import annotations

import struct
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.recheck.canonical import canonical, is_canonical

APPENDIX_B = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("bits", APPENDIX_B)
def test_numbers_of_the_appendix(bits: str) -> None:
    assert canonical(struct.unpack(">d", bytes.fromhex(bits))[0]).decode() == APPENDIX_B[bits]


@settings(deadline=None)
@given(JSON)
def test_both_spell_alike(value: Any) -> None:
    spelled = rfc8785.dumps(value)
    assert canonical(value) == spelled
    sound, read = is_canonical(spelled)
    assert sound
    assert rfc8785.dumps(read) == spelled


@pytest.mark.parametrize(
    "data",
    [b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1.0}', b'{"a":1e2}', b'{"a":-0}', b'{"a":1,"a":1}', b'{"a":"\\u0041"}',
     b'{"a":NaN}', b"", b"{", b'"\xff"', b'{"a":1}\n', b'{"a":9007199254740993.0}', b"9007199254740993",
     b"[" * 100_000],
)  # fmt: skip
def test_other_spellings_are_not_canonical(data: bytes) -> None:
    assert not is_canonical(data)[0]


def test_what_has_no_canonical_form() -> None:
    for value in (float("nan"), float("inf"), 2**53):
        with pytest.raises(ValueError):
            canonical(value)
    with pytest.raises(TypeError):
        canonical({1, 2})
