"""KOBO-Flow: pipe flanges, valves, cylinders, fittings; words and sizes. The shapes are in `build_flow`."""

from __future__ import annotations

from imprimatur.sample.build_flow import cylinder, fitting, flange, valve
from imprimatur.sample.parts import Family, Variant

LINE = "KOBO-Flow"

# A table: one article takes four lines, which a formatter would make fourteen.
# fmt: off
FAMILIES = (
    Family(
        "FLG", 31, LINE, "配管フランジ", "pipe flange",
        ("フランジ", "つば"), ("flange", "pipe collar"), "ふらんじ", "pipe flnage",
        flange, (
            Variant("差込み溶接フランジ", "slip-on pipe flange", "10K 50A", "carbon",
                    "ボルト穴が四つの平らな輪", "flat ring with four bolt holes",
                    "冷却水の配管", "cooling water pipes",
                    "slip", {"r": 77, "thick": 16, "bore": 30, "holes": 4}),
            Variant("閉止フランジ", "blind flange", "10K 80A", "stainless",
                    "穴のない蓋で、ボルト穴が八つ", "a lid without a bore, eight bolt holes",
                    "配管の行き止まり", "closing the end of a pipe",
                    "blind", {"r": 92, "thick": 18, "bore": 0, "holes": 8}),
            Variant("ハブフランジ", "weld neck flange", "16K 40A", "stainless",
                    "首が山形に立ち上がった輪", "a neck rises from the ring",
                    "蒸気の高圧配管", "steam at high pressure",
                    "neck", {"r": 70, "thick": 17, "bore": 20, "holes": 6}),
            Variant("角フランジ", "square flange", "SQ 100", "aluminium",
                    "四角い板で四隅に穴がある", "square plate with a hole in each corner",
                    "送風ダクトの口", "air duct mouths",
                    "square", {"r": 50, "thick": 12, "bore": 30, "holes": 4}),
            Variant("大口径フランジ", "large bore flange", "5K 150A", "cast",
                    "橙色に塗られ、口が広く十二の穴がある輪", "orange ring, wide mouth, twelve holes",
                    "集じん機の吸込み", "dust collector inlets",
                    "slip", {"r": 132, "thick": 20, "bore": 88, "holes": 12}, "orange"),
        )),
    Family(
        "VLV", 32, LINE, "ボールバルブ", "ball valve",
        ("弁", "バルブ", "コック"), ("valve", "cock"), "ボールバブル", "ball vavle",
        valve, (
            Variant("ボールバルブ", "ball valve", "Rc1/2", "brass",
                    "黄色いレバーの金色の弁", "golden valve with a yellow lever",
                    "圧縮空気の元栓", "shutting off compressed air",
                    "ball", {"r": 16, "half": 36}),
            Variant("ゲートバルブ", "gate valve", "10K 40A", "bronze",
                    "赤い丸ハンドルが付いた青銅の弁", "bronze valve with a red hand wheel",
                    "工業用水の開閉", "process water mains",
                    "gate", {"r": 24, "half": 54}),
            Variant("バタフライバルブ", "butterfly valve", "10K 80A", "cast",
                    "円い枠の中で板が回る弁", "a plate turns inside a round frame",
                    "送風量の調節", "air flow control",
                    "butterfly", {"r": 40, "half": 20}, "blue"),
            Variant("逃し弁", "relief valve", "Rc3/4", "stainless",
                    "筒の上に赤い蓋と小さな引き金がある弁", "a cylinder with a red cap and a small trigger",
                    "油圧の過圧の逃がし", "letting out excess oil pressure",
                    "relief", {"r": 18, "half": 40}),
            Variant("非常遮断弁", "emergency shut-off valve", "10K 50A", "stainless",
                    "紺色の駆動部と赤い押しボタンを載せた弁", "navy actuator with a red button on top",
                    "燃料ガスの非常停止", "stopping fuel gas in an emergency",
                    "shutoff", {"r": 26, "half": 58}),
        ), yaw=(-50, 50)),
    Family(
        "CYL", 33, LINE, "エアシリンダ", "air cylinder",
        ("シリンダー", "エアシリ"), ("pneumatic cylinder", "air ram"), "エアシリンタ", "air cylnder",
        cylinder, (
            Variant("タイロッド形シリンダ", "tie-rod air cylinder", "φ40-100", "aluminium",
                    "四本の棒で蓋を締めた四角い頭のシリンダ", "square ends held by four rods",
                    "押出し装置", "pushing parts out",
                    "tie", {"r": 20, "stroke": 120, "rod": 7}),
            Variant("ペンシリンダ", "round pen cylinder", "φ16-60", "stainless",
                    "細くて丸い鉛筆のようなシリンダ", "thin and round like a pencil",
                    "小物の仕分け", "sorting small parts",
                    "round", {"r": 9, "stroke": 72, "rod": 3}, "dark"),
            Variant("薄形シリンダ", "compact cylinder", "φ32-20", "aluminium",
                    "溝の入った短い四角のシリンダ", "short square block with grooves",
                    "狭い場所のクランプ", "clamping in tight places",
                    "compact", {"r": 20, "stroke": 36, "rod": 8, "out": 16}),
            Variant("ガイド付きシリンダ", "guided cylinder", "φ25-50", "aluminium",
                    "二本の案内棒と先端の板があるシリンダ", "two guide rods and a plate at the front",
                    "箱の持上げ", "lifting boxes",
                    "guided", {"r": 22, "stroke": 80, "rod": 6, "out": 44}, "navy"),
            Variant("クレビス形シリンダ", "clevis cylinder", "φ63-150", "cast",
                    "後ろにピン止めの二股があるシリンダ", "a fork with a pin at its rear end",
                    "ゲートの開閉", "opening gates",
                    "clevis", {"r": 30, "stroke": 140, "rod": 10}, "green"),
        ), rest=(0, 90, 0), yaw=(-65, -20)),
    Family(
        "FIT", 34, LINE, "管継手", "pipe fitting",
        ("継手", "つなぎ"), ("fitting", "connector"), "つぎて", "pipe fiting",
        fitting, (
            Variant("エルボ", "elbow fitting", "90° 20A", "stainless",
                    "直角に曲がった銀色の管", "silver pipe bent at a right angle",
                    "配管の曲がり角", "corners in pipework",
                    "elbow", {"r": 13, "arm": 34}),
            Variant("チーズ", "tee fitting", "T 25A", "bronze",
                    "三方に口がある赤銅色の管", "three mouths, the colour of copper",
                    "配管の分岐", "branching pipes",
                    "tee", {"r": 16, "arm": 42}, "copper"),
            Variant("ホースニップル", "hose barb", "R3/8 φ12", "brass",
                    "ぎざぎざの口と六角のある金色の継手", "golden, ridged nose and a hexagon",
                    "ホースの差込み", "pushing hoses on",
                    "barb", {"r": 9, "arm": 28}),
            Variant("ワンタッチ継手", "push-in fitting", "R1/4 φ8", "acetal",
                    "白い胴に青い輪が付いた継手", "white body with a blue release ring",
                    "エア配管の差込み", "plugging air tubes in",
                    "push", {"r": 9, "arm": 20}, "zinc"),
        ), yaw=(-60, 30)),
)
# fmt: on
