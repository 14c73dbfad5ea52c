"""Pages with known personal data on them: drawings with title blocks, address labels, name plates.

Two styles of everything (fonts, words, layouts): `DEVELOPMENT` may be looked at while the reader is built, `HELD_OUT` is
for measuring. Letters have a font size of `Setting.letters` pixels before the page is turned.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from curate.screen.check_digits import my_number_is_valid
from imprimatur.sample.font import find_font, system_folders

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class Setting:
    """`letters` font size in pixels; `tilt` degrees counter-clockwise, then `quarter` turns of 90 degrees."""

    letters: int
    tilt: float = 0.0
    quarter: int = 0
    language: str = "ja"
    harm: str = "none"  # none | faint | noise | jpeg


@dataclass(frozen=True, slots=True)
class Item:
    """`kind` = the category and detail of the finding that has to come; `quad` = corners in the finished picture."""

    kind: str
    text: str
    quad: Quad


@dataclass(frozen=True, slots=True)
class Page:
    image: Image.Image
    items: tuple[Item, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Style:
    """Fonts by file name (the first that is installed) and words; `layouts` = how title blocks are ruled."""

    name: str
    fonts_ja: tuple[str, ...]
    fonts_en: tuple[str, ...]
    surnames: tuple[str, ...]
    given: tuple[str, ...]
    names_en: tuple[str, ...]
    roles_ja: tuple[str, ...]
    roles_en: tuple[str, ...]
    marks_ja: tuple[str, ...]
    marks_en: tuple[str, ...]
    towns: tuple[str, ...]
    streets: tuple[str, ...]
    hosts: tuple[str, ...]
    layouts: tuple[str, ...]
    parts: tuple[str, ...]
    seed: int = 0


DEVELOPMENT = Style(
    name="development",
    fonts_ja=("ipaexg.ttf", "NotoSansCJK-Regular.ttc"),
    fonts_en=("DejaVuSans.ttf", "NotoSansCJK-Regular.ttc"),
    surnames=("山田", "佐藤", "鈴木", "高橋", "伊藤", "西園寺", "小早川", "長谷部", "森", "東海林"),
    given=("太郎", "花子", "一郎", "健二", "美咲", "翔", "さくら", "隆", ""),
    names_en=(
        "John Smith",
        "M. Johnson",
        "Taro Yamada",
        "K. Tanaka",
        "Anna Keller",
        "R. Patel",
        "EMILY CLARK",
        "Wei Chen",
    ),
    roles_ja=("設計", "製図", "検図", "承認", "担当", "作成"),
    roles_en=("DRAWN BY", "CHECKED", "APPROVED BY", "DESIGNED BY", "Drawn by", "Approved"),
    marks_ja=("社外秘", "極秘", "社 外 秘", "取扱注意"),
    marks_en=("CONFIDENTIAL", "PROPRIETARY", "COMPANY CONFIDENTIAL", "C O N F I D E N T I A L"),
    towns=(
        "東京都港区芝公園4-2-8",
        "大阪府堺市北区長曽根町130-42",
        "愛知県豊田市トヨタ町1番地",
        "長野県諏訪市大和3-3-5",
    ),
    streets=("221 Baker Street", "1600 Amphitheatre Road", "45 Harbour Lane", "12 Old Mill Drive"),
    hosts=("example.co.jp", "seiki.example.com", "parts.example.jp"),
    layouts=("beside", "above"),
    parts=("軸受ハウジング", "六角ボルト", "継手フランジ", "歯車軸", "ブラケット"),
    seed=1,
)
HELD_OUT = Style(
    name="held-out",
    fonts_ja=("NotoSerifCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
    fonts_en=("DejaVuSerif.ttf", "DejaVuSansCondensed.ttf", "DejaVuSansMono.ttf"),
    surnames=("中村", "小林", "加藤", "吉田", "渡邊", "五十嵐", "熊谷", "早乙女", "轟", "喜多川", "二宮", "榊原"),
    given=("裕子", "誠", "大輔", "直美", "和也", "由紀夫", "ひろし", "亮", ""),
    names_en=("Peter Wagner", "L. Martin", "Hiroshi Sato", "S. Nakamura", "Grace Okafor", "D. O'Neill", "LAURA MEYER", "Jun Ito"),
    roles_ja=("設計者", "製図", "検図", "承認", "担当者", "照査", "作成者"),
    roles_en=("DRAWN", "CHECKED BY", "APPROVED", "DESIGNED", "Prepared by", "Checked by", "DRN"),
    marks_ja=("社外秘", "極秘", "部外秘", "極　秘", "㊙"),
    marks_en=("CONFIDENTIAL", "PROPRIETARY", "INTERNAL USE ONLY", "STRICTLY CONFIDENTIAL"),
    towns=("神奈川県川崎市中原区小杉町3-245", "福岡県北九州市小倉北区城内1-1", "京都府京都市下京区烏丸通1丁目2番3号", "静岡県浜松市中央区元城町103-2"),
    streets=("77 Massachusetts Avenue", "8 Station Road", "310 West Park Blvd", "19 Castle Terrace"),
    hosts=("koubou.example.net", "mail.example.org", "buhin.example.co.jp"),
    layouts=("inside", "approval-row", "beside"),
    parts=("カムフォロア", "スペーサ", "ポンプケーシング", "Vプーリ", "押え板"),
    seed=2,
)  # fmt: skip


def _font_files() -> dict[str, Path]:
    found = {"ipaexg.ttf": find_font().path}
    for folder in system_folders():
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            found.setdefault(path.name, path)
    return found


_FILES: dict[str, Path] = {}


def font(name_list: Sequence[str], size: int, pick: int = 0) -> ImageFont.FreeTypeFont:
    """The `pick`-th installed font of the list at `size` pixels."""
    if not _FILES:
        _FILES.update(_font_files())
    there = [name for name in name_list if name in _FILES] or ["ipaexg.ttf"]
    return ImageFont.truetype(str(_FILES[there[pick % len(there)]]), size)


@dataclass
class Sheet:
    """A page under way; `wanted` are items with their rectangle on the unturned page."""

    image: Image.Image
    ink: tuple[int, int, int]
    wanted: list[tuple[str, str, Quad]] = field(default_factory=list)

    @property
    def brush(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.image)

    def write(
        self,
        at: Point,
        words: str,
        letters: ImageFont.FreeTypeFont,
        *,
        item: str | None = None,
        of: str | None = None,
        anchor: str = "la",
        ink: tuple[int, int, int] | None = None,
    ) -> tuple[float, float, float, float]:
        """Write; `item` = kind of the finding expected, `of` = the part of `words` that is the item."""
        self.brush.text(at, words, font=letters, fill=ink or self.ink, anchor=anchor)
        box = self.brush.textbbox(at, words, font=letters, anchor=anchor)
        if item is not None:
            left, top, right, bottom = box
            if of is not None and of != words:
                start = words.index(of)
                right = left + letters.getlength(words[: start + len(of)])
                left += letters.getlength(words[:start])
            self.wanted.append((item, of or words, ((left, top), (right, top), (right, bottom), (left, bottom))))
        return box


def _my_number(rng: random.Random) -> str:
    while True:
        digits = "".join(str(rng.randrange(10)) for _ in range(11))
        for check in "0123456789":
            if my_number_is_valid(digits + check):
                whole = digits + check
                return rng.choice(
                    (whole, f"{whole[:4]} {whole[4:8]} {whole[8:]}", f"{whole[:4]}-{whole[4:8]}-{whole[8:]}")
                )


def _phone(rng: random.Random, language: str) -> str:
    if language == "en":
        return rng.choice(
            (
                f"+81-3-5{rng.randrange(100, 999)}-{rng.randrange(1000, 9999)}",
                f"(212) 55{rng.randrange(2, 9)}-{rng.randrange(1000, 9999)}",
            )
        )
    return rng.choice(
        (
            f"03-5{rng.randrange(100, 999)}-{rng.randrange(1000, 9999)}",
            f"090-{rng.randrange(1000, 9999)}-{rng.randrange(1000, 9999)}",
            f"052-2{rng.randrange(10, 99)}-{rng.randrange(1000, 9999)}",
        )
    )


def person(rng: random.Random, style: Style, language: str) -> str:
    if language == "en":
        return rng.choice(style.names_en)
    surname, given = rng.choice(style.surnames), rng.choice(style.given)
    return surname + (rng.choice(("", " ")) if given else "") + given


def fact(rng: random.Random, style: Style, language: str, kind: str) -> tuple[str, str]:
    """(line of text, the part of it that is personal) for a kind of finding."""
    ja = language == "ja"
    if kind == "privacy.person_name":
        name = person(rng, style, language)
        if ja and len(name.replace(" ", "")) < 3:
            name = rng.choice(style.surnames) + rng.choice([given for given in style.given if len(given) > 1])
        label = rng.choice(("氏名: ", "担当者：", "お名前 ", "担当 ") if ja else ("Name: ", "Contact: ", "Attn. Mr. "))
        return label + name, name
    if kind == "privacy.phone":
        number = _phone(rng, language)
        return rng.choice(
            ("TEL ", "電話: ", "電話番号 ", "携帯 ") if ja else ("Tel. ", "Phone: ", "TEL: ", "")
        ) + number, number
    if kind == "privacy.email":
        name = rng.choice(("yamada.taro", "h-suzuki", "k_ito", "anna.keller", "satomi88"))
        mail = f"{name}@{rng.choice(style.hosts)}"
        return rng.choice(("E-mail: ", "メール: ", "") if ja else ("E-mail: ", "Mail: ", "")) + mail, mail
    if kind == "privacy.address":
        place = rng.choice(style.towns if ja else style.streets)
        return rng.choice(("住所: ", "", "〒105-0011 ") if ja else ("Address: ", "")) + place, place
    if kind == "privacy.jp_my_number":
        number = _my_number(rng)
        return rng.choice(
            ("個人番号 ", "マイナンバー: ") if ja else ("My Number: ", "Individual Number ")
        ) + number, number
    number = rng.choice(("", "E-", "A")) + str(rng.randrange(10000, 999999))
    return rng.choice(
        ("社員番号 ", "社員番号: ", "社員No. ") if ja else ("Employee No. ", "Employee ID: ")
    ) + number, number


_FACTS = (
    "privacy.person_name",
    "privacy.phone",
    "privacy.email",
    "privacy.address",
    "privacy.jp_my_number",
    "privacy.other_id",
)


def harmless(rng: random.Random, style: Style, language: str) -> str:
    """A line that every drawing or label has and that is nobody's data."""
    date = f"20{rng.randrange(15, 26)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    if language == "en":
        return rng.choice(
            (
                f"DWG NO. KB-{rng.randrange(1000, 9999)}-{rng.randrange(10, 99)}", f"P/N {rng.randrange(10, 99)}-{rng.randrange(100000, 999999)}",
                "SCALE 1:2", f"DATE {date}", "MATERIAL SUS304", "SHEET 1 OF 2", "TOL. ±0.05 UNLESS NOTED", f"LOT {rng.randrange(10**7, 10**8)}",
                f"QTY {rng.randrange(1, 999)} PCS", f"S/N {rng.randrange(10**11, 10**12)}", "REV. C", "AC 200 V 50/60 Hz 1.5 kW", "FINISH: ANODIZED", "TITLE: BEARING HOUSING",
            )
        )  # fmt: skip
    return rng.choice(
        (
            f"図番 KB-{rng.randrange(1000, 9999)}-{rng.randrange(10, 99)}", f"品番 {rng.randrange(10, 99)}-{rng.randrange(100000, 999999)}", "尺度 1:2",
            f"日付 {date}", "材質 S45C", "公差 ±0.05", f"ロット {rng.randrange(10**7, 10**8)}", f"数量 {rng.randrange(1, 999)}個",
            f"製造番号 {rng.randrange(10**11, 10**12)}", "改訂 C", "電源 AC200V 50/60Hz", "表面処理 黒染め", f"品名 {rng.choice(style.parts)}", f"JAN 49{rng.randrange(10**10, 10**11)}",
        )
    )  # fmt: skip


