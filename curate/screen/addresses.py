"""Postal addresses in folded text: 〒, prefecture, municipality, 丁目番地号 in every style; streets of English. Pure.

A municipality of the gazetteer (`municipalities_ja.txt`) or a prefecture, and a house number: "愛知県産" and "川口市の工場"
are no addresses. The address of a firm's own premises ("本社:…", "株式会社… 東京都…") is a public business contact: low.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files

from curate.finding import Severity
from curate.screen.hit import Hit
from curate.screen.labels import PART, Reading, fields_of, governing
from curate.screen.literal_trie import trie_pattern
from curate.screen.wording import Reason

_KIND = "privacy.address"
_PREFECTURES = (
    "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 "
    "滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県"
)  # fmt: skip
PREFECTURES = tuple(_PREFECTURES.split())

_PLACE = "一-龥々ヶヵノぁ-んァ-ヴー"
_NUM = r"(?:[0-9]{1,5}|[一二三四五六七八九十百千〇壱弐参]{1,6})"
_J = r"[ \n]?"
_HYPHEN = r"(?:[ \n]?[-~のノ之・][ \n]?)"
_NOT_A_HOUSE = r"(?![0-9])(?!\s?(?:mm|cm|kg|%|円|個(?!人)|本入|枚入|(?:枚|部|冊|台|件)(?![一-龥ァ-ヴ])|×|x[0-9]|φ|インチ|V|W|A(?![A-Za-z0-9])|Hz))"
# What may follow a bare number that is a house's: no unit, no counter, no further digits.
_BARE_END = r"(?![0-9])(?!\s?[-年月日時分秒個本枚台円点種号基件人名組ヶヵケつカ×xX.,%/:~φ°℃A-Za-z])"
# Behind prefecture, municipality and a place: "岡山県倉敷市西中新田640", "石川県加賀市大聖寺永町イ-17".
_BARE = re.compile(
    rf"(?:{'|'.join(PREFECTURES)})[ \n]?[{_PLACE}]{{1,10}}?[市区町村][{_PLACE}]{{1,14}}?(?<![産製工場用型式品県都府駅店課係階第約計])"
    rf"(?:[イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス甲乙丙丁]-?)?[0-9]{{1,5}}{_BARE_END}"
)
# Without a prefecture only behind 字, 大字 or a quarter's 町: "舞鶴市字行永2410", "福井市今市町66".
_QUARTER = re.compile(
    rf"(?:[{_PLACE}]{{0,8}}?大?字[{_PLACE}]{{1,10}}?(?<![産製工場用型式品])|[{_PLACE}]{{1,8}}?町)[0-9]{{1,5}}{_BARE_END}"
)
# 2丁目3番4号 · 2丁目3-4 · 3番地の4 · 3番4号 · 2-3-4 · 2-3-4-501
_HOUSE = (
    rf"(?:{_NUM}{_J}丁目(?:{_J}{_NUM}{_J}(?:番地?|街区)?(?:{_HYPHEN}{_NUM}|{_J}{_NUM}(?=号)|{_J}の?{_NUM}号?)?{_J}(?:号(?!機))?)?(?:{_HYPHEN}{_NUM})*"
    rf"|{_NUM}{_J}番地?(?!線|機|手|目|号線)(?:{_J}の?{_HYPHEN}?{_NUM})?{_J}(?:号(?!機))?(?:{_HYPHEN}{_NUM})*"
    rf"|[0-9]{{1,5}}(?:{_HYPHEN}[0-9]{{1,5}}){{1,4}}(?:号(?!機))?)"
)
_WEAK_HOUSE = re.compile(r"[ \n]?[0-9]{1,5}[ \n]?-[ \n]?[0-9]{1,5}")
_TOWN = rf"[{_PLACE}]{{0,16}}?(?:[0-9]{{1,2}}[条線](?:東|西|南|北)?[{_PLACE}]{{0,8}}?)?"
_BUILDING = r"(?:[ \n]?(?:[一-龥ァ-ヴーぁ-んA-Za-z0-9・]{1,16}?(?:ビル|ハイツ|コーポ|荘|マンション|アパート|タワー|棟|館|寮|号室|階|ハウス|メゾン)[一-龥ァ-ヴーA-Za-z]{0,8})?[ \n]?[0-9]{0,4}(?:号室|階|F(?![A-Za-z]))?)?"
_CITY_TAIL = r"(?!場|販|内(?![ぁ-んァ-ヴ一-龥]{1,5}[0-9])|間|分|画|域|製|産|役所|立|民)"
_POSTCODE = r"〒{1,2}[ \n]?[0-9]{3}[ \n]?[-~]?[ \n]?[0-9]{4}(?![0-9])"
_POSTCODE_ALONE = re.compile(_POSTCODE)
_CHOME = re.compile(
    rf"[一-龥々ヶノぁ-んァ-ヴー]{{2,12}}?{_NUM}{_J}丁目{_J}{_NUM}(?:番地?|-|の|{_HYPHEN})(?:{_J}{_NUM})?(?:号(?!機))?"
)
_LABELLED = re.compile(rf"[{_PLACE}0-9 ]{{1,24}}?(?:{_HOUSE}|[0-9]{{1,5}}){_NOT_A_HOUSE}")
_ROMAJI = re.compile(
    r"[0-9]{1,4}(?:-[0-9]{1,4}){1,3},? ?[A-Z][A-Za-z'-]{2,20}(?:[ ,]+[A-Z][A-Za-z'-]{2,20}){0,3}[ ,]+[A-Za-z]{2,16}-(?:ku|shi|cho|machi|gun|mura|to|fu|ken)(?![a-z])"
)
_STREET = re.compile(
    r"(?<![0-9A-Za-z.-])[0-9]{1,5}[A-Za-z]? (?:[NSEW]\.? )?(?:[A-Z][a-z]+ ){1,3}"
    r"(?:Street|St\.?|Avenue|Ave\.?|Road|Rd\.?|Boulevard|Blvd\.?|Lane|Ln\.?|Drive|Court|Ct\.|Terrace|Crescent|Square)"
    r"(?![A-Za-z])"
)
_FIRM_IN_FRONT = re.compile(
    r"(?:株式会社|有限会社|合同会社|\(株\)|\(有\)|本社|支社|支店|営業所|工場|事業所|事業部|研究所|製作所|販売元|製造元|発売元|製造者|販売者|輸入元|財団法人|社団法人|組合|センター|Co\.,? ?Ltd\.?|Inc\.?|Corp)"
    r"[^0-9]{0,14}$"
)
_HOME = re.compile(r"自宅|現住所|本籍|実家|住まい|居所|宅$")
_FIRM_REACH = 32


_SPELT_ALSO = {
    "ケ": "[ケヶがヵカ]",
    "ヶ": "[ケヶがヵカ]",
    "ノ": "[ノの之]",
    "の": "[ノの]",
    "竜": "[竜龍]",
    "龍": "[竜龍]",
    "薩": "[薩]",
}


@lru_cache(maxsize=1)
def _city_source() -> str:
    return trie_pattern(_city_names(), widen=_SPELT_ALSO)


def _city_names() -> list[str]:
    lines = files("curate.screen").joinpath("municipalities_ja.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@lru_cache(maxsize=1)
def _city() -> re.Pattern[str]:
    return re.compile(_city_source())


@lru_cache(maxsize=1)
def _beginning() -> re.Pattern[str]:
    """The first character of a postcode, a prefecture or a municipality."""
    first = {name[0] for name in (*_city_names(), *PREFECTURES)}
    return re.compile(
        "[〒" + "".join(sorted({*first, *"".join(_SPELT_ALSO.get(letter, "") for letter in first)} - {*"[]"})) + "]"
    )


_PREFECTURE = re.compile(trie_pattern(PREFECTURES))


@lru_cache(maxsize=1)
def _address() -> re.Pattern[str]:
    city, prefecture = _city_source(), trie_pattern(PREFECTURES)
    ward = r"(?:[ \n]?[一-龥ぁ-ん]{1,4}区)?"
    return re.compile(
        rf"(?:{_POSTCODE}[ \n]{{0,3}})?(?:(?P<prefecture>{prefecture})[ \n]?(?P<other>(?:{city}|[{_PLACE}]{{1,8}}?[市区町村郡])[ \n]?(?:{city})?)|(?P<city>{city}))"
        rf"{_CITY_TAIL}{ward}(?P<gap>[ \n]?)(?P<town>{_TOWN})(?P<house>[ \n]?{_HOUSE}){_NOT_A_HOUSE}{_BUILDING}"
    )


_MAY = re.compile(r"[都道府県市区町村郡]|丁目|番地|〒|-(?:ku|shi|cho|machi|gun|ken)(?![a-z])")


def find_addresses(reading: Reading) -> list[Hit]:
    """Addresses in a folded text; they may overlap."""
    text = reading.text
    hits: list[Hit] = []
    if not reading.japanese:
        hits.extend(_streets((_STREET, _ROMAJI), text))
        hits.extend(_postcodes(text))
        return _not_parts(hits, reading)
    cities = list(_city().finditer(text))
    prefecture = _PREFECTURE.search(text) is not None
    for match in _full_addresses(text) if cities or prefecture else ():
        if _stands_for_a_place(match, text):
            hits.append(_judged(text, *match.span(), 0.85, Reason("with a house number", "番地まで書かれています")))
    for match in _BARE.finditer(text) if prefecture else ():
        hits.append(
            _judged(
                text,
                *match.span(),
                0.6,
                Reason("prefecture, municipality, place and a number", "都道府県、市区町村、地名、番号が続いています"),
            )
        )
    for match in cities:
        quarter = _QUARTER.match(text, match.end())
        if quarter is not None:
            hits.append(
                _judged(
                    text,
                    match.start(),
                    quarter.end(),
                    0.6,
                    Reason("municipality, quarter and a number", "市区町村、町名、番号が続いています"),
                )
            )
    hits.extend(_postcodes(text))
    for match in _CHOME.finditer(text) if "丁目" in text else ():
        hits.append(_judged(text, *match.span(), 0.7, Reason("a block and house number", "丁目や番地が書かれています")))
    for start, end in fields_of(reading, "address") if "address" in reading.names else ():
        found = _LABELLED.search(text[start : min(end, start + 60)])
        if found is not None and found.start() <= 4:
            hits.append(
                _judged(
                    text,
                    start + found.start(),
                    start + found.end(),
                    0.7,
                    Reason("labelled as an address", "住所を示す見出しがあります"),
                )
            )
    hits.extend(_streets((_ROMAJI,), text))
    return hits


def _postcodes(text: str) -> Iterator[Hit]:
    why = Reason("a postcode with its mark", "郵便番号が〒記号とともに書かれています")
    for match in _POSTCODE_ALONE.finditer(text):
        yield _judged(text, *match.span(), 0.6, why)


def _streets(patterns: Iterable[re.Pattern[str]], text: str) -> Iterator[Hit]:
    why = Reason("a street with a house number", "通りの名前と番地があります")
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield _hit(*match.span(), 0.7, why)


def _full_addresses(text: str) -> Iterator[re.Match[str]]:
    """What `_address().finditer` finds, tried only where one can begin: its own beginning is optional, which keeps the engine
    from skipping.
    """
    address, end = _address(), 0
    for beginning in _beginning().finditer(text):
        if beginning.start() >= end and (match := address.match(text, beginning.start())):
            end = match.end()
            yield match


def _stands_for_a_place(match: re.Match[str], text: str) -> bool:
    """A weak house number ("12-3" behind a gap) needs a prefecture or a postcode in front: it may be a size."""
    if match.group("prefecture") or match.group().startswith("〒"):
        return True
    house, town = match.group("house"), match.group("town")
    if match.start() > 0 and re.match(r"[一-龥]", text[match.start() - 1]) and match.end("city") - match.start() <= 3:
        return (
            "丁目" in house or "番" in house or house.count("-") >= 2
        )  # "…工場市原…": the city may be the end of another word
    if _WEAK_HOUSE.fullmatch(house):
        apart = house[0] in " \n" or match.group("gap") != ""
        return not (apart and (town == "" or re.fullmatch(r"[ァ-ヴー]+", town) is not None or house[0] in " \n"))
    return not (house[0] in " \n" and re.fullmatch(r"[ァ-ヴー]+", town) is not None)


def _judged(text: str, start: int, end: int, score: float, why: Reason) -> Hit:
    front = text[max(0, start - _FIRM_REACH) : start]
    if _HOME.search(front.rstrip(" :：/(（【】)\t\n")):
        return Hit(
            _KIND,
            start,
            end,
            score,
            Severity.HIGH,
            Reason(f"{why.en}, said to be somebody's home", f"{why.ja}。個人の自宅と書かれています"),
        )
    if _FIRM_IN_FRONT.search(front):
        return Hit(
            _KIND,
            start,
            end,
            score,
            Severity.LOW,
            Reason(f"{why.en}, behind a firm's name", f"{why.ja}。企業名の後に書かれています"),
        )
    return Hit(_KIND, start, end, score, Severity.MEDIUM, why)


def _hit(start: int, end: int, score: float, why: Reason) -> Hit:
    return Hit(_KIND, start, end, score, Severity.MEDIUM, why)


def _not_parts(hits: list[Hit], reading: Reading) -> list[Hit]:
    kept = []
    for hit in hits:
        label = governing(reading.labels, reading.text, hit.start, hit.end)
        if label is None or label.name != PART:
            kept.append(hit)
    return kept


def may_hold(reading: Reading) -> bool:
    if not reading.japanese:
        return reading.digits >= 1
    return _MAY.search(reading.text) is not None or "address" in reading.names
