"""What the sample factory makes: materials, families of parts, articles. Words and numbers, no pictures yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from imprimatur.sample.mesh import Mesh

COMPANY_JA = "工房精機株式会社"  # fictional, like everything about it
COMPANY_EN = "KOBO SEIKI CO., LTD."


@dataclass(frozen=True, slots=True)
class Finish:
    """How a surface looks: `colour` RGB 0..255, `metal` in [0, 1] (mirrors the studio), `gloss` of the highlight."""

    colour: tuple[int, int, int]
    metal: float
    gloss: float


FINISHES: Mapping[str, Finish] = {
    "steel": Finish((172, 178, 186), 0.75, 0.5),
    "stainless": Finish((206, 211, 216), 0.9, 0.7),
    "dark": Finish((74, 78, 86), 0.55, 0.5),
    "black": Finish((46, 48, 52), 0.25, 0.45),
    "zinc": Finish((190, 196, 205), 0.8, 0.5),
    "gold": Finish((206, 178, 98), 0.75, 0.5),
    "brass": Finish((212, 178, 92), 0.85, 0.7),
    "bronze": Finish((176, 122, 76), 0.8, 0.5),
    "copper": Finish((196, 118, 84), 0.85, 0.6),
    "aluminium": Finish((214, 218, 222), 0.6, 0.35),
    "iron": Finish((112, 116, 122), 0.3, 0.2),
    "blue": Finish((52, 104, 178), 0.1, 0.45),
    "navy": Finish((38, 58, 104), 0.1, 0.45),
    "red": Finish((196, 48, 44), 0.08, 0.55),
    "orange": Finish((226, 122, 40), 0.05, 0.4),
    "yellow": Finish((236, 194, 52), 0.05, 0.45),
    "green": Finish((58, 136, 92), 0.08, 0.4),
    "white": Finish((236, 236, 230), 0.05, 0.4),
    "ivory": Finish((228, 216, 188), 0.05, 0.35),
    "grey": Finish((134, 140, 148), 0.1, 0.3),
    "rubber": Finish((40, 41, 43), 0.0, 0.18),
    "carton": Finish((188, 148, 104), 0.0, 0.05),
    "tape": Finish((214, 190, 150), 0.0, 0.3),
    "hole": Finish((30, 32, 36), 0.0, 0.0),
    "bore": Finish((84, 88, 94), 0.4, 0.2),
}


@dataclass(frozen=True, slots=True)
class Material:
    """`code` is the grade a drawing names; `finish` the key of its usual surface."""

    code: str
    ja: str
    en: str
    finish: str


MATERIALS: Mapping[str, Material] = {
    "carbon": Material("S45C", "炭素鋼", "carbon steel", "steel"),
    "mild": Material("SS400", "一般鋼", "mild steel", "zinc"),
    "chromoly": Material("SCM435", "クロムモリブデン鋼", "chromoly steel", "dark"),
    "stainless": Material("SUS304", "ステンレス", "stainless steel", "stainless"),
    "bearing": Material("SUJ2", "軸受鋼", "bearing steel", "stainless"),
    "spring": Material("SWP-B", "ピアノ線", "piano wire", "steel"),
    "cast": Material("FC250", "鋳鉄", "cast iron", "iron"),
    "brass": Material("C3604", "真鍮", "brass", "brass"),
    "bronze": Material("CAC406", "青銅", "bronze", "bronze"),
    "aluminium": Material("A5052", "アルミ", "aluminium", "aluminium"),
    "nylon": Material("MC901", "MCナイロン", "cast nylon", "blue"),
    "acetal": Material("POM", "ポリアセタール", "acetal resin", "white"),
    "phenol": Material("PF", "フェノール樹脂", "phenolic resin", "black"),
    "rubber": Material("NBR", "ゴム", "nitrile rubber", "rubber"),
}


@dataclass(frozen=True, slots=True)
class Variant:
    """One article of a family. `look` says what one sees, `use` what it is for; `size` names the article's size.

    `style` and `dims` (mm, counts) are read by the family's `build`; `paint` overrides the material's finish.
    """

    name_ja: str
    name_en: str
    size: str
    material: str
    look_ja: str
    look_en: str
    use_ja: str
    use_en: str
    style: str
    dims: Mapping[str, float]
    paint: str | None = None

    @property
    def finish(self) -> str:
        return self.paint or MATERIALS[self.material].finish


@dataclass(frozen=True, slots=True)
class Family:
    """Parts of one kind. `number` is part of every article number; `slang` is how the shop floor says it, `typo` how
    fingers slip; `rest` turns the part (degrees about x, y, z) from its own axes to how it lies on a table; `yaw` is the range
    of degrees about the vertical from which it shows itself well."""

    code: str
    number: int
    line: str
    name_ja: str
    name_en: str
    slang_ja: tuple[str, ...]
    slang_en: tuple[str, ...]
    typo_ja: str
    typo_en: str
    build: Callable[[Variant], Sequence[Mesh]]
    variants: tuple[Variant, ...]
    rest: tuple[float, float, float] = (0.0, 0.0, 0.0)
    yaw: tuple[float, float] = (-180.0, 180.0)


@dataclass(frozen=True, slots=True)
class Article:
    """A family's variant under its article number."""

    family: Family
    variant: Variant
    position: int  # from 1

    @property
    def sku(self) -> str:
        """Like BRK-1203: family, family number, position."""
        return f"{self.family.code}-{self.family.number}{self.position:02d}"

    @property
    def drawing_number(self) -> str:
        """Like KD-12-03A."""
        return f"KD-{self.family.number}-{self.position:02d}A"

    @property
    def material(self) -> Material:
        return MATERIALS[self.variant.material]


@dataclass(frozen=True, slots=True)
class Assortment:
    """All families in the order of their numbers."""

    families: tuple[Family, ...]
    articles: tuple[Article, ...] = field(init=False)

    def __post_init__(self) -> None:
        articles = tuple(
            Article(family, variant, position)
            for family in self.families
            for position, variant in enumerate(family.variants, start=1)
        )
        object.__setattr__(self, "articles", articles)

    def article(self, sku: str) -> Article:
        """The article with this number; KeyError when there is none."""
        for article in self.articles:
            if article.sku == sku:
                return article
        raise KeyError(sku)
