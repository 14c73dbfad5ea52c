"""KOBO-Drive: gears, sprockets, pulleys, bearings, couplings, shafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from imprimatur.sample.mesh import Mesh, ball, block, disc, joined, turned_part
from imprimatur.sample.parts import Family, Variant
from imprimatur.sample.shapes import Profile, holes, ring, rod, teeth, threaded

LINE = "KOBO-Drive"


def _gear(variant: Variant) -> Sequence[Mesh]:
    r, width, bore = variant.dims["r"], variant.dims["width"], variant.dims["bore"]
    count = int(variant.dims["teeth"])
    deep = 4.4 / count
    contour = teeth(count, deep, pointed=0.62, twist=variant.dims.get("twist", 0.0))
    root = r * (1 - deep) * 0.9
    if variant.style == "bevel":
        cone = [(bore, 0), (r * 0.98, 0), (r, width * 0.25), (r * 0.55, width), (bore, width)]
        return [
            turned_part(
                cone,
                variant.finish,
                contour=teeth(count, deep, pointed=0.62),
                contour_from=r * 0.5,
                segments=count * 6,
                pieces=5.0,
            )
        ]
    if variant.style == "web":
        profile: Profile = [(root * 0.82, 0), (r, 0), (r, width), (root * 0.82, width)]
        rim = turned_part(
            profile, variant.finish, contour=contour, contour_from=r * 0.99, segments=count * 6, pieces=9.0
        )
        web = turned_part(ring(bore, root * 0.83, width * 0.3, width * 0.7), variant.finish)
        hub = turned_part(ring(bore, bore * 1.9, -width * 0.1, width * 1.1, chamfer=1), variant.finish)
        bored = holes(root * 0.6, int(variant.dims.get("holes", 5)), root * 0.13, width * 0.71, lift=r * 0.16)
        return [web, rim, bored, hub]
    profile = [(bore, 0), (root, 0), (r, 0), (r, width), (root, width), (bore, width)]
    gear = turned_part(
        profile,
        variant.finish,
        contour=contour,
        contour_from=r * 0.99,
        segments=count * 6,
        pieces=18.0 if "twist" in variant.dims else 8.0,
    )
    if variant.style == "hub":
        return [gear, turned_part(ring(bore, bore * 1.7, width, width * 1.7, chamfer=1), variant.finish)]
    return [gear]


def _sprocket(variant: Variant) -> Sequence[Mesh]:
    r, width, bore = variant.dims["r"], variant.dims["width"], variant.dims["bore"]
    count, rows = int(variant.dims["teeth"]), int(variant.dims.get("rows", 1))
    contour = teeth(count, 6.2 / count, pointed=0.95)
    discs = [
        turned_part(
            [
                (bore, z),
                (r * 0.78, z),
                (r, z + width * 0.3),
                (r, z + width * 0.7),
                (r * 0.78, z + width),
                (bore, z + width),
            ],
            variant.finish,
            contour=contour,
            contour_from=r * 0.99,
            segments=count * 6,
            pieces=9.0,
        )
        for z in (row * width * 2.4 for row in range(rows))
    ]
    top = (rows - 1) * width * 2.4 + width
    parts: list[Mesh] = [discs[0]]
    for row in range(1, rows):
        parts.append(turned_part(ring(bore, r * 0.6, width + (row - 1) * width * 2.4, row * width * 2.4), "dark"))
        parts.append(discs[row])
    if variant.style == "hub":
        parts.append(turned_part(ring(bore, bore * 1.75, top, top + width * 2.2, chamfer=1.5), variant.finish))
    if variant.style == "light":
        parts.append(holes(r * 0.56, 6, r * 0.14, top + 0.05, lift=r * 0.16))
    return parts


def _pulley(variant: Variant) -> Sequence[Mesh]:
    r, bore, grooves = variant.dims["r"], variant.dims["bore"], int(variant.dims.get("grooves", 1))
    pitch = variant.dims.get("pitch", 14.0)
    if variant.style == "timing":
        width, count = variant.dims["width"], int(variant.dims["teeth"])
        drum = turned_part(
            ring(bore, r, 0, width),
            variant.finish,
            contour=teeth(count, 0.1, pointed=0.5),
            contour_from=r * 0.99,
            segments=count * 6,
            pieces=6.0,
        )
        cheeks = [turned_part(ring(bore, r * 1.16, z, z + 2.0), "zinc", pieces=8.0) for z in (-2.0, width)]
        hub = turned_part(ring(bore, r * 0.62, width + 2, width + 2 + r * 0.4, chamfer=1), variant.finish)
        return [cheeks[0], drum, cheeks[1], hub]
    profile: Profile = [(bore, 0), (r * 0.97, 0), (r, 1.0)]
    for k in range(grooves):
        z = k * pitch + 2.0
        profile += [
            (r, z),
            (r - pitch * 0.7, z + pitch * 0.3),
            (r - pitch * 0.7, z + pitch * 0.5),
            (r, z + pitch * 0.8),
        ]
    high = grooves * pitch + 2.0
    if variant.style == "idler":
        groove: Profile = [
            (bore, 0),
            (r, 0),
            (r, 3.0),
            (r * 0.84, 8.0),
            (r * 0.84, 12.0),
            (r, 17.0),
            (r, 20.0),
            (bore, 20.0),
        ]
        core = turned_part(ring(bore * 0.55, bore, -2, 22, chamfer=1), "stainless")
        return [turned_part(groove, variant.finish), core]
    if variant.style == "spoke":
        rim = turned_part([(r * 0.76, 0), *profile[1:], (r, high), (r * 0.76, high)], variant.finish, pieces=9.0)
        spokes = [
            block((r * 0.62, r * 0.16, high * 0.5), variant.finish).moved(x=r * 0.46, z=high / 2).turned(z=72 * k)
            for k in range(5)
        ]
        return [*spokes, rim, turned_part(ring(bore, bore * 1.8, 0, high * 1.15, chamfer=1.5), variant.finish)]
    body = turned_part(
        [*profile, (r, high), (r * 0.94, high), (r * 0.86, high - 3), (bore * 1.7, high - 3), (bore, high - 3)],
        variant.finish,
        pieces=11.0,
    )
    return [body, turned_part(ring(bore, bore * 1.6, high - 3, high + 5, chamfer=1), variant.finish)]


def _bearing(variant: Variant) -> Sequence[Mesh]:
    r, bore, width = variant.dims["r"], variant.dims["bore"], variant.dims["width"]
    if variant.style == "thrust":
        low = turned_part(ring(bore, r, 0, width * 0.3, chamfer=1), variant.finish)
        high = turned_part(ring(bore * 1.06, r, width * 0.7, width, chamfer=1), variant.finish)
        return [low, *_balls((r + bore) / 2, width * 0.25, 14, width * 0.5, "stainless"), high]
    if variant.style == "block":
        seat = block((r * 4.0, r * 0.9, r * 0.5), variant.finish)
        feet = holes(r * 1.55, 2, r * 0.2, r * 0.26, lift=r * 0.3)
        house = (
            turned_part(ring(r * 0.8, r * 1.25, -r * 0.42, r * 0.42, chamfer=3), variant.finish)
            .turned(x=90)
            .moved(z=r * 1.2)
        )
        core = (
            turned_part(ring(bore, r * 0.78, -r * 0.5, r * 0.5, chamfer=1), "stainless").turned(x=90).moved(z=r * 1.2)
        )
        return [seat, feet, house, core]
    outer = turned_part(ring(r * 0.82, r, 0, width, chamfer=1.2), variant.finish)
    inner = turned_part(ring(bore, bore + r * 0.17, 0, width, chamfer=0.8), variant.finish)
    if variant.style == "sealed":
        seal = turned_part(ring(bore + r * 0.17, r * 0.82, width * 0.08, width * 0.94), "rubber")
        return [outer, seal, inner]
    if variant.style == "taper":
        cone = turned_part(
            [(bore, -width * 0.1), (r * 0.62, -width * 0.1), (r * 0.54, width * 1.1), (bore, width * 1.1)],
            variant.finish,
        )
        rollers = [
            turned_part(rod(r * 0.085, -width * 0.42, width * 0.42, chamfer=0.6), "stainless", segments=12)
            .turned(y=-9)
            .moved(x=r * 0.69, z=width * 0.6)
            .turned(z=360 / 18 * k)
            for k in range(18)
        ]
        return [turned_part(ring(r * 0.84, r, -width * 0.1, width * 0.8, chamfer=1.2), variant.finish), cone, *rollers]
    race = turned_part(ring(bore + r * 0.17, r * 0.82, width * 0.1, width * 0.3), "dark")
    cage = turned_part(ring((r + bore) / 2 - 1.4, (r + bore) / 2 + 1.4, width * 0.7, width * 0.85), "brass")
    return [
        outer,
        race,
        inner,
        *_balls((r * 0.82 + bore + r * 0.17) / 2, r * 0.135, int(variant.dims["balls"]), width * 0.74, "stainless"),
        cage,
    ]


def _balls(circle: float, radius: float, count: int, height: float, finish: str) -> list[Mesh]:
    angles = np.arange(count) * 2 * np.pi / count
    return [
        joined([ball(radius, finish, segments=14).moved(float(circle * np.cos(a)), float(circle * np.sin(a)), height)])
        for a in angles
    ]


def _coupling(variant: Variant) -> Sequence[Mesh]:
    r, length, bore = variant.dims["r"], variant.dims["length"], variant.dims["bore"]
    half = length / 2
    if variant.style == "bellows":
        waves: Profile = [(bore, -half * 0.45)]
        for k in range(6):
            z = -half * 0.45 + half * 0.9 * k / 6
            waves += [
                (r * 0.72, z),
                (r * 0.96, z + half * 0.05),
                (r * 0.96, z + half * 0.1),
                (r * 0.72, z + half * 0.145),
            ]
        waves.append((bore, half * 0.45))
        ends = [
            turned_part(ring(bore, r, a, b, chamfer=1), "aluminium")
            for a, b in ((-half, -half * 0.45), (half * 0.45, half))
        ]
        return [ends[0], turned_part(waves, variant.finish, pieces=14.0), ends[1]]
    if variant.style == "disc":
        hubs = [
            turned_part(ring(bore, r * 0.72, a, b, chamfer=1), variant.finish)
            for a, b in ((-half, -half * 0.16), (half * 0.16, half))
        ]
        plates = [
            turned_part(ring(bore, r, z - 1.2, z + 1.2), "stainless", pieces=8.0) for z in (-half * 0.12, half * 0.12)
        ]
        middle = turned_part(ring(bore, r * 0.9, -half * 0.1, half * 0.1), "dark")
        return [hubs[0], plates[0], middle, plates[1], hubs[1]]
    if variant.style == "rigid":
        sleeve = turned_part(ring(bore, r, -half, half, chamfer=1.5), variant.finish, pieces=12.0)
        split = replace(block((0.3, 0.9, length * 0.98), "hole"), lift=r * 0.1).moved(x=-r)
        screws = [
            disc(r * 0.2, "hole", lift=r * 0.3).turned(y=-90).moved(x=-r, z=z).turned(z=24)
            for z in (-half * 0.65, -half * 0.22, half * 0.22, half * 0.65)
        ]
        return [sleeve, split, *screws]
    gap = half * 0.26
    claw = teeth(3 if variant.style == "jaw" else 2, 0.24, pointed=0.14)
    hubs = [turned_part(ring(bore, r, a, b, chamfer=1.2), variant.finish) for a, b in ((-half, -gap), (gap, half))]
    spider = turned_part(
        [(bore, -gap), (r * 0.98, -gap), (r * 0.98, gap), (bore, gap)],
        "orange" if variant.style == "jaw" else "ivory",
        contour=claw,
        contour_from=r * 0.9,
        segments=72,
    )
    jaws = turned_part(ring(bore, r * 0.86, -gap, gap), variant.finish)
    return [hubs[0], jaws, spider, hubs[1]]


def _shaft(variant: Variant) -> Sequence[Mesh]:
    steps = [(variant.dims[f"r{k}"], variant.dims[f"l{k}"]) for k in range(1, 6) if f"r{k}" in variant.dims]
    z = 0.0
    parts: list[Mesh] = []
    for k, (radius, length) in enumerate(steps):
        if variant.style == "spline" and k == len(steps) - 1:
            parts.append(
                turned_part(
                    rod(radius, z, z + length),
                    variant.finish,
                    contour=teeth(10, 0.16, pointed=0.4),
                    contour_from=radius,
                    segments=60,
                    pieces=6.0,
                )
            )
        elif variant.style == "thread" and k == len(steps) - 1:
            parts.append(threaded(radius, z, z + length, 3.0, variant.finish))
        elif variant.style == "hollow":
            parts.append(
                turned_part(ring(radius * 0.55, radius, z, z + length, chamfer=1), variant.finish, pieces=12.0)
            )
        elif variant.style == "eccentric" and k == 2:
            parts.append(
                turned_part(rod(radius, z, z + length, chamfer=1), "stainless").moved(x=variant.dims["offset"])
            )
        else:
            parts.append(turned_part(rod(radius, z, z + length, chamfer=1.2), variant.finish, segments=42, pieces=6.0))
        z += length
    if variant.style == "key":
        radius, length = steps[0]
        parts.append(
            replace(block((0.4, radius * 0.5, length * 0.6), "hole"), lift=radius * 0.5)
            .moved(x=-radius, z=length * 0.45)
            .turned(z=20)
        )
    return parts


FAMILIES = (
    Family(
        "GER",
        21,
        LINE,
        "平歯車",
        "spur gear",
        ("ギア", "歯車", "ギヤ"),
        ("gear", "cog wheel"),
        "ひら歯車",
        "spur geer",
        _gear,
        (
            Variant(
                "平歯車 ボス付き",
                "spur gear with hub",
                "m2 z24",
                "carbon",
                "歯が二十四枚で片側にボスが出た鋼の歯車",
                "steel gear, twenty-four teeth, a hub on one side",
                "減速機の中間段",
                "the middle stage of reducers",
                "hub",
                {"r": 26, "width": 14, "bore": 8, "teeth": 24},
            ),
            Variant(
                "樹脂平歯車",
                "plastic spur gear",
                "m3 z18",
                "nylon",
                "油のいらない青い樹脂の歯車",
                "blue plastic gear that runs without oil",
                "包装機の静かな送り",
                "quiet feeds of packing machines",
                "plain",
                {"r": 30, "width": 16, "bore": 9, "teeth": 18},
            ),
            Variant(
                "はすば歯車",
                "helical gear",
                "m2 z30",
                "chromoly",
                "歯が斜めに切られた黒っぽい歯車",
                "dark gear whose teeth run at an angle",
                "高速の主軸駆動",
                "fast spindle drives",
                "plain",
                {"r": 32, "width": 22, "bore": 11, "teeth": 30, "twist": 0.035},
            ),
            Variant(
                "軽量平歯車",
                "lightened spur gear",
                "m2 z40",
                "cast",
                "大径で円い肉抜き穴が五つある鋳物の歯車",
                "large cast gear with five round lightening holes",
                "乾燥炉のドラム回転",
                "turning dryer drums",
                "web",
                {"r": 42, "width": 14, "bore": 8, "teeth": 40, "holes": 5},
            ),
            Variant(
                "かさ歯車",
                "bevel gear",
                "m2.5 z20",
                "brass",
                "傘の形をした金色の歯車",
                "golden gear shaped like a cone",
                "直角に向きを変える伝達",
                "turning a drive by a right angle",
                "bevel",
                {"r": 27, "width": 18, "bore": 7, "teeth": 20},
            ),
        ),
    ),
    Family(
        "SPK",
        22,
        LINE,
        "スプロケット",
        "sprocket",
        ("チェーン歯車", "チェーンホイール"),
        ("chain wheel", "chain gear"),
        "スプロッケト",
        "sproket",
        _sprocket,
        (
            Variant(
                "スプロケット 片ボス",
                "sprocket with hub",
                "RS40 15T",
                "carbon",
                "歯先がとがり、片側に太いボスがある鎖車",
                "pointed teeth and a thick hub on one side",
                "コンベヤの駆動軸",
                "conveyor drive shafts",
                "hub",
                {"r": 32, "width": 7, "bore": 9, "teeth": 15},
            ),
            Variant(
                "二列スプロケット",
                "double strand sprocket",
                "RS50-2 18T",
                "chromoly",
                "鎖車が二枚並んだ黒いもの",
                "two dark toothed discs side by side",
                "重い搬送台の駆動",
                "driving heavy carriers",
                "double",
                {"r": 46, "width": 8, "bore": 13, "teeth": 18, "rows": 2},
            ),
            Variant(
                "ステンレススプロケット",
                "stainless sprocket",
                "RS35 22T",
                "stainless",
                "水洗いできる薄い銀色の鎖車",
                "thin silver disc that can be washed",
                "洗浄ラインの搬送",
                "washing lines",
                "flat",
                {"r": 35, "width": 5, "bore": 8, "teeth": 22},
            ),
            Variant(
                "軽量スプロケット",
                "lightened sprocket",
                "RS40 30T",
                "aluminium",
                "六つの肉抜き穴がある大きなアルミの鎖車",
                "large aluminium disc with six round windows",
                "昇降機の従動側",
                "the idle side of lifts",
                "light",
                {"r": 61, "width": 7, "bore": 14, "teeth": 30},
            ),
            Variant(
                "樹脂スプロケット",
                "plastic sprocket",
                "RS40 12T",
                "acetal",
                "小さくて白い樹脂の鎖車",
                "small white plastic wheel for a chain",
                "菓子ラインの軽い送り",
                "light feeds in sweets lines",
                "hub",
                {"r": 26, "width": 7, "bore": 7, "teeth": 12},
            ),
        ),
    ),
    Family(
        "PUL",
        23,
        LINE,
        "Vプーリ",
        "V-belt pulley",
        ("プーリー", "ベルト車"),
        ("pulley", "belt wheel"),
        "Vぷーり",
        "V-belt puley",
        _pulley,
        (
            Variant(
                "Vプーリ 1溝",
                "single groove V-belt pulley",
                "A-1 100",
                "cast",
                "溝が一本の鋳物のベルト車",
                "cast wheel with one groove",
                "換気扇の駆動",
                "driving ventilators",
                "plain",
                {"r": 50, "bore": 12, "grooves": 1, "pitch": 17},
            ),
            Variant(
                "Vプーリ 3溝",
                "three groove V-belt pulley",
                "B-3 125",
                "cast",
                "緑に塗られ、溝が三本並ぶベルト車",
                "green wheel with three grooves",
                "圧縮機の動力伝達",
                "power to compressors",
                "plain",
                {"r": 62, "bore": 16, "grooves": 3, "pitch": 16},
                "green",
            ),
            Variant(
                "タイミングプーリ",
                "timing pulley",
                "S5M 32T",
                "aluminium",
                "歯付きベルト用で両側につばがあるアルミの車",
                "aluminium wheel for toothed belts, flanges on both sides",
                "位置決めテーブル",
                "positioning tables",
                "timing",
                {"r": 26, "bore": 7, "width": 22, "teeth": 32},
            ),
            Variant(
                "アームプーリ",
                "spoked pulley",
                "C-2 250",
                "cast",
                "五本の腕を持つ大きな青いベルト車",
                "large blue wheel with five arms",
                "粉砕機の大減速",
                "slow crushers",
                "spoke",
                {"r": 100, "bore": 24, "grooves": 2, "pitch": 22},
                "navy",
            ),
            Variant(
                "アイドラプーリ",
                "idler pulley",
                "φ60",
                "nylon",
                "軸受を内蔵した黄色い張り車",
                "yellow tension wheel with a bearing inside",
                "ベルトの張り調整",
                "tensioning belts",
                "idler",
                {"r": 30, "bore": 14},
                "yellow",
            ),
        ),
    ),
    Family(
        "BRG",
        24,
        LINE,
        "玉軸受",
        "ball bearing",
        ("ベアリング", "軸受"),
        ("bearing", "race"),
        "ベアリンク",
        "ball baering",
        _bearing,
        (
            Variant(
                "深溝玉軸受 開放形",
                "open deep groove ball bearing",
                "6204",
                "bearing",
                "玉と金色の保持器が見える軸受",
                "balls and a golden cage in plain view",
                "一般モーターの軸端",
                "ends of motor shafts",
                "open",
                {"r": 23.5, "bore": 10, "width": 14, "balls": 9},
            ),
            Variant(
                "深溝玉軸受 シール形",
                "sealed deep groove ball bearing",
                "6305 2RS",
                "bearing",
                "黒いゴムの蓋で閉じた軸受",
                "closed by black rubber seals",
                "粉じんの多い搬送ローラ",
                "rollers in dusty places",
                "sealed",
                {"r": 31, "bore": 12.5, "width": 17},
            ),
            Variant(
                "円すいころ軸受",
                "tapered roller bearing",
                "30206",
                "bearing",
                "斜めのころが円く並ぶ軸受",
                "slanted rollers in a circle",
                "片側から押される車軸",
                "axles pushed from one side",
                "taper",
                {"r": 31, "bore": 15, "width": 16},
            ),
            Variant(
                "スラスト玉軸受",
                "thrust ball bearing",
                "51105",
                "bearing",
                "二枚の輪で玉をはさんだ平たい軸受",
                "flat, balls between two washers",
                "回転台の縦荷重",
                "turntables under load",
                "thrust",
                {"r": 21, "bore": 12.5, "width": 11},
            ),
            Variant(
                "ピロー形ユニット",
                "pillow block bearing",
                "UCP205",
                "cast",
                "脚の付いた青い鋳物の台に入った軸受",
                "bearing in a blue cast housing with feet",
                "長い軸の支え",
                "carrying long shafts",
                "block",
                {"r": 28, "bore": 12.5, "width": 34},
                "blue",
            ),
        ),
        yaw=(-40, 40),
    ),
    Family(
        "CPL",
        25,
        LINE,
        "軸継手",
        "shaft coupling",
        ("カップリング", "ジョイント"),
        ("coupling", "joint"),
        "カプリング",
        "shaft copling",
        _coupling,
        (
            Variant(
                "ジョーカップリング",
                "jaw coupling",
                "φ40 L66",
                "aluminium",
                "橙色のゴムの星をはさんだ継手",
                "orange rubber star between two hubs",
                "ポンプとモーターの連結",
                "joining pumps to motors",
                "jaw",
                {"r": 20, "length": 66, "bore": 7},
            ),
            Variant(
                "ベローズカップリング",
                "bellows coupling",
                "φ32 L51",
                "stainless",
                "蛇腹で曲がる銀色の継手",
                "silver bellows that bends",
                "エンコーダの取付",
                "fitting encoders",
                "bellows",
                {"r": 16, "length": 51, "bore": 5},
            ),
            Variant(
                "ディスクカップリング",
                "disc coupling",
                "φ56 L74",
                "carbon",
                "薄い板ばねを重ねた継手",
                "thin spring plates between two hubs",
                "サーボ軸の直結",
                "servo axes",
                "disc",
                {"r": 28, "length": 74, "bore": 9},
            ),
            Variant(
                "リジッドカップリング",
                "rigid sleeve coupling",
                "φ30 L60",
                "stainless",
                "割りの入った筒にねじが四本並ぶ継手",
                "slit sleeve with four screws in a row",
                "撹拌軸の延長",
                "longer stirrer shafts",
                "rigid",
                {"r": 15, "length": 60, "bore": 8},
            ),
            Variant(
                "オルダムカップリング",
                "Oldham coupling",
                "φ25 L32",
                "aluminium",
                "間に白い樹脂の円板が入る短い黒の継手",
                "short black coupling with a white plastic disc",
                "芯ずれのある小型機",
                "small drives out of line",
                "oldham",
                {"r": 12.5, "length": 32, "bore": 4},
                "dark",
            ),
        ),
        rest=(0, 90, 0),
        yaw=(-70, -25),
    ),
    Family(
        "SHF",
        26,
        LINE,
        "段付きシャフト",
        "stepped shaft",
        ("軸", "シャフト"),
        ("shaft", "axle"),
        "シャフド",
        "steped shaft",
        _shaft,
        (
            Variant(
                "段付きシャフト キー溝",
                "stepped shaft with keyway",
                "φ30×180",
                "carbon",
                "太さが四段に変わり、端にキー溝がある軸",
                "four diameters and a keyway at one end",
                "減速機の出力",
                "reducer output",
                "key",
                {"r1": 11, "l1": 46, "r2": 15, "l2": 58, "r3": 12, "l3": 46, "r4": 8, "l4": 30},
            ),
            Variant(
                "スプラインシャフト",
                "splined shaft",
                "φ26×150",
                "chromoly",
                "片端に十本の山がある黒い軸",
                "dark shaft with ten ridges at one end",
                "変速のすべり軸",
                "sliding change gears",
                "spline",
                {"r1": 9, "l1": 36, "r2": 16, "l2": 10, "r3": 13, "l3": 104},
            ),
            Variant(
                "中空シャフト",
                "hollow shaft",
                "φ50×120",
                "stainless",
                "中が空いた太い銀色の管の軸",
                "thick silver tube, open inside",
                "配線を通す旋回軸",
                "cables through turning axes",
                "hollow",
                {"r1": 25, "l1": 90, "r2": 19, "l2": 30},
            ),
            Variant(
                "ねじ付きシャフト",
                "shaft with threaded end",
                "φ20×160",
                "mild",
                "先にねじが切られた細長い軸",
                "long and thin, a thread at the tip",
                "ローラの芯",
                "cores of rollers",
                "thread",
                {"r1": 7, "l1": 24, "r2": 10, "l2": 100, "r3": 7, "l3": 36},
            ),
            Variant(
                "偏心シャフト",
                "eccentric shaft",
                "φ24×110 e6",
                "carbon",
                "真ん中の輪が芯からずれた軸",
                "its middle disc sits off centre",
                "振動ふるいの加振",
                "shaking sieves",
                "eccentric",
                {
                    "r1": 9,
                    "l1": 34,
                    "r2": 12,
                    "l2": 12,
                    "r3": 18,
                    "l3": 18,
                    "r4": 12,
                    "l4": 12,
                    "r5": 9,
                    "l5": 34,
                    "offset": 6,
                },
            ),
        ),
        rest=(0, 90, 0),
        yaw=(-60, -10),
    ),
)
