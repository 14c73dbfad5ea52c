"""Which label governs a number: "個人番号 …" and "型番 …" may stand in one caption, the nearer one decides.

A check digit alone is no detector: one random number in ten passes it. Labels are searched in folded text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

REACH = 30  # characters between a label and the number it governs
REACH_AFTER = 10  # a label in brackets behind the number

PART = "part"  # whatever is numbered here, it is a thing

_JA: dict[str, str] = {
    "my_number": r"個人番号|マイ ?ナンバー",
    "driving_licence": r"(?:運転)?免許(?:証)?(?:の)?(?:番号|No\.?)?",
    "passport": r"旅券(?:番号)?|パスポート(?:番号)?",
    "residence_card": r"在留カード(?:番号)?|在留(?:資格)?番号",
    "account": r"口座(?:番号)?|普通預金|当座預金|振込先",
    "insurance": r"被?保険者(?:証|番号|記号)*|健康保険(?:証)?(?:番号|記号)?",
    "pension": r"基礎年金番号|年金(?:手帳)?番号",
    "employee": r"社員(?:番号|ID|No\.?|コード)|従業員(?:番号|コード)|職員番号",
    "birth": r"生年月日|誕生日",
    "phone": r"電話(?:番号)?|携帯(?:電話)?(?:番号)?|連絡先|ファッ?クス|お?問い?合わ?せ先?(?!番号)|内線|[☎☏✆📞📱℡]",
    "card": r"クレジット(?:カード)?(?:番号)?|カード番号",
    PART: (
        r"[型品形図製部]番|型式|形式|部品(?:番号|コード|No\.?)|図面(?:番号|No\.?)|製(?:造|品)(?:番号|コード|No\.?)"
        r"|商品(?:番号|コード)|品目(?:番号|コード)|(?:受|発)?注(?:文)?(?:番号|No\.?)|伝票番号|管理(?:番号|コード)"
        r"|整理番号|ロット|シリアル|バーコード|法人番号|登録番号|カタログ(?:番号|No\.?)|資産番号|検査番号|証明書番号"
        r"|仕様書(?:番号)?|特[許開願]|実用新案|意匠|在庫(?:番号|コード)|追跡番号|お?問い?合わ?せ番号|機番|号機|規格"
    ),
}
_EN: dict[str, str] = {
    "my_number": r"my ?number|individual number",
    "driving_licence": r"driv(?:er'?s?|ing) licen[cs]e(?: (?:no\.?|number))?",
    "passport": r"passport(?: (?:no\.?|number))?",
    "residence_card": r"residence card(?: (?:no\.?|number))?",
    "account": r"(?:bank )?account(?: (?:no\.?|number))?|iban",
    "employee": r"employee (?:id|no\.?|number)",
    "birth": r"date of birth|d\.?o\.?b\.?|birth ?da(?:te|y)|born(?: on)?",
    "phone": r"tel(?:ephone)?|phone|mobile|cell(?:phone)?|fax|call|contact|whatsapp",
    "card": r"credit ?card|debit ?card|card (?:no\.?|number)|visa|master ?card|amex|jcb",
    "ssn": r"ssn|social security(?: (?:no\.?|number))?",
    PART: (
        r"part(?:s)? ?(?:no\.?|number|#)|p/?n|s/?n|serial(?: (?:no\.?|number))?|lot|batch|model(?: no\.?)?"
        r"|item(?: no\.?)?|d(?:ra)?wi?n?g(?: ?(?:no\.?|number|#))?|order(?: (?:no\.?|number))?"
        r"|cat(?:alog(?:ue)?)?\.? ?(?:no\.?|number)|ref|bar ?code|patent|sku|jan|ean|upc|gtin|isbn|mpn|asin|jis|iso|din"
        r"|type|tracking|po|code|product (?:id|no\.?)|dim(?:ensions?)?|size|spec"
    ),
}


def _group(name: str) -> str:
    alternatives = [_JA[name]] if name in _JA else []
    if name in _EN:
        alternatives.append(rf"(?<![A-Za-z])(?:{_EN[name]})(?![A-Za-z])")
    return f"(?P<{name}>{'|'.join(alternatives)})"


# A reader for My Number cards is a product; its name is no label.
_LABEL = re.compile(
    r"(?P<product>(?:マイ ?ナンバー|個人番号|免許証)カード ?(?:リーダー?|対応|ケース)|免許証(?:ケース|入れ))|"
    + "|".join(_group(name) for name in dict.fromkeys([*_JA, *_EN])),
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Label:
    name: str
    start: int
    end: int


def labels_in(text: str) -> tuple[Label, ...]:
    """All labels of a folded text in reading order."""
    return tuple(
        Label(match.lastgroup, match.start(), match.end())
        for match in _LABEL.finditer(text)
        if match.lastgroup is not None and match.lastgroup != "product"
    )


def governing(labels: tuple[Label, ...], text: str, start: int, end: int) -> Label | None:
    """The nearest label before [start, end) within reach, else one in brackets right behind it."""
    behind = bisect_right(labels, start, key=lambda label: label.end)
    if behind > 0 and start - labels[behind - 1].end <= REACH:
        return labels[behind - 1]
    for label in labels[behind : behind + 1]:
        if end <= label.start <= end + REACH_AFTER and text[end : label.start].strip() in ("(", "[", "【", "は"):
            return label
    return None


def attached(text: str, start: int, end: int, label: Label | None) -> bool:
    """Whether [start, end) is a piece of a longer code (`AB-1234…`, `…9012-X`, `x_1234`), a label in front excepted."""
    front = text[max(0, start - 2) : start]
    if (label is None or label.end < start - 1) and re.search(r"[0-9A-Za-z][-_/.#]?$|[_#]$", front):
        return True
    return re.match(r"[A-Za-z_]|[-_/.][0-9A-Za-z]", text[end : end + 2]) is not None
