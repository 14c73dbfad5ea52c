"""Telephone and fax numbers in folded text: Japanese ones by shape and numbering plan, others by their plus sign or label.

The numbering plan is that of the `phonenumbers` package (MIC's plan for Japan). Severity, after the design's table:
toll-free and shared-cost numbers (0120, 0800, 0570) are a firm's public contact and low; every other number is medium,
because nothing in a number tells a firm's main line from a person's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from curate.finding import Severity
from curate.screen.hit import Hit
from curate.screen.labels import PART, Reading, attached, fields_of, governing
from curate.screen.patterns_ja import NO_VALUE, digits_of
from curate.screen.wording import Reason

_KIND = "privacy.phone"
_DIGITS_ALONE = Reason(
    "digits that could be a number in Japan, no label", "日本の電話番号でもあり得る数字の並びで、見出しはありません"
)
# Digits alone are a code as often; in a text that speaks of calls, or beside a sure number, they are a telephone's.
_SPEAKS_OF_CALLS = re.compile("電話(?![機線台帳用]|ケーブル|ボックス)|でんわ|ダイヤル|かけて|お掛け")
_S = r"[ \n]{0,2}[-~.・/()]{0,2}[ \n]{0,2}"
_JAPANESE = re.compile(
    rf"(?:\+81{_S}(?:\(0\))?{_S}[1-9]|\((?<![0-9]\()(?<![0-9][-.]\()0|0(?<![0-9]0)(?<![0-9][-.]0))"
    rf"(?:{_S}[0-9]){{8,10}}(?![0-9])(?!-[0-9])"
)
# Groupings of the numbering plan, after separators were made one: 03-1234-5678, 090-1234-5678, 0422-12-3456, 0120-123-456.
_SHAPE = re.compile(
    r"0[5-9]0-[0-9]{8}|0[0-9]-[0-9]{4}-[0-9]{4}|0[0-9]{2}-[0-9]{3,4}-[0-9]{4}|0[0-9]{3}-[0-9]{2}-[0-9]{4}|0[0-9]{4}-[0-9]-[0-9]{4}|0[0-9]{3}-[0-9]{3}-[0-9]{3,4}"
)
_MOBILE = re.compile(r"0[5-9]0[0-9]{8}")
_PUBLIC = ("0120", "0800", "0570", "0990")
_SEPARATORS = re.compile(r"[^0-9]+")
_INTERNATIONAL = re.compile(r"(?<![0-9+])\+[1-9][0-9 \-().]{6,20}[0-9](?![0-9])")
_AMERICAN = re.compile(
    r"(?<![0-9A-Za-z.-])(?:\([0-9]{3}\) ?|[0-9]{3}([-. ]))[0-9]{3}(?(1)\1|[-. ])[0-9]{4}(?![0-9]|[-.][0-9])"
)
# 020 7946 0958, 0121 496 0456, 01904 496 012: the leading nought and the gaps are those of no part number.
_BRITISH = re.compile(r"(?<![0-9A-Za-z.+-])\(?0[0-9]{2,4}\)? [0-9]{3,4} [0-9]{3,4}(?![0-9]|[-.][0-9]| [0-9])")
_ANY = re.compile(
    r"(?<![0-9A-Za-z.-])[+(]?[0-9][0-9 ().\n-]{5,20}[0-9](?![0-9]|[-.][0-9]| ?(?:[mc]m|kg|k?W|[mk]?V|A|Hz)(?![A-Za-z]))"
)
_LOOSE = frozenset(
    {"contact", "call", "cell", "direct", "代表", "直通", "連絡先", "問い合わせ", "内線", "line id"}
)  # also said of things
_ONE_LETTER = re.compile(r"(?<![A-Za-z0-9-])[TtFfMm][:./ ]{1,2}\Z")  # "T 03…  F 03…" on letterheads
_NEAR = 8  # characters between "phone" and digits of any form
_REACH = 24
_LOCAL = re.compile(r"[0-9]{2,4}-[0-9]{4}")


@lru_cache(maxsize=1)
def _plan() -> tuple[re.Pattern[str], ...]:
    """Patterns of national numbers (without the leading zero) that exist in Japan."""
    from phonenumbers import PhoneMetadata

    plan = PhoneMetadata.metadata_for_region("JP")
    if plan is None:
        raise RuntimeError("phonenumbers has no numbering plan for Japan")
    kinds = (plan.fixed_line, plan.mobile, plan.voip, plan.pager, plan.uan, plan.toll_free, plan.premium_rate)
    patterns = [kind.national_number_pattern for kind in kinds if kind is not None]
    return tuple(re.compile(pattern) for pattern in patterns if pattern)


def exists_in_japan(digits: str) -> bool:
    """Whether `digits`, with the leading zero, lie within the Japanese numbering plan."""
    return digits.startswith("0") and any(kind.fullmatch(digits, 1) for kind in _plan())


def _japanese(reading: Reading) -> Iterator[Hit]:
    text, labels = reading.text, reading.labels
    fields = [(start, end) for start, end in fields_of(reading, "phone")] if "phone" in reading.names else []
    for match in _JAPANESE.finditer(text):
        for start, end in _numbers(text, *match.span()):
            raw = text[start:end]
            national = re.sub(r"^\+81[^0-9]*(?:\(0\))?[^0-9]*0?", "0", raw)
            digits = digits_of(national)
            if len(digits) not in (10, 11):
                continue
            mobile = _MOBILE.fullmatch(digits) is not None
            # What looks like a mobile number belongs to no list of part numbers.
            label = governing(labels, text, start, end, lists=not (mobile or raw.startswith("+")))
            labelled = any(first <= start < last and start - first <= _REACH for first, last in fields)
            labelled = labelled or (label is not None and label.name == "phone")
            labelled = labelled or text.startswith(("(代", " (代"), end)
            labelled = labelled or _ONE_LETTER.search(text, max(0, start - 4), start) is not None
            if label is not None and label.name == PART and not labelled:
                continue
            shape = _SHAPE.fullmatch(_SEPARATORS.sub("-", national).strip("-")) is not None
            if not labelled and not raw.startswith("+") and attached(text, start, end, label):
                clear = mobile or (shape and exists_in_japan(digits))
                if not clear or attached(text, start, end, label, files=True):
                    continue
            international = raw.startswith("+")
            if digits.startswith(_PUBLIC):
                yield Hit(
                    _KIND,
                    start,
                    end,
                    0.9,
                    Severity.LOW,
                    Reason("a public toll-free or shared-cost number", "フリーダイヤルなど、公開された番号です"),
                )
            elif labelled and (mobile or shape or len(digits) == 10):
                yield Hit(
                    _KIND,
                    start,
                    end,
                    0.95,
                    Severity.MEDIUM,
                    Reason("labelled as a telephone number", "電話番号を示す見出しがあります"),
                )
            elif label is not None and label.name not in ("address", "employee", "birth", "branch", "phone"):
                continue  # another label's number
            elif international or (mobile and (shape or raw == digits)):
                yield Hit(
                    _KIND,
                    start,
                    end,
                    0.85,
                    Severity.MEDIUM,
                    Reason("the form of a telephone number in Japan", "日本の電話番号の形です"),
                )
            elif shape and exists_in_japan(digits):
                yield Hit(
                    _KIND,
                    start,
                    end,
                    0.75,
                    Severity.MEDIUM,
                    Reason("the form of a telephone number in Japan", "日本の電話番号の形です"),
                )
            elif raw == digits and exists_in_japan(digits):
                yield Hit(
                    _KIND,
                    start,
                    end,
                    0.2,
                    Severity.LOW,
                    _DIGITS_ALONE,
                )


def _numbers(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The number at [start, end), cut where a shorter one ends: the pattern runs on over a gap into the next number."""
    if text[start] == "(" and ")" not in text[start:end]:
        start += 1
    for cut in re.finditer(r"[ \n/・](?=[0-9])", text[start:end]):
        head = text[start : start + cut.start()]
        if len(digits_of(head)) in (10, 11) and head.startswith(("0", "(0")):
            yield start, start + cut.start()
            return
    if len(digits_of(text[start:end].removeprefix("+81"))) == 11 and not _MOBILE.match(digits_of(text[start:end])):
        if not text.startswith("+", start):
            shorter = _TEN.match(text, start, end)
            if shorter is not None:
                yield start, shorter.end()
                return
    yield start, end


