"""Names that a label announces ("担当：佐藤花子", "Drawn by J. Smith"). Pure patterns, no language model needed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.finding import Severity
from curate.screen.folding import Respelling, small_letters
from curate.screen.hit import Hit, strongest
from curate.screen.literal_trie import trie_pattern
from curate.screen.romaji_names import ROLES as ROMAJI_ROLES
from curate.screen.romaji_names import find_romaji_names, has_common_surname
from curate.screen.wording import Reason

# The commonest surnames of Japan; a title block ("設計 鈴木") gives no other clue that a word is a name.
SURNAME = (
    "佐藤|鈴木|高橋|田中|伊藤|渡辺|渡邊|渡邉|山本|中村|小林|加藤|吉田|山田|佐々木|山口|"
    "松本|井上|木村|斎藤|斉藤|齋藤|齊藤|清水|山崎|池田|橋本|阿部|石川|山下|中島|石井|"
    "小川|前田|岡田|長谷川|藤田|後藤|近藤|村上|遠藤|青木|坂本|福田|太田|西村|藤井|岡本|"
    "金子|三浦|藤原|中野|中川|原田|松田|竹内|小野|田村|中山|和田|石田|森田|上田|内田|"
    "柴田|酒井|宮崎|横山|高木|安藤|宮本|大野|小島|谷口|今井|工藤|高田|増田|丸山|杉山|"
    "村田|大塚|新井|小山|平野|藤本|河野|上野|野口|武田|松井|千葉|菅原|岩崎|久保|木下|"
    "佐野|野村|松尾|菊地|市川|杉本|古川|大西|島田|水野|桜井|高野|渡部|吉川|山内|西田|"
    "飯田|菊池|西川|小松|北村|安田|五十嵐|川口|平田|中田|久保田|服部|岩田|土屋|川崎|福島|"
    "本田|樋口|秋山|田口|永井|山中|中西|吉村|川上|石原|大橋|松岡|馬場|浜田|森本|星野|"
    "矢野|浅野|松下|大久保|吉岡|小池|荒木|大谷|熊谷|野田"
)
_ROLE = "設計|製図|検図|承認|照査|審査|作図|担当|作成|確認|責任者|発注者|依頼者|撮影|写真|著者|作者|記入"
_ROLE_OF_A_PERSON = "検査者|検査員|作業者|作業員|測定者|記録者|校正者|管理者|責任者|立会者|立会人|受領者|申請者|起票者|溶接者|操作者|運転者|報告者|指導者|監督者"
_GIVEN = "[一-龥々ぁ-んァ-ヴー]{0,4}"
_TITLE_BLOCK = re.compile(
    rf"(?:(?:{_ROLE})者?|{_ROLE_OF_A_PERSON})(?:印|名)?[\s:／/]*(?P<name>(?:{SURNAME})(?:\s(?!{_ROLE}|合格|不合格|検印))?{_GIVEN})(?=$|[\s、。,.;()（）0-9/])"
)
# Surnames of one letter. Those that are also a direction, a material or a word of workshops need a colon in front.
ONE_LETTER_NAME = frozenset(
    "森林原関東西南北堀辻岡谷榊轟金李王張劉陳朴崔星島嶋橘泉菅柳桂畑沖浜濱秦堤旭峰峯境乾巽宮岸滝瀧牧椿楠梶槙槇今角城杉神仲平武港湊脇"
    "鎌鄭趙孫徐黄呉楊周郭馬高何曹許宋沢澤溝窪葛蔦藤辺郡鬼魚鳥麻黒丸井池沼潮灘浦畠皆盛芝芳"
)
_ALSO_A_WORD = frozenset("東西南北今角高平丸金神港城馬魚鳥鬼麻黒井池沼潮灘浦沖溝泉星島境峰旭皆盛芝乾何許武")
_ONE_LETTER = re.compile(
    rf"(?:(?:{_ROLE})(?:者|印|者名|者印)?|{_ROLE_OF_A_PERSON})(?P<between>\s?[:/]\s?|\s)(?P<name>[{''.join(sorted(ONE_LETTER_NAME))}])"
    rf"(?=$|[\s、。,.;()（）]|印|\s?(?:{_ROLE}))"
)
_FORM_OF_ADDRESS = r"さん|(?<![仕同多模])様|氏|殿|君|先生|課長|部長|係長|主任|社長"
_HONORIFIC = re.compile(rf"(?P<name>(?:{SURNAME})\s?[一-龥々]{{0,3}})(?=\s?(?:{_FORM_OF_ADDRESS}))")
_KANJI_KANA = "[一-龥々ぁ-んァ-ヴー]{1,5}"
_COLON = re.compile(
    rf"(?:氏名|名前|お名前|担当者名?|撮影者|作成者|設計者|製図者|承認者|連絡者|{_ROLE_OF_A_PERSON})\s?:\s?"
    rf"(?P<name>{_KANJI_KANA}[\s・]?{_KANJI_KANA})(?=$|[\s、。,.;()（）])"
)
_NO_NAME = re.compile(
    r"部$|課$|係$|室$|業$|機$|器$|金属$|化成$|製作所?$|商[会店事]$|技研$|重工$|発[条條]$|運輸$|なし|不明|未定|同上|別紙|部門|会社|工場|匿名"
)
# Müller, O'Neill, McDonald, Smith-Jones.
_CAPITALIZED = r"[A-ZÀ-Þ](?:['’][A-ZÀ-Þ])?[a-zß-ÿ]+(?:[-'’]?[A-ZÀ-Þ][a-zß-ÿ]+)*"
_EN_ROLE = (
    r"(?i:(?<![A-Za-z])(?:drawn|designed|approved|checked|created|made|photo(?:graph(?:ed)?)?|taken|prepared|reviewed|inspected|verified"
    r"|author|contact|name|drn|dwn|chk'?d?|ckd|appr?'?d?|insp|signed(?: off)?|written)\.?(?: by)?\s?:?\s|(?<![A-Za-z])(?:mr|mrs|ms|miss|dr|prof)\.?\s"
    r"|(?<![A-Za-z])(?:photographer|engineer|inspector|operator|designer|technician|welder|employee|attn|attention|recipient|consignee|p\.?i\.?c)\.?\s?:\s?)"
)
_EN = re.compile(
    rf"{_EN_ROLE}(?P<name>(?:[A-ZÀ-Þ]\.|{_CAPITALIZED})(?: (?:[A-ZÀ-Þ]\.|{_CAPITALIZED})){{0,2}})(?![A-Za-z0-9])"
)
# "SATO Aya", "Aya SATO", "TARO YAMADA": capitals are a surname's where they spell a common one.
_CAPITALS = re.compile("[A-Z]{2},? [A-Z]|[a-z] [A-Z]{2}")
_EN_CAPITALS = re.compile(
    rf"{_EN_ROLE}(?P<name>[A-Z]{{2,14}},? (?:[A-Z][a-z]{{1,14}}|[A-Z]{{2,14}})|[A-Z][a-z]{{1,14}} [A-Z]{{2,14}})(?![A-Za-z0-9])"
)
_EN_NOT = re.compile(
    r"^(?:The|A(?!\.)|An|For|In|On|At|Of|By|Customer|Support|Sales|Us|Your|Our|Part|Plate|Company|Hand|Machine)\b"
)


# Old and rare forms of letters in surnames (髙橋, 山﨑, 渡邉, 濵田, 齊藤), as the list above spells them.
_FORMS = Respelling(
    str.maketrans("髙﨑嵜碕濵濱邉邊斎齋齊德嶋嶌冨桒舘曽眞瀨栁𠮷", "高崎崎崎浜浜辺辺斉斉斉徳島島富桑館曾真瀬柳吉")
)
# One of these stands beside every name that is found here; most captions have none.
_JAPANESE_WORDS = re.compile(
    trie_pattern(
        [
            *_ROLE.split("|"), *_ROLE_OF_A_PERSON.split("|"), *ROMAJI_ROLES, "氏", "名前", "連絡者",
            "さん", "様", "殿", "君", "先生", "課長", "部長", "係長", "主任", "社長",
        ]
    )
)  # fmt: skip
_WORDS = [
    "drawn", "designed", "approved", "checked", "created", "made", "photo", "taken", "prepared", "reviewed", "inspected", "verified", "author", "contact", "name",
    "drn", "dwn", "chk", "ckd", "app", "insp", "mr", "ms", "miss", "dr", "prof", "signed", "designer", "engineer", "operator", "technician", "welder", "employee", "attn", "attention",
    "recipient", "consignee", "pic", "p.i", "pi.c", "written",
]  # fmt: skip
_ENGLISH_WORDS = re.compile(trie_pattern(_WORDS))


def find_labelled_names(text: str) -> list[Hit]:
    """Names in a folded text. Names without a label or an honorific need a language model (`names`)."""
    hits: list[Hit] = []
    if not text.isascii() and _JAPANESE_WORDS.search(text):
        hits += beside_japanese(text)
    if _ENGLISH_WORDS.search(small_letters(text)):
        hits += beside_english(text)
    return list(strongest(hits)) if len(hits) > 1 else hits


def beside_english(text: str) -> Iterator[Hit]:
    """Names behind a word or a title in English."""
    for match in _EN.finditer(text):
        name = match.group("name")
        if _EN_NOT.match(name) is None and (" " in name or re.match(r"(?i)(?:mr|mrs|ms|miss|dr|prof)", match.group())):
            yield _hit(match)
    for match in _EN_CAPITALS.finditer(text) if _CAPITALS.search(text) else ():
        if has_common_surname(match.group("name")):
            yield _hit(match)


def beside_japanese(text: str) -> list[Hit]:
    """Names beside a role or a form of address in Japanese; they may overlap."""
    text = text.translate(_FORMS)
    hits: list[Hit] = []
    for pattern in (_TITLE_BLOCK, _HONORIFIC, _COLON):
        for match in pattern.finditer(text):
            name = match.group("name")
            if not _NO_NAME.search(name):
                hits.append(_hit(match))
    for match in _ONE_LETTER.finditer(text):
        # "設計 角 R3": without a colon a corner is a corner.
        if ":" in match.group("between") or match.group("name") not in _ALSO_A_WORD:
            hits.append(_hit(match))
    hits += [_labelled(start, end) for start, end in find_romaji_names(text)]
    return hits


def _hit(match: re.Match[str]) -> Hit:
    start, end = match.span("name")
    return _labelled(start, end - len(match.group("name")) + len(match.group("name").rstrip()))


def _labelled(start: int, end: int) -> Hit:
    return Hit(
        "privacy.person_name",
        start,
        end,
        0.8,
        Severity.MEDIUM,
        Reason("announced by a label or a form of address", "氏名を示す見出しまたは敬称があります"),
    )
