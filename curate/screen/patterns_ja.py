"""Official and financial identifiers of people in Japan, in folded text: labels, shapes, check digits. Pure.

`\\b` never fires between kana or kanji and a digit, so every pattern carries its own lookarounds. A labelled number is
looked for in the stretch that its label governs (`labels.fields_of`); a number without a label counts only where its
shape and its check digit leave little else, and where no label says that it numbers a thing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from curate.finding import Severity
from curate.screen.check_digits import driving_licence_is_valid, my_number_is_valid, upc_is_valid
from curate.screen.hit import Hit
from curate.screen.labels import Reading, attached, fields_of, governing, in_front, numbers_a_thing
from curate.screen.wording import Reason

SEP = r"(?:[ \t]?\n?[-~.・/]?\n?[ \t]?)"  # between the digits of one number: nothing, a mark, a gap, a line's end
# A pattern that begins with a class is searched many times faster than one that begins with a look-behind: the digit comes
# first, and the look-behinds of it include it.
_TWELVE = re.compile(rf"[0-9](?<![0-9]{{2}})(?:{SEP}[0-9]){{11}}(?![0-9])(?!-[0-9])")
# However it is misread, a number of twelve digits is not written in uneven groups: "4183-66 324-3-43" are two things.
_EVENLY = re.compile(
    r"[^ ./~・\n-]{12}|[^ ./~・\n-]{4,8}(?:[ ./~・\n-]{1,3}[^ ./~・\n-]{4,8}){1,2}|[^ ./~・\n-]{3}(?:[ ./~・\n-]{1,3}[^ ./~・\n-]{3}){3}|[^ ](?: [^ ]){11}"
)
_SLIP = re.compile("伝票|送り状|宅急便|宅配|ゆうパック|追跡|荷物")  # numbers of parcels are grouped so as well
_GROUPED = re.compile(
    r"[0-9](?<![0-9]{2})(?<![0-9][-. ][0-9])[0-9]{3}(?P<sep> ?- ?| |\n|-\n)[0-9]{4}(?P=sep)[0-9]{4}(?![-. ]?[0-9])"
)
_PLAIN = re.compile(r"[0-9](?<![0-9]{2})(?<![0-9][-.][0-9])[0-9]{11}(?![0-9])(?![-.][0-9])")
_YEAR_FIRST = re.compile(r"(?:19|20)[0-9]{2}")
_REPAIR = str.maketrans("OoQDIl|!SBZ", "00001111582")
_LOOKS_LIKE_DIGIT = re.compile(r"[OoQDIl|!SBZ]")
_LIST = re.compile(r"\s?(?:[,、/・&;]|と|及び|および|または)\s?")
_GAP_TO_LABEL = re.compile(r"\s?号?\s?(?:[(\[【〔<「←⇐]|は|が)\s?(?:\([^)]{0,6}\))?\s?")
_LONGEST_TAIL = 40  # characters of a value and the gap behind it
_NARROW_GAP = re.compile(
    r"\s?号?[\s:/=|、,_と-]{0,2}(?:\([^)]{0,6}\))?"
)  # "TK1234567 旅券": value and label in two columns


# Where a value of letters and digits begins: not inside a word, but well behind a No that is glued to it ("旅券NoTK1234567").
_BEGINS = r"(?:(?<![A-Za-z0-9])|(?<=(?<![A-Za-z])[Nn][Oo]))"


class Rule(NamedTuple):
    """What stands behind a label of one kind.

    `reach`: characters between the label and the value, at most. `before`: what may stand right in front of a label that
    has no value behind it, where the shape alone says enough.
    """

    label: str
    pattern: re.Pattern[str]
    severity: Severity
    why: Reason
    reach: int = 24
    before: Callable[[str], bool] | None = None


def _has_check_digit_of(valid: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda value: valid(digits_of(value))


def _whole_date(value: str) -> bool:
    return len(_DATE_PART.findall(value)) >= 3 or len(digits_of(value)) in (6, 8)


def _any(value: str) -> bool:
    return True


def _passport_of_japan(value: str) -> bool:
    return value[:2].isalpha()


# On the card the number stands behind 番号 alone: "交付 … 番号 第…号". Permits of dealers have twelve digits as well.
_NUMBERED_LICENCE = re.compile(r"番号[\s:|]{0,2}第\s?(?P<number>[0-9]{4}(?P<gap>[ -]?)[0-9]{4}(?P=gap)[0-9]{4})\s?号")
_OF_A_LICENCE = re.compile("交付|免許|公安委員会")
_DATE_PART = re.compile("[0-9]+|[元〇一二三四五六七八九十]+|[A-Z][a-z]{2,}")
_DATE_TAIL = r"\s?日?(?![0-9])"
_ERA = r"(?:明治|大正|昭和|平成|令和|[明大昭平令]|[MTSHRmtshr]\.?)"
_KANJI_NUMERAL = "[〇一二三四五六七八九十]{1,3}"
DATE = (
    rf"{_ERA}\s?(?:[0-9]{{1,2}}|元)\s?[-/.年・]\s?[0-9]{{1,2}}\s?[-/.月・]\s?[0-9]{{1,2}}{_DATE_TAIL}"
    rf"|(?<![0-9])(?:1[89]|20)[0-9]{{2}}\s?[-/.年・ ]\s?[0-9]{{1,2}}\s?[-/.月・ ]\s?[0-9]{{1,2}}{_DATE_TAIL}"
    r"|(?<![0-9])(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
    rf"|{_ERA}[0-9]{{6}}(?![0-9])"
    rf"|{_ERA}\s?(?:元|{_KANJI_NUMERAL})年\s?{_KANJI_NUMERAL}月\s?{_KANJI_NUMERAL}日"
    r"|[〇一二三四五六七八九]{4}年[〇一二三四五六七八九十]{1,3}月[〇一二三四五六七八九十]{1,3}日"
    r"|(?<![0-9])[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ](?:[0-9]{4}|[0-9]{2})(?![0-9])"
    r"|(?<![0-9])[0-9]{1,2}(?:st|nd|rd|th)?[ -.]?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*[ -.,]{0,2}[0-9]{2,4}"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? [0-9]{1,2}(?:st|nd|rd|th)?,? ?[0-9]{4}"
    rf"|(?<![0-9])(?:1[89]|20)[0-9]{{2}}\s?[-/.年]\s?[0-9]{{1,2}}月?(?![0-9])"
    rf"|{_ERA}\s?(?:[0-9]{{1,2}}|元)年(?:\s?[0-9]{{1,2}}月)?"
    r"|(?<![0-9])[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?(?![0-9])"
    r"|(?<![0-9])(?:19|20)[0-9]{2}年"
)
_BORN_BEHIND = re.compile(
    rf"(?:{DATE})(?=\s?\(?(?:[0-9]{{1,3}}歳\)?\s?)?(?:生まれ|生れ|誕生(?!日)|うまれ|出生(?![日年地届])|生(?![産成地年物糸育命活協徒薬涯誕]|コン|ゴム|ビ|チョコ|クリーム)))"
)

_QUOTED = r"[\"'」\])]?\s?[:=_は、→]?\s?[\"'「\[(]?"  # "記号":"12", 記号_12, 記号は12, 記号「12」
_SIGN_AND_NUMBER = re.compile(
    rf"記号{_QUOTED}[^\s0-9_\"']{{0,5}}[0-9]{{0,10}}[\"'」\])]?\s?[・/、,_|-]?\s?[\"']?[^\s0-9\"']{{0,5}}番号{_QUOTED}[0-9]{{1,10}}(?:\s?[・/-]\s?[0-9]{{1,10}})?"
    r"|(?i:(?<![a-z])(?:symbol|sign|kigo))[ :=_.#-]{0,3}(?:(?i:no)\.? ?)?[0-9]{1,8}[ ,;/_|-]{0,3}(?i:number|no|num|bango)[ :=_.#-]{0,3}[0-9]{1,8}(?![0-9])"
)
_WRITES_A_SIGN = re.compile("記号|(?i:symbol|sign|kigo)")
# "license" alone is said of software and of rights: twelve digits behind it must have the check digit of a driving licence.
_LICENSE = re.compile(
    r"(?i:(?<![a-z])licen[cs]es?)[ _:#.-]{0,3}(?:(?i:no|number)[ _:#.-]{0,3})?第?(?P<number>[0-9]{4}(?P<gap>[ -]?)[0-9]{4}(?P=gap)[0-9]{4})(?![0-9])"
)

_RESIDENCE = re.compile(_BEGINS + r"[A-Za-z]{2}[ -]?[0-9]{8}[ -]?[A-Za-z]{2}(?![A-Za-z])")

_RULES: tuple[Rule, ...] = (
    Rule("licence", _TWELVE, Severity.HIGH, Reason("labelled as a driving licence number", "運転免許証番号を示す見出しがあります"), 40, _has_check_digit_of(driving_licence_is_valid)),
    Rule(
        "licence",
        re.compile(r"(?<![A-Za-z0-9-])(?:[A-Z]{1,2}-?[0-9]{3}-?[0-9]{3,4}-?[0-9]{2,6}|[A-Z]{1,2}[0-9]{5,12}|[A-Z]{5}[0-9]{6}[A-Z0-9]{5}|[0-9]{7,11})(?![0-9])"),
        Severity.HIGH,
        Reason("labelled as a driving licence number", "運転免許証番号を示す見出しがあります"),
        8,
    ),
    Rule(
        "passport",
        re.compile(_BEGINS + r"(?:[A-Za-z]{2}[ -]?[0-9]{7}|[A-Za-z][0-9]{8}|[0-9]{9})(?![0-9])"),
        Severity.HIGH,
        Reason("labelled as a passport number", "旅券番号を示す見出しがあります"),
        before=_passport_of_japan,
    ),
    Rule(
        "residence",
        _RESIDENCE,
        Severity.HIGH,
        Reason("labelled as a residence card number", "在留カード番号を示す見出しがあります"),
        before=_any,
    ),
    Rule("pension", re.compile(r"(?<![0-9])[0-9]{4}[ \n]?[-~・]?[ \n]?[0-9]{6}(?![0-9])|(?<![0-9])[0-9](?: [0-9]){9}(?![0-9])"), Severity.HIGH, Reason("labelled as a basic pension number", "基礎年金番号を示す見出しがあります"), before=_any),
    Rule(
        "insurance",
        re.compile(
            r"(?<![0-9])[0-9]{4}[ \n]?[-~・]?[ \n]?[0-9]{6}[ \n]?[-~・]?[ \n]?[0-9](?![0-9])"
            r"|記号\s?[・/と及びおよび-]{0,3}\s?番号\s?[:=)]?\s?[^\s0-9]{0,4}[0-9]{1,10}(?:\s?[・/\- ]\s?(?:番号)?\s?[0-9]{1,10})?"
            r"|記号\s?[:=]?\s?[^\s0-9]{0,5}[0-9]{0,10}\s?[・/、,\-]?\s?番号\s?[:=]?\s?[0-9]{1,10}"
            r"|(?<![0-9])[0-9]{2,8}\s?[・/\-]\s?[0-9]{1,8}(?![0-9])|(?<![0-9.-])[0-9]{2,8} [0-9]{2,8}(?![0-9.-]|\s?(?:[mc]m|kg|円|枚|個|本|年|月|人|%|[x×*]))|(?<![0-9-])[0-9]{6,11}(?![0-9])(?!-[0-9])"
        ),
        Severity.HIGH,
        Reason("labelled as a number of health, care or employment insurance", "健康保険・介護保険・雇用保険の番号を示す見出しがあります"),
    ),
    Rule("birth", re.compile(DATE), Severity.MEDIUM, Reason("labelled as a date of birth", "生年月日であることが書かれています"), before=_whole_date),
    Rule(
        "employee",
        re.compile(r"(?<![A-Za-z0-9])(?<![0-9]\.)(?:[A-Za-z]{1,5}[-_ ]?)?[0-9]{3,10}(?:-[0-9]{1,6})?(?![0-9]|-[0-9])|(?<![A-Za-z0-9])[0-9]{2}-[0-9]{3,6}(?![0-9]|-[0-9])"),
        Severity.MEDIUM,
        Reason("labelled as a number of an employee or member", "社員番号・会員番号を示す見出しがあります"),
        14,
    ),
)  # fmt: skip
# What stands beside a label and is nobody's number: a date, a material, a standard ("社員番号 SUS304", "TEL 2024-03-15").
NO_VALUE = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2}(?P<mark>[-/.])(?:0?[1-9]|1[0-2])(?P=mark)(?:0?[1-9]|[12][0-9]|3[01])(?![0-9])"
    r"|(?<![0-9])(?:19|20)[0-9]{2}年(?:\s?[0-9]{1,2}月)?"
    r"|(?<![A-Za-z0-9])(?:SUS|SCM|SNCM|SCR|SKD|SKH|SKS|SUJ|SUP|SUM|FCD|FC|ADC|AISI|SAE|ASTM|DIN|ISO|JIS|PHR|SWRM)[ -]?(?:[A-Z] ?)?[0-9]{1,5}(?:[A-Z][A-Z0-9]{0,2})?(?![0-9])"
    r"|(?<![A-Za-z0-9])(?:S[0-9]{2}C|SS[34][0-9]{2}|SPC[CDE]|M[0-9]{1,2}(?:\.[0-9])?[x×*][0-9.]+)(?![A-Za-z0-9])"
)
_DAY_IN_DIGITS = re.compile(r"(?<![0-9])20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9])")
_NAMES = frozenset(rule.label for rule in _RULES) | {"my_number"}


_NO_DIGITS = re.compile("[^0-9]+")


def digits_of(text: str) -> str:
    return text if text.isdecimal() and text.isascii() else _NO_DIGITS.sub("", text)


def _repaired(text: str) -> str:
    """`text` with letters that were read for digits put right; only what a label announces is read this way."""
    return re.sub(
        r"[0-9OoQDIl|!SBZ]+",
        lambda m: (
            m.group().translate(_REPAIR)
            if len(_LOOKS_LIKE_DIGIT.findall(m.group())) * 2 < len(m.group())
            else m.group()
        ),
        text,
    )


def _goes_on(part: str, last: int, start: int, end: int) -> bool:
    """Whether the value at [start, end) belongs to a list whose part before it ended at `last`; "…、6798ZZ" does not."""
    behind = part[end : end + 1]
    return _LIST.fullmatch(part, last, start) is not None and not (behind.isascii() and behind.isalpha())


def _things(part: str, label: str) -> tuple[tuple[int, int], ...]:
    """Spans of what is nobody's number in a stretch that `label` governs."""
    if label == "birth":
        return ()
    things = tuple(thing.span() for thing in NO_VALUE.finditer(part))
    if label in ("licence", "insurance"):  # a number of an employee may begin with a year
        things += tuple(day.span() for day in _DAY_IN_DIGITS.finditer(part))
    return things