_TEN = re.compile(rf"\(?0(?:{_S}[0-9]){{9}}(?=[ \n/・])")


def _foreign(reading: Reading) -> Iterator[Hit]:
    import phonenumbers

    text, labels = reading.text, reading.labels
    for pattern, region in ((_INTERNATIONAL, None), (_AMERICAN, "US"), (_BRITISH, "GB")):
        # Three groups with hyphens inside a Japanese caption are a drawing number unless a label says otherwise.
        if (region is None and "+" not in text) or (
            region is not None and reading.japanese and "phone" not in reading.names
        ):
            continue
        for match in pattern.finditer(text):
            label = governing(labels, text, *match.span(), lists=region is not None)
            named = label is not None and label.name == "phone"
            if (label is not None and label.name == PART) or (
                not named and region is not None and attached(text, *match.span(), label)
            ):
                continue
            if region is not None and not named and reading.japanese:
                continue
            if region == "US" and not named and match.group(1) == " ":
                continue  # three numbers beside each other are a dimension
            if region is None and match.group().startswith("+81"):
                continue
            try:
                number = phonenumbers.parse(match.group(), region)
                # After a plus sign people write nothing but telephone numbers; the numbering plans change.
                check = phonenumbers.is_possible_number if region is None else phonenumbers.is_valid_number
                valid = check(number)
            except phonenumbers.NumberParseException:
                continue
            if valid:
                yield Hit(
                    _KIND,
                    *match.span(),
                    0.85,
                    Severity.MEDIUM,
                    Reason("a valid telephone number", "電話番号として有効です"),
                )


