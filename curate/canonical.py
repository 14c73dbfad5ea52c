"""One spelling per document: RFC 8785 (JSON Canonicalization Scheme), its SHA-256, and documents <-> dataclasses."""

from __future__ import annotations

import hashlib
from typing import Any, TypeVar, cast

import rfc8785
from pydantic import TypeAdapter

T = TypeVar("T")

Json = Any  # a JSON value; the narrow types live in the dataclasses


def canonical_bytes(value: Json) -> bytes:
    """Canonical UTF-8 bytes of a JSON value (RFC 8785).

    Raises:
        rfc8785.CanonicalizationError: integers beyond 2**53 - 1, NaN, infinities or non-string keys.
    """
    return rfc8785.dumps(value)


def digest(value: Json) -> str:
    """Lower-case hex SHA-256 of the canonical bytes of `value`."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _adapters:  # building one costs milliseconds, so once per type
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def to_json(value: object) -> Json:
    """JSON document of a frozen dataclass (dates as ISO 8601, enums by value, tuples as arrays)."""
    return _adapter(type(value)).dump_python(value, mode="json")


def json_bytes(value: object) -> bytes:
    """UTF-8 JSON of a frozen dataclass: the same bytes for equal values, made fast. Not canonical: RFC 8785 is above."""
    data: bytes = _adapter(type(value)).dump_json(value)
    return data


def from_json(kind: type[T], document: Json) -> T:
    """Dataclass of type `kind` from its document.

    Raises:
        pydantic.ValidationError: the document does not have the shape of `kind`.
    """
    return cast(T, _adapter(kind).validate_python(document))
