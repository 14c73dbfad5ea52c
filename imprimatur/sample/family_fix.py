"""KOBO-Fix: bolts, nuts, eye bolts, knobs; words and sizes. The shapes are in `build_fix`."""

from __future__ import annotations

from imprimatur.sample.build_fix import bolt, eye_bolt, knob, nut
from imprimatur.sample.parts import Family, Variant

LINE = "KOBO-Fix"

# A table: one article takes four lines, which a formatter would make fourteen.
# fmt: off
FAMILIES = (
    Family(
        "BLT", 11, LINE, "六角ボルト", "hex bolt",
        ("ボルト", "ねじ"), ("bolt", "screw"), "ろっかくボルト", "hex blot",
        bolt, (
            Variant("六角ボルト 全ねじ", "fully threaded hex bolt", "M12×50", "mild",
                    "頭が六角で、軸の端までねじが切ってある銀色のボルト", "silver hexagon head, threaded right up to the head",
                    "架台の組立", "assembling machine stands",
                    "hex", {"d": 12, "length": 50}),
            Variant("六角ボルト 半ねじ", "partially threaded hex bolt", "M16×90", "chromoly",
                    "首下が平らな軸で、先だけねじの黒いボルト", "black bolt with a plain shank and thread only at the tip",
                    "モーター台の固定", "holding motor bases",
                    "hex", {"d": 16, "length": 90, "plain": 46}),
            Variant("フランジ付き六角ボルト", "flanged hex bolt", "M10×35", "stainless",
                    "座金が頭と一体になった、つばの広い短いボルト", "short bolt with a wide washer face under the head",
                    "食品機械のカバー止め", "fixing covers on food machinery",
                    "flange", {"d": 10, "length": 35}),
            Variant("六角穴付きボルト", "socket head cap screw", "M8×40", "chromoly",
                    "丸い頭に六角穴があり、側面に滑り止めの筋が入った黒いボルト", "round black head with a hexagon socket and knurled side",
                    "金型の締付け", "clamping dies",
                    "cap", {"d": 8, "length": 40}),
            Variant("ボタンボルト", "button head screw", "M6×16", "brass",
                    "頭が低くて丸い、金色の小ねじ", "low domed golden head with a hex socket",
                    "操作盤の化粧止め", "trim on control panels",
                    "button", {"d": 6, "length": 16}),
        ), rest=(90, 0, 0), yaw=(-65, 65)),
    Family(
        "NUT", 14, LINE, "六角ナット", "hex nut",
        ("ナット", "めねじ"), ("nut", "threaded nut"), "ろっかくナツト", "hex nutt",
        nut, (
            Variant("六角ナット 1種", "plain hex nut", "M20", "mild",
                    "面取りされた厚めの銀色ナット", "thick silver nut with chamfered corners",
                    "アンカーの締結", "fastening anchors",
                    "plain", {"d": 20, "height": 18}),
            Variant("ナイロンナット", "nylon insert lock nut", "M12", "stainless",
                    "上に青い樹脂の輪が入ったゆるみ止めナット", "lock nut with a blue plastic ring on top",
                    "振動する送り装置", "feeders that vibrate",
                    "nylon", {"d": 12, "height": 11}),
            Variant("袋ナット", "cap nut", "M10", "brass",
                    "先がドームの金色ナット", "golden nut closed by a dome",
                    "手に触れる箇所の保護", "places that hands touch",
                    "cap", {"d": 10, "height": 8}),
            Variant("フランジナット", "serrated flange nut", "M8", "chromoly",
                    "ぎざぎざの座が付いた黒いナット", "black nut with a serrated skirt",
                    "搬送レールの取付", "mounting conveyor rails",
                    "flange", {"d": 8, "height": 8}),
            Variant("蝶ナット", "wing nut", "M6", "stainless",
                    "羽が二枚あり、指で回せるナット", "two wings, turned by hand",
                    "治具の素早い脱着", "quick change of jigs",
                    "wing", {"d": 6, "height": 8}),
        ), yaw=(-40, 40)),
    Family(
        "EYB", 15, LINE, "アイボルト", "eye bolt",
        ("吊りボルト", "つり輪"), ("lifting eye", "lifting ring"), "アイボルド", "eye bolb",
        eye_bolt, (
            Variant("アイボルト", "lifting eye bolt", "M16", "mild",
                    "輪と軸が一体の銀色の吊り金具", "silver ring in one piece with its shank",
                    "モーターの吊上げ", "lifting motors",
                    "plain", {"d": 16, "eye": 22, "length": 30}),
            Variant("旋回アイボルト", "swivel eye bolt", "M20", "chromoly",
                    "輪が首を振る赤い吊り金具", "red ring that turns on its base",
                    "金型の反転作業", "turning dies over",
                    "swivel", {"d": 20, "eye": 27, "length": 38, "wire": 7}, "red"),
            Variant("アイナット", "lifting eye nut", "M12", "stainless",
                    "ねじ軸がなく、めねじに輪が付いた金具", "ring on a female thread, no shank",
                    "盤の天板の吊点", "lifting points on cabinets",
                    "nut", {"d": 15, "eye": 17, "length": 10}),
            Variant("長軸アイボルト", "long shank eye bolt", "M10×80", "mild",
                    "軸が長く輪が小さい、黄色く塗られた吊りボルト", "small yellow ring on a long threaded shank",
                    "配線ダクトの吊下げ", "hanging cable ducts",
                    "plain", {"d": 10, "eye": 13, "length": 80}, "yellow"),
        ), yaw=(-50, 50)),
    Family(
        "KNB", 16, LINE, "クランプノブ", "clamping knob",
        ("つまみ", "取っ手ねじ"), ("hand knob", "grip"), "クランプのぶ", "clamping nob",
        knob, (
            Variant("星形ノブ", "star knob", "φ40 M8", "phenol",
                    "五つ山の黒い握りにねじ軸が付いたノブ", "black grip with five lobes and a stud",
                    "角度ガイドの固定", "locking angle guides",
                    "star", {"r": 20, "height": 18, "lobes": 5}),
            Variant("菊形ノブ", "fluted knob", "φ50 M10", "phenol",
                    "八つ山の赤い握りで、中央に真鍮の当て金がある", "red grip with eight flutes and a brass centre",
                    "検査台の高さ調整", "height of inspection tables",
                    "flute", {"r": 25, "height": 22, "lobes": 8}, "red"),
            Variant("玉ノブ", "ball knob", "φ32 M8", "phenol",
                    "艶のある黒い玉の取っ手", "glossy black ball on a stud",
                    "手動レバーの先端", "ends of hand levers",
                    "ball", {"r": 16, "height": 32}),
            Variant("クランプレバー", "adjustable clamping lever", "65 M8", "phenol",
                    "橙色の長い腕で締める取っ手", "long orange arm to tighten with",
                    "安全カバーの開閉", "opening guards",
                    "lever", {"r": 9, "height": 24}, "orange"),
            Variant("T形ハンドル", "T-handle", "T60 M8", "acetal",
                    "両手で引ける白い横棒の取っ手", "white cross bar to pull with",
                    "位置決めピンの抜き差し", "pulling index pins",
                    "tee", {"r": 30, "height": 30}),
        ), yaw=(-50, 30)),
)
# fmt: on
