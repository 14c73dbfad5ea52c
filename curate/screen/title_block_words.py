"""What stands in the cells of a title block: roles, other headings, departments, and what a name looks like. Pure.

What a cell under a role says is taken for a name unless it is known to be something else: a date, a number, a department,
a word of drawings.
"""

from __future__ import annotations

import re

from curate.screen.folding import fold
from curate.screen.labelled_names import ONE_LETTER_NAME, SURNAME

# Letters of roles with the forms that OCR makes of them at ten pixels.
_FORMS = {
    "設": "設设殳没",
    "計": "計计訃汁",
    "製": "製制裂",
    "図": "図圖图國国囡回囲囯固",
    "検": "検檢检険栓秧棟横",
    "認": "認认忍",
    "査": "査查",
    "審": "審审",
    "担": "担坦组組姐但胆",
    "当": "当",
    "確": "確确",
    "責": "責责",
    "者": "者著",
}
_ROLES_JA = (
    "設計|製図|検図|承認|照査|審査|作図|担当|作成|確認|検印|責任者|起案|出図|校閲|立案|調製|立会|記入|検認|認可|査閲|写図|製作者|発行者|管理者|監督"
    "|監修|お?氏名|お?名前|担当者名|部長|課長|係長|主任|所長|工場長|社長|撮影"
)
_ROLES_EN = (
    "DRAWN|DRN|DRWN|DR|DRAFTED|DRAFTER|DRAFTSMAN|DESIGNED|DESIGNER|DSGN|DSN|DES|DESIGN|CHECKED|CHECKER|CHECK|CHK'?D?|CKD"
    "|APPROVED|APPROVER|APPROVAL|APPR|APP'?D|APVD|PREPARED|PREP|REVIEWED|REVIEWER|RVWD|INSPECTED|INSPECTOR|ENGINEER|ENGR?"
    "|(?:ENG|MFG|QA) ?APPR|AUTHOR|CREATED|TRACED|ISSUED|RELEASED|VERIFIED|AUTHORI[ZS]ED|SUPERVISOR|MANAGER|NAME|SIGNATURE"
    "|SIGNED|OPERATOR|CONTACT|IN ?CHARGE|PIC"
)
_JA = "".join(f"[{_FORMS[c]}]" if c in _FORMS else c for c in _ROLES_JA)
_ROLE_JA = rf"(?:{_JA})(?:[{_FORMS['者']}]名?|氏名|印|欄)?"
_ROLE_EN = rf"(?:{_ROLES_EN})\.?(?: ?[B8]Y)?\.?"
_ROLE = re.compile(
    rf"[(\[]?(?:{_ROLE_JA}[/・(]?(?:{_ROLE_EN})?|{_ROLE_EN}[/・(]?(?:{_ROLE_JA})?)[)\]]?[:;.]?", re.IGNORECASE
)
_ONE_ROLE = re.compile(rf"{_ROLE_JA}|{_ROLE_EN}(?![A-Za-z])", re.IGNORECASE)
_ROLES = re.compile(rf"(?:(?:{_ROLE_JA}|{_ROLE_EN}(?![A-Za-z]))[\s|/]*){{2,}}", re.IGNORECASE)
_HEAD_JA = re.compile(rf"(?:{_JA})[{_FORMS['者']}]?名?[ :;/]*")
_HEAD_EN = re.compile(rf"(?:{_ROLES_EN})\.?(?: ?[B8]Y)?(?: *[:;.] *| +)", re.IGNORECASE)

