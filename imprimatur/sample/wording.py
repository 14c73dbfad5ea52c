"""What people write about a picture and what they type when they look for it, in Japanese and English.

Three hands describe each picture: the catalogue desk (name, size, material), somebody who only looks (form, colour) and
the shop floor (what it is for). Questions reuse these words, and add article numbers, slips and slang.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from imprimatur.sample.parts import Article

_DESK_JA = (
    "{name}。呼びは{size}、材質は{material}。",
    "{material}製の{name}、サイズ{size}。",
    "{line}シリーズの{name}({size}、{material})。",
)
_EYE_JA = ("{look}。", "見た目は、{look}。", "写っているのは、{look}。")
_FLOOR_JA = ("{use}に使う{slang}。", "{use}用。現場では{slang}と呼ぶ。", "{slang}、{use}のためのもの。品番は{sku}。")
_DESK_EN = (
    "{name}, size {size}, made of {material}.",
    "{material} {name} in size {size}.",
    "{name} of the {line} series, {size}, {material}.",
)
_EYE_EN = ("{look}.", "What you see: {look}.", "It looks like this: {look}.")
_FLOOR_EN = (
    "The {slang} we use for {use}.",
    "For {use}; on the floor we just say {slang}.",
    "{slang} for {use}, article {sku}.",
)

_SHEET_DESK_JA = (
    "{name}の製作図。図番{number}、材質{code}。",
    "図番{number}、{name}({size})の図面。",
    "{name}の寸法図、{material}、{number}。",
)
_SHEET_EYE_JA = ("線画。{look}。", "寸法線と表題欄のある図。{look}。", "外観と寸法の図。{look}。")
_SHEET_FLOOR_JA = (
    "{use}に使う{slang}の図面。",
    "加工場に渡す{slang}の図、{use}用。",
    "{use}のための{slang}、寸法はこの図による。",
)
_SHEET_DESK_EN = (
    "Production drawing of the {name}, drawing number {number}.",
    "Drawing {number}: {name}, {size}.",
    "Dimensioned drawing of the {name} in {material}, {number}.",
)
_SHEET_EYE_EN = (
    "Line drawing: {look}.",
    "Views with dimensions and a title block; {look}.",
    "Outline and sizes of the part: {look}.",
)
_SHEET_FLOOR_EN = (
    "Drawing of the {slang} for {use}.",
    "The sheet the workshop gets for the {slang}, {use}.",
    "Sizes of the {slang} we need for {use}.",
)

_ASK_JA = (
    "{slang} {size}", "{material}の{slang}", "{use}に使う{slang}", "{name}", "{sku}", "{bare}", "{typo} {size}",
    "{name} 写真", "{code} {family}", "{use}の部品", "{look}", "{line} {slang} {material}", "{slang2} {use}",
)  # fmt: skip
_ASK_EN = (
    "{slang} {size}", "{material} {slang}", "{slang} for {use}", "{name}", "{name} {sku}", "{typo} {size}",
    "picture of {name}", "part for {use}", "{look}", "{slang2} {material} {size}",
)  # fmt: skip
_SHEET_ASK_JA = (
    "{name} 図面", "{number}", "{slang}の図面 {size}", "{use} 図面", "図番 {number}", "{sku} 図面", "{name}の寸法", "{typo} 図面",
    "{material} {slang} 製作図", "{family} {size} 寸法図",
)  # fmt: skip
_SHEET_ASK_EN = (
    "{name} drawing", "drawing {number}", "{slang} {size} dimensions", "drawing of the {slang} for {use}",
    "{sku} drawing", "{typo} drawing", "{material} {slang} blueprint",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything said about one picture; `asked` are the distinct questions, the most usual first."""

    title_ja: str
    title_en: str
    captions_ja: tuple[str, ...]
    captions_en: tuple[str, ...]
    tags_ja: tuple[str, ...]
    tags_en: tuple[str, ...]
    asked: tuple[str, ...]


def _words(article: Article, rng: Random) -> tuple[dict[str, str], dict[str, str]]:
    family, variant, material = article.family, article.variant, article.material
    shared = {
        "size": variant.size, "code": material.code, "line": family.line, "sku": article.sku,
        "bare": article.sku.replace("-", "").lower(), "number": article.drawing_number,
    }  # fmt: skip
    slang_ja, slang_en = rng.sample(family.slang_ja, 2), rng.sample(family.slang_en, 2)
    japanese = shared | {
        "name": variant.name_ja, "family": family.name_ja, "material": material.ja, "look": variant.look_ja,
        "use": variant.use_ja, "slang": slang_ja[0], "slang2": slang_ja[1], "typo": family.typo_ja,
    }  # fmt: skip
    english = shared | {
        "name": variant.name_en, "family": family.name_en, "material": material.en, "look": variant.look_en,
        "use": variant.use_en, "slang": slang_en[0], "slang2": slang_en[1], "typo": family.typo_en,
    }  # fmt: skip
    return japanese, english


def _said(rng: Random, hands: Sequence[Sequence[str]], words: dict[str, str]) -> tuple[str, ...]:
    lines = [rng.choice(list(hand)).format(**words) for hand in hands]
    return tuple(line[:1].upper() + line[1:] for line in lines)


def _asked(rng: Random, japanese: Sequence[str], english: Sequence[str]) -> tuple[str, ...]:
    """Between six and eleven distinct questions, Japanese ones in the majority."""
    mine = rng.sample(list(japanese), rng.randint(4, 6)) + rng.sample(list(english), rng.randint(2, 5))
    rng.shuffle(mine)
    return tuple(dict.fromkeys(mine))


def of_shot(article: Article) -> Wording:
    """Words about a product shot."""
    rng = Random(f"words {article.sku}")
    ja, en = _words(article, rng)
    return Wording(
        title_ja=f"{ja['name']} {ja['size']}",
        title_en=f"{en['name'][:1].upper()}{en['name'][1:]} {en['size']}",
        captions_ja=_said(rng, (_DESK_JA, _EYE_JA, _FLOOR_JA), ja),
        captions_en=_said(rng, (_DESK_EN, _EYE_EN, _FLOOR_EN), en),
        tags_ja=(ja["family"], ja["slang"], ja["material"], ja["use"], ja["sku"]),
        tags_en=(en["family"], en["slang"], en["material"], en["use"], en["line"]),
        asked=_asked(rng, [ask.format(**ja) for ask in _ASK_JA], [ask.format(**en) for ask in _ASK_EN]),
    )


def of_drawing(article: Article) -> Wording:
    """Words about a drawing."""
    rng = Random(f"words {article.drawing_number}")
    ja, en = _words(article, rng)
    return Wording(
        title_ja=f"{ja['name']} 図面 {ja['number']}",
        title_en=f"Drawing {en['number']}, {en['name']}",
        captions_ja=_said(rng, (_SHEET_DESK_JA, _SHEET_EYE_JA, _SHEET_FLOOR_JA), ja),
        captions_en=_said(rng, (_SHEET_DESK_EN, _SHEET_EYE_EN, _SHEET_FLOOR_EN), en),
        tags_ja=("図面", ja["family"], ja["material"], ja["use"], ja["number"]),
        tags_en=("drawing", en["family"], en["material"], en["use"], en["line"]),
        asked=_asked(rng, [ask.format(**ja) for ask in _SHEET_ASK_JA], [ask.format(**en) for ask in _SHEET_ASK_EN]),
    )
