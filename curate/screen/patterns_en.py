"""Details that English text writes in a fixed form: web and IP addresses, ages, postcodes. Pure, on folded text.

Alone they identify nobody (an address of the network may: `public` says so); `names_en` weighs them by what stands beside.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

_URL = re.compile(
    r"(?<![\w@./-])(?:https?://[^\s<>\"'，、。]{3,200}"
    r"|(?:www\.)?(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,4}"
    r"(?:com|org|net|info|biz|edu|gov|io|me|co|eu|us|uk|de|fr|nl|it|es|se|no|fi|dk|jp|ca|au|nz|ch|at|be|pl|cz|ie|in|br)"
    r"(?:/[^\s<>\"'，、。]{0,200})?)(?![\w@-])"
)
_IP4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_IP6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_IP_WORD = re.compile(
    r"(?i)(?<![a-z])(?:ip|ipv[46]|host|address|login|logged|client|traffic|connect\w*|server|visitor)(?![a-z])"
)
_AGE = re.compile(
    r"(?i)(?<![\d.,])(?P<before>\d{1,3})(?= ?(?:-| )?(?:years?|yrs?|months?)[- ]?(?:-| )?olds?(?![a-z])| ?(?:y/?o|yo)(?![a-z]))"
    r"|(?<![a-z])(?:aged?|age:|at the age of) {0,2}(?P<after>\d{1,3})(?![\d.,]\d|\d| ?(?:mm|cm|kg|%|h|days?|months?|min))"
)
# "I'm 52", "she turned 16.": not "I'm 52 mm short".
_SAID_AGE = re.compile(
    r"(?<![a-z])(?i:I'm|I am|he's|he is|she's|she is|turned|turning|turns) (?P<age>\d{1,2})(?=\s*(?:[.,;!?)]|$| (?i:and|but|or|now|today|this|next|in|on|last)(?![a-z])))(?![.,]\d)"
)
# ZIP (USPS), UK and Canadian forms; a form alone is a part number as often, the word beside it is not.
_POSTCODE = r"(?:\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)(?![\w-])"
_POSTCODE_WORD = r"(?i:zip(?:[ -]?codes?)?|post(?:al)?[ -]?codes?|plz)"
_LABELLED_POSTCODE = re.compile(
    rf"(?<![\w-]){_POSTCODE_WORD}(?![A-Za-z])[^\w\n]{{0,3}}(?:(?i:is|was|of|to|now|it|changed|number|no)[^\w\n]{{1,3}}){{0,4}}(?P<behind>{_POSTCODE})"
    rf"|(?<![\w.-])(?P<before>{_POSTCODE})[^\w\n]{{1,3}}(?:(?i:is|as|my|our|your|his|her|their|the|a|right|correct|new|old|this)[^\w\n]{{1,2}}){{0,4}}{_POSTCODE_WORD}(?![A-Za-z])"
)
_OWN_PAGE = re.compile(
    r"(?i)(?<![a-z])(?:my|his|her|their)(?: [a-z]+){0,2} (?:web ?)?(?:site|blog|page|homepage|profile|portfolio|channel|shop)(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class Detail:
    """`form` is `web`, `network`, `age` or `postcode`; `public`: what the text speaks of as somebody's own."""

    start: int
    end: int
    form: str
    public: bool = False


def find_details(text: str) -> Iterator[Detail]:
    """Details of a folded text; of the same form they do not overlap."""
    if "." in text:
        own = _OWN_PAGE.search(text) is not None
        for match in _URL.finditer(text):
            yield Detail(match.start(), match.end() - _trailing(match.group()), "web", own)
    if "." in text or ":" in text:
        for pattern in (_IP4, _IP6):
            for match in pattern.finditer(text):
                address = _address(match.group())
                if address is not None:
                    public = address.is_global and _IP_WORD.search(text) is not None
                    yield Detail(match.start(), match.end(), "network", public)
    for match in _AGE.finditer(text):
        start, end = match.span("before" if match.group("before") else "after")
        if int(text[start:end]) <= 120:
            yield Detail(start, end, "age")
    for match in _SAID_AGE.finditer(text):
        yield Detail(*match.span("age"), "age", True)
    for match in _LABELLED_POSTCODE.finditer(text):
        yield Detail(*match.span("behind" if match.group("behind") else "before"), "postcode", True)


def _trailing(url: str) -> int:
    return len(url) - len(url.rstrip(".,;:!?)"))


def _address(value: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        return None
