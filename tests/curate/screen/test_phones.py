"""Telephone numbers: written in any way, of persons and firms; part numbers and dimensions are none."""

from __future__ import annotations

import pytest

from curate.finding import Severity
from curate.screen.phones import exists_in_japan
from curate.screen.text import TextScreener

SCREENER = TextScreener()


@pytest.mark.parametrize(
    "text",
    [
        "090-1234-5678", "09012345678まで", "ボルト 080ー9876ー5432 担当迄", "03-3734-1111", "TEL 03.3456.7890", "Tel:(03) 3456-7890", "電話=0422221234", "☎ 075(123)4567", "携帯090・1234・5678",
        "Fax0422-22-1234/Tel0422-22-1233", "電　話 0475-82-1234", "TEL:+81(0)3-1234-5678", "+81 90-1234-5678", "+49 30 25679399", "090-1234-\n5678", "TEL〇三-三七三四-一一一一",
        "品番 AB-1234 090-1234-5678まで", "管理番号 4190535042820750 TEL 03-3734-1111", "T:03-3734-1111", "call me, (212) 736-5000", "phone 781 1704", "連絡先０７０—６６９８—４８０１EAN49888096",
        "名刺_090-1234-5678.jpg", "09012345678_名刺表.jpg", "看板_tel_03-3734-1111.png", "様/東京都港区芝公園4-2-8/070-9353-4980/KDH972X", "日中連絡のつく番号 070-4807-0656", "0334567890（代）", "でんわ 0334567890",
        "call Ann on 01904 496 012", "0121 496 0456", "090-12345678まで", "図番BL96 rev.D 050-1093-8189", "詳しくは 0486792570 までお電話ください", "0859234334/070-6694-5468",
    ],
)  # fmt: skip
def test_numbers_of_people_are_medium(text: str) -> None:
    assert Severity.MEDIUM in {hit.severity for hit in SCREENER.find(text) if hit.kind == "privacy.phone"}, text


@pytest.mark.parametrize(
    "text", ["フリーダイヤル0120-444-444", "お客様相談室 0120-123-456", "ナビダイヤル 0570-000-123", "0800-123-4567"]
)
def test_a_firms_free_line_is_a_public_contact(text: str) -> None:
    assert [(hit.kind, hit.severity) for hit in SCREENER.find(text)] == [("privacy.phone", Severity.LOW)]


@pytest.mark.parametrize(
    "text",
    [
        "図番：0312345678", "型番090-1234-5678 リレー", "AB-03-1234-5678-X", "寸法 120-340-5600", "120 x 80 x 4000 mm", "送り状番号 4012-3456-7890", "P/N 212-736-5000", "部品 212-736-5000", "電話機 100-200-3000",
        "ISBN978-4-12-345678-4", "シリアル 09012345678", "受付番号 0312345678", "contact resistance 1 000 000 ohm",
        "phone jack 330-1467mm gold", "mobile rack 1687-224-575", "phone case 4901234567894", "IMG_0312345678.jpg", "電話機 0312345678", "0312345678", "x_012-8250-2775", "part no 0121 496 0456",
    ],
)  # fmt: skip
def test_numbers_of_things_are_no_telephones(text: str) -> None:
    assert [hit for hit in SCREENER.find(text) if hit.severity.rank >= Severity.MEDIUM.rank] == []


def test_the_numbering_plan() -> None:
    assert exists_in_japan("0312345678") and exists_in_japan("09012345678") and exists_in_japan("0422221234")
    assert not exists_in_japan("0012345678") and not exists_in_japan("312345678")