def values_of(
    reading: Reading,
    label: str,
    pattern: re.Pattern[str],
    reach: int,
    *,
    repair: bool = False,
    before: Callable[[str], bool] | None = None,
) -> Iterator[tuple[int, int]]:
    """Spans of `pattern` that stand in a field of `label`: behind the label, or in front of it, set apart by a bracket.

    `before`: see `Rule`.
    """
    text = reading.text
    starts: list[int] = []  # of values behind a label
    for start, end in fields_of(reading, label):
        part = text[start:end]
        found = False
        last = 0
        things = None
        for match in pattern.finditer(part):
            things = _things(part, label) if things is None else things
            if any(first < match.end() and match.start() < stop for first, stop in things):
                continue
            if match.start() - last > reach or (found and not _goes_on(part, last, *match.span())):
                break
            found, last = True, match.end()
            starts.append(start + match.start())
            yield start + match.start(), start + match.end()
        if not found and repair and _LOOKS_LIKE_DIGIT.search(part):
            repaired = pattern.search(_repaired(part))
            if repaired is not None and repaired.start() <= reach:
                yield start + repaired.start(), start + repaired.end()
    for start, end, behind in in_front(reading, label):
        part = text[start:end]
        value = _last_before_a_label(pattern, part)
        things = () if value is None else _things(part, label)
        if value is None or any(first < value.end() and value.start() < stop for first, stop in things):
            continue
        first, last = start + value.start(), start + value.end()
        if (
            _GAP_TO_LABEL.fullmatch(part, value.end()) is None
            and (
                before is None
                or any(behind <= other <= behind + reach for other in starts)  # "…、旅券番号 TK1234567"
                or not before(text[first:last])
            )
        ):
            continue
        # A label of a thing right in front of the value has the better claim to it.
        in_front_of_it = governing(reading.labels, text, first, last, lists=False)
        if in_front_of_it is None or not numbers_a_thing(text, in_front_of_it):
            yield first, last


