"""Values for the text benchmark: identifiers of people and numbers of things, made up from the published rules.

Nothing here is imported from the product: check digits are computed a second time, so that a rule misread there shows.
"""

from __future__ import annotations

import random
from collections.abc import Callable

Rng = random.Random


def digits(rng: Rng, count: int, first: str = "0123456789") -> str:
    return rng.choice(first) + "".join(rng.choice("0123456789") for _ in range(count - 1))


def letters(rng: Rng, count: int) -> str:
    return "".join(rng.choice("ABCDEFGHJKLMNPRSTUWXYZ") for _ in range(count))


def _my_number_check(body: str) -> int:
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)  # 平成26年総務省令第85号, written from the left
    rest = sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11
    return 0 if rest <= 1 else 11 - rest


def my_number_digits(rng: Rng) -> str:
    body = digits(rng, 11)
    return f"{body}{_my_number_check(body)}"


def _luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return body + str(-total % 10)


def _gs1(body: str) -> str:
    total = sum(int(d) * (3 if place % 2 == 0 else 1) for place, d in enumerate(reversed(body)))
    return body + str(-total % 10)


def my_number(rng: Rng) -> str:
    number = my_number_digits(rng)
    grouped = f"{number[:4]}-{number[4:8]}-{number[8:]}"
    return rng.choice([number, number, grouped, grouped, grouped.replace("-", " "), " ".join(number)])


