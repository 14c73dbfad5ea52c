"""People in title blocks: a cell 設計 or DRAWN BY and the cell beside or below it that holds a name. Pure.

A language model is no help there: "轟" or "K.ITO" alone in a cell is a name because of what the next cell says, and the
names of a drawing office are not those of the newspapers. What the cell says is taken for a name unless it is known to be
something else: a date, a number, a department, a word of drawings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from curate.picture import TextLine
from curate.screen.folding import fold
from curate.screen.labelled_names import SURNAME
from curate.screen.pixel_text import Frame, frames_of

REACH_BESIDE = 9.0  # heights of a label's line between it and the name to its right
REACH_BELOW = 3.2  # heights of a label's line between it and the name below it

# Each with the forms that OCR makes of it at ten pixels.
_FORMS = {
    "設": "設设殳没",
    "計": "計计訃汁",
    "製": "製制裂",
    "図": "図圖图國国囡回囲囯固",
    "検": "検檢检険栓秧棟横",
    "認": "認认忍",
    "査": "査查",
    "審": "審审",
    "担": "担坦组組姐但但胆",
    "当": "当",
    "確": "確确",
    "責": "責责",
    "者": "者著",
}
_ROLES_JA = [
    "設計",
    "製図",
    "検図",
    "承認",
    "照査",
    "審査",
    "作図",
    "担当",
    "作成",
    "確認",
    "検印",
    "責任者",
    "起案",
    "出図",
    "校閲",
    "立案",
    "調製",
    "立会",
    "記入",
    "検認",
    "認可",
    "査閲",
    "写図",
    "製作者",
    "発行者",
    "管理者",
    "監督",
    "監修",
    "氏名",
    "名前",
    "担当者名",
    "部長",
    "課長",
    "係長",
    "主任",
    "所長",
    "工場長",
    "社長",
    "撮影",
]
_ROLES_EN = [
    "DRAWN",
    "DRN",
    "DRWN",
    "DR",
    "DRAFTED",
    "DRAFTER",
    "DRAFTSMAN",
    "DESIGNED",
    "DESIGNER",
    "DSGN",
    "DSN",
    "DES",
    "DESIGN",
    "CHECKED",
    "CHECKER",
    "CHECK",
    "CHK",
    "CHKD",
    "CHK'D",
    "CKD",
    "APPROVED",
    "APPROVER",
    "APPROVAL",
    "APPR",
    "APPD",
    "APP'D",
    "APVD",
    "PREPARED",
    "PREP",
    "REVIEWED",
    "REVIEWER",
    "RVWD",
    "INSPECTED",
    "INSPECTOR",
    "ENGINEER",
    "ENGR",
    "ENG",
    "ENGAPPR",
    "MFGAPPR",
    "QAAPPR",
    "AUTHOR",
    "CREATED",
    "TRACED",
    "ISSUED",
    "RELEASED",
    "VERIFIED",
    "AUTHORIZED",
    "AUTHORISED",
    "SUPERVISOR",
    "MANAGER",
    "NAME",
    "SIGNATURE",
    "SIGNED",
    "OPERATOR",
    "CONTACT",
    "INCHARGE",
    "PIC",
]
_JA = "|".join("".join(f"[{_FORMS.get(c, c)}]" for c in role) for role in _ROLES_JA)
_EN = "|".join(re.escape(role) for role in sorted(_ROLES_EN, key=len, reverse=True))
_ROLE_JA = rf"(?:{_JA})(?:[{_FORMS['者']}]名?|氏名|印|欄)?"
_ROLE_EN = rf"(?:{_EN})\.?(?:BY|8Y)?\.?"
_LABEL = re.compile(
    rf"[(\[]?(?:{_ROLE_JA}[/・(]?(?:{_ROLE_EN})?|{_ROLE_EN}[/・(]?(?:{_ROLE_JA})?)[)\]]?[:;.]?", re.IGNORECASE
)
_HEAD_JA = re.compile(
    rf"(?P<role>(?:{'|'.join(''.join(f'[{_FORMS.get(c, c)}] ?' for c in role) for role in _ROLES_JA)})[者著]?)[ :;/]*"
)
_HEAD_EN = re.compile(rf"(?P<role>(?:{_EN})\.?(?: ?BY)?)(?:[ ]*[:;.][ ]*|[ ]+)", re.IGNORECASE)

# Cells of a title block that are neither a role nor a name.
_OTHER_CELL = re.compile(
    r"図[番名面号]|品[名番目質]|名称|材[質料]|尺度|縮尺|日付|年月|月日|期日|単位|公差|数量|個数|員数|質量|重量|改[訂定]|訂正|変更|備考|記事|注記|投影|表面|処理|"
    r"客先|納入|工[番程事]|型式|形式|機種|部品|番号|版数|頁|枚|会社|株式|有限|所属|部署|符号|記号|規格|摘要|角法|仕様|寸法|断面|外観|詳細|組立|一般|標準|"
    r"電話|住所|連絡|郵便|個人|社員|製造|製品|商品|検査|合格|不要|必要|済|未|省略|同上|同左|別[紙途記]|参照|余白|なし|無し|有り|不明|共通|原寸|承認|極秘|社外|秘|"
    r"取扱|注意|至急|一式|回覧|控え|黒染|焼入|焼戻|鋼|鉄|樹脂|ゴム|ボルト|ナット|軸|歯車|フランジ|ポンプ|バルブ|モータ"
)
_UNIT = re.compile(
    r"(?:部|課|係|室|班|局|科|隊|組|社|所|場|署|店|部門|グループ|チーム|センター|ユニット|一同|[GＧ][rR]?)$"
)
_TWO_LETTER_UNIT = frozenset(
    [
        "本部",
        "支部",
        "各部",
        "全部",
        "外部",
        "内部",
        "上部",
        "下部",
        "一部",
        "工場",
        "現場",
        "市場",
        "役所",
        "本所",
        "支所",
        "場所",
        "本社",
        "支社",
        "当社",
        "弊社",
        "他社",
        "各社",
        "本店",
        "支店",
        "教室",
        "別室",
    ]
)
_THREE_LETTER_NAME = frozenset(["長谷部", "日下部", "小田部"])
_ONE_LETTER_NAME = frozenset(
    "森林原関東西南北堀辻岡谷榊轟金李王張劉陳朴崔星島嶋橘泉菅柳桂畑沖浜濱秦堤旭峰峯境乾巽宮岸滝瀧牧椿楠梶槙槇今角城杉神仲平武港湊脇"
    "鎌鄭趙孫徐黄呉楊周郭馬高何曹許宋沢澤溝窪葛蔦藤辺郡鬼魚鳥麻黒丸井池的沼潮灘浦畠皆盛芝芳"
)
_NAME_JA = re.compile(r"[一-龥々ヶ]{1,4} ?[一-龥々ヶぁ-んァ-ヴー]{0,5}|[ァ-ヴー]{2,10}[ ・][ァ-ヴー]{2,10}")
_SURNAME = re.compile(rf"(?:{SURNAME})")
_NAME_EN = re.compile(r"[A-Z][A-Za-z'’.-]{0,14}(?: ?[A-Z][A-Za-z'’.-]{0,15}){0,3}")
_INITIALS = re.compile(r"[A-Z](?:\.[A-Z]){1,2}\.?")
_WORD_EN = frozenset(
    [
        "DATE",
        "SCALE",
        "TITLE",
        "SHEET",
        "SIZE",
        "REV",
        "REVISION",
        "MATERIAL",
        "FINISH",
        "WEIGHT",
        "MASS",
        "DWG",
        "DRAWING",
        "DRAWN",
        "NO",
        "NUMBER",
        "PART",
        "PARTS",
        "UNIT",
        "UNITS",
        "MM",
        "INCH",
        "TOL",
        "TOLERANCE",
        "NONE",
        "NA",
        "N/A",
        "TBD",
        "OK",
        "YES",
        "QTY",
        "ITEM",
        "DESCRIPTION",
        "PROJECT",
        "CUSTOMER",
        "COMPANY",
        "CO",
        "LTD",
        "INC",
        "CORP",
        "GMBH",
        "DEPT",
        "DEPARTMENT",
        "ENGINEERING",
        "DESIGN",
        "QUALITY",
        "MANUFACTURING",
        "PRODUCTION",
        "SALES",
        "SIGN",
        "SIGNATURE",
        "BY",
        "APPROVED",
        "CHECKED",
        "DESIGNED",
        "PREPARED",
        "CONFIDENTIAL",
        "PROPRIETARY",
        "SECRET",
        "ISSUE",
        "ISSUED",
        "RELEASED",
        "PROJECTION",
        "THIRD",
        "FIRST",
        "ANGLE",
        "GENERAL",
        "ASSEMBLY",
        "DETAIL",
        "SECTION",
        "VIEW",
        "FRONT",
        "TOP",
        "SIDE",
        "STEEL",
        "ALUMINIUM",
        "ALUMINUM",
        "BRASS",
        "COPPER",
        "PLASTIC",
        "RUBBER",
        "SUS",
        "INITIAL",
        "INITIALS",
        "NAME",
        "PASS",
        "PASSED",
        "FAIL",
        "DO",
        "NOT",
        "FOR",
        "THE",
        "AND",
        "OF",
        "IN",
        "TYPE",
        "MODEL",
        "SERIAL",
        "LOT",
        "CODE",
        "REF",
        "TEL",
        "FAX",
        "EMAIL",
        "E-MAIL",
        "MAIL",
        "PHONE",
        "ADDRESS",
        "BEARING",
        "HOUSING",
        "BRACKET",
        "SHAFT",
        "GEAR",
        "BOLT",
        "NUT",
        "SCREW",
        "WASHER",
        "PLATE",
        "COVER",
        "FLANGE",
        "PUMP",
        "VALVE",
        "MOTOR",
        "FRAME",
        "BASE",
        "BODY",
    ]
)
_BEHIND = re.compile(r"[\s(]*(?:(?<![A-Za-z-])['’]?\d{1,4} ?[./年-] ?\d.*|[印㊞]|様|殿|氏)$")


@dataclass(frozen=True, slots=True)
class PersonCell:
    """`text[start:end)` of `line` is a name because a role stands beside it, above it or in front of it."""

    line: TextLine
    text: str
    start: int
    end: int
    score: float
    why: str


def is_role(text: str) -> bool:
    """Whether a cell says nothing but who did something: 設計, 承認者:, DRAWN BY, 検図 CHECKED."""
    return _LABEL.fullmatch(re.sub(r"\s", "", fold(text).text)) is not None


def name_in(text: str, *, whole_cell: bool = True) -> tuple[int, int] | None:
    """Span of the name that a cell holds, or None where it holds something else. `text` is folded.

    A single letter counts only where it is `whole_cell` and a surname of one letter.
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
        letters = name.replace(" ", "")
        if len(letters) == 1:
            return span if whole_cell and letters in _ONE_LETTER_NAME else None
        known = _SURNAME.match(letters) is not None
        if not known and _OTHER_CELL.search(letters) is not None:
            return None
        return None if _UNIT.search(letters) and not (known or _may_end_like_a_unit(letters)) else span
    if _INITIALS.fullmatch(name):
        return span
    if _NAME_EN.fullmatch(name):
        words = [word for word in re.split(r"[ .]+", name) if word]
        if max(sum(c.isalpha() for c in word) for word in words) < 3 and len(words) < 2:
            return None
        if any(word.upper() in _WORD_EN for word in words):
            return None
        return span
    return None


