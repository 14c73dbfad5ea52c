"""Personal data that looks alike in every language, in folded text: e-mail, payment cards, US and UK numbers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.finding import Severity
from curate.screen.check_digits import IBAN_LENGTH, gs1_is_valid, iban_is_valid, luhn_is_valid, nhs_number_is_valid
from curate.screen.hit import Hit
from curate.screen.labels import PART, Reading, attached, governing
from curate.screen.patterns_ja import digits_of, values_of
from curate.screen.wording import NO_REASON, Reason

# ASCII on purpose: `\w` would swallow the kana around an address written inside a Japanese sentence.
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9_%+-][A-Za-z0-9._%+'-]{0,63}"
    r"(?:@|[ \n]@[ \n]?|@[ \n]| ?[\[(](?:at|アット|@)[\])] ?)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.|\[dot\]|\(dot\))){1,6}[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
_MAY_EMAIL = re.compile(r"@|[\[(](?:at|アット)[\])]")
_ROLE_MAILBOX = re.compile(
    r"(?:info|sales|support|contact|office|press|webmaster|postmaster|noreply|no-reply|help|service|order|inquiry)"
    r"[^@]{0,3}@",
    re.IGNORECASE,
)
_CARD = re.compile(
    r"[0-9](?<![0-9]{2})(?<![0-9][-.][0-9])(?:[0-9]{3}[ \n]{0,2}[-~.・]?[ \n]?[0-9]{6}[ \n]{0,2}[-~.・]?[ \n]?[0-9]{4,5}"
    r"|[0-9]{3}(?:[ \n]{0,2}[-~.・]?[ \n]?[0-9]{4}){2}[ \n]{0,2}[-~.・]?[ \n]?[0-9]{1,7})(?![0-9])(?!-[0-9])"
)
_LONG_CARD = re.compile(r"(?<![0-9])(?<![0-9][-.])[0-9]{12,19}(?![0-9])(?!-[0-9])")  # Maestro and old JCB too
_SPACED_CARD = re.compile(r"(?<![0-9])[0-9](?: [0-9]){14,15}(?! ?[0-9])")
_CARD_GROUPED = re.compile(r"[0-9]{4}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}|[0-9]{4}([ -])[0-9]{6}\2[0-9]{4,5}")
_CARD_BRAND = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[689]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|6(?:011|4[4-9]\d|5\d\d)\d{12}|62\d{14,17}"
)
_IBAN = re.compile(r"[A-Za-z](?<![A-Za-z0-9]{2})[A-Za-z][0-9]{2}(?:[ -]?[0-9A-Za-z]{4}){2,7}(?:[ -]?[0-9A-Za-z]{1,4})?")
_SSN = re.compile(
    r"[0-9](?<![0-9]{2})(?<![0-9][-. ][0-9])(?<!9)(?!(?<=0)00|(?<=6)66)[0-9]{2}([- ])(?!00)[0-9]{2}\1(?!0000)[0-9]{4}(?![-. ]?[0-9])"
)
_SSN_LABELLED = re.compile(r"(?<![0-9])(?!000)[0-9]{3}[- .]?[0-9]{2}[- .]?[0-9]{4}(?![0-9])")
_NHS = re.compile(r"(?<![0-9])[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}(?![0-9])")
_NINO = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D](?![A-Za-z0-9])", re.IGNORECASE)


def _emails(text: str) -> Iterator[Hit]:
    for match in _EMAIL.finditer(text):
        if _ROLE_MAILBOX.match(match.group()):
            yield Hit(
                "privacy.email",
                *match.span(),
                0.9,
                Severity.LOW,
                Reason("a mailbox of a role, not of a person", "個人ではなく、窓口や部署のアドレスです"),
            )
        else:
            yield Hit("privacy.email", *match.span(), 0.98, Severity.MEDIUM, NO_REASON)


def _cards(reading: Reading) -> Iterator[Hit]:
    text, kind = reading.text, "privacy.credit_card"
    labelled: set[tuple[int, int]] = set()
    if "card" in reading.names:
        for pattern in (_CARD, _SPACED_CARD, _LONG_CARD):
            for start, end in values_of(reading, "card", pattern, 24):
                digits = digits_of(text[start:end])
                labelled.add((start, end))
                if luhn_is_valid(digits):
                    yield Hit(
                        kind,
                        start,
                        end,
                        0.99,
                        Severity.CRITICAL,
                        Reason("labelled so, check digit valid", "それを示す見出しがあり、検査数字が正しい番号です"),
                    )
                elif 14 <= len(digits) <= 16 and not _loose(reading, start, end):
                    why = Reason(
                        "labelled so, check digit wrong (misread or mistyped)",
                        "それを示す見出しがありますが、検査数字が合いません（誤読または誤記の可能性）",
                    )
                    yield Hit(kind, start, end, 0.5, Severity.HIGH, why)
    for match in _CARD.finditer(text):
        digits = digits_of(match.group())
        if match.span() in labelled or _CARD_BRAND.fullmatch(digits) is None or not luhn_is_valid(digits):
            continue
        label = governing(reading.labels, text, *match.span())
        if label is not None or attached(text, *match.span(), label):
            continue
        if _CARD_GROUPED.fullmatch(match.group()):
            yield Hit(
                kind,
                *match.span(),
                0.85,
                Severity.HIGH,
                Reason("grouped as on a card, check digit valid", "カードと同じ桁区切りで、検査数字が正しい番号です"),
            )
        elif len(digits) >= 15 and match.group() == digits and not gs1_is_valid(digits):
            # 13 and 14 digits without a label are article numbers (JAN, GTIN-14)
            yield Hit(
                kind,
                *match.span(),
                0.5,
                Severity.MEDIUM,
                Reason(
                    "no label, brand and check digit valid",
                    "見出しはありませんが、カード会社の番号帯と検査数字が正しい番号です",
                ),
            )


def _loose(reading: Reading, start: int, end: int) -> bool:
    """Whether only "card" stands in front, which is also said of memory cards."""
    label = governing(reading.labels, reading.text, start, end)
    return label is not None and reading.text[label.start : label.end].lower() in ("card", "cc")


def _american_and_british(reading: Reading) -> Iterator[Hit]:
    text, kind, why = (
        reading.text,
        "privacy.other_id",
        Reason("labelled as a US social security number", "米国の社会保障番号を示す見出しがあります"),
    )
    if "ssn" in reading.names:
        for span in values_of(reading, "ssn", _SSN_LABELLED, 16):
            yield Hit(kind, *span, 0.95, Severity.HIGH, why)
    if not reading.japanese and PART not in reading.names:  # elsewhere three groups of digits are a part number
        for match in _SSN.finditer(text):
            label = governing(reading.labels, text, *match.span())
            if label is None and not attached(text, *match.span(), label):
                why = Reason("the form of a US social security number", "米国の社会保障番号の形です")
                yield Hit(kind, *match.span(), 0.5, Severity.MEDIUM, why)
    if "uk" in reading.names:
        for start, end in values_of(reading, "uk", _NHS, 12):
            valid = nhs_number_is_valid(digits_of(text[start:end]))
            yield Hit(
                kind,
                start,
                end,
                0.95 if valid else 0.6,
                Severity.HIGH,
                Reason("labelled as a UK NHS number", "英国のNHS番号を示す見出しがあります"),
            )
        for span in values_of(reading, "uk", _NINO, 12):
            yield Hit(
                kind,
                *span,
                0.9,
                Severity.HIGH,
                Reason("labelled as a UK national insurance number", "英国の国民保険番号を示す見出しがあります"),
            )


def _ibans(reading: Reading) -> Iterator[Hit]:
    """Right check digits, or the label and the form; letters glued behind the number are cut off by the country's length."""
    text = reading.text
    for match in _IBAN.finditer(text):
        length = IBAN_LENGTH.get(match.group()[:2].upper(), 0)
        end, kept = match.start(), ""
        while end < match.end() and len(kept) < length:
            kept += text[end].upper() if text[end].isalnum() else ""
            end += 1
        if iban_is_valid(kept):
            yield Hit(
                "privacy.other_id",
                match.start(),
                end,
                0.99,
                Severity.HIGH,
                Reason("an IBAN bank account", "IBAN形式の銀行口座番号です"),
            )
        elif "iban" in reading.names and len(kept) == length:
            label = governing(reading.labels, text, match.start(), end)
            if label is not None and label.name == "iban":
                why = Reason(
                    "an IBAN bank account, check digits wrong", "IBAN形式の銀行口座番号ですが、検査数字が合いません"
                )
                yield Hit("privacy.other_id", match.start(), end, 0.6, Severity.HIGH, why)


def find_common(reading: Reading) -> list[Hit]:
    """Hits in a folded text; they may overlap."""
    hits = list(_emails(reading.text)) if _MAY_EMAIL.search(reading.text) else []
    if reading.digits >= 9:
        hits.extend(_american_and_british(reading))
        hits.extend(_ibans(reading))
    if reading.digits >= 13:
        hits.extend(_cards(reading))
    return hits


def may_hold(reading: Reading) -> bool:
    return reading.digits >= 9 or _MAY_EMAIL.search(reading.text) is not None


def labelled_as_part(reading: Reading, start: int, end: int) -> bool:
    """Whether a label says that [start, end) numbers a thing."""
    label = governing(reading.labels, reading.text, start, end)
    return label is not None and label.name == PART