# Cells of a title block that are neither a role nor a name.
_OTHER_CELL = re.compile(
    "図[番名面号]|品[名番目質]|名称|材[質料]|尺度|縮尺|日付|年月|月日|期日|単位|公差|数量|個数|員数|質量|重量|改[訂定]|訂正|変更|備考|記事|注記|投影|表面|処理"
    "|客先|納入|工[番程事]|型式|形式|機種|部品|番号|版数|頁|枚|会社|株式|有限|所属|部署|符号|記号|規格|摘要|角法|仕様|寸法|断面|外観|詳細|組立|一般|標準"
    "|電話|住所|連絡|郵便|個人|社員|製造|製品|商品|検査|合格|不要|必要|済|未|省略|同上|同左|別[紙途記]|参照|余白|なし|無し|有り|不明|共通|原寸|承認|極秘|社外|秘"
    "|取扱|注意|至急|一式|回覧|控え|黒染|焼入|焼戻|鋼|鉄|樹脂|ゴム|ボルト|ナット|軸|歯車|フランジ|ポンプ|バルブ|モータ|入り$|付き$|なし$"
)
_UNIT = re.compile(r"(?:部|課|係|室|班|局|科|隊|組|社|所|場|署|店|部門|グループ|チーム|センター|ユニット|一同|G[rR]?)$")
_UNIT_OF_TWO = frozenset(
    ["本部", "支部", "各部", "全部", "外部", "内部", "上部", "下部", "一部", "工場", "現場", "市場", "役所", "本所", "支所", "場所", "本社", "支社", "当社", "弊社", "他社", "各社", "本店", "支店", "教室", "別室"]
)  # fmt: skip
_NAME_LIKE_A_UNIT = re.compile(r".[部所場科室]|長谷部|日下部|小田部")  # 服部, 田所, 馬場, 仁科, 氷室 and longer ones
_NAME_JA = re.compile(r"[一-龥々ヶ]{1,4} ?[一-龥々ヶぁ-んァ-ヴー]{0,5}|[ァ-ヴー]{2,10}[ ・][ァ-ヴー]{2,10}")
# A role of two letters of which the other one was misread (承期, 樂図); 設楽 is a surname.
_ALMOST_A_ROLE = re.compile(rf"(?!設楽)[設承検製裝].|.[{_FORMS['図']}{_FORMS['認']}{_FORMS['査']}韶]")
_SURNAME = re.compile(rf"(?:{SURNAME})")
_NAME_EN = re.compile(r"[A-Z][A-Za-z'’.-]{0,14}(?: ?[A-Z][A-Za-z'’.-]{0,15}){0,3}")
_INITIALS = re.compile(r"[A-Z](?:\.[A-Z]){1,2}\.?")
_WORD_EN = frozenset(
    ["DATE", "SCALE", "TITLE", "SHEET", "SIZE", "REV", "REVISION", "MATERIAL", "FINISH", "WEIGHT", "MASS", "DWG", "DRAWING", "DRAWN", "NO", "NUMBER", "PART", "PARTS", "UNIT", "UNITS", "MM", "INCH", "TOL", "TOLERANCE", "NONE", "NA", "N/A", "TBD", "OK", "YES", "QTY", "ITEM", "DESCRIPTION", "PROJECT", "CUSTOMER", "COMPANY", "CO", "LTD", "INC", "CORP", "GMBH", "DEPT", "DEPARTMENT", "ENGINEERING", "DESIGN", "QUALITY", "MANUFACTURING", "PRODUCTION", "SALES", "SIGN", "SIGNATURE", "BY", "APPROVED", "CHECKED", "DESIGNED", "PREPARED", "CONFIDENTIAL", "PROPRIETARY", "SECRET", "ISSUE", "ISSUED", "RELEASED", "PROJECTION", "THIRD", "FIRST", "ANGLE", "GENERAL", "ASSEMBLY", "DETAIL", "SECTION", "VIEW", "FRONT", "TOP", "SIDE", "STEEL", "ALUMINIUM", "ALUMINUM", "BRASS", "COPPER", "PLASTIC", "RUBBER", "SUS", "INITIAL", "INITIALS", "NAME", "PASS", "PASSED", "FAIL", "DO", "NOT", "FOR", "THE", "AND", "OF", "IN", "TYPE", "MODEL", "SERIAL", "LOT", "CODE", "REF", "TEL", "FAX", "EMAIL", "E-MAIL", "MAIL", "PHONE", "ADDRESS", "BEARING", "HOUSING", "BRACKET", "SHAFT", "GEAR", "BOLT", "NUT", "SCREW", "WASHER", "PLATE", "COVER", "FLANGE", "PUMP", "VALVE", "MOTOR", "FRAME", "BASE", "BODY"]
)  # fmt: skip
_BEHIND = re.compile(r"[\s(]*(?:(?<![A-Za-z-])['’]?\d{1,4} ?[./年-] ?\d.*|[印㊞]|様|殿|氏)$")


def is_role(text: str) -> bool:
    """Whether a cell says nothing but who did something: 設計, 承認者:, DRAWN BY, 検図 CHECKED."""
    return _ROLE.fullmatch(re.sub(r"\s", "", fold(text).text)) is not None


def roles_side_by_side(text: str) -> list[tuple[int, int]]:
    """Spans of two or more roles that make up the whole text, or nothing."""
    if _ROLES.fullmatch(text.strip()) is None:
        return []
    return [match.span() for match in _ONE_ROLE.finditer(text)]


def behind_role(text: str) -> int | None:
    """Where the rest begins in a folded line that begins with a role, or None."""
    match = _HEAD_JA.match(text) or _HEAD_EN.match(text)
    return match.end() if match is not None and match.end() < len(text) else None


def name_in(text: str, *, whole_cell: bool = True) -> tuple[int, int] | None:
    """Span of the name in a folded text, or None where it holds something else.

    Of what follows a role without a space (`whole_cell` false), one letter is never a name and two only where they
    begin with a common surname: "承認印", "担当分".
    """
    start = len(text) - len(text.lstrip(" :;/・.-"))
    end = len(text)
    while (behind := _BEHIND.search(text, start, end)) is not None and behind.start() > start:
        end = behind.start()
    name = text[start:end].rstrip(" .,:;|/")
    if not name or is_role(name):
        return None
    span = start, start + len(name)
    if _NAME_JA.fullmatch(name):
        return span if _is_japanese_name(name.replace(" ", ""), whole_cell=whole_cell) else None
    if _INITIALS.fullmatch(name):
        return span
    if _NAME_EN.fullmatch(name):
        words = [word for word in re.split(r"[ .]+", name) if word]
        if len(words) < 2 and sum(letter.isalpha() for letter in words[0]) < 3:
            return None
        return None if any(word.upper() in _WORD_EN for word in words) else span
    return None


def _is_japanese_name(letters: str, *, whole_cell: bool) -> bool:
    if len(letters) == 1:
        return whole_cell and letters in ONE_LETTER_NAME
    known = _SURNAME.match(letters) is not None
    if not known and _ALMOST_A_ROLE.fullmatch(letters):
        return False
    if not known and (_OTHER_CELL.search(letters) is not None or (not whole_cell and len(letters) < 3)):
        return False
    if _UNIT.search(letters) is None:
        return True
    return (known or _NAME_LIKE_A_UNIT.fullmatch(letters) is not None) and letters not in _UNIT_OF_TWO