def _may_end_like_a_unit(letters: str) -> bool:
    """服部, 田所, 馬場, 仁科 and 長谷部 are people, 技術部 and 工場 are not."""
    if letters in _THREE_LETTER_NAME:
        return True
    return len(letters) == 2 and letters[-1] in "部所場科室" and letters not in _TWO_LETTER_UNIT


def people_in_cells(lines: Sequence[TextLine]) -> tuple[PersonCell, ...]:
    """Every cell that holds a name by its neighbour's word, and lines that begin with a role and go on with a name."""
    found: dict[tuple[int, int, int, int], PersonCell] = {}
    for frames in frames_of(lines):
        roles = [frame for frame in frames if is_role(frame.text)]
        for role in roles:
            for cell, where in ((_beside(role, frames), "beside"), (_below(role, frames), "below")):
                if cell is not None:
                    _keep(found, cell, 0, f"{where} the word for a role in a title block", role.line.score)
        for frame in frames:
            head = _head(frame.text)
            if head is not None:
                _keep(found, frame, head, "behind the word for a role in a title block", 1.0)
    return tuple(found.values())


def _head(text: str) -> int | None:
    folded = fold(text).text
    match = _HEAD_JA.match(folded) or _HEAD_EN.match(folded)
    return match.end() if match is not None and match.end() < len(folded) else None


