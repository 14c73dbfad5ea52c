"""KOBO-Frame: brackets, levelling feet, springs; words and sizes. The shapes are in `build_frame`."""

from __future__ import annotations

from imprimatur.sample.build_frame import bracket, foot, spring
from imprimatur.sample.parts import Family, Variant

LINE = "KOBO-Frame"

# A table: one article takes four lines, which a formatter would make fourteen.
# fmt: off
FAMILIES = (
    Family(
        "BRK", 12, LINE, "ブラケット", "bracket",
        ("金具", "受け金"), ("angle plate", "mount"), "ブラケツト", "braket",
        bracket, (
            Variant("L形ブラケット", "L-bracket", "60×60 t6", "mild",
                    "板を直角に曲げ、穴が六つある金具", "plate bent at a right angle, six holes",
                    "センサの取付", "mounting sensors",
                    "l", {"a": 60, "b": 60, "w": 50, "t": 6}),
            Variant("リブ付きブラケット", "gusseted bracket", "90×90 t8", "mild",
                    "三角の補強板が入った青い金具", "blue, stiffened by a triangular rib",
                    "重いモーターの棚受け", "shelves for heavy motors",
                    "gusset", {"a": 90, "b": 90, "w": 60, "t": 8}, "blue"),
            Variant("コの字ブラケット", "U-bracket", "80×50 t5", "stainless",
                    "両側が立ち上がり、底に大穴のある金具", "two upright sides and a large hole in the floor",
                    "ローラの両持ち", "rollers held at both ends",
                    "u", {"a": 80, "b": 50, "w": 48, "t": 5}),
            Variant("Z形ブラケット", "Z-bracket", "70×40 t6", "aluminium",
                    "段違いに二回曲げた金具", "bent twice like a step",
                    "カバーの段差合わせ", "steps between covers",
                    "z", {"a": 55, "b": 40, "w": 50, "t": 6}),
            Variant("調整プレート", "slotted adjusting plate", "100×70 t5", "carbon",
                    "長穴が三本並んだ黒い平板", "flat black plate with three slots",
                    "位置合わせ", "fine alignment",
                    "plate", {"a": 100, "b": 0, "w": 70, "t": 6}, "dark"),
        ), yaw=(-60, 25)),
    Family(
        "LVF", 17, LINE, "アジャスタ", "levelling foot",
        ("レベル脚", "アジャスター脚"), ("leveller", "machine foot"), "アジャスタ足", "leveling foat",
        foot, (
            Variant("アジャスタ", "levelling foot", "M16×100", "carbon",
                    "円い皿に長いねじが立った脚", "long stud on a round dish",
                    "架台の水平出し", "levelling frames",
                    "plain", {"r": 40, "d": 16, "length": 100}),
            Variant("アンカー付きアジャスタ", "anchored levelling foot", "M20×120", "stainless",
                    "床に止める耳が両側にある脚", "ears on both sides to bolt it down",
                    "地震に備える装置", "machines in earthquake country",
                    "anchor", {"r": 40, "d": 20, "length": 120}),
            Variant("防振マウント", "anti-vibration mount", "M12", "rubber",
                    "ゴムの段が重なった短い脚", "short foot of stacked rubber rings",
                    "振動する圧縮機", "compressors that shake",
                    "damper", {"r": 32, "d": 12, "length": 30}, "zinc"),
            Variant("キャスタ", "caster wheel", "φ75", "nylon",
                    "板に車輪が付いた赤いキャスタ", "red wheel under a steel plate",
                    "台車の移動", "moving trolleys",
                    "caster", {"r": 47, "d": 12, "length": 10}, "red"),
        ), yaw=(-50, 50)),
    Family(
        "SPG", 18, LINE, "コイルばね", "coil spring",
        ("スプリング", "バネ"), ("spring", "coil"), "コイルハネ", "coil sprign",
        spring, (
            Variant("圧縮コイルばね", "compression spring", "φ20×50", "spring",
                    "等間隔に巻いた銀色のばね", "silver, evenly wound",
                    "押え板の戻し", "returning pressure plates",
                    "compression", {"r": 10, "wire": 3, "height": 50, "turns": 9}),
            Variant("円すいばね", "conical spring", "φ30×40", "stainless",
                    "上に行くほど細くなるばね", "narrower towards the top",
                    "電気接点の押え", "contact springs",
                    "conical", {"r": 15, "wire": 2.6, "height": 40, "turns": 7}),
            Variant("引張コイルばね", "tension spring", "φ14×70", "spring",
                    "すき間なく巻かれ、両端にかぎがあるばね", "close wound with a hook at each end",
                    "扉の引戻し", "pulling doors shut",
                    "tension", {"r": 8, "wire": 2.4, "height": 50, "turns": 14}, "dark"),
            Variant("ねじりばね", "torsion spring", "φ18", "spring",
                    "両端の足が横に伸びたばね", "its two legs stick out sideways",
                    "蓋の跳ね上げ", "flip-up lids",
                    "torsion", {"r": 9, "wire": 2.6, "height": 16, "turns": 5}, "gold"),
            Variant("重荷重用ばね", "heavy duty die spring", "φ40×60", "spring",
                    "緑に塗られた太い線のばね", "thick green wire",
                    "プレス金型", "press dies",
                    "compression", {"r": 20, "wire": 8.5, "height": 60, "turns": 6}, "green"),
        )),
)
# fmt: on
