"""Shapes inside an ONNX file: opened where they are, everything else byte for byte, and nothing else accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.screen.onnx_shapes import _field, _read, with_free_size


def value(name: str, *dims: int) -> bytes:
    shape = b"".join(_field(1, b"\x08" + bytes([dim])) for dim in dims)
    tensor = b"\x08\x01" + _field(2, shape)
    return _field(1, name.encode()) + _field(2, _field(1, tensor))


def model(*inputs: bytes, output: bytes = value("heat", 10, 1, 8, 8)) -> bytes:
    node, weight = _field(1, b"a node"), _field(5, b"a weight")
    graph = node + weight + b"".join(_field(11, one) for one in inputs) + _field(12, output) + _field(13, b"between")
    return b"\x08\x06" + _field(7, graph) + _field(8, b"opset")


def test_sizes_are_opened_and_channels_stay() -> None:
    loose = with_free_size(model(value("picture", 10, 3, 32, 32), value("weight", 4, 4, 1, 1)), "picture")
    assert b"picture.batch" in loose and b"picture.height" in loose and b"heat.width" in loose
    assert _field(1, b"\x08\x03") in loose and _field(1, b"\x08\x20") not in loose
    assert b"a node" in loose and b"a weight" in loose and b"opset" in loose
    assert _field(1, b"weight") not in loose and b"between" not in loose


@pytest.mark.parametrize("given_bytes", [b"", b"no protocol buffer", model(), model(value("other", 1, 3, 8, 8))[:-9]])
def test_anything_else_is_refused(given_bytes: bytes) -> None:
    with pytest.raises(ValueError, match=r"ONNX|wire"):
        with_free_size(given_bytes, "picture")


@given(st.lists(st.tuples(st.integers(1, 3000), st.binary(max_size=300)), max_size=8))
def test_fields_are_read_as_they_were_written(fields: list[tuple[int, bytes]]) -> None:
    message = b"".join(_field(number, content) for number, content in fields)
    assert [(number, content) for number, content, _ in _read(message)] == fields
    assert b"".join(raw for _, _, raw in _read(message)) == message
