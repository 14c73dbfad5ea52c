"""KOBO-Frame: brackets, levelling feet, springs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from imprimatur.sample.mesh import Floats, Mesh, bar, block, disc, joined, turned_part
from imprimatur.sample.parts import Family, Variant
from imprimatur.sample.shapes import hexagonal, line, ring, rod, threaded

LINE = "KOBO-Frame"


def _bores(positions: Sequence[tuple[float, float]], radius: float, height: float, lift: float) -> Mesh:
    return joined([disc(radius, "hole", lift=lift).moved(x, y, height) for x, y in positions])


def _rib(reach: float, height: float, thick: float, finish: str) -> Mesh:
    """A triangular plate: a block that narrows to nothing at its top."""
    corners = block((reach, thick, height), finish).corners
    up = corners[:, :, 2] / height + 0.5
    along = (corners[:, :, 0] + reach / 2) * (1 - up * 0.97)
    bent = np.stack([along, corners[:, :, 1], corners[:, :, 2] + height / 2], axis=2)
    return Mesh(bent, block((reach, thick, height), finish).neighbours, finish)


def _bracket(variant: Variant) -> Sequence[Mesh]:
    a, b, w, t = (variant.dims[key] for key in ("a", "b", "w", "t"))
    foot = block((a, w, t), variant.finish, pieces=9.0).moved(x=a / 2, z=t / 2)
    back = block((t, w, b), variant.finish, pieces=9.0).moved(x=t / 2, z=b / 2 + t)
    spots = [(a * 0.45, -w * 0.25), (a * 0.45, w * 0.25), (a * 0.8, -w * 0.25), (a * 0.8, w * 0.25)]
    bores = _bores(spots, w * 0.08, t + 0.1, w * 0.15)
    wall = (
        _bores([(-b * 0.72, -w * 0.25), (-b * 0.72, w * 0.25)], w * 0.08, 0, w * 0.15)
        .turned(y=90)
        .moved(x=t + 0.1, z=t)
    )
    if variant.style == "gusset":
        return [foot, back, bores, wall, _rib(a * 0.8, b * 0.8, t, variant.finish).moved(x=t, z=t)]
    if variant.style == "u":
        other = block((t, w, b), variant.finish, pieces=9.0).moved(x=a - t / 2, z=b / 2 + t)
        return [foot, back, other, _bores([(a * 0.5, 0)], w * 0.22, t + 0.1, w * 0.15), wall]
    if variant.style == "z":
        top = block((a * 0.7, w, t), variant.finish, pieces=9.0).moved(x=-a * 0.35 + t, z=b + t * 1.5)
        return [
            foot,
            back,
            top,
            bores,
            _bores([(-a * 0.35, -w * 0.22), (-a * 0.35, w * 0.22)], w * 0.08, b + t * 2 + 0.1, w * 0.15),
        ]
    if variant.style == "plate":
        slots = joined(
            [block((a * 0.3, w * 0.09, 0.4), "hole").moved(a * 0.5, y, t + 0.1) for y in (-w * 0.28, 0, w * 0.28)]
        )
        corners = _bores(
            [(a * 0.1, -w * 0.38), (a * 0.1, w * 0.38), (a * 0.9, -w * 0.38), (a * 0.9, w * 0.38)],
            w * 0.06,
            t + 0.1,
            w * 0.1,
        )
        return [foot, Mesh(slots.corners, slots.neighbours, "hole", w * 0.2), corners]
    return [foot, back, bores, wall]


def _foot(variant: Variant) -> Sequence[Mesh]:
    r, d, length = variant.dims["r"], variant.dims["d"], variant.dims["length"]
    height = r * 0.32
    base = turned_part([(0, 0), (r, 0), (r, height * 0.4), (r * 0.45, height), (0, height)], variant.finish)
    pad = turned_part(rod(r * 0.98, -height * 0.35, 0), "rubber")
    stud = threaded(d / 2, height * 1.6, height * 1.6 + length, d * 0.2, "zinc")
    joint = turned_part(rod(d * 0.75, height, height * 1.6, chamfer=d * 0.15), "dark")
    lock = hexagonal(
        d * 1.6, height * 1.6 + length * 0.35, height * 1.6 + length * 0.35 + d * 0.7, "zinc", bore=d * 0.4
    )
    if variant.style == "caster":
        wheel = (
            turned_part(ring(r * 0.2, r * 0.8, -r * 0.22, r * 0.22, chamfer=3), variant.finish)
            .turned(x=90)
            .moved(z=r * 0.8)
        )
        hub = turned_part(ring(0, r * 0.22, -r * 0.26, r * 0.26), "zinc").turned(x=90).moved(z=r * 0.8)
        forks = [
            block((r * 0.5, r * 0.08, r * 1.1), "zinc").moved(x=-r * 0.12, y=y, z=r * 1.25)
            for y in (-r * 0.34, r * 0.34)
        ]
        plate = block((r * 1.7, r * 1.3, r * 0.14), "zinc").moved(x=-r * 0.2, z=r * 1.87)
        return [
            forks[1],
            wheel,
            hub,
            forks[0],
            plate,
            _bores(
                [(-r * 0.85, -r * 0.45), (-r * 0.85, r * 0.45), (r * 0.45, -r * 0.45), (r * 0.45, r * 0.45)],
                r * 0.1,
                r * 1.95,
                r * 0.2,
            ),
        ]
    if variant.style == "anchor":
        plate = block((r * 2.8, r * 1.2, height * 0.6), variant.finish).moved(z=height * 0.3)
        return [
            plate,
            _bores([(-r * 1.1, 0), (r * 1.1, 0)], r * 0.17, height * 0.61, r * 0.2),
            replace(base, lift=r * 0.2).moved(z=height * 0.45),
            replace(joint, lift=r * 0.3),
            stud,
            lock,
        ]
    if variant.style == "damper":
        bellows = [
            turned_part(rod(r * (0.95 - 0.12 * (k % 2)), height * 0.5 * k, height * 0.5 * (k + 1), chamfer=1), "rubber")
            for k in range(5)
        ]
        top = turned_part(rod(r * 0.9, height * 2.5, height * 2.9, chamfer=1), variant.finish)
        return [*bellows, top, threaded(d / 2, height * 2.9, height * 2.9 + length, d * 0.2, "zinc")]
    return [pad, base, joint, stud, lock]


def _helix(radius: Floats, height: float, turns: float) -> Floats:
    steps = len(radius)
    angle = np.linspace(0, 2 * np.pi * turns, steps)
    # End coils lie flat, as ground ends do.
    share = np.linspace(0, 1, steps)
    rise = np.clip((share * turns - 0.75) / max(turns - 1.5, 0.5), 0, 1)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), rise * height], axis=1)


def _spring(variant: Variant) -> Sequence[Mesh]:
    r, wire, height, turns = (variant.dims[key] for key in ("r", "wire", "height", "turns"))
    steps = int(turns * 22)
    radius = np.full(steps, r)
    if variant.style == "conical":
        radius = np.linspace(r, r * 0.45, steps)
    if variant.style == "barrel":
        radius = r * (0.6 + 0.4 * np.sin(np.linspace(0, np.pi, steps)))
    if variant.style == "tension":
        coil = _helix(radius, wire * 2.1 * turns, turns)
        top = float(coil[-1, 2])
        hooks = []
        for end, sign in ((0.0, -1), (top, 1)):
            angle = np.radians(np.linspace(-60, 220, 26))
            hooks.append(
                bar(
                    np.stack(
                        [np.zeros(26), r * 0.8 * np.cos(angle), end + sign * (r + r * 0.8 * np.sin(angle))], axis=1
                    ),
                    wire / 2 * 0.98,
                    variant.finish,
                )
            )
        return [bar(coil, wire / 2, variant.finish, sides=10), *hooks]
    coil = bar(_helix(radius, height, turns), wire / 2, variant.finish, sides=10)
    if variant.style == "torsion":
        legs = [
            bar(line((r, 0, z), (r, s * r * 2.6, z)), wire / 2, variant.finish, sides=10)
            for z, s in ((0, -1), (height, 1))
        ]
        return [coil, *legs]
    return [coil]


FAMILIES = (
    Family(
        "BRK",
        12,
        LINE,
        "ブラケット",
        "bracket",
        ("金具", "受け金"),
        ("angle plate", "mount"),
        "ブラケツト",
        "braket",
        _bracket,
        (
            Variant(
                "L形ブラケット",
                "L-bracket",
                "60×60 t6",
                "mild",
                "板を直角に曲げ、穴が六つある金具",
                "plate bent at a right angle, six holes",
                "センサの取付",
                "mounting sensors",
                "l",
                {"a": 60, "b": 60, "w": 50, "t": 6},
            ),
            Variant(
                "リブ付きブラケット",
                "gusseted bracket",
                "90×90 t8",
                "mild",
                "三角の補強板が入った青い金具",
                "blue, stiffened by a triangular rib",
                "重いモーターの棚受け",
                "shelves for heavy motors",
                "gusset",
                {"a": 90, "b": 90, "w": 60, "t": 8},
                "blue",
            ),
            Variant(
                "コの字ブラケット",
                "U-bracket",
                "80×50 t5",
                "stainless",
                "両側が立ち上がり、底に大穴のある金具",
                "two upright sides and a large hole in the floor",
                "ローラの両持ち",
                "rollers held at both ends",
                "u",
                {"a": 80, "b": 50, "w": 48, "t": 5},
            ),
            Variant(
                "Z形ブラケット",
                "Z-bracket",
                "70×40 t6",
                "aluminium",
                "段違いに二回曲げた金具",
                "bent twice like a step",
                "カバーの段差合わせ",
                "steps between covers",
                "z",
                {"a": 55, "b": 40, "w": 50, "t": 6},
            ),
            Variant(
                "調整プレート",
                "slotted adjusting plate",
                "100×70 t5",
                "carbon",
                "長穴が三本並んだ黒い平板",
                "flat black plate with three slots",
                "位置合わせ",
                "fine alignment",
                "plate",
                {"a": 100, "b": 0, "w": 70, "t": 6},
                "dark",
            ),
        ),
        yaw=(-60, 25),
    ),
    Family(
        "LVF",
        17,
        LINE,
        "アジャスタ",
        "levelling foot",
        ("レベル脚", "アジャスター脚"),
        ("leveller", "machine foot"),
        "アジヤスタ",
        "leveling foat",
        _foot,
        (
            Variant(
                "アジャスタ",
                "levelling foot",
                "M16×100",
                "carbon",
                "円い皿に長いねじが立った脚",
                "long stud on a round dish",
                "架台の水平出し",
                "levelling frames",
                "plain",
                {"r": 40, "d": 16, "length": 100},
            ),
            Variant(
                "アンカー付きアジャスタ",
                "anchored levelling foot",
                "M20×120",
                "stainless",
                "床に止める耳が両側にある脚",
                "ears on both sides to bolt it down",
                "地震に備える装置",
                "machines in earthquake country",
                "anchor",
                {"r": 40, "d": 20, "length": 120},
            ),
            Variant(
                "防振マウント",
                "anti-vibration mount",
                "M12",
                "rubber",
                "ゴムの段が重なった短い脚",
                "short foot of stacked rubber rings",
                "振動する圧縮機",
                "compressors that shake",
                "damper",
                {"r": 32, "d": 12, "length": 30},
                "zinc",
            ),
            Variant(
                "キャスタ",
                "caster wheel",
                "φ75",
                "nylon",
                "板に車輪が付いた赤いキャスタ",
                "red wheel under a steel plate",
                "台車の移動",
                "moving trolleys",
                "caster",
                {"r": 47, "d": 12, "length": 10},
                "red",
            ),
        ),
        yaw=(-50, 50),
    ),
    Family(
        "SPG",
        18,
        LINE,
        "コイルばね",
        "coil spring",
        ("スプリング", "バネ"),
        ("spring", "coil"),
        "コイルハネ",
        "coil sprign",
        _spring,
        (
            Variant(
                "圧縮コイルばね",
                "compression spring",
                "φ20×50",
                "spring",
                "等間隔に巻いた銀色のばね",
                "silver, evenly wound",
                "押え板の戻し",
                "returning pressure plates",
                "compression",
                {"r": 10, "wire": 3, "height": 50, "turns": 9},
            ),
            Variant(
                "円すいばね",
                "conical spring",
                "φ30×40",
                "stainless",
                "上に行くほど細くなるばね",
                "narrower towards the top",
                "電気接点の押え",
                "contact springs",
                "conical",
                {"r": 15, "wire": 2.6, "height": 40, "turns": 7},
            ),
            Variant(
                "引張コイルばね",
                "tension spring",
                "φ14×70",
                "spring",
                "すき間なく巻かれ、両端にかぎがあるばね",
                "close wound with a hook at each end",
                "扉の引戻し",
                "pulling doors shut",
                "tension",
                {"r": 8, "wire": 2.4, "height": 50, "turns": 14},
                "dark",
            ),
            Variant(
                "ねじりばね",
                "torsion spring",
                "φ18",
                "spring",
                "両端の足が横に伸びたばね",
                "its two legs stick out sideways",
                "蓋の跳ね上げ",
                "flip-up lids",
                "torsion",
                {"r": 9, "wire": 2.6, "height": 16, "turns": 5},
                "gold",
            ),
            Variant(
                "重荷重用ばね",
                "heavy duty die spring",
                "φ40×60",
                "spring",
                "緑に塗られた太い線のばね",
                "thick green wire",
                "プレス金型",
                "press dies",
                "compression",
                {"r": 20, "wire": 8.5, "height": 60, "turns": 6},
                "green",
            ),
        ),
    ),
)
