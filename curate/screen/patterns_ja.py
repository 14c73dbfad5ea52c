"""Personal data of Japan in folded text: regular expressions, check digits, labels. Pure.

`\\b` never fires between kana or kanji and a digit, so every pattern carries its own lookarounds. Which digits are a
thing's number and not a person's is decided by the nearest label (`labels`) and by what the digits are attached to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.finding import Severity
from curate.screen.hit import Hit
from curate.screen.labels import PART, Label, attached, governing, labels_in

PREFECTURE = (
    "北海道|青森県|岩手県|宮城県|秋田県|山形県|福島県|茨城県|栃木県|群馬県|埼玉県|千葉県|"
    "東京都|神奈川県|新潟県|富山県|石川県|福井県|山梨県|長野県|岐阜県|静岡県|愛知県|三重県|"
    "滋賀県|京都府|大阪府|兵庫県|奈良県|和歌山県|鳥取県|島根県|岡山県|広島県|山口県|徳島県|"
    "香川県|愛媛県|高知県|福岡県|佐賀県|長崎県|熊本県|大分県|宮崎県|鹿児島県|沖縄県"
)

_SEP = r"(?: ?- ?| )?"
_TWELVE = re.compile(rf"(?<!\d)(?<!\d[-. ])\d(?:{_SEP}\d){{11}}(?![-. ]?\d)")
_GROUPED_444 = re.compile(r"\d{4}(?: ?- ?| )\d{4}(?: ?- ?| )\d{4}")
_PHONE = re.compile(
    r"(?<!\d)(?<!\d[-.])(?:\+81[ -]?(?:\(0\))?|\(?0)\d{1,4}\)?[ -]{0,3}\(?\d{1,4}\)?[ -]{0,3}\d{3,4}(?![\d]|[-.]\d)"
)
_JP_SHAPE = re.compile(r"0\d-\d{4}-\d{4}|0\d{2}-\d{3,4}-\d{4}|0\d{3}-\d{2}-\d{4}|0\d{4}-\d-\d{4}|0\d{3}-\d{3}-\d{3}")
_POSTCODE = re.compile(r"〒 ?\d{3} ?-? ?\d{4}(?!\d)")
_HOUSE = r"\d{1,4}(?:丁目|番地?(?!線|機|手)|-\d{1,4}(?:-\d{1,4})?(?![-\d]))(?:\d{1,4}(?:番地?|-)?)?(?:\d{1,4}号(?!機))?"
_PLACE = "一-龥々ヶヵノぁ-んァ-ヴー"
_ADDRESS = re.compile(
    rf"(?:{PREFECTURE}) ?[{_PLACE}]{{1,10}}[市区町村郡] ?[{_PLACE}]{{0,14}} ?{_HOUSE}"
    rf"|[一-龥々ヶ]{{2,6}}(?<!都)[市区](?!場|販|内|間|分|画|域) ?[{_PLACE}]{{1,12}}{_HOUSE}"
)
_COMPANY = re.compile(
    r"株式会社|有限会社|合同会社|\(株\)|\(有\)|本社|支社|支店|営業所|工場|事業所|研究所|製作所"
    r"|販売元|製造元|発売元|財団法人|社団法人"
)
_LABELLED: dict[str, tuple[re.Pattern[str], Severity, str]] = {
    "driving_licence": (_TWELVE, Severity.HIGH, "labelled as a driving licence number"),
    "passport": (
        re.compile(r"(?<![A-Za-z0-9])[A-Z]{2} ?\d{7}(?!\d)", re.I),
        Severity.HIGH,
        "labelled as a passport number",
    ),
    "residence_card": (
        re.compile(r"(?<![A-Za-z0-9])[A-Z]{2} ?\d{8} ?[A-Z]{2}(?![A-Za-z0-9])", re.I),
        Severity.HIGH,
        "labelled as a residence card number",
    ),
    "account": (
        re.compile(r"(?<![\d-])(?:\d{3}[- ])?\d{6,8}(?![\d]|-\d)"),
        Severity.HIGH,
        "labelled as a bank account number",
    ),
    "insurance": (re.compile(r"(?<![\d-])\d{6,8}(?![\d]|-\d)"), Severity.HIGH, "labelled as a health insurance number"),
    "pension": (re.compile(r"(?<!\d)\d{4} ?-? ?\d{6}(?!\d)"), Severity.HIGH, "labelled as a basic pension number"),
    "employee": (
        re.compile(r"(?<![A-Za-z0-9])[A-Z]{0,3}-?\d{4,10}(?!\d)", re.I),
        Severity.MEDIUM,
        "labelled as an employee number",
    ),
    "birth": (
        re.compile(
            r"(?<!\d)(?:(?:明治|大正|昭和|平成|令和|[MTSHR]\.?) ?(?:\d{1,2}|元)|\d{4})"
            r" ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2}日?(?!\d)"
            r"|(?<!\d)\d{1,2}[-/.]\d{1,2}[-/.]\d{4}(?!\d)"
        ),
        Severity.MEDIUM,
        "labelled as a date of birth",
    ),
}


def digits_of(text: str) -> str:
    return "".join(character for character in text if "0" <= character <= "9")


def my_number_is_valid(digits: str) -> bool:
    """Check digit of a 12-digit Individual Number, by the ministerial ordinance (平成26年総務省令第85号, art. 5)."""
    if len(digits) != 12 or not digits.isascii() or not digits.isdigit():
        return False
    total = 0
    for place in range(1, 12):  # counted from the digit left of the check digit
        weight = place + 1 if place <= 6 else place - 5
        total += int(digits[11 - place]) * weight
    remainder = total % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def upc_is_valid(digits: str) -> bool:
    """Check digit of a 12-digit UPC-A (GS1 modulo 10)."""
    if len(digits) != 12 or not digits.isdigit():
        return False
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits[:11]))
    return int(digits[11]) == -total % 10


def _my_numbers(text: str, labels: tuple[Label, ...]) -> Iterator[Hit]:
    for match in _TWELVE.finditer(text):
        start, end = match.span()
        label = governing(labels, text, start, end)
        valid = my_number_is_valid(digits_of(match.group()))
        grouped = _GROUPED_444.fullmatch(match.group()) is not None
        if label is not None and label.name == "my_number":
            if valid:
                yield _number(start, end, 0.99, Severity.CRITICAL, "labelled so, check digit valid")
            else:
                yield _number(start, end, 0.6, Severity.HIGH, "labelled so, check digit wrong (misread or mistyped)")
        elif label is not None or not valid or attached(text, start, end, label):
            continue
        elif grouped:
            yield _number(start, end, 0.6, Severity.MEDIUM, "no label, but grouped 4-4-4 with a valid check digit")
        elif match.group().isdigit() and not upc_is_valid(match.group()):
            yield _number(start, end, 0.2, Severity.LOW, "12 digits with a valid check digit, no label")


def _number(start: int, end: int, score: float, severity: Severity, why: str) -> Hit:
    return Hit("privacy.jp_my_number", start, end, score, severity, why)


def _phones(text: str, labels: tuple[Label, ...]) -> Iterator[Hit]:
    for match in _PHONE.finditer(text):
        start, end = match.span()
        label = governing(labels, text, start, end)
        # "TEL03…" and "電話:03…" are attached to their label; "AB-03-1234-5678" is a code.
        if (label is not None and label.name != "phone") or attached(text, start, end, label):
            continue
        national = re.sub(r"^\+81[ -]?(?:\(0\))?0?", "0", match.group().strip())
        digits = digits_of(national)
        if len(digits) not in (10, 11) or not _is_japanese_phone(digits):
            continue
        labelled = label is not None
        shaped = _JP_SHAPE.fullmatch(re.sub(r"[ ()-]+", "-", national).strip("-")) is not None
        mobile = len(digits) == 11 and digits[1] in "6789"
        if digits.startswith(("0120", "0800", "0570")):
            yield Hit("privacy.phone", start, end, 0.9, Severity.LOW, "a public toll-free or shared-cost number")
        elif labelled or shaped or (mobile and digits == match.group()):
            yield Hit(
                "privacy.phone", start, end, 0.95 if labelled else 0.75, Severity.MEDIUM, "a valid number in Japan"
            )
        elif digits == match.group():
            yield Hit(
                "privacy.phone", start, end, 0.2, Severity.LOW, "digits that could be a number in Japan, no label"
            )


def _is_japanese_phone(digits: str) -> bool:
    import phonenumbers

    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(digits, "JP")))
    except phonenumbers.NumberParseException:
        return False


def _addresses(text: str) -> Iterator[Hit]:
    # The address of a firm's works is on every data sheet: a public business contact.
    business = _COMPANY.search(text) is not None
    severity = Severity.LOW if business else Severity.MEDIUM
    why = "with a house number, beside a firm's name" if business else "with a house number"
    for match in _ADDRESS.finditer(text):
        yield Hit("privacy.address", match.start(), match.end(), 0.8, severity, why)
    for match in _POSTCODE.finditer(text):
        yield Hit("privacy.address", match.start(), match.end(), 0.6, Severity.LOW, "a postcode alone")


def _labelled(text: str, labels: tuple[Label, ...]) -> Iterator[Hit]:
    present = {label.name for label in labels}
    for name, (pattern, severity, why) in _LABELLED.items():
        if name not in present:
            continue
        for match in pattern.finditer(text):
            label = governing(labels, text, *match.span())
            if label is not None and label.name == name:
                yield Hit("privacy.other_id", match.start(), match.end(), 0.9, severity, why)


def find_japanese(text: str) -> list[Hit]:
    """Hits in a folded text (`folding.fold`); they may overlap."""
    labels = labels_in(text)
    hits = [*_my_numbers(text, labels), *_phones(text, labels), *_addresses(text), *_labelled(text, labels)]
    return hits


def labelled_as_part(labels: tuple[Label, ...], text: str, start: int, end: int) -> bool:
    """Whether a label says that [start, end) numbers a thing."""
    label = governing(labels, text, start, end)
    return label is not None and label.name == PART
