"""Personal data that looks alike in every language, in folded text: e-mail, cards, telephone, US SSN, street. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.finding import Severity
from curate.screen.hit import Hit
from curate.screen.labels import PART, Label, attached, governing, labels_in
from curate.screen.patterns_ja import digits_of, labelled_as_part

# ASCII on purpose: `\w` would swallow the kana around an address written inside a Japanese sentence.
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9_%+-][A-Za-z0-9._%+'-]{0,63}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,6}[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
_ROLE_MAILBOX = re.compile(
    r"(?:info|sales|support|contact|office|press|webmaster|postmaster|noreply|no-reply|help|service|order|inquiry)"
    r"[^@]{0,3}@",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?<!\d)(?<!\d[-. ])(?:\d{4}[ -]?\d{6}[ -]?\d{4,5}|\d{4}(?:[ -]?\d{4}){2}[ -]?\d{1,7})(?![-. ]?\d)")
_CARD_GROUPED = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{4,5}")
_CARD_BRAND = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[689]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|6(?:011|4[4-9]\d|5\d\d)\d{12}|62\d{14,17}"
)
_SSN = re.compile(r"(?<!\d)(?<!\d[-. ])(?!000|666|9)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![-. ]?\d)")
_SSN_PLAIN = re.compile(r"(?<!\d)(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}(?!\d)")
_INTERNATIONAL = re.compile(r"(?<![\w+])\+\d[\d \-().]{6,20}\d(?!\d)")
_AMERICAN = re.compile(r"(?<![\dA-Za-z.-])(?:\(\d{3}\) ?|\d{3}([-. ]))\d{3}(?(1)\1|[-. ])\d{4}(?![\d]|[-.]\d)")
_ANY_PHONE = re.compile(r"(?<![\w.-])[+(]?\d[\d ().-]{5,20}\d(?![\d]|[-.]\d)")
_PHONE_GAP = 8  # characters between "phone" and digits of any form
_LOOSE_WORD = re.compile(r"contact|call", re.IGNORECASE)  # "contact resistance 1 000 000" is no telephone
_STREET = re.compile(
    r"(?<![\dA-Za-z.-])\d{1,5}[A-Za-z]? (?:[NSEW]\.? )?(?:[A-Z][a-z]+ ){1,3}"
    r"(?:Street|St\.?|Avenue|Ave\.?|Road|Rd\.?|Boulevard|Blvd\.?|Lane|Ln\.?|Drive|Court|Ct\.|Terrace|Crescent|Square)"
    r"(?![A-Za-z])"
)


def luhn_is_valid(digits: str) -> bool:
    """Check digit of payment cards (ISO/IEC 7812-1, Annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _emails(text: str) -> Iterator[Hit]:
    for match in _EMAIL.finditer(text):
        if _ROLE_MAILBOX.match(match.group()):
            yield Hit("privacy.email", *match.span(), 0.9, Severity.LOW, "a mailbox of a role, not of a person")
        else:
            yield Hit("privacy.email", *match.span(), 0.98, Severity.MEDIUM, "")


def _cards(text: str, labels: tuple[Label, ...]) -> Iterator[Hit]:
    for match in _CARD.finditer(text):
        digits = digits_of(match.group())
        label = governing(labels, text, *match.span())
        labelled = label is not None and label.name == "card"
        if _CARD_BRAND.fullmatch(digits) is None or not luhn_is_valid(digits):
            continue
        if labelled:
            yield Hit("privacy.credit_card", *match.span(), 0.99, Severity.CRITICAL, "labelled so, check digit valid")
        elif label is not None or attached(text, *match.span(), label):
            continue
        elif _CARD_GROUPED.fullmatch(match.group()):
            yield Hit(
                "privacy.credit_card", *match.span(), 0.85, Severity.HIGH, "grouped as on a card, check digit valid"
            )
        elif len(digits) >= 15:  # 13 and 14 digits without a label are article numbers (JAN, GTIN-14)
            yield Hit(
                "privacy.credit_card", *match.span(), 0.5, Severity.MEDIUM, "no label, brand and check digit valid"
            )


def _social_security(text: str, labels: tuple[Label, ...]) -> Iterator[Hit]:
    for pattern, needs_label in ((_SSN, False), (_SSN_PLAIN, True)):
        for match in pattern.finditer(text):
            label = governing(labels, text, *match.span())
            if label is not None and label.name == "ssn":
                yield Hit(
                    "privacy.other_id", *match.span(), 0.95, Severity.HIGH, "labelled as a US social security number"
                )
            elif not needs_label and label is None and not attached(text, *match.span(), label):
                yield Hit(
                    "privacy.other_id", *match.span(), 0.5, Severity.MEDIUM, "the form of a US social security number"
                )


def _phones(text: str, labels: tuple[Label, ...]) -> Iterator[Hit]:
    import phonenumbers

    for pattern, region in ((_INTERNATIONAL, None), (_AMERICAN, "US")):
        for match in pattern.finditer(text):
            label = governing(labels, text, *match.span())
            if (label is not None and label.name == PART) or attached(text, *match.span(), label):
                continue
            spaced = region is not None and match.group(1) == " "
            if spaced and (label is None or label.name != "phone"):
                continue  # three numbers beside each other are a dimension
            try:
                number = phonenumbers.parse(match.group(), region)
                # After a plus sign people write nothing but telephone numbers; the numbering plans change.
                check = phonenumbers.is_possible_number if region is None else phonenumbers.is_valid_number
                valid = check(number)
            except phonenumbers.NumberParseException:
                continue
            if valid:
                yield Hit("privacy.phone", *match.span(), 0.85, Severity.MEDIUM, "a valid telephone number")
    for match in _ANY_PHONE.finditer(text):
        label = governing(labels, text, *match.span())
        if label is None or label.name != "phone" or _LOOSE_WORD.fullmatch(text[label.start : label.end]):
            continue
        near = match.start() - label.end <= _PHONE_GAP
        if near and 7 <= len(digits_of(match.group())) <= 15:  # ITU-T E.164: 15 digits at most
            yield Hit("privacy.phone", *match.span(), 0.7, Severity.MEDIUM, "labelled as a telephone number")


def _streets(text: str) -> Iterator[Hit]:
    for match in _STREET.finditer(text):
        yield Hit("privacy.address", *match.span(), 0.7, Severity.MEDIUM, "a street with a house number")


def find_common(text: str) -> list[Hit]:
    """Hits in a folded text (`folding.fold`); they may overlap."""
    labels = labels_in(text)
    hits = [
        *_emails(text),
        *_cards(text, labels),
        *_social_security(text, labels),
        *_phones(text, labels),
        *_streets(text),
    ]
    return [
        hit for hit in hits if hit.kind == "privacy.email" or not labelled_as_part(labels, text, hit.start, hit.end)
    ]