def _keep(
    found: dict[tuple[int, int, int, int], PersonCell], frame: Frame, offset: int, why: str, label_score: float
) -> None:
    text = fold(frame.text).text
    rest = text[offset:]
    span = name_in(rest, whole_cell=offset == 0 or text[offset - 1 : offset] in (" ", ":", ";", "/"))
    if span is not None:
        score = 0.75 * min(frame.line.score, label_score)
        cell = PersonCell(frame.line, text, offset + span[0], offset + span[1], score, why)
        if frame.line.box not in found or found[frame.line.box].score < score:
            found[frame.line.box] = cell


def _beside(role: Frame, frames: Sequence[Frame]) -> Frame | None:
    """The nearest line to the right at the same height, unless that is another role's cell."""
    near = [
        frame
        for frame in frames
        if frame is not role
        and abs(frame.v - role.v) < 0.6 * max(frame.height, role.height)
        and -0.4 * role.height <= frame.left - role.right <= REACH_BESIDE * role.height
    ]
    nearest = min(near, key=lambda frame: frame.left, default=None)
    return None if nearest is None or is_role(nearest.text) else nearest


def _below(role: Frame, frames: Sequence[Frame]) -> Frame | None:
    """The nearest line below that shares at least half of its own width or of the label's."""
    near = []
    for frame in frames:
        shared = min(frame.right, role.right) - max(frame.left, role.left)
        gap = (frame.v - frame.height / 2) - (role.v + role.height / 2)
        wide = max(1.0, min(frame.right - frame.left, role.right - role.left))
        if frame is not role and shared >= 0.5 * wide and -0.4 * role.height <= gap <= REACH_BELOW * role.height:
            if frame.v > role.v:
                near.append(frame)
    nearest = min(near, key=lambda frame: frame.v, default=None)
    return None if nearest is None or is_role(nearest.text) else nearest
