"""RFC 8785 once more, written for the recheck: the writer uses a library, the checker must not."""

from __future__ import annotations

import json
import re
from typing import Any


def is_canonical(data: bytes) -> tuple[bool, Any]:
    """Whether `data` is the canonical spelling of the JSON it holds, and that JSON (None when it is not)."""
    try:
        text = data.decode()
        long = data[:1] in b"-0123456789" or _LONG.search(data)
        value = (_WITH_LONG_NUMBERS if long else _PLAIN).decode(text)
        if data.isascii():  # then Python's order of keys is that of the RFC and its quick encoder may be used
            if _ENCODER.encode(value) == text:
                return True, value
        return canonical(value) == data, value
    except (ValueError, TypeError, OverflowError, RecursionError):
        return False, None


def canonical(value: Any) -> bytes:
    """Canonical UTF-8 bytes (RFC 8785, 3.2).

    Raises:
        ValueError: NaN, infinity, a lone surrogate, an integer beyond 2**53 - 1. TypeError: not JSON.
    """
    return _spell(value).encode()


def _spell(value: Any) -> str:
    match value:
        case None | True | False:
            return json.dumps(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case int():
            if abs(value) >= 1 << 53:
                raise ValueError("integer beyond 2**53 - 1")
            return str(value)
        case float():
            return _number(value)
        case list():
            return "[" + ",".join(map(_spell, value)) + "]"
        case dict():
            keys = sorted(value, key=lambda key: key.encode("utf-16-be"))  # by UTF-16 code units: 3.2.3
            return "{" + ",".join(f"{_spell(key)}:{_spell(value[key])}" for key in keys) + "}"
    raise TypeError(type(value).__name__)


def _number(value: float) -> str:
    """The shortest spelling in the notation of ECMAScript (RFC 8785, 3.2.2.3)."""
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("not a finite number")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, power = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(power or 0)  # digits before the decimal point, counted from the start of whole+fraction
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        text = digits + "0" * (point - count)
    elif 0 < point <= 21:
        text = f"{digits[:point]}.{digits[point:]}"
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        tail = f".{digits[1:]}" if count > 1 else ""
        text = f"{digits[0]}{tail}e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return sign + text


def _integer(text: str) -> int | float:
    """Beyond 2**53 JSON's numbers are doubles, so that is how a long row of digits must be spelled back."""
    value = int(text)
    return value if abs(value) < 1 << 53 else float(text)


def _fraction(text: str) -> float:
    value = float(text)
    if text != _number(value):  # 1.0 and 1e0 would be spelled back as 1
        raise ValueError(f"{text} is not canonical")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(name)


# Made once: a ledger has millions of leaves. Short numbers need no call back from the C scanner.
_LONG = re.compile(rb"[:,[]-?[0-9]{16}")  # begins with characters, not with an alternative: four times as fast
_PLAIN = json.JSONDecoder(parse_float=_fraction, parse_constant=_no_constant)
_WITH_LONG_NUMBERS = json.JSONDecoder(parse_float=_fraction, parse_int=_integer, parse_constant=_no_constant)
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False)
