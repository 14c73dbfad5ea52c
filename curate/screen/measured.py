"""How much each detector misses, as measured: what an auditor asks first of a list of findings.

Shares come from docs/benchmarks.md, which names command and material of each; they hold for that material, and for a
company's own pictures they are a hint. Whoever changes a detector measures again and changes the row.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """`missed` of `items` known cases were not found: a share in [0, 1] with its 95 % interval where there is one."""

    detector: str
    items: int
    missed: float
    what_en: str
    what_ja: str
    material_en: str
    material_ja: str
    low: float | None = None
    high: float | None = None


MEASURED: tuple[Measured, ...] = (
    Measured(
        "names-ja", 1463, 0.154, "Japanese person names", "日本語の氏名",
        "2,672 sentences of an encyclopedia", "百科事典の2,672文", 0.135, 0.175,
    ),
    Measured(
        "names-ja", 1081, 0.008, "Japanese person names", "日本語の氏名",
        "2,000 generated captions of a factory", "工場の説明文として生成した2,000件", 0.004, 0.014,
    ),
    Measured(
        "names-en", 500, 0.024, "English person names", "英語の氏名",
        "500 generated captions with a full name", "氏名入りで生成した説明文500件",
    ),
    Measured(
        "text-patterns", 165, 0.109, "identifiers and names, no language model", "識別情報と氏名（言語モデルなし）",
        "277 lines written by hand; 15 of the 18 missed are names", "手書きで用意した277行。見落とし18件中15件は氏名",
    ),
    Measured(
        "text-patterns", 3989, 0.091, "addresses without prefecture and label", "都道府県名も見出しもない住所",
        "office addresses of the Japanese post", "郵便データの事業所住所",
    ),
    Measured(
        "rights-in-file", 4994, 0.0, "reservations of rights in EXIF, IPTC, XMP", "EXIF・IPTC・XMPの権利留保",
        "9,186 files written for it, damaged ones among them", "検証用に書き出した9,186ファイル（破損を含む）",
    ),
    Measured(
        "codes", 156, 0.0, "QR and other codes with a payload", "内容を持つQRコードなど",
        "samples of zxing-cpp; part of them was seen while the reader was built",
        "zxing-cppの見本。一部は開発中に参照",
    ),
    Measured(
        "faces", 72, 0.014, "faces 14 to 60 pixels wide", "幅14～60ピクセルの顔",
        "faces pasted into 12 photographs", "写真12枚に貼り込んだ顔",
    ),
    Measured(
        "plates", 24, 0.29, "number plates 80 pixels wide", "幅80ピクセルのナンバープレート",
        "plates drawn into photographs", "写真に描き込んだプレート",
    ),
    Measured(
        "plates", 24, 0.04, "number plates 160 pixels wide", "幅160ピクセルのナンバープレート",
        "plates drawn into photographs", "写真に描き込んだプレート",
    ),
    Measured(
        "duplicates", 79, 0.0, "copies cropped to 90 % a side", "各辺を90%に切り抜いた複製",
        "product pictures and photographs", "商品画像と写真",
    ),
    Measured(
        "duplicates", 79, 0.152, "copies cropped to 70 % a side", "各辺を70%に切り抜いた複製",
        "product pictures and photographs", "商品画像と写真",
    ),
)  # fmt: skip


def measured_for(detector: str) -> tuple[Measured, ...]:
    """What is known of the detector called `detector`; empty: nobody measured, which a report has to say."""
    return tuple(row for row in MEASURED if row.detector == detector)
