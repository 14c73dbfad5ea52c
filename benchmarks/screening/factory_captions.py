"""Captions as a factory's catalogue has them, with and without people, made by rule; `names_ja.py` measures on them.

Every list and pattern was written for this purpose. Names of firms, brands and places are of the usual shapes (surnames
in firms, in places, on stations), so that what only looks like a person is common here.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

SURNAMES = [
    "佐藤",
    "鈴木",
    "高橋",
    "田中",
    "渡辺",
    "伊藤",
    "中村",
    "小林",
    "山本",
    "加藤",
    "吉田",
    "山田",
    "松本",
    "井上",
    "木村",
    "清水",
    "林",
    "森",
    "原",
    "関",
    "三浦",
    "藤原",
    "岡本",
    "村上",
    "石井",
    "長谷川",
    "近藤",
    "五十嵐",
    "久保田",
    "福島",
    "千葉",
    "宮崎",
    "本田",
    "松下",
    "豊田",
    "島津",
    "安川",
    "大隈",
    "村田",
    "荏原",
    "日野",
    "川崎",
    "石川",
    "長野",
    "福井",
    "岐部",
    "鍬田",
    "能登谷",
    "神尾",
    "夏目",
    "折原",
    "生駒",
    "蛯名",
    "寒河江",
    "越智",
    "門脇",
    "瀬戸口",
    "都築",
    "鳥居",
    "仲宗根",
    "比嘉",
    "真鍋",
    "向井",
    "谷津",
    "和久井",
    "小鳥遊",
    "四方",
    "東海林",
    "王",
    "李",
    "金",
    "張",
]
GIVEN = [
    "太郎",
    "花子",
    "健一",
    "美咲",
    "翔太",
    "陽菜",
    "大輔",
    "恵子",
    "誠",
    "隆",
    "浩二",
    "直美",
    "裕子",
    "拓也",
    "彩",
    "修",
    "茂",
    "勝",
    "豊",
    "実",
    "由美子",
    "和也",
    "千尋",
    "悠斗",
    "結衣",
    "蓮",
    "葵",
    "颯太",
    "莉子",
    "慎之介",
    "京香",
    "洋平",
    "俊彦",
    "正",
    "昇",
    "久美",
    "さくら",
    "ひかり",
    "かおり",
    "みどり",
    "まこと",
    "エミ",
    "ユキ",
    "淳史",
    "克己",
    "信義",
    "貴之",
    "伸子",
    "泰造",
    "登美雄",
    "惣一郎",
]
FOREIGN = [
    "ジョン・スミス",
    "マリア・ガルシア",
    "グエン・ヴァン・アン",
    "チャン・ティ・ホア",
    "ハンス・ミュラー",
    "アンナ・コワルスカ",
    "モハメド・アリー",
    "ラジェシュ・クマール",
    "ピエール・デュボワ",
    "カルロス・シルバ",
    "デイビッド・ブラウン",
    "サンドラ・ホフマン",
    "レ・ミン・トゥアン",
    "プリヤ・シャルマ",
    "ミゲル・サントス",
]
PARTS = [
    "六角ボルト",
    "皿小ねじ",
    "平ワッシャー",
    "フランジ",
    "ベアリング",
    "深溝玉軸受",
    "バルブ",
    "ボールバルブ",
    "スプロケット",
    "ガスケット",
    "Oリング",
    "カップリング",
    "リニアガイド",
    "歯車",
    "シャフト",
    "ブラケット",
    "圧縮コイルばね",
    "チェーン",
    "プーリー",
    "タイミングベルト",
    "電磁弁",
    "エアシリンダ",
    "油圧ポンプ",
    "ロータリージョイント",
    "熱交換器",
    "コンベヤローラー",
    "端子台",
    "リレー",
    "近接センサ",
    "サーボモータ",
    "インバータ",
    "ヒンジ",
    "ハンドル車",
    "アイボルト",
    "クレビス",
    "ノックピン",
    "スペーサー",
    "ライナー",
    "ハウジング",
    "スリーブ",
    "ロックナット",
    "Vブロック",
    "エンドミル",
    "ドリルチャック",
    "バイス",
    "ゲージ",
    "マイクロメータ",
    "ダイヤルゲージ",
    "ストレーナ",
    "フィルターエレメント",
]
MATERIALS = [
    "SUS304",
    "SUS316L",
    "S45C",
    "SCM435",
    "SS400",
    "A5052",
    "C3604",
    "MCナイロン",
    "PTFE",
    "ジュラコン",
    "真鍮",
    "アルミ合金",
    "鋳鉄",
    "炭素鋼",
    "ニトリルゴム",
    "ステンレス",
    "黒染め",
    "三価クロメート",
    "無電解ニッケル",
    "焼入れ焼戻し",
]
FIRM_KINDS = [
    "製作所",
    "工業",
    "精機",
    "鉄工所",
    "金属",
    "電機",
    "化成",
    "産業",
    "商会",
    "螺子",
    "発條",
    "バルブ",
    "ゴム",
    "機械",
    "技研",
    "重工",
    "鋼業",
    "計器",
    "硝子",
    "印刷",
    "運輸",
]
PLACE_KINDS = ["工場", "駅", "町", "事業所", "倉庫", "橋", "市", "港", "営業所", "インター"]
EPONYMS = [
    "ビッカース硬さ",
    "ロックウェル硬さ",
    "ブリネル硬さ",
    "ヤング率",
    "ベルヌーイの定理",
    "ウォームギヤ",
    "オルダム継手",
    "ユニバーサルジョイント",
    "ピトー管",
    "ブルドン管圧力計",
    "オットーサイクル",
    "レイノルズ数",
    "メカニカルシール",
    "ロバーバル機構",
    "ジャコブステーパ",
    "モールステーパ",
    "ウィットねじ",
    "フィリップスドライバー",
    "アレンキー",
    "ゼーゲルリング",
]
ROLES = [
    "設計",
    "製図",
    "検図",
    "承認",
    "照査",
    "担当",
    "作成",
    "撮影",
    "設計者",
    "作成者",
    "撮影者",
    "担当者",
    "検査員",
    "品質管理責任者",
    "現場責任者",
    "承認者",
]
ADDRESS = ["さん", "氏", "様", "部長", "課長", "係長", "主任", "工場長", "先生", "社長"]
FAMOUS = [
    "ノーベル賞",
    "豊田式自動織機",
    "本田技研工業",
    "松下電器産業",
    "島津製作所",
    "安川電機",
    "川崎重工業",
    "村田製作所",
    "荏原製作所",
    "日野自動車",
    "石川島播磨",
    "鈴木式織機",
]


@dataclass(frozen=True, slots=True)
class Caption:
    text: str
    names: tuple[tuple[int, int], ...]


def captions(count: int, seed: int) -> list[Caption]:
    """`count` captions, a little more than half of them without a person; the same for the same seed."""
    generator = random.Random(seed)
    return [(_with_person if generator.random() < 0.45 else _without)(generator) for _ in range(count)]


def _code(g: random.Random) -> str:
    return g.choice(
        [
            f"{g.choice('ABDKMRST')}{g.choice('ABCDHX')}-{g.randint(100, 9999)}",
            f"M{g.choice([4, 5, 6, 8, 10, 12])}×{g.choice([10, 16, 20, 30, 45])}",
            f"{g.randint(6000, 6310)}ZZ",
            f"図番 {g.choice('DEM')}{g.randint(10000, 99999)}",
            f"型番{g.choice('ABC')}{g.randint(10, 99)}-{g.randint(1, 9)}",
        ]
    )


def _firm(g: random.Random) -> str:
    if g.random() < 0.15:
        return g.choice(FAMOUS)
    return g.choice(["", "", "株式会社", "(株)"]) + g.choice(SURNAMES) + g.choice(FIRM_KINDS)


def _place(g: random.Random) -> str:
    return g.choice(SURNAMES) + g.choice(PLACE_KINDS)


def _without(g: random.Random) -> Caption:
    part, other, material, code = g.choice(PARTS), g.choice(PARTS), g.choice(MATERIALS), _code(g)
    text = g.choice(
        [
            f"{part} {code} {material}",
            f"{part}({material})",
            f"{_firm(g)} {part} {code}",
            f"{_firm(g)}製{part}の外観",
            f"{part}・{other}セット",
            f"{_place(g)}の{part}、{g.randint(2001, 2024)}年更新",
            f"{_firm(g)}{_place(g)}に納入した{part}",
            f"{g.choice(EPONYMS)}の測定に使う{part}",
            f"{g.choice(EPONYMS)} {part}",
            f"{part}の組立図 {code}",
            f"{part}を{material}で製作した例",
            f"IMG_{g.randint(1000, 9999)}_{part}.jpg",
            f"{part}",
            f"{material} {part} 在庫品",
            f"{part}と{other}の取付位置を示す断面図",
            f"{_firm(g)}カタログ {g.randint(2010, 2024)}年版 {g.randint(2, 80)}ページ",
            f"納入先：{_firm(g)} {_place(g)}",
            f"製造元 {_firm(g)} 品名 {part}",
            f"担当部署：{g.choice(['製造部', '品質保証課', '設計一課', '購買部', '生産技術室'])} {part}",
            f"承認図 {part} {code} 改訂{g.randint(1, 9)}",
            f"設計変更 {part} {code}",
            f"{part}、{material}、{other}の比較写真",
            f"{g.choice(['赤', '青', '緑', '黄'])}色の{part} {code}",
            f"{_place(g)}行き {part} 梱包状態",
        ]
    )
    return Caption(text, ())


def _name(g: random.Random) -> str:
    kind = g.random()
    if kind < 0.15:
        return g.choice(FOREIGN)
    return g.choice(SURNAMES) + ("" if kind < 0.75 else g.choice([" ", "　"])) + g.choice(GIVEN)


def _with_person(g: random.Random) -> Caption:
    part, other, code, material = g.choice(PARTS), g.choice(PARTS), _code(g), g.choice(MATERIALS)
    short = g.choice([s for s in SURNAMES if len(s) > 1])
    name, second = _name(g), _name(g)
    pattern = g.choice(
        [
            f"{part} {code} {g.choice(ROLES)}：[{name}]",
            f"{part} {g.choice(ROLES)} [{name}]",
            f"{g.choice(ROLES)}:[{name}] {g.choice(ROLES)}:[{second}]",
            f"[{short}]{g.choice(ADDRESS)}が手入れした{part}",
            f"[{name}]{g.choice(ADDRESS)}による{part}の取付作業",
            f"{part}を持つ[{name}]",
            f"[{name}]撮影、{_place(g)}の{part}",
            f"{part}の組立をする[{name}]と[{second}]",
            f"{_firm(g)}の[{short}]{g.choice(ADDRESS)}に納めた{part}",
            f"連絡先：{_firm(g)} [{name}]",
            f"{part} {material} 問い合わせは[{name}]まで",
            f"[{name}]が設計した{part}",
            f"{part}（[{name}]作図）",
            f"設計：[{name}]、製図：[{second}]、{part} {code}",
            f"{_firm(g)}社長の[{name}]",
            f"工場見学で{part}を説明する[{name}]{g.choice(ADDRESS)}",
            f"[{name}]　{part}研削の様子",
            f"写真 [{name}] {part}",
            f"{other}の前に立つ[{name}]、{g.randint(1998, 2024)}年",
        ]
    )
    text, spans = "", []
    for piece in pattern.replace("[", "\0[").replace("]", "\0").split("\0"):
        if piece.startswith("["):
            spans.append((len(text), len(text) + len(piece) - 1))
            piece = piece[1:]
        text += piece
    return Caption(text, tuple(spans))