def licence(rng: Rng) -> str:
    body = rng.choice(["10", "30", "43", "44", "50", "52", "54", "62", "65", "72", "90"]) + digits(rng, 8)
    rest = sum(int(d) * w for d, w in zip(body, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    number = f"{body}{0 if rest <= 1 else 11 - rest}{rng.choice('0001')}"
    return rng.choice(
        [number, number, f"{number[:4]}-{number[4:8]}-{number[8:]}", f"{number[:4]} {number[4:8]} {number[8:]}"]
    )


def passport(rng: Rng) -> str:
    return rng.choice("MTN") + letters(rng, 1) + rng.choice(["", "", " "]) + digits(rng, 7)


def residence(rng: Rng) -> str:
    return letters(rng, 2) + digits(rng, 8) + letters(rng, 2)


def account(rng: Rng) -> str:
    bank = rng.choice(
        ["みずほ", "三菱UFJ", "三井住友", "りそな", "京都", "広島", "城南信用金庫", "多摩信金", "JA東京", "ゆうちょ"]
    )
    bank += "" if bank.endswith(("金庫", "信金", "東京")) else "銀行"
    branch = rng.choice(["蒲田", "本店営業部", "大森", "新宿西口", "〇一八", "高崎中央", "北九州"])
    branch += "" if branch.endswith("部") else "支店"
    kind = rng.choice(["普通", "普通", "当座", "(普)", "普通預金", "普通口座"])
    return f"{bank}{rng.choice(['', ' ', '　'])}{branch}{rng.choice(['', ' ', '　'])}{kind}{rng.choice(['', ' ', '：'])}{digits(rng, 7)}"


def account_digits(rng: Rng) -> str:
    return digits(rng, 7)


def yucho(rng: Rng) -> str:
    sign, number = f"1{digits(rng, 3)}0", f"{digits(rng, rng.choice([5, 6, 7]), '123456789')}1"
    return rng.choice(
        [f"記号{sign}番号{number}", f"記号 {sign} 番号 {number}", f"{sign}-{number}", f"記号：{sign}　番号：{number}"]
    )


def insurance(rng: Rng) -> str:
    sign, number = digits(rng, rng.choice([4, 8]), "123456789"), digits(rng, rng.choice([2, 3, 5]), "123456789")
    return rng.choice(
        [
            f"記号{sign}番号{number}",
            f"記号 {sign} 番号 {number}",
            f"記号：{sign}　番号：{number}",
            f"記号{sign}・番号{number}",
        ]
    )


def insurer(rng: Rng) -> str:
    return rng.choice(["06", "01", "63", "31", "34"]) + digits(rng, 6)


def pension(rng: Rng) -> str:
    return digits(rng, 4) + rng.choice(["-", "-", "-", "", " "]) + digits(rng, 6)


def employment(rng: Rng) -> str:
    return rng.choice(["{}-{}-{}", "{}{}{}", "{}-{}-{}"]).format(digits(rng, 4), digits(rng, 6), digits(rng, 1))


def mobile(rng: Rng) -> str:
    head, a, b = rng.choice(["090", "080", "070"]), digits(rng, 4, "123456789"), digits(rng, 4)
    return rng.choice([f"{head}-{a}-{b}", f"{head}-{a}-{b}", f"{head}{a}{b}", f"{head}({a}){b}", f"{head} {a} {b}"])


def landline(rng: Rng) -> str:
    head, middle = rng.choice(
        [("03", 4), ("06", 4), ("045", 3), ("052", 3), ("011", 3), ("075", 3), ("0422", 2), ("0475", 2), ("0266", 2)]
    )
    a, b = digits(rng, middle, "23456789"), digits(rng, 4)
    return rng.choice(
        [
            f"{head}-{a}-{b}",
            f"{head}-{a}-{b}",
            f"{head}({a}){b}",
            f"({head}){a}-{b}",
            f"{head}{a}{b}",
            f"{head} {a} {b}",
        ]
    )


def international(rng: Rng) -> str:
    return rng.choice([
        f"+81-{rng.choice(['90', '80', '70'])}-{digits(rng, 4, '123456789')}-{digits(rng, 4)}",
        f"+81 3 {digits(rng, 4, '3456')} {digits(rng, 4)}",
        f"+1 212-{digits(rng, 3, '2345678')}-{digits(rng, 4)}",
        f"+49 30 {digits(rng, 8, '23456789')}",
    ])  # fmt: skip


def email(rng: Rng) -> str:
    name = rng.choice(["taro.yamada", "h-suzuki", "k_tanaka", "sato.hanako", "m.ito2", "yoshida1975", "kobayashi"])
    return f"{name}@{rng.choice(['example.co.jp', 'mail.example.jp', 'example.com', 'factory-example.ne.jp'])}"


_KANJI = str.maketrans("0123456789", "〇一二三四五六七八九")
_PLACES = [
    ("東京都", "大田区", "蒲田"), ("東京都", "八王子市", "元本郷町"), ("神奈川県", "横浜市港北区", "新横浜"), ("愛知県", "豊田市", "西町"),
    ("大阪府", "東大阪市", "荒本北"), ("新潟県", "燕市", "吉田西太田"), ("北海道", "札幌市北区", "北七条西"), ("兵庫県", "神戸市中央区", "加納町"),
    ("長野県", "諏訪郡下諏訪町", "社"), ("福岡県", "北九州市小倉北区", "城内"), ("静岡県", "浜松市中央区", "元城町"), ("岐阜県", "各務原市", "那加桜町"),
    ("埼玉県", "川口市", "青木"), ("千葉県", "袖ケ浦市", "坂戸市場"), ("京都府", "京都市伏見区", "鷹匠町"), ("広島県", "呉市", "中央"),
    ("沖縄県", "那覇市", "泉崎"), ("茨城県", "つくば市", "研究学園"), ("群馬県", "太田市", "浜町"), ("三重県", "四日市市", "諏訪町"),
]  # fmt: skip


def address(rng: Rng) -> str:
    prefecture, city, town = rng.choice(_PLACES)
    a, b, c = rng.randint(1, 9), rng.randint(1, 30), rng.randint(1, 20)
    numbers = [
        f"{a}-{b}-{c}", f"{a}-{b}-{c}", f"{a}丁目{b}番{c}号", f"{a}丁目{b}-{c}", f"{a}丁目{b}番地", f"{b}番地{c}", f"{b * 10}-{c}",
        f"{a}丁目{b}番地の{c}", f"{str(a).translate(_KANJI)}丁目{b}番{c}号", f"{str(a).translate(_KANJI)}丁目{a}番地",
    ]  # fmt: skip
    building = rng.choice(["", "", "", " コーポ青葉201", "グリーンハイツ305号室", " 第2山田ビル4F", "-502"])
    gap = rng.choice(["", "", "", " "])
    if building == "-502":
        return f"{prefecture}{city}{town}{a}-{b}-{c}-502"
    return f"{rng.choice([prefecture, prefecture, ''])}{city}{gap}{town}{rng.choice(numbers)}{building}"


def posted_address(rng: Rng) -> str:
    return f"〒{digits(rng, 3)}-{digits(rng, 4)}{rng.choice(['', ' ', '　'])}{address(rng)}"


def plate(rng: Rng) -> str:
    place = rng.choice(
        [
            "品川",
            "横浜",
            "名古屋",
            "なにわ",
            "富士山",
            "尾張小牧",
            "つくば",
            "北九州",
            "多摩",
            "春日井",
            "いわき",
            "熊谷",
        ]
    )
    number = rng.choice(
        [
            f"{digits(rng, 2)}-{digits(rng, 2)}",
            f"{digits(rng, 2)}-{digits(rng, 2)}",
            f"・・・{digits(rng, 1)}",
            f"・{digits(rng, 1)}-{digits(rng, 2)}",
            f"・・{digits(rng, 2)}",
        ]
    )
    gap = rng.choice(["", " ", " ", "　"])
    group = rng.choice(["300", "500", "580", "330", "100", "400", "480", "30A", "55", "800"])
    return f"{place}{gap}{group}{gap}{rng.choice('あいうえかきくけこさすせそたちつてとなにぬねのはひふほまみむめもやゆよらりるろわれ')}{gap}{number}"


def birthday(rng: Rng) -> str:
    month, day = rng.randint(1, 12), rng.randint(1, 28)
    era, years = rng.choice([("昭和", 63), ("平成", 30), ("大正", 14), ("令和", 6), ("明治", 44)])
    year = rng.randint(1, years)
    western = rng.randint(1940, 2010)
    short = {"昭和": "S", "平成": "H", "大正": "T", "令和": "R", "明治": "M"}[era]
    return rng.choice([
        f"{era}{year}年{month}月{day}日", f"{era} {year} 年 {month} 月 {day} 日", f"{short}{year}.{month}.{day}", f"{short}{year:02d}/{month:02d}/{day:02d}",
        f"{western}年{month}月{day}日", f"{western}/{month:02d}/{day:02d}", f"{western}-{month:02d}-{day:02d}", f"{western}.{month}.{day}", f"{era}元年{month}月{day}日",
        f"{western}{month:02d}{day:02d}",
    ])  # fmt: skip


def employee(rng: Rng) -> str:
    return rng.choice(
        [
            digits(rng, 5),
            digits(rng, 6),
            digits(rng, 8),
            f"E{digits(rng, 5)}",
            f"A-{digits(rng, 4)}",
            f"KS{digits(rng, 4)}",
        ]
    )


def card(rng: Rng) -> str:
    number = rng.choice(
        [
            _luhn("4" + digits(rng, 14)),
            _luhn(f"5{rng.randint(1, 5)}" + digits(rng, 13)),
            _luhn("3540" + digits(rng, 11)),
            _luhn("37" + digits(rng, 12)),
        ]
    )
    if len(number) == 15:
        return rng.choice(
            [number, f"{number[:4]}-{number[4:10]}-{number[10:]}", f"{number[:4]} {number[4:10]} {number[10:]}"]
        )
    groups = [number[i : i + 4] for i in range(0, 16, 4)]
    return rng.choice([number, "-".join(groups), " ".join(groups)])


def iban(rng: Rng) -> str:
    bban = digits(rng, 18)
    rest = 98 - int(bban + "131400") % 97
    text = f"DE{rest:02d}{bban}"
    return rng.choice([text, " ".join(text[i : i + 4] for i in range(0, len(text), 4))])


def ssn(rng: Rng) -> str:
    return f"{rng.randint(100, 665)}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}"


def person(rng: Rng) -> str:
    return rng.choice(["佐藤", "鈴木", "田中", "伊藤", "渡辺", "山本", "中村"]) + rng.choice(
        ["太郎", "花子", "健一", "美咲", "誠"]
    )


PERSONAL: dict[str, Callable[[Rng], str]] = {
    "my_number": my_number, "licence": licence, "passport": passport, "residence": residence, "account": account, "account_digits": account_digits,
    "yucho": yucho, "insurance": insurance, "insurer": insurer, "pension": pension, "employment": employment, "mobile": mobile, "landline": landline,
    "international": international, "email": email, "address": address, "posted_address": posted_address, "plate": plate, "birthday": birthday,
    "employee": employee, "card": card, "iban": iban, "ssn": ssn,
}  # fmt: skip


def part_number(rng: Rng) -> str:
    return rng.choice([
        f"{letters(rng, 2)}-{digits(rng, 4)}", f"{letters(rng, 3)}{digits(rng, 5)}-{digits(rng, 2)}", f"{letters(rng, 2)}{digits(rng, 7)}",
        f"{digits(rng, 4)}-{digits(rng, 4)}-{digits(rng, 4)}", f"{letters(rng, 2)}{digits(rng, 8)}{letters(rng, 2)}", f"{digits(rng, 4)}-{digits(rng, 6)}",
        f"{digits(rng, 3)}-{digits(rng, 2)}-{digits(rng, 4)}", f"{digits(rng, 7)}", f"0{digits(rng, 1)}-{digits(rng, 4)}-{digits(rng, 4)}", my_number_digits(rng),
        f"{digits(rng, 5)}-{digits(rng, 7)}-{letters(rng, 1)}",
    ])  # fmt: skip


def bare_code(rng: Rng) -> str:
    """A code that stands without any label: a shape with letters, as catalogues have it."""
    return rng.choice([
        f"{letters(rng, 3)}-{digits(rng, 4)}-{digits(rng, 4)}", f"{letters(rng, 2)}{digits(rng, 3)}-{digits(rng, 2)}{letters(rng, 1)}", f"{digits(rng, 4)}{letters(rng, 2)}",
        f"{letters(rng, 1)}{digits(rng, 6)}", f"6{digits(rng, 3)}ZZ", f"{digits(rng, 2)}-{digits(rng, 3)}{letters(rng, 1)}", f"SKU{digits(rng, 8)}",
    ])  # fmt: skip


def jan(rng: Rng) -> str:
    return rng.choice([_gs1("49" + digits(rng, 10)), _gs1("45" + digits(rng, 10)), _gs1("49" + digits(rng, 5))])


def upc(rng: Rng) -> str:
    return _gs1(digits(rng, 11))


def corporate(rng: Rng) -> str:
    body = digits(rng, 12)
    total = sum(int(d) * (1 if place % 2 == 0 else 2) for place, d in enumerate(reversed(body)))
    return f"{9 - total % 9}{body}"


def dimension(rng: Rng) -> str:
    a, b, c = rng.randint(5, 900), rng.randint(5, 900), rng.randint(5, 900)
    return rng.choice([
        f"{a}×{b}×{c}mm", f"W{a} D{b} H{c}", f"φ{a}±0.{b % 10}", f"M{a % 30 + 2}×{b % 90 + 5}", f"{a}-{b}-{c}", f"全長{a}mm", f"t={a % 9}.{b % 9}", f"{a}.{b:03d}+0.05/-0.02",
        f"Φ{a % 90}H7", f"R{a % 50} C{b % 5}", f"{a}~{b}mm",
    ])  # fmt: skip


def day(rng: Rng) -> str:
    return rng.choice(
        [
            f"{rng.randint(2001, 2025)}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日",
            f"{rng.randint(2001, 2025)}/{rng.randint(1, 12):02d}/{rng.randint(1, 28):02d}",
            f"R{rng.randint(1, 7)}.{rng.randint(1, 12)}.{rng.randint(1, 28)}",
            f"平成{rng.randint(2, 30)}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日",
            f"{rng.randint(2001, 2025)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}",
        ]
    )


def price(rng: Rng) -> str:
    return rng.choice(
        [
            f"¥{rng.randint(1, 999)},{rng.randint(0, 999):03d}",
            f"{rng.randint(100, 99999)}円(税別)",
            f"単価{rng.randint(10, 9000)}円",
        ]
    )


def standard(rng: Rng) -> str:
    return rng.choice(
        [
            "JIS B 1180",
            "ISO 4014",
            "JIS G 4303 SUS304",
            "DIN 931",
            "ISO 9001:2015",
            "JIS B 0401-2",
            "ASTM A193",
            "RoHS2 10物質対応",
        ]
    )


def order_number(rng: Rng) -> str:
    return rng.choice(
        [
            f"{rng.randint(2018, 2026)}-{digits(rng, 4)}-{digits(rng, 4)}",
            digits(rng, 12),
            f"{digits(rng, 4)}-{digits(rng, 6)}",
            f"PO{digits(rng, 8)}",
            digits(rng, 7),
            my_number_digits(rng),
        ]
    )


def luhn_code(rng: Rng) -> str:
    return _luhn("4" + digits(rng, 14))


THINGS: dict[str, Callable[[Rng], str]] = {
    "part_number": part_number, "bare_code": bare_code, "jan": jan, "upc": upc, "corporate": corporate, "dimension": dimension, "day": day, "price": price,
    "standard": standard, "order_number": order_number, "luhn_code": luhn_code, "digits7": lambda rng: digits(rng, 7), "digits8": lambda rng: digits(rng, 8),
    "digits6": lambda rng: digits(rng, 6),
}  # fmt: skip
