"""What the payload of a code says by its form: contact cards, telephone and mail links, network keys, links. Pure.

Forms: vCard (RFC 6350, and 2.1 and 3.0 before it), MECARD, BIZCARD and MATMSG (the de facto forms of Japanese telephones
and of ZXing's wiki), `tel:` (RFC 3966), `mailto:` (RFC 6068), `sms:`, `WIFI:` (Wi-Fi Alliance, WPA3 specification, 7.1),
`otpauth:`, and links with parameters (RFC 3986). What a payload says in running text, the patterns for texts find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote_plus

from curate.finding import Severity
from curate.screen.hit import Hit
from curate.screen.wording import NO_REASON, Reason

_NAME, _PHONE, _EMAIL = "privacy.person_name", "privacy.phone", "privacy.email"
_ADDRESS, _ID, _KEY = "privacy.address", "privacy.other_id", "content.credential"

_ON_A_CARD = Reason("on a contact card", "コードに含まれる連絡先カードの項目です")
_READING = Reason("the reading of a name on a contact card", "コードに含まれる連絡先カードの、氏名の読みです")
_ADDRESSEE = Reason("the addressee of a message", "コードに含まれるメッセージの宛先です")
_ONE_TIME = Reason("the secret of a one-time password", "コードに含まれるワンタイムパスワードの秘密鍵です")
_TELEPHONE_LINK = Reason("a telephone link", "コードに含まれる電話リンクです")
_MAIL_LINK = Reason("a mail link", "コードに含まれるメールリンクです")
_WIRELESS = Reason("the key of a wireless network", "コードに含まれる無線LANの接続キーです")
_PASSWORD = Reason("a password inside a link", "コードのリンクに書き込まれたパスワードです")

# Property -> kind and why. ORG, TITLE, URL and NOTE name no person by themselves; NOTE is running text.
_VCARD = {
    "FN": (_NAME, _ON_A_CARD),
    "N": (_NAME, _ON_A_CARD),
    "NICKNAME": (_NAME, _ON_A_CARD),
    "SOUND": (_NAME, _READING),
    "X-PHONETIC-LAST-NAME": (_NAME, _READING),
    "X-PHONETIC-FIRST-NAME": (_NAME, _READING),
    "TEL": (_PHONE, _ON_A_CARD),
    "EMAIL": (_EMAIL, _ON_A_CARD),
    "ADR": (_ADDRESS, _ON_A_CARD),
    "BDAY": (_ID, Reason("a date of birth on a contact card", "コードに含まれる連絡先カードの生年月日です")),
}
_MECARD = {**_VCARD, "TO": (_EMAIL, _ADDRESSEE), "A": (_ADDRESS, _ON_A_CARD),
           "B": (_PHONE, _ON_A_CARD), "M": (_PHONE, _ON_A_CARD), "E": (_EMAIL, _ON_A_CARD),
           "X": (_NAME, _ON_A_CARD)}  # fmt: skip
# In MECARD these letters mean nothing; in BIZCARD they are address, phones, mail and last name.
_BIZCARD_ONLY = frozenset("ABMEX")

_VCARD_LINE = re.compile(r"^(?:[\w-]+\.)?([A-Za-z-]+)(?:;[^:\r\n]*)?:([^\r\n]*)", re.MULTILINE)
_FIELD = re.compile(r"([A-Za-z-]+):((?:\\.|[^;\\])*)(?:;|$)", re.DOTALL)
_LINK = re.compile(r"(?i)\s*(?:url(?:to)?:)?(https?://\S+)")
_LOGIN = re.compile(r"(?i)^[a-z]+://[^/?#@\s:]+:([^/?#@\s]+)@")
_PARAMETER = re.compile(r"[?&#;]([^=&#;?]+)=([^&#;]+)")
_NOTHING_SAID = re.compile(r"[\s;,:/.\-_]*")

# Names of parameters, without case, - and _.
_PARAMETERS = {
    _EMAIL: {"email", "mail", "mailaddress", "emailaddress", "メール"},
    _PHONE: {"tel", "phone", "telephone", "mobile", "phonenumber", "telno", "電話", "電話番号"},
    _NAME: {"firstname", "lastname", "fullname", "surname", "familyname", "givenname", "username", "shimei", "sei", "mei",
            "氏名", "担当者", "お名前"},
    _ADDRESS: {"address", "streetaddress", "住所"},
    _ID: {"employee", "employeeid", "employeeno", "empid", "empno", "staffid", "staffno", "memberid", "memberno",
          "customerid", "customerno", "patientid", "patientno", "userid", "birthday", "birthdate", "dob", "mynumber",
          "社員番号", "会員番号", "顧客番号", "患者番号"},
    _KEY: {"password", "passwd", "pwd", "pass", "token", "accesstoken", "apikey", "secret", "sessionid", "session",
           "authkey", "パスワード"},
}  # fmt: skip
_KIND_OF = {name: kind for kind, names in _PARAMETERS.items() for name in names}
# What a shop calls its goods by too: a person only beside another parameter that speaks of one.
_NAME_OF_ANYTHING = frozenset({"name", "namae", "名前", "n"})


def find_in_payload(text: str) -> list[Hit]:
    """Personal data and keys that the form of a payload shows, spans in code points of `text`, in reading order."""
    head = text.lstrip().upper()
    if head.startswith("BEGIN:VCARD"):
        hits = _vcard(text)
    elif head.startswith(("MECARD:", "BIZCARD:", "MATMSG:")):
        hits = _fields(text, bizcard=head.startswith("BIZCARD:"))
    elif head.startswith("WIFI:"):
        hits = _network(text)
    elif head.startswith("OTPAUTH:"):
        hits = iter([_hit(_KEY, 0, text, _ONE_TIME)])
    elif (link := re.match(r"(?i)\s*(tel|telprompt|facetime|sms|smsto|mms|mmsto):([^?:;]+)", text)) is not None:
        hits = iter([_hit(_PHONE, link.start(2), link.group(2), _TELEPHONE_LINK)])
    elif (link := re.match(r"(?i)\s*mailto:([^?]+)", text)) is not None:
        hits = iter([_hit(_EMAIL, link.start(1), link.group(1), _MAIL_LINK)])
    elif (link := _LINK.match(text)) is not None:
        hits = _link(link.group(1), link.start(1))
    else:
        return []
    return [hit for hit in hits if not _NOTHING_SAID.fullmatch(text[hit.start : hit.end])]


def readable(text: str) -> str:
    """The payload as running text: a link with its escapes resolved, anything else as it is."""
    return unquote_plus(text) if _LINK.match(text) else text


def _hit(kind: str, start: int, value: str, why: Reason, severity: Severity | None = None) -> Hit:
    usual = Severity.HIGH if kind in (_ID, _KEY) else Severity.MEDIUM
    return Hit(kind, start, start + len(value), 0.95, severity or usual, why)


def _vcard(text: str) -> Iterator[Hit]:
    company = {
        match.group(2).split(";")[0].strip() for match in _VCARD_LINE.finditer(text) if match.group(1).upper() == "ORG"
    }
    for match in _VCARD_LINE.finditer(text):
        kind, why = _VCARD.get(match.group(1).upper(), ("", NO_REASON))
        # A card of a company repeats its name where the person's would stand.
        if kind and not (kind == _NAME and match.group(2).strip(" ;") in company):
            yield _hit(kind, match.start(2), match.group(2), why)


def _fields(text: str, *, bizcard: bool) -> Iterator[Hit]:
    start = text.index(":") + 1
    for match in _FIELD.finditer(text, start):
        name = match.group(1).upper()
        kind, why = _MECARD.get(name, ("", NO_REASON))
        if kind and (bizcard or name not in _BIZCARD_ONLY):
            yield _hit(kind, match.start(2), match.group(2), why)


def _network(text: str) -> Iterator[Hit]:
    fields = list(_FIELD.finditer(text, text.index(":") + 1))
    if any(match.group(1).upper() == "T" and match.group(2).strip().lower() == "nopass" for match in fields):
        return
    for match in fields:
        if match.group(1).upper() in ("P", "K"):
            yield _hit(_KEY, match.start(2), match.group(2), _WIRELESS)


def _link(link: str, start: int) -> Iterator[Hit]:
    if (login := _LOGIN.match(link)) is not None:
        yield _hit(_KEY, start + login.start(1), login.group(1), _PASSWORD)
    named = [
        (re.sub(r"[-_\s\[\]]", "", unquote_plus(match.group(1))).lower(), match) for match in _PARAMETER.finditer(link)
    ]
    person = any(name in _KIND_OF and _KIND_OF[name] != _KEY for name, _ in named)
    for name, match in named:
        kind = _KIND_OF.get(name) or (_NAME if person and name in _NAME_OF_ANYTHING else None)
        if kind is not None:
            # A number in a link is weaker than one on a document: whose it is, only the operator of the site knows.
            severity = Severity.MEDIUM if kind == _ID else None
            yield _hit(
                kind,
                start + match.start(2),
                match.group(2),
                Reason(f"a parameter of a link ({name})", f"コードのリンクのパラメーター（{name}）です"),
                severity,
            )
