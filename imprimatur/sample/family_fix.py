"""KOBO-Fix: bolts, nuts, eye bolts, knobs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imprimatur.sample.mesh import Mesh, ball, bar, disc, joined, turned_part
from imprimatur.sample.parts import Family, Variant
from imprimatur.sample.shapes import circle, hexagonal, lobes, ring, rod, teeth, threaded

LINE = "KOBO-Fix"


def _bolt(variant: Variant) -> Sequence[Mesh]:
    d, length, plain = variant.dims["d"], variant.dims["length"], variant.dims.get("plain", 0.0)
    r, head = d / 2, d * 0.68
    shank = [threaded(r, -length, -plain, d * 0.2, variant.finish)]
    if plain:
        shank.append(turned_part(rod(r, -plain, 0), variant.finish, segments=36))
    if variant.style == "cap":
        knurl = teeth(36, 0.05)
        cap = turned_part(
            rod(d * 0.78, 0, d, chamfer=d * 0.08),
            variant.finish,
            contour=knurl,
            contour_from=d * 0.77,
            segments=144,
            pieces=3.0,
        )
        socket = disc(d * 0.46, "hole", lift=d * 0.2, segments=6).moved(z=d + 0.05)
        return [*shank, cap, socket]
    if variant.style == "button":
        dome = [
            (0.0, 0.0),
            *((d * 0.95 * np.cos(a), d * 0.55 * np.sin(a)) for a in np.linspace(0, 1.2, 7)),
            (0, d * 0.52),
        ]
        socket = disc(d * 0.34, "hole", lift=d * 0.2, segments=6).moved(z=d * 0.53)
        return [*shank, turned_part(dome, variant.finish, pieces=3.0), socket]
    parts = [*shank, hexagonal(d * 1.55, 0, head, variant.finish)]
    if variant.style == "flange":
        skirt = [(0, -d * 0.02), (d * 1.12, -d * 0.02), (d * 1.12, d * 0.1), (d * 0.8, d * 0.24), (0, d * 0.24)]
        parts.insert(len(shank), turned_part(skirt, variant.finish))
    return parts


def _nut(variant: Variant) -> Sequence[Mesh]:
    d, height = variant.dims["d"], variant.dims["height"]
    body = hexagonal(d * 1.6, 0, height, variant.finish, bore=d * 0.46)
    if variant.style == "nylon":
        collar = turned_part(ring(d * 0.44, d * 0.7, height, height * 1.3, chamfer=d * 0.06), variant.finish)
        insert = turned_part(ring(d * 0.4, d * 0.56, height * 1.3, height * 1.36), "blue")
        return [body, collar, insert]
    if variant.style == "cap":
        dome = [(0.0, height), *((d * 0.72 * np.cos(a), height + d * 0.8 * np.sin(a)) for a in np.linspace(0, 1.5, 9))]
        return [
            hexagonal(d * 1.6, 0, height, variant.finish),
            turned_part([*dome, (0, height + d * 0.8)], variant.finish, pieces=4.0),
        ]
    if variant.style == "flange":
        skirt = [
            (d * 0.46, -d * 0.14),
            (d * 1.16, -d * 0.14),
            (d * 1.16, 0),
            (d * 0.84, d * 0.14),
            (d * 0.46, d * 0.14),
        ]
        grooves = teeth(30, 0.05)
        return [turned_part(skirt, variant.finish, contour=grooves, contour_from=d * 1.1, segments=120), body]
    if variant.style == "wing":
        hub = turned_part(ring(d * 0.46, d * 0.9, 0, height, chamfer=d * 0.1), variant.finish)
        wings = [
            bar(
                np.array(
                    [
                        [s * d * 0.7, 0, height * 0.5],
                        [s * d * 1.2, 0, height * 0.9],
                        [s * d * 1.7, 0, height * 1.5],
                        [s * d * 1.9, 0, height * 1.9],
                    ]
                ),
                np.array([d * 0.34, d * 0.36, d * 0.42, d * 0.2]),
                variant.finish,
            )
            for s in (-1, 1)
        ]
        return [hub, *wings]
    return [body]


def _eye_bolt(variant: Variant) -> Sequence[Mesh]:
    d, eye = variant.dims["d"], variant.dims["eye"]
    length = variant.dims["length"]
    loop = bar(circle(eye, steps=44), variant.dims.get("wire", eye * 0.32), variant.finish, closed=True, sides=18)
    parts = [threaded(d / 2, -length, 0, d * 0.2, "zinc" if variant.paint else variant.finish)]
    parts.append(turned_part(rod(d * 1.05, 0, d * 0.5, chamfer=d * 0.15), variant.finish))
    if variant.style == "swivel":
        parts.append(turned_part(rod(d * 0.8, d * 0.5, d * 1.4, chamfer=d * 0.2), variant.finish))
        parts.append(bar(np.array([[-eye * 1.25, 0, d * 1.0], [eye * 1.25, 0, d * 1.0]]), d * 0.34, "dark"))
        return [*parts, loop.turned(x=90).moved(z=d * 1.3 + eye * 0.75)]
    if variant.style == "nut":
        parts[0] = turned_part(ring(d * 0.45, d * 1.1, -d * 0.8, 0, chamfer=d * 0.1), variant.finish)
    return [*parts, loop.turned(x=90).moved(z=d * 0.5 + eye * 1.15)]


def _knob(variant: Variant) -> Sequence[Mesh]:
    r, height = variant.dims["r"], variant.dims["height"]
    if variant.style == "ball":
        return [
            threaded(r * 0.24, -r * 1.6, 0, r * 0.14, "zinc"),
            turned_part(rod(r * 0.42, -r * 0.1, r * 0.3), "zinc"),
            ball(r, variant.finish, segments=36).moved(z=r * 1.05),
        ]
    if variant.style == "lever":
        arm = np.array(
            [
                [0, 0, height * 0.7],
                [r * 0.8, 0, height * 0.95],
                [r * 2.0, 0, height * 1.25],
                [r * 3.2, 0, height * 1.35],
            ]
        )
        return [
            threaded(r * 0.3, -height * 1.4, 0, r * 0.16, "zinc"),
            turned_part(rod(r * 0.75, 0, height, chamfer=2), "dark"),
            bar(arm, np.array([r * 0.5, r * 0.42, r * 0.46, r * 0.5]), variant.finish, sides=18),
        ]
    if variant.style == "tee":
        return [
            threaded(r * 0.18, -r, 0, r * 0.1, "zinc"),
            turned_part(rod(r * 0.34, 0, height * 0.6, chamfer=1), variant.finish),
            bar(
                np.array(
                    [
                        [-r, 0, height * 0.8],
                        [-r * 0.4, 0, height * 0.8],
                        [r * 0.4, 0, height * 0.8],
                        [r, 0, height * 0.8],
                    ]
                ),
                np.array([r * 0.26, r * 0.32, r * 0.32, r * 0.26]),
                variant.finish,
                sides=18,
            ),
        ]
    count = int(variant.dims["lobes"])
    profile = [
        (0, 0),
        (r * 0.86, 0),
        (r, height * 0.25),
        (r, height * 0.7),
        (r * 0.84, height),
        (r * 0.3, height * 1.05),
        (0, height * 1.05),
    ]
    grip = turned_part(
        profile, variant.finish, contour=lobes(count, 0.26), contour_from=r * 0.8, segments=96, pieces=6.0
    )
    stem = turned_part(rod(r * 0.4, -height * 0.5, 0), variant.finish if variant.style == "star" else "brass")
    parts = [stem, grip]
    if variant.style == "star":
        parts.insert(0, threaded(r * 0.17, -height * 0.5 - r * 1.3, -height * 0.5, r * 0.09, "zinc"))
    else:
        parts.append(joined([disc(r * 0.3, "brass", lift=r * 0.3).moved(z=height * 1.06)]))
    return parts


FAMILIES = (
    Family(
        "BLT",
        11,
        LINE,
        "六角ボルト",
        "hex bolt",
        ("ボルト", "ねじ"),
        ("bolt", "screw"),
        "ろっかくボルト",
        "hex blot",
        _bolt,
        (
            Variant(
                "六角ボルト 全ねじ",
                "fully threaded hex bolt",
                "M12×50",
                "mild",
                "頭が六角で、軸の端までねじが切ってある銀色のボルト",
                "silver hexagon head, threaded right up to the head",
                "架台の組立",
                "assembling machine stands",
                "hex",
                {"d": 12, "length": 50},
            ),
            Variant(
                "六角ボルト 半ねじ",
                "partially threaded hex bolt",
                "M16×90",
                "chromoly",
                "首下が平らな軸で、先だけねじの黒いボルト",
                "black bolt with a plain shank and thread only at the tip",
                "モーター台の固定",
                "holding motor bases",
                "hex",
                {"d": 16, "length": 90, "plain": 46},
            ),
            Variant(
                "フランジ付き六角ボルト",
                "flanged hex bolt",
                "M10×35",
                "stainless",
                "座金が頭と一体になった、つばの広い短いボルト",
                "short bolt with a wide washer face under the head",
                "食品機械のカバー止め",
                "fixing covers on food machinery",
                "flange",
                {"d": 10, "length": 35},
            ),
            Variant(
                "六角穴付きボルト",
                "socket head cap screw",
                "M8×40",
                "chromoly",
                "丸い頭に六角穴があり、側面に滑り止めの筋が入った黒いボルト",
                "round black head with a hexagon socket and knurled side",
                "金型の締付け",
                "clamping dies",
                "cap",
                {"d": 8, "length": 40},
            ),
            Variant(
                "ボタンボルト",
                "button head screw",
                "M6×16",
                "brass",
                "頭が低くて丸い、金色の小ねじ",
                "low domed golden head with a hex socket",
                "操作盤の化粧止め",
                "trim on control panels",
                "button",
                {"d": 6, "length": 16},
            ),
        ),
        rest=(90, 0, 0),
        yaw=(-65, 65),
    ),
    Family(
        "NUT",
        14,
        LINE,
        "六角ナット",
        "hex nut",
        ("ナット", "めねじ"),
        ("nut", "threaded nut"),
        "ろっかくナツト",
        "hex nutt",
        _nut,
        (
            Variant(
                "六角ナット 1種",
                "plain hex nut",
                "M20",
                "mild",
                "面取りされた厚めの銀色ナット",
                "thick silver nut with chamfered corners",
                "アンカーの締結",
                "fastening anchors",
                "plain",
                {"d": 20, "height": 18},
            ),
            Variant(
                "ナイロンナット",
                "nylon insert lock nut",
                "M12",
                "stainless",
                "上に青い樹脂の輪が入ったゆるみ止めナット",
                "lock nut with a blue plastic ring on top",
                "振動する送り装置",
                "feeders that vibrate",
                "nylon",
                {"d": 12, "height": 11},
            ),
            Variant(
                "袋ナット",
                "cap nut",
                "M10",
                "brass",
                "先がドームの金色ナット",
                "golden nut closed by a dome",
                "手に触れる箇所の保護",
                "places that hands touch",
                "cap",
                {"d": 10, "height": 8},
            ),
            Variant(
                "フランジナット",
                "serrated flange nut",
                "M8",
                "chromoly",
                "ぎざぎざの座が付いた黒いナット",
                "black nut with a serrated skirt",
                "搬送レールの取付",
                "mounting conveyor rails",
                "flange",
                {"d": 8, "height": 8},
            ),
            Variant(
                "蝶ナット",
                "wing nut",
                "M6",
                "stainless",
                "羽が二枚あり、指で回せるナット",
                "two wings, turned by hand",
                "治具の素早い脱着",
                "quick change of jigs",
                "wing",
                {"d": 6, "height": 8},
            ),
        ),
        yaw=(-40, 40),
    ),
    Family(
        "EYB",
        15,
        LINE,
        "アイボルト",
        "eye bolt",
        ("吊りボルト", "つり輪"),
        ("lifting eye", "lifting ring"),
        "アイボルド",
        "eye bolb",
        _eye_bolt,
        (
            Variant(
                "アイボルト",
                "lifting eye bolt",
                "M16",
                "mild",
                "輪と軸が一体の銀色の吊り金具",
                "silver ring in one piece with its shank",
                "モーターの吊上げ",
                "lifting motors",
                "plain",
                {"d": 16, "eye": 22, "length": 30},
            ),
            Variant(
                "旋回アイボルト",
                "swivel eye bolt",
                "M20",
                "chromoly",
                "輪が首を振る赤い吊り金具",
                "red ring that turns on its base",
                "金型の反転作業",
                "turning dies over",
                "swivel",
                {"d": 20, "eye": 27, "length": 38, "wire": 7},
                "red",
            ),
            Variant(
                "アイナット",
                "lifting eye nut",
                "M12",
                "stainless",
                "ねじ軸がなく、めねじに輪が付いた金具",
                "ring on a female thread, no shank",
                "盤の天板の吊点",
                "lifting points on cabinets",
                "nut",
                {"d": 15, "eye": 17, "length": 10},
            ),
            Variant(
                "長軸アイボルト",
                "long shank eye bolt",
                "M10×80",
                "mild",
                "軸が長く輪が小さい、黄色く塗られた吊りボルト",
                "small yellow ring on a long threaded shank",
                "配線ダクトの吊下げ",
                "hanging cable ducts",
                "plain",
                {"d": 10, "eye": 13, "length": 80},
                "yellow",
            ),
        ),
        yaw=(-50, 50),
    ),
    Family(
        "KNB",
        16,
        LINE,
        "クランプノブ",
        "clamping knob",
        ("つまみ", "取っ手ねじ"),
        ("hand knob", "grip"),
        "クランプのぶ",
        "clamping nob",
        _knob,
        (
            Variant(
                "星形ノブ",
                "star knob",
                "φ40 M8",
                "phenol",
                "五つ山の黒い握りにねじ軸が付いたノブ",
                "black grip with five lobes and a stud",
                "角度ガイドの固定",
                "locking angle guides",
                "star",
                {"r": 20, "height": 18, "lobes": 5},
            ),
            Variant(
                "菊形ノブ",
                "fluted knob",
                "φ50 M10",
                "phenol",
                "八つ山の赤い握りで、中央に真鍮の当て金がある",
                "red grip with eight flutes and a brass centre",
                "検査台の高さ調整",
                "height of inspection tables",
                "flute",
                {"r": 25, "height": 22, "lobes": 8},
                "red",
            ),
            Variant(
                "玉ノブ",
                "ball knob",
                "φ32 M8",
                "phenol",
                "艶のある黒い玉の取っ手",
                "glossy black ball on a stud",
                "手動レバーの先端",
                "ends of hand levers",
                "ball",
                {"r": 16, "height": 32},
            ),
            Variant(
                "クランプレバー",
                "adjustable clamping lever",
                "65 M8",
                "phenol",
                "橙色の長い腕で締める取っ手",
                "long orange arm to tighten with",
                "安全カバーの開閉",
                "opening guards",
                "lever",
                {"r": 9, "height": 24},
                "orange",
            ),
            Variant(
                "T形ハンドル",
                "T-handle",
                "T60 M8",
                "acetal",
                "両手で引ける白い横棒の取っ手",
                "white cross bar to pull with",
                "位置決めピンの抜き差し",
                "pulling index pins",
                "tee",
                {"r": 30, "height": 30},
            ),
        ),
        yaw=(-50, 30),
    ),
)
