"""PLUS, TDM and IPTC properties that an XMP packet, a manifest or a sidecar states (PLUS LDF XMP 1.2.1, 2023; IPTC
Photo Metadata 2023.1; TDM Reservation Protocol, W3C Community Group Report of 2022)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date

from curate.finding import Severity
from curate.rights_verdict import RightsChannel, Strength
from curate.screen.rights.statement import TDM_RESERVATION, Statement, forbids
from curate.screen.wording import NO_REASON, Reason, as_stated
from curate.screen.xmp import XmpValue

# PLUS Data Mining vocabulary: everything but the first two prohibits, also what is not in this table.
DATA_MINING = {
    "DMI-UNSPECIFIED": Strength.SILENT,
    "DMI-ALLOWED": Strength.ALLOWS,
    "DMI-PROHIBITED-AIMLTRAINING": Strength.FORBIDS,
    "DMI-PROHIBITED-GENAIMLTRAINING": Strength.FORBIDS,
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": Strength.FORBIDS,
    "DMI-PROHIBITED": Strength.FORBIDS,
    "DMI-PROHIBITED-SEECONSTRAINT": Strength.FORBIDS,
    "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": Strength.FORBIDS,
    "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": Strength.FORBIDS,
}
_TERM = re.compile(r"DMI-[A-Z-]*[A-Z]", re.IGNORECASE)
_NONE = Reason("stated in the file: none", "ファイルに「なし」と記載されています")
_INCOMPLETE = Reason("stated in the file: limited or incomplete", "ファイルに「限定的または不完全」と記載されています")
_NOT_OF_PLUS = Reason(
    "stated in the file: a value that PLUS does not know", "ファイルに記載された値はPLUSの語彙にありません"
)
# PLUS release status: what is not on record is missing; "not applicable" and "unlimited" hold nothing up.
RELEASES = {
    "MR-NON": _NONE, "MR-NAP": NO_REASON, "MR-UMR": NO_REASON, "MR-LMR": _INCOMPLETE,
    "PR-NON": _NONE, "PR-NAP": NO_REASON, "PR-UPR": NO_REASON, "PR-LPR": _INCOMPLETE,
}  # fmt: skip
_ADULT = re.compile(r"AG-A(?:1[89]|2[0-5])$")  # PLUS Minor Model Age Disclosure: AG-A18 … AG-A25
_MINOR = re.compile(r"AG-(?:U14|A1[0-7])$")
_SYNTHETIC = re.compile(
    r"trainedAlgorithmicMedia|algorithmicMedia|compositeSynthetic|compositeWithTrainedAlgorithmicMedia|virtualRecording",
    re.I,
)
_RIGHTS_EXPRESSION = frozenset(
    {"embdencrightsexpr", "linkedencrightsexpr", "encrightsexpr", "linkedrightsexpr", "rightsexprlangid", "rightsexprenctype"}
)  # fmt: skip
_DATE = re.compile(r"\s*(\d{4})(?:[-:/.]?(\d{2})(?:[-:/.]?(\d{2}))?)?(?!\d)")


def term_of(text: str) -> str:
    """The last part of a vocabulary address in capitals; the text itself if it is no address."""
    return re.split(r"[/#]", text.strip().rstrip("/#"))[-1].strip().upper()


def mining_statement(channel: RightsChannel, field: str, text: str) -> Iterator[Statement]:
    """What a value of plus:DataMining says."""
    term = term_of(text)
    strength = DATA_MINING.get(term)
    if strength is None and (match := _TERM.search(text)):  # a term inside of other words
        term = match.group().upper()
        strength = DATA_MINING.get(term)
    if strength is None or strength is Strength.FORBIDS:
        known = _TERM.fullmatch(term) is not None
        why = (
            as_stated(term[:80])
            if known
            else Reason("a value that PLUS does not know counts as no", "PLUSの語彙にない値のため、禁止とみなします")
        )
        yield forbids(channel, field, term[:80] if known else "unknown value", why)
    else:
        yield Statement(channel, field, term, strength)


def reserved_by_tdm(text: str) -> bool:
    """TDMRep: 0 reserves nothing, 1 reserves; anything else is no value of the protocol and counts as a reservation."""
    return text.strip().lower() not in ("0", "0.0", "false")


def of_properties(
    channel: RightsChannel, values: Iterable[XmpValue], *, today: date, inside: str = ""
) -> Iterator[Statement]:
    """Statements of properties with a meaning of their own. `inside` names the file they stand in, if it is another one."""
    for value in values:
        field = f"{inside}{value.key}"
        key, name = value.key, value.name.lower()
        if name == "datamining" or "DMI-PROHIBITED" in value.text.upper():
            yield from mining_statement(channel, field, value.text)
        elif (key.startswith("tdm:") or name.startswith("tdm")) and name.replace("_", "-") in (
            "reservation",
            "tdm-reservation",
        ):
            if reserved_by_tdm(value.text):
                yield forbids(channel, field, "TDM reservation", TDM_RESERVATION)
            else:
                yield Statement(channel, field, "TDM reservation 0", Strength.SILENT)
        elif (key.startswith("tdm:") or name.startswith("tdm")) and name.replace("_", "-") in ("policy", "tdm-policy"):
            # TDMRep, 4: a policy says on which terms mining is licensed; nobody here fetches it.
            why = Reason(
                "terms of mining that are kept elsewhere", "データマイニングの条件は別の場所にあり、取得しません"
            )
            yield Statement(channel, field, "TDM policy kept elsewhere", Strength.HOLDS, "rights.license_unknown", why)
        elif name == "licenseenddate" or name == "expirationdate":
            yield from of_end(channel, field, value.text, today)
        elif name == "licensestartdate":
            yield from _of_start(channel, field, value.text, today)
        elif name in ("modelreleasestatus", "propertyreleasestatus"):
            missing = RELEASES.get(term_of(value.text), _NOT_OF_PLUS)
            if missing.en:
                yield Statement(
                    channel,
                    field,
                    term_of(value.text)[:20],
                    Strength.HOLDS,
                    "rights.release_missing",
                    missing,
                )
        elif name == "minormodelagedisclosure":
            yield from _of_age(channel, field, term_of(value.text))
        elif name == "modelage" and re.fullmatch(r"\d{1,3}", value.text) and int(value.text) < 18:
            yield Statement(
                channel,
                field,
                "a minor",
                Strength.LIMITS,
                "privacy.minor",
                Reason("the age stated is below 18", "記載された年齢は18歳未満です"),
            )
        elif name == "digitalsourcetype" and _SYNTHETIC.search(value.text):
            term = re.split(r"[/#]", value.text)[-1][:60]
            yield Statement(channel, field, term, Strength.SILENT, "content.synthetic", as_stated(term))
        elif name in _RIGHTS_EXPRESSION:
            why = Reason("a rights expression that is not interpreted", "解釈の対象外の権利記述言語で書かれています")
            yield Statement(channel, field, "rights expression", Strength.NOTICE, "rights.reserved_notice", why)


def _of_age(channel: RightsChannel, field: str, term: str) -> Iterator[Statement]:
    if _ADULT.match(term):
        return
    if _MINOR.match(term):
        yield Statement(
            channel,
            field,
            term,
            Strength.LIMITS,
            "privacy.minor",
            Reason("stated in the file", "ファイルに記載されています"),
        )
    else:
        why = Reason("the age of a person shown is not known", "写っている人物の年齢が分かりません")
        yield Statement(channel, field, term[:20], Strength.LIMITS, "privacy.minor", why, Severity.MEDIUM)


def read_date(text: str, *, end: bool) -> date | None:
    """A date written as in XMP, IIM or EXIF, of which month and day may be missing: then its first, or last, day."""
    match = _DATE.match(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None  # the pattern wants it
    try:
        month_ = month or (12 if end else 1)
        return date(year, month_, day or (monthrange(year, month_)[1] if end else 1))
    except ValueError:
        return None


def of_end(channel: RightsChannel, field: str, text: str, today: date) -> Iterator[Statement]:
    """An end of the licence, or a last day of use, that the file states."""
    end = read_date(text, end=True)
    if end is None:
        why = Reason("the end which the file states is no date", "ファイルに記載された終了日を日付として読み取れません")
        yield Statement(channel, field, "unreadable date", Strength.HOLDS, "rights.license_unknown", why)
    elif end < today:
        why = Reason(f"the file states {end.isoformat()}", f"ファイルに記載された終了日は {end.isoformat()} です")
        yield Statement(channel, field, f"ended {end.isoformat()}", Strength.FORBIDS, "rights.license_expired", why)


def _of_start(channel: RightsChannel, field: str, text: str, today: date) -> Iterator[Statement]:
    start = read_date(text, end=False)
    if start is None:
        why = Reason(
            "the beginning which the file states is no date", "ファイルに記載された開始日を日付として読み取れません"
        )
        yield Statement(channel, field, "unreadable date", Strength.HOLDS, "rights.license_unknown", why)
    elif start > today:
        why = Reason(f"the file states {start.isoformat()}", f"ファイルに記載された開始日は {start.isoformat()} です")
        yield Statement(
            channel, field, f"begins {start.isoformat()}", Strength.HOLDS, "rights.license_not_started", why
        )
