"""Check digits of official and commercial numbers. Pure; each rule with its source.

A right check digit proves little (one random number in ten has it); a wrong one under a label means misread or mistyped.
"""

from __future__ import annotations


def _is_number(digits: str, *lengths: int) -> bool:
    return len(digits) in lengths and digits.isascii() and digits.isdigit()


def my_number_is_valid(digits: str) -> bool:
    """Check digit of a 12-digit Individual Number, by the ministerial ordinance (平成26年総務省令第85号, art. 5)."""
    if not _is_number(digits, 12):
        return False
    total = 0
    for place in range(1, 12):  # counted from the digit left of the check digit
        weight = place + 1 if place <= 6 else place - 5
        total += int(digits[11 - place]) * weight
    remainder = total % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def driving_licence_is_valid(digits: str) -> bool:
    """Check digit (the eleventh) of a 12-digit Japanese driving licence number: weights 5 4 3 2 7 6 5 4 3 2, modulo 11."""
    if not _is_number(digits, 12):
        return False
    remainder = sum(int(d) * w for d, w in zip(digits[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return int(digits[10]) == (0 if remainder <= 1 else 11 - remainder)


def corporate_number_is_valid(digits: str) -> bool:
    """Check digit (the first) of a 13-digit 法人番号 (平成26年財務省令第70号, art. 2): 9 - sum of Pn * Qn mod 9, Qn = 1 or 2."""
    if not _is_number(digits, 13):
        return False
    total = sum(int(digit) * (1 if n % 2 else 2) for n, digit in enumerate(reversed(digits[1:]), start=1))
    return int(digits[0]) == 9 - total % 9


def gs1_is_valid(digits: str) -> bool:
    """Check digit of JAN/EAN-13, EAN-8, UPC-A and GTIN-14 (GS1 General Specifications, section 7.9; modulo 10)."""
    if not _is_number(digits, 8, 12, 13, 14):
        return False
    total = sum(int(digit) * (3 if n % 2 else 1) for n, digit in enumerate(reversed(digits[:-1]), start=1))
    return int(digits[-1]) == -total % 10


def upc_is_valid(digits: str) -> bool:
    """Check digit of a 12-digit UPC-A."""
    return len(digits) == 12 and gs1_is_valid(digits)


def luhn_is_valid(digits: str) -> bool:
    """Check digit of payment cards (ISO/IEC 7812-1, Annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def nhs_number_is_valid(digits: str) -> bool:
    """Check digit of a 10-digit NHS number (NHS Data Dictionary: weights 10 to 2, modulo 11, a 10 is not issued)."""
    if not _is_number(digits, 10):
        return False
    remainder = -sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return remainder == int(digits[9])


# Lengths of IBANs by country (ISO 13616 registry, SWIFT).
_IBAN_LENGTHS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 "
    "JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
)
IBAN_LENGTH = {item[:2]: int(item[2:]) for item in _IBAN_LENGTHS.split()}


def iban_is_valid(text: str) -> bool:
    """Length by country and check digits of an IBAN without gaps (ISO 13616-1: modulo 97 is 1)."""
    if IBAN_LENGTH.get(text[:2]) != len(text) or not text.isascii() or not text.isalnum():
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1
