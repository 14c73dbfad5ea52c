"""Lets a network exported for one picture size take any size: edits the shapes written into an ONNX file.

An ONNX file is a protocol buffer (onnx.proto: ModelProto.graph = 7, GraphProto.input = 11 and output = 12,
ValueInfoProto.name = 1 and type = 2, TypeProto.tensor_type = 1, Tensor.elem_type = 1 and shape = 2,
TensorShapeProto.dim = 1, Dimension.dim_value = 1 and dim_param = 2). Only these are rebuilt; weights and nodes are
copied byte for byte. A convolutional network does not care about the size; the runtime, which reads the shapes, does.
"""

from __future__ import annotations

from collections.abc import Iterator

_VARINT, _EIGHT_BYTES, _LENGTH, _FOUR_BYTES = 0, 1, 2, 5  # wire types of a protocol buffer
_GRAPH, _INPUT, _OUTPUT, _VALUE_INFO, _NAME, _TYPE = 7, 11, 12, 13, 1, 2


def with_free_size(model: bytes, picture: str) -> bytes:
    """The same network with batch, height and width of the input `picture` and of every output left open.

    Inputs other than `picture` are weights that older exporters listed twice; they stay weights and are no inputs any
    more, which lets the runtime fold them. Shapes of intermediate values are dropped: the runtime infers them.

    Raises:
        ValueError: the bytes are no ONNX model with such an input of four dimensions.
    """
    try:
        fields = list(_read(model))
        if sum(number == _GRAPH for number, _, _ in fields) != 1:
            raise ValueError("expected an ONNX model with one graph, found other bytes")
        return b"".join(_field(_GRAPH, _graph(value, picture)) if n == _GRAPH else raw for n, value, raw in fields)
    except (IndexError, StopIteration, TypeError) as error:
        raise ValueError(f"expected an ONNX model with the input {picture!r}, found other bytes") from error


def _graph(graph: bytes, picture: str) -> bytes:
    kept: list[bytes] = []
    inputs = 0
    for number, value, raw in _read(graph):
        if number == _INPUT:
            if _first(value, _NAME) == picture.encode():
                kept.append(_field(_INPUT, _loosened(value)))
                inputs += 1
        elif number == _OUTPUT:
            kept.append(_field(_OUTPUT, _loosened(value)))
        elif number != _VALUE_INFO:
            kept.append(raw)
    if inputs != 1:
        raise ValueError(f"expected one input {picture!r} in the ONNX model, found {inputs}")
    return b"".join(kept)


def _loosened(value_info: bytes) -> bytes:
    name, tensor = _first(value_info, _NAME), _first(_first(value_info, _TYPE), 1)
    element = next(raw for number, _, raw in _read(tensor) if number == 1)
    _, channels, _, _ = (value for number, value, _ in _read(_first(tensor, 2)) if number == 1)
    dims = [_field(2, name + b".batch"), channels, _field(2, name + b".height"), _field(2, name + b".width")]
    shape = b"".join(_field(1, dim) for dim in dims)
    return _field(_NAME, name) + _field(_TYPE, _field(1, element + _field(2, shape)))


def _read(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """(field number, its content, the whole field) of every field of a message."""
    at = 0
    while at < len(message):
        start = at
        key, at = _varint(message, at)
        kind = key & 7
        if kind == _VARINT:
            content, at = at, _varint(message, at)[1]
        elif kind == _LENGTH:
            length, content = _varint(message, at)
            at = content + length
        elif kind in (_EIGHT_BYTES, _FOUR_BYTES):
            content, at = at, at + (8 if kind == _EIGHT_BYTES else 4)
        else:
            raise ValueError(f"expected the wire format of a protocol buffer, found wire type {kind}")
        if at > len(message):
            raise ValueError("expected a whole ONNX model, it ends in the middle of a field")
        yield key >> 3, message[content:at], message[start:at]


def _first(message: bytes, number: int) -> bytes:
    return next(content for found, content, _ in _read(message) if found == number)


def _varint(message: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = message[at]
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return number, at


def _encoded(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _field(number: int, content: bytes) -> bytes:
    return _encoded(number << 3 | _LENGTH) + _encoded(len(content)) + content
