"""Number plates of Japanese cars in folded text: 地名 分類番号 かな 一連番号. Pure.

Place names of the transport offices, local plates (ご当地ナンバー) included: 自動車登録規則 and the ministry's lists up to 2025.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.finding import Severity
from curate.screen.hit import Hit
from curate.screen.labels import Reading
from curate.screen.literal_trie import trie_pattern
from curate.screen.wording import Reason

_PLACES = (
    "札幌 函館 旭川 室蘭 苫小牧 釧路 知床 帯広 十勝 北見 青森 弘前 八戸 岩手 盛岡 平泉 宮城 仙台 秋田 山形 庄内 福島 会津 郡山 白河 いわき 水戸 土浦 つくば 宇都宮 那須 "
    "とちぎ 日光 群馬 前橋 高崎 大宮 川口 所沢 川越 熊谷 春日部 越谷 千葉 成田 習志野 市川 船橋 袖ヶ浦 袖ケ浦 市原 野田 柏 松戸 品川 世田谷 練馬 杉並 板橋 足立 江東 葛飾 八王子 多摩 "
    "横浜 川崎 湘南 相模 山梨 富士山 新潟 長岡 上越 富山 石川 金沢 長野 松本 諏訪 南信州 安曇野 福井 岐阜 飛騨 静岡 浜松 沼津 伊豆 名古屋 豊橋 三河 岡崎 豊田 尾張小牧 一宮 春日井 三重 "
    "鈴鹿 四日市 伊勢志摩 滋賀 京都 大阪 なにわ 和泉 堺 奈良 飛鳥 和歌山 神戸 姫路 鳥取 島根 出雲 岡山 倉敷 広島 福山 下関 山口 徳島 香川 高松 愛媛 高知 福岡 北九州 久留米 筑豊 佐賀 長崎 "
    "佐世保 厳原 熊本 大分 宮崎 鹿児島 奄美 沖縄 札 旭 室 帯 釧 北 宮 岩 青 秋 福 茨 栃 群 埼 千 品 練 足 多 横 神 相 山 新 富 石 長 静 沼 浜 名 岐 三 滋 京 大 泉 奈 和 兵 姫 岡 広 香 愛 高 熊 鹿 沖"
)  # fmt: skip
PLACES = tuple(_PLACES.split())
_GAP = r"[ \n]{0,2}"
_SERIAL = r"(?:[0-9]{2}[ -]?[0-9]{2}|[・.。:*]{1,3}[ ]?[0-9]{1,2}|[・.]{1,3} ?[0-9]-?[0-9]{2}|[・.] ?[0-9][- ]?[0-9]{2}|[0-9]-[0-9]{2}|[0-9]{1,3})"
_PLATE = re.compile(
    rf"(?P<place>{trie_pattern(PLACES)}){_GAP}(?:[0-9]{{2,3}}|[0-9]{{1,2}}[A-Z]|[0-9][A-Z]{{2}}|[0-9][A-Z][0-9]|[0-9]){_GAP}\(?[ぁ-んEHKMTYB]\)?{_GAP}{_SERIAL}(?![0-9])(?!-[0-9])(?!年|月|日|mm|%|個|本)"
)
_HINT = re.compile(r"[0-9A-Z]\s{0,2}\(?[ぁ-んEHKMTYB]\)?[\s・.]{0,4}[0-9]")


def find_plates(reading: Reading) -> Iterator[Hit]:
    """Plates in a folded text."""
    for match in _PLATE.finditer(reading.text):
        # One letter of a place stands on plates from before 1988 only; in running text it is a syllable.
        if len(match.group("place")) == 1 and "ナンバー" not in reading.text and "車" not in reading.text:
            continue
        yield Hit(
            "privacy.other_id",
            *match.span(),
            0.9,
            Severity.MEDIUM,
            Reason("a number plate of a car", "自動車のナンバープレートの番号です"),
        )


def may_hold(reading: Reading) -> bool:
    return reading.japanese and reading.digits >= 2 and _HINT.search(reading.text) is not None