def _last_before_a_label(pattern: re.Pattern[str], part: str) -> re.Match[str] | None:
    """The match behind which nothing but a gap is left of `part`; digits of another number in front may run into it."""
    matches = list(pattern.finditer(part))
    if not matches or matches[-1].end() < len(part) - _LONGEST_TAIL:
        return None
    match: re.Match[str] | None = matches[-1]
    for at in range(max(matches[-1].start(), len(part) - _LONGEST_TAIL) + 1, len(part) + 1):
        if match is not None and (
            _GAP_TO_LABEL.fullmatch(part, match.end()) or _NARROW_GAP.fullmatch(part, match.end())
        ):
            return match
        match = pattern.match(part, at)
    return None


def _my_numbers(reading: Reading) -> Iterator[Hit]:
    text = reading.text
    labelled: set[tuple[int, int]] = set()
    if "my_number" in reading.names:
        before = _has_check_digit_of(my_number_is_valid)
        for start, end in values_of(reading, "my_number", _TWELVE, 40, repair=True, before=before):
            labelled.add((start, end))
            if my_number_is_valid(digits_of(_repaired(text[start:end]))):
                yield _number(
                    start,
                    end,
                    0.99,
                    Severity.CRITICAL,
                    Reason("labelled so, check digit valid", "それを示す見出しがあり、検査数字が正しい番号です"),
                )
            elif _EVENLY.fullmatch(text, start, end):
                yield _number(
                    start,
                    end,
                    0.6,
                    Severity.HIGH,
                    Reason(
                        "labelled so, check digit wrong (misread or mistyped)",
                        "それを示す見出しがありますが、検査数字が合いません（誤読または誤記の可能性）",
                    ),
                )
    for pattern in (_GROUPED, _PLAIN) if reading.digits >= 12 else ():
        for match in pattern.finditer(text):
            start, end = match.span()
            if (start, end) in labelled or not my_number_is_valid(digits_of(match.group())):
                continue
            label = governing(reading.labels, text, start, end)
            if label is not None or attached(text, start, end, label) or _YEAR_FIRST.match(match.group()):
                continue
            if pattern is _GROUPED and _SLIP.search(text, max(0, start - 16), start) is None:
                yield _number(
                    start,
                    end,
                    0.6,
                    Severity.MEDIUM,
                    Reason(
                        "no label, but grouped 4-4-4 with a valid check digit",
                        "見出しはありませんが、4桁ずつに区切られ、検査数字が正しい番号です",
                    ),
                )
            elif not upc_is_valid(digits_of(match.group())):
                yield _number(
                    start,
                    end,
                    0.2,
                    Severity.LOW,
                    Reason(
                        "12 digits with a valid check digit, no label",
                        "検査数字が正しい12桁の数字で、見出しはありません",
                    ),
                )