def _secret(
    rng: random.Random, sheet: Sheet, style: Style, setting: Setting, right: float, top: float, size: int
) -> None:
    """A mark in a frame, red on most pages, sometimes put on a little askew."""
    mark = rng.choice(style.marks_ja if setting.language == "ja" else style.marks_en)
    letters = font(style.fonts_ja if setting.language == "ja" else style.fonts_en, size, rng.randrange(9))
    wide, high = int(letters.getlength(mark)) + size, int(size * 1.8)
    ink = rng.choice(((200, 30, 40), (200, 30, 40), sheet.ink))
    patch = Image.new("RGBA", (wide, high), (0, 0, 0, 0))
    brush = ImageDraw.Draw(patch)
    if rng.random() < 0.7:
        brush.rectangle((1, 1, wide - 2, high - 2), outline=ink, width=max(1, size // 12))
    brush.text((wide / 2, high / 2), mark, font=letters, fill=ink, anchor="mm")
    askew = rng.choice((0, 0, 8, -12))
    turned = patch.rotate(askew, expand=True, resample=Image.Resampling.BICUBIC)
    at = (int(right - turned.width), int(top))
    sheet.image.paste(turned, at, turned)
    x, y, w, h = *at, turned.width, turned.height
    sheet.wanted.append(("content.secret_marking", mark, ((x, y), (x + w, y), (x + w, y + h), (x, y + h))))


def drawing(rng: random.Random, style: Style, setting: Setting) -> Sheet:
    """A part, dimensions, notes, a title block with people in it, mostly a secret mark."""
    size, ja = setting.letters, setting.language == "ja"
    wide, high = max(900, size * 42), max(640, size * 36)
    sheet = Sheet(Image.new("RGB", (wide, high), (255, 255, 255)), (20, 20, 26))
    letters = font(style.fonts_ja if ja else style.fonts_en, size, rng.randrange(9))
    brush = sheet.brush
    brush.rectangle((8, 8, wide - 9, high - 9), outline=sheet.ink, width=2)
    x, y, r = wide * 0.25, high * 0.32, high * 0.15
    brush.ellipse((x - r, y - r, x + r, y + r), outline=sheet.ink, width=2)
    brush.ellipse((x - r / 2, y - r / 2, x + r / 2, y + r / 2), outline=sheet.ink, width=2)
    brush.rectangle((wide * 0.48, y - r, wide * 0.62, y + r), outline=sheet.ink, width=2)
    for step in range(int(wide * 0.48), int(wide * 0.62), 12):
        brush.line((step, y + r, min(step + 24, wide * 0.62), y + r / 2), fill=sheet.ink, width=1)
    brush.line((x - r, y + r + size * 1.6, x + r, y + r + size * 1.6), fill=sheet.ink, width=1)
    sheet.write((x, y + r + size * 1.5), f"φ{rng.randrange(10, 90)}±0.05", letters, anchor="ms")
    sheet.write((wide * 0.64, y), f"{rng.randrange(20, 300)}", letters, anchor="lm")
    sheet.write((wide * 0.5, y - r - size * 0.4), f"4-M{rng.randrange(4, 12)}×1.25", letters, anchor="ls")
    line = size * 1.6
    bottom = high - 24 - size * 7.5  # above the title block, whatever its layout
    for row in range(2):
        sheet.write((24, bottom - line * (3 - row)), harmless(rng, style, setting.language), letters)
    text, part = fact(rng, style, setting.language, rng.choice(_FACTS[1:]))
    sheet.write((24, bottom - line), text, letters, item=_kind_of(text, part, style), of=part)
    if rng.random() < 0.8:
        _secret(rng, sheet, style, setting, wide - 20, 18, size if rng.random() < 0.4 else int(size * 1.5))
    _title_block(rng, sheet, style, setting, letters)
    return sheet


def _kind_of(_text: str, part: str, style: Style) -> str:
    if "@" in part:
        return "privacy.email"
    if part in style.towns or part in style.streets:
        return "privacy.address"
    digits = sum(c.isdigit() for c in part)
    if digits == 12 and not part.startswith("+"):
        return "privacy.jp_my_number"
    return "privacy.phone" if digits >= 9 else "privacy.other_id"


def _title_block(
    rng: random.Random, sheet: Sheet, style: Style, setting: Setting, letters: ImageFont.FreeTypeFont
) -> None:
    ja, size = setting.language == "ja", setting.letters
    roles = rng.sample(style.roles_ja if ja else style.roles_en, 3)
    layout = rng.choice(style.layouts)
    wide, high = sheet.image.size
    people = [(role, person(rng, style, setting.language)) for role in roles]
    extra = [
        ("図番" if ja else "DWG NO.", f"KB-{rng.randrange(1000, 9999)}"),
        ("尺度" if ja else "SCALE", "1:2"),
        ("日付" if ja else "DATE", f"2024.{rng.randrange(1, 13)}.{rng.randrange(1, 29)}"),
    ]
    right, bottom = wide - 9, high - 9
    brush = sheet.brush
    if layout == "beside":
        label_wide = max(letters.getlength(label) for label, _ in people + extra) + size
        value_wide = max(letters.getlength(value) for _, value in people + extra) + size
        cell_high = size * 1.7
        rows = [(people[k], extra[k]) for k in range(3)]
        left, top = right - 2 * (label_wide + value_wide), bottom - 3 * cell_high
        for row, pair in enumerate(rows):
            for column, (label, value) in enumerate(pair):
                x, y = left + column * (label_wide + value_wide), top + row * cell_high
                brush.rectangle((x, y, x + label_wide, y + cell_high), outline=sheet.ink)
                brush.rectangle((x + label_wide, y, x + label_wide + value_wide, y + cell_high), outline=sheet.ink)
                sheet.write((x + size * 0.4, y + cell_high / 2), label, letters, anchor="lm")
                sheet.write(
                    (x + label_wide + size * 0.4, y + cell_high / 2),
                    value,
                    letters,
                    anchor="lm",
                    item="privacy.person_name" if column == 0 else None,
                )
        return
    cells = [*people, *extra] if layout != "approval-row" else people
    cell_wide = max(letters.getlength(words) for cell in cells for words in cell) + size
    cell_high = size * (3.4 if layout != "approval-row" else 4.2)
    columns = 3
    left, top = right - columns * cell_wide, bottom - cell_high * (len(cells) // columns)
    for k, (label, value) in enumerate(cells):
        x, y = left + (k % columns) * cell_wide, top + (k // columns) * cell_high
        brush.rectangle((x, y, x + cell_wide, y + cell_high), outline=sheet.ink)
        item = "privacy.person_name" if k < 3 else None
        if layout == "inside":
            sheet.write((x + size * 0.2, y + size * 0.15), label, letters)
            sheet.write((x + cell_wide / 2, y + cell_high * 0.74), value, letters, anchor="mm", item=item)
        else:
            head = size * 1.6
            brush.line((x, y + head, x + cell_wide, y + head), fill=sheet.ink)
            sheet.write((x + cell_wide / 2, y + head / 2), label, letters, anchor="mm")
            sheet.write((x + cell_wide / 2, y + (head + cell_high) / 2), value, letters, anchor="mm", item=item)


def label(rng: random.Random, style: Style, setting: Setting) -> Sheet:
    """A card of lines: four facts about a person among harmless lines."""
    size = setting.letters
    letters = font(style.fonts_ja if setting.language == "ja" else style.fonts_en, size, rng.randrange(9))
    kinds = rng.sample(_FACTS, 4)
    lines = [(kind, *fact(rng, style, setting.language, kind)) for kind in kinds]
    lines += [("", harmless(rng, style, setting.language), "") for _ in range(3)]
    rng.shuffle(lines)
    wide = int(max(letters.getlength(text) for _, text, _ in lines) + size * 3)
    step = size * rng.choice((1.5, 1.9))
    high = int(step * len(lines) + size * 3)
    paper, ink = rng.choice(
        (((255, 255, 255), (20, 20, 26)), ((250, 246, 225), (40, 30, 20)), ((235, 240, 246), (20, 30, 80)))
    )
    sheet = Sheet(Image.new("RGB", (wide, high), paper), ink)
    sheet.brush.rectangle((3, 3, wide - 4, high - 4), outline=ink)
    for row, (kind, text, part) in enumerate(lines):
        sheet.write((size * 1.2, size * 1.3 + row * step), text, letters, item=kind or None, of=part or None)
    return sheet


def plate(rng: random.Random, style: Style, setting: Setting) -> Sheet:
    """A name plate: light letters on dark metal, one or two facts and a mark."""
    size = setting.letters
    letters = font(style.fonts_ja if setting.language == "ja" else style.fonts_en, size, rng.randrange(9))
    facts = [(kind, *fact(rng, style, setting.language, kind)) for kind in rng.sample(_FACTS, 2)]
    lines = [*facts, *[("", harmless(rng, style, setting.language), "") for _ in range(3)]]
    rng.shuffle(lines)
    wide = int(max(letters.getlength(text) for _, text, _ in lines) + size * 4)
    high = int(size * 1.9 * len(lines) + size * 5)
    paper = rng.choice(((40, 44, 52), (30, 60, 110), (90, 94, 98)))
    sheet = Sheet(Image.new("RGB", (wide, high), paper), (238, 238, 232))
    sheet.brush.rounded_rectangle((4, 4, wide - 5, high - 5), radius=12, outline=sheet.ink, width=2)
    mark = rng.choice(style.marks_ja if setting.language == "ja" else style.marks_en)
    sheet.write((wide / 2, size * 1.8), mark, letters, anchor="mm", item="content.secret_marking")
    for row, (kind, text, part) in enumerate(lines):
        sheet.write((size * 2, size * 3.3 + row * size * 1.9), text, letters, item=kind or None, of=part or None)
    return sheet


KINDS: dict[str, Callable[[random.Random, Style, Setting], Sheet]] = {
    "drawing": drawing,
    "label": label,
    "plate": plate,
}


def turned(sheet: Sheet, setting: Setting) -> tuple[Image.Image, list[Item]]:
    """The page tilted, then turned by quarters; items with their corners where they end up."""
    paper = sheet.image.getpixel((1, 1))
    before, image = sheet.image.size, sheet.image
    if setting.tilt:
        image = image.rotate(setting.tilt, expand=True, resample=Image.Resampling.BICUBIC, fillcolor=paper)
    after = image.size
    quarter = {1: Image.Transpose.ROTATE_90, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_270}
    if setting.quarter:
        image = image.transpose(quarter[setting.quarter])
    angle = math.radians(setting.tilt)

    def moved(point: Point) -> Point:
        dx, dy = point[0] - before[0] / 2, point[1] - before[1] / 2
        x = after[0] / 2 + dx * math.cos(angle) + dy * math.sin(angle)
        y = after[1] / 2 - dx * math.sin(angle) + dy * math.cos(angle)
        wide, high = after
        for _ in range(setting.quarter):
            x, y, wide, high = y, wide - x, high, wide
        return x, y

    items = []
    for kind, text, (a, b, c, d) in sheet.wanted:
        items.append(Item(kind, text, (moved(a), moved(b), moved(c), moved(d))))
    return image, items


def harmed(image: Image.Image, harm: str, rng: random.Random) -> Image.Image:
    if harm == "faint":
        levels = np.asarray(image, dtype=np.float32)
        return Image.fromarray((levels * 0.42 + 120).clip(0, 255).astype(np.uint8))
    if harm == "noise":
        grain = np.random.default_rng(rng.randrange(2**31)).normal(0, 14, (*np.asarray(image).shape[:2], 1))
        return Image.fromarray((np.asarray(image, dtype=np.float32) + grain).clip(0, 255).astype(np.uint8))
    if harm == "jpeg":
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=45)
        return Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")
    return image


def make_page(kind: str, style: Style, setting: Setting, seed: int) -> Page:
    """One page; the same arguments give the same pixels."""
    rng = random.Random(f"{style.seed}-{kind}-{setting}-{seed}")
    sheet = KINDS[kind](rng, style, setting)
    image, items = turned(sheet, setting)
    return Page(harmed(image, setting.harm, rng), tuple(items), kind)
