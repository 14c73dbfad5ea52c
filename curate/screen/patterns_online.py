"""Passwords and keys, names of accounts in social networks, and coordinates, in folded text. Pure.

A password is told by its label and a mark between them; keys of the large services by their form. A handle counts behind
the name of its network, or as the address of a profile; coordinates behind their label, in degrees and minutes, or as a
pair with four places or more after the point.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.finding import Severity
from curate.screen.hit import Hit, strongest
from curate.screen.labels import Reading
from curate.screen.literal_trie import trie_pattern
from curate.screen.wording import Reason

_SECRET_LABEL = (
    r"(?:パスワード|ﾊﾟｽﾜｰﾄﾞ|パスフレーズ|暗証番号|暗号化?キー|アクセスキー|秘密鍵|認証キー|認証コード|(?<![A-Za-z])(?i:password|passwd|passphrase|passcode|pwd|pw|pin code|"
    r"api[ _-]?key|secret[ _-]?key|access[ _-]?key|auth[ _-]?token|bearer|wpa2?[ _-]?key|psk))"
)
_SECRET = re.compile(
    rf"{_SECRET_LABEL}(?:\s?[:=]\s?|は\s?[「『\"']?|\s(?=[^\s]*[0-9!#$%&*+?@^~][^\s]*))(?P<value>[!-~]{{4,64}})(?<![,.;:)])"
)
_SIGN_IN = re.compile(
    r"(?i:(?<![A-Za-z])id ?[/&] ?(?:pw|pass(?:word)?)) ?[:=] ?(?P<value>[!-~]{2,32} ?[/,&] ?[!-~]{4,64})"
)
_KEYS = re.compile(
    r"(?<![A-Za-z0-9])(?:AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35}|gh[pousr]_[0-9A-Za-z]{36,}|xox[abpr]-[0-9A-Za-z-]{10,}|sk-[A-Za-z0-9_-]{20,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})(?![A-Za-z0-9])|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
# What follows a label of a password and is none: how long it is, what kind, an instruction.
_NO_SECRET = re.compile(
    r"(?i)^(?:[0-9]+ ?(?:桁|文字|digits?|characters?)|reset|required|protected?|protection|change|manager|none|n/?a|tbd|[*•x]+)$"
)
_NETWORKS = (
    r"(?:(?<![A-Za-z])(?i:line ?id|wechat(?: ?id)?|weixin|twitter|instagram|insta|facebook|tiktok|skype(?: ?id)?|telegram|discord|kakao(?:talk)?(?: ?id)?|snapchat|mixi)|LINE(?=の?(?:ID|アカウント)|\s?@)"
    r"|インスタ(?:グラム)?|ツイッター|フェイスブック|微信)"
)
_HANDLE = re.compile(
    rf"{_NETWORKS}(?:の?(?:ID|アカウント))?(?: ?[:=] ?@?|は ?@?|\s?@)(?P<value>[A-Za-z][A-Za-z0-9._-]{{2,30}}[A-Za-z0-9_])"
)
_PROFILE = re.compile(
    r"(?i)(?<![a-z0-9-])(?:x|twitter|instagram|facebook|tiktok|linkedin|github|t)\.(?:com|me)/(?:in/|@)?(?P<value>(?!(?:in|pages|groups|share|intent|p|reel|watch|explore|company)\b)[a-z0-9._-]{3,40})"
)
_DECIMAL_PAIR = re.compile(
    r"(?:緯度|北緯|南緯|(?<![A-Za-z])(?i:lat(?:itude)?|gps)|座標)\s?[:=(]?\s?[+-]?[0-9]{1,2}\.[0-9]{2,}[^0-9]{1,12}[+-]?[0-9]{1,3}\.[0-9]{2,}"
    r"|(?<![0-9.])[+-]?[0-9]{1,2}\.[0-9]{4,8}\s?,\s?[+-]?[0-9]{2,3}\.[0-9]{4,8}(?![0-9.])"
)
_MINUTES = re.compile(
    r"(?:(?:北緯|南緯)\s?)?[0-9]{1,2}\s?[°度]\s?[0-9]{1,2}\s?['′’分]\s?(?:[0-9]{1,2}(?:\.[0-9]+)?\s?(?:[\"″”秒]|'')\s?)?[NS]?[\s,、/]{0,3}"
    r"(?:(?:東経|西経)\s?)?[0-9]{1,3}\s?[°度]\s?[0-9]{1,2}\s?['′’分](?:\s?[0-9]{1,2}(?:\.[0-9]+)?\s?(?:[\"″”秒]|''))?\s?[EW]?"
)
_KEY = Reason("labelled as a password or key, or built like one", "パスワードや鍵を示す見出し、または鍵の形があります")
_ACCOUNT = Reason("the name of an account in a social network", "SNSなどのアカウント名です")
_PLACE = Reason("coordinates in a text", "文章に緯度・経度が書かれています")
# One of these stands in all that is found here, in small letters.
_WORDS = [
    "pass", "pwd", "pw", "psk", "key", "token", "bearer", "akia", "aiza", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "xox", "sk-", "eyj", "private", "line", "wechat",
    "weixin", "twitter", "insta", "facebook", "tiktok", "skype", "telegram", "discord", "kakao", "snapchat", "mixi", ".com/", ".me/", "lat", "gps",
    "インスタ", "パスワード", "パスフレーズ", "暗証", "暗号", "アクセスキー", "秘密鍵", "認証", "ツイッター", "フェイスブック", "微信", "緯", "座標", "度", "°",
]  # fmt: skip
_MAY = re.compile(trie_pattern(_WORDS))
_PRECISE = re.compile(r"[0-9]\.[0-9]{4}")


def may_hold(reading: Reading) -> bool:
    return _MAY.search(reading.small) is not None or _PRECISE.search(reading.small) is not None


def find_online(reading: Reading) -> list[Hit]:
    """Hits in a folded text; they do not overlap."""
    return list(strongest(_found(reading.text)))


def _found(text: str) -> Iterator[Hit]:
    for pattern in (_SECRET, _SIGN_IN):
        for match in pattern.finditer(text):
            if _NO_SECRET.match(match.group("value")) is None:
                yield Hit("content.credential", *match.span("value"), 0.8, Severity.HIGH, _KEY)
    for match in _KEYS.finditer(text):
        yield Hit("content.credential", *match.span(), 0.95, Severity.HIGH, _KEY)
    for pattern in (_HANDLE, _PROFILE):
        for match in pattern.finditer(text):
            yield Hit("privacy.other_id", *match.span("value"), 0.8, Severity.MEDIUM, _ACCOUNT)
    for pattern in (_DECIMAL_PAIR, _MINUTES):
        for match in pattern.finditer(text):
            yield Hit("privacy.gps", *match.span(), 0.85, Severity.MEDIUM, _PLACE)
