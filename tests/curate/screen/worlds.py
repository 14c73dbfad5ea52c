"""Numbers and texts for the tests of screening, made by rules written here a second time."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def japanese_font() -> Path:
    """IPAexGothic, out of the installed package."""
    spec = importlib.util.find_spec("matplotlib_fontja")
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "fonts" / "ipaexg.ttf"


def my_number(eleven: str) -> str:
    """`eleven` digits completed by the check digit, straight from the ordinance: 11 - (sum of Pn * Qn mod 11)."""
    weights = {n: n + 1 if n <= 6 else n - 5 for n in range(1, 12)}
    rest = sum(int(digit) * weights[n] for n, digit in enumerate(reversed(eleven), start=1)) % 11
    return eleven + str(0 if rest in (0, 1) else 11 - rest)


PERSONAL = {
    "担当者の個人番号{mn}です": "privacy.jp_my_number",
    "マイナンバー：{mn4}": "privacy.jp_my_number",
    "個人番号 {wide}": "privacy.jp_my_number",
    "My Number: {mn}": "privacy.jp_my_number",
    "{mn}(個人番号)": "privacy.jp_my_number",
    "電話03-1234-5678まで": "privacy.phone",
    "TEL０３－１２３４－５６７８": "privacy.phone",
    "携帯は090-1234-5678。": "privacy.phone",
    "連絡先:09012345678": "privacy.phone",
    "+81 90-1234-5678": "privacy.phone",
    "call me, (212) 736-5000": "privacy.phone",
    "phone 781 1704": "privacy.phone",
    "メールはtaro.yamada@example.co.jpまで": "privacy.email",
    "write to j_smith@example.com": "privacy.email",
    "東京都千代田区千代田1-1": "privacy.address",
    "神奈川県横浜市西区みなとみらい2丁目3番1号": "privacy.address",
    "横浜市西区みなとみらい２－３－１": "privacy.address",
    "123 Main Street, Springfield": "privacy.address",
    "カード番号4111111111111111": "privacy.credit_card",
    "4111-1111-1111-1111": "privacy.credit_card",
    "SSN 123-45-6789": "privacy.other_id",
    "パスポート番号TK1234567": "privacy.other_id",
    "運転免許証番号 123456789012": "privacy.other_id",
    "在留カード番号AB12345678CD": "privacy.other_id",
    "口座番号1234567": "privacy.other_id",
    "基礎年金番号1234-567890": "privacy.other_id",
    "生年月日 昭和55年3月4日": "privacy.other_id",
    "DE89 3704 0044 0532 0130 00": "privacy.other_id",
    "設計 山田太郎": "privacy.person_name",
    "担当：佐藤花子": "privacy.person_name",
    "Drawn by John Smith": "privacy.person_name",
    "田中さんが撮影": "privacy.person_name",
}

THINGS = (
    "型番 {mn4}", "品番{mn4} ステンレス", "商品コード：{mn}", "シリアル S/N {mn}", "ロット4111111111111111", "JAN 4901234567894",
    "UPC 012345678905", "GTIN 04901234567894", "図番 A-1234-567890", "図番：0312345678", "製造番号 090-1234-5678", "P/N 123-45-6789",
    "Part No. 212-736-5000", "DWG NO. 100-200-3000", "カタログ番号 300-400-5000-1", "AB-03-1234-5678-X", "AB-{mn4}",
    "IMG_20240315_123456.jpg", "DSC00012345.JPG", "2024-03-15 製造", "製造年月日 2024年3月4日", "寸法 100×200×300mm", "M8x30 ISO 4762 DIN 912",
    "6205ZZ NSK 深溝玉軸受", "定格 100-200V 50/60Hz 0.75kW", "耐圧 1.0MPa 2024年3月", "設計温度 120℃", "設計 温度 120℃ 設計 変更 2024-01-02",
    "都市ガス用 12A-13A-20A", "SUS304 t=2.0 120-340-5600", "標準市販品1-2-3", "工場 3号機 12-3", "愛知県産 真鍮 100g", "大阪市場 価格 12-3",
    "3.14159265358979", "お問い合わせ番号 {mn4}", "マイナンバーカードリーダー 型番 {mn4}", "法人番号 1234567890123", "Hexagon Bolt M8 x 30 Grade 8.8",
    "contact resistance 1 000 000 ohm", "120 x 80 x 4000 mm", "0120 12 34", "深溝玉軸受 6205-2RS 25×52×15", "RS40 15T 片ボス",
    "ISBN 978-4-06-519981-0", "v1.2.3-20240315", "本田仕様 4分の3インチ", "電話機用コネクタ RJ11 6P4C", "写真 六角ボルト 12本入り",
    "a proprietary coating", "confidentiality agreement", "秘密保持契約の雛形", "われもの 取扱注意", "Approved by Customer",
)  # fmt: skip


def filled(text: str) -> str:
    number = my_number("12345678901")
    wide = number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return text.format(mn=number, mn4=f"{number[:4]}-{number[4:8]}-{number[8:]}", wide=wide)