def _number(start: int, end: int, score: float, severity: Severity, why: Reason) -> Hit:
    return Hit("privacy.jp_my_number", start, end, score, severity, why)


def _valid_licences(pattern: re.Pattern[str], text: str, score: float, why: Reason) -> Iterator[Hit]:
    for match in pattern.finditer(text):
        if driving_licence_is_valid(digits_of(match.group("number"))):
            yield Hit("privacy.other_id", *match.span("number"), score, Severity.HIGH, why)


def _labelled(reading: Reading) -> Iterator[Hit]:
    for rule in () if _NAMES.isdisjoint(reading.names) else _RULES:
        if rule.label not in reading.names:
            continue
        repair = rule.label in ("licence", "pension")
        for start, end in values_of(reading, rule.label, rule.pattern, rule.reach, repair=repair, before=rule.before):
            score = 0.9
            if rule.label == "licence" and driving_licence_is_valid(digits_of(reading.text[start:end])):
                score = 0.98
            yield Hit("privacy.other_id", start, end, score, rule.severity, rule.why)
    if "residence" in reading.names:
        # "在留資格 技術 カード番号 AB12345678CD": no other number has this form, so that it may stand apart from its label
        for match in _RESIDENCE.finditer(reading.text):
            label = governing(reading.labels, reading.text, *match.span())
            if label is None or not numbers_a_thing(reading.text, label):
                why = Reason("labelled as a residence card number", "在留カード番号を示す見出しがあります")
                yield Hit("privacy.other_id", *match.span(), 0.9, Severity.HIGH, why)
    if "insurance" in reading.names and _WRITES_A_SIGN.search(reading.text):
        # "保険者番号 06130132 記号 12 番号 345": the pair stands apart from its label
        for match in _SIGN_AND_NUMBER.finditer(reading.text):
            why = Reason("symbol and number of an insurance card", "保険証の記号と番号です")
            yield Hit("privacy.other_id", *match.span(), 0.95, Severity.HIGH, why)
    if "licen" in reading.small:
        why = Reason(
            "behind the word licence, check digit valid", "licence（免許）の語の後にあり、検査数字が正しい番号です"
        )
        yield from _valid_licences(_LICENSE, reading.text, 0.8, why)
    if "号" in reading.text and _OF_A_LICENCE.search(reading.text):
        why = Reason(
            "written as on a driving licence, check digit valid", "運転免許証と同じ書き方で、検査数字が正しい番号です"
        )
        yield from _valid_licences(_NUMBERED_LICENCE, reading.text, 0.85, why)
    if "生" in reading.text or "誕" in reading.text or "うまれ" in reading.text:
        for match in _BORN_BEHIND.finditer(reading.text):
            yield Hit(
                "privacy.other_id",
                *match.span(),
                0.9,
                Severity.MEDIUM,
                Reason("labelled as a date of birth", "生年月日であることが書かれています"),
            )


def find_japanese(reading: Reading) -> list[Hit]:
    """Hits in a folded text; they may overlap."""
    return [*_my_numbers(reading), *_labelled(reading)]


def may_hold(reading: Reading) -> bool:
    """Whether `find_japanese` could find anything: it needs a label of its kinds or twelve digits."""
    return reading.digits >= 12 or not _NAMES.isdisjoint(reading.names) or "生" in reading.text