def _labelled(reading: Reading) -> Iterator[Hit]:
    """Digits of any form right behind a telephone label (ITU-T E.164: 15 digits at most)."""
    text = reading.text
    for label in reading.labels:
        if label.name != "phone" or text[label.start : label.end].lower() in _LOOSE:
            continue
        match = _ANY.search(text, label.end, min(len(text), label.end + _NEAR + 24))
        if match is None or match.start() - label.end > _NEAR:
            continue
        digits = digits_of(match.group())
        governs = governing(reading.labels, text, *match.span())
        if governs is None or governs.name != "phone" or not 7 <= len(digits) <= 15:
            continue
        if digits.startswith(_PUBLIC):
            continue
        if not reading.japanese or match.group().startswith("+") or _LOCAL.fullmatch(match.group()) or digits[0] == "0":
            yield Hit(
                _KIND,
                *match.span(),
                0.7,
                Severity.MEDIUM,
                Reason("labelled as a telephone number", "電話番号を示す見出しがあります"),
            )


def find_phones(reading: Reading) -> list[Hit]:
    """Telephone numbers in a folded text; they may overlap."""
    hits = list(_japanese(reading))
    hits.extend(_foreign(reading))
    if "phone" in reading.names:
        hits.extend(_labelled(reading))
    if any(hit.why is _DIGITS_ALONE for hit in hits) and (
        any(hit.severity is Severity.MEDIUM for hit in hits) or _SPEAKS_OF_CALLS.search(reading.text)
    ):
        hits = [replace(hit, severity=Severity.MEDIUM) if hit.why is _DIGITS_ALONE else hit for hit in hits]
    return [hit for hit in hits if NO_VALUE.fullmatch(reading.text, hit.start, hit.end) is None]  # "TEL 2024-03-15"


def may_hold(reading: Reading) -> bool:
    return reading.digits >= 10 or (reading.digits >= 6 and "phone" in reading.names)
