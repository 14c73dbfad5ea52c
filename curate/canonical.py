"""One spelling per document: RFC 8785 (JSON Canonicalization Scheme), its SHA-256, and documents <-> dataclasses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

import rfc8785
from pydantic import TypeAdapter

T = TypeVar("T")

Json = Any  # a JSON value; the narrow types live in the dataclasses


_SAFE = 2**53 - 1
_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
).encode


class _Special(Exception):
    """A value of which the standard library's spelling may not be that of RFC 8785."""


def canonical_bytes(value: Json) -> bytes:
    """Canonical UTF-8 bytes of a JSON value (RFC 8785).

    Nearly all documents have a spelling that the standard library's encoder, in C and ten times as fast, writes as well:
    ASCII keys, numbers of ordinary size. The rest is left to the library.

    Raises:
        rfc8785.CanonicalizationError: integers beyond 2**53 - 1, NaN, infinities or non-string keys.
    """
    try:
        return _encode(_ordinary(value)).encode()
    except (_Special, TypeError, UnicodeEncodeError, RecursionError):  # TypeError: a key that is no text
        return rfc8785.dumps(value)


def _ordinary(value: Json) -> Json:
    """`value` as the standard library spells it canonically.

    Raises:
        _Special: it may not. Keys are sorted by UTF-16 units there, by code points here, which is the same in ASCII;
            numbers are written as in ECMAScript, which differs for whole floats and for very small and large ones.
    """
    kind = type(value)
    items: Iterable[tuple[Any, Json]]
    if kind is dict:
        if not "".join(value).isascii():
            raise _Special
        items = value.items()
    elif kind is list or kind is tuple:
        items = enumerate(value)
    else:
        return _plain(value, kind)
    other: Any = None  # a copy, made when the first part is spelt otherwise
    for key, item in items:
        if type(item) is str or item is None:
            continue
        ordinary = _ordinary(item)
        if ordinary is not item:
            if other is None:
                other = dict(value) if kind is dict else list(value)
            other[key] = ordinary
    return value if other is None else other


def _plain(value: Json, kind: type[Any]) -> Json:
    """The same of a value without parts."""
    if kind is str or value is None or kind is bool or (kind is int and -_SAFE <= value <= _SAFE):
        return value
    if kind is float:
        if value.is_integer() and -_SAFE <= value <= _SAFE:
            return int(value)
        if 1e-4 <= abs(value) < 1e15:
            return value
    raise _Special


class Spelled(bytes):
    """Canonical bytes of a JSON value. The spelling of a document is made of those of its parts, so that a part which
    comes again and again is spelt once."""

    __slots__ = ()


def spelled(value: Json) -> Spelled:
    """`canonical_bytes`, marked as such."""
    return Spelled(canonical_bytes(value))


def spelled_array(items: Iterable[Spelled]) -> Spelled:
    """The array of `items`."""
    return Spelled(b"[%s]" % b",".join(items))


def spelled_object(**members: Spelled) -> Spelled:
    """The object of `members`. Their names are ASCII and need no escape, as those of Python in this package are."""
    return Spelled(b"{%s}" % b",".join(b'"%s":%s' % (name.encode(), members[name]) for name in sorted(members)))


def spelled_around(document: Mapping[str, Json], member: str) -> tuple[bytes, bytes]:
    """What stands before and after the value of `member` in the canonical bytes of a document in which that is ""."""
    # Inside a text the quotation marks would be escaped.
    before, mark, after = canonical_bytes(document).partition(b'"%s":""' % member.encode())
    return before + mark[:-2], after


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


def from_json_bytes(kind: type[T], data: bytes) -> T:
    """Dataclass of type `kind` from what `json_bytes` wrote, parsed and built in one step.

    Raises:
        pydantic.ValidationError: as `from_json`.
    """
    return cast(T, _adapter(kind).validate_json(data))
