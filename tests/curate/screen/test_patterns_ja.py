"""Official numbers: every label and form is found, wherever it stands; numbers of things and products with a label in
their name are not."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curate.finding import Severity
from curate.screen.hit import Hit
from curate.screen.text import TextScreener
from tests.curate.screen.worlds_text import LABELLED, LICENCE, MN, NEUTRAL

SCREENER = TextScreener()
VALID = "304512345673"  # a driving licence with its check digit
HYPHENS = "-‐‑–—−ー－ｰ"


def serious(text: str) -> list[Hit]:
    return [hit for hit in SCREENER.find(text) if hit.severity.rank >= Severity.MEDIUM.rank]


def found(text: str, value: str, start: int | None = None) -> list[Hit]:
    start = text.index(value) if start is None else start
    return [hit for hit in serious(text) if hit.start < start + len(value) and start < hit.end]


@pytest.mark.parametrize(("label", "value", "kind", "severity"), LABELLED)
def test_every_labelled_item_has_its_kind_and_severity(label: str, value: str, kind: str, severity: Severity) -> None:
    assert (kind, severity) in {(hit.kind, hit.severity) for hit in found(f"{label}{value}", value)}


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("特定技能 在留カードNo", "ＮＷ９２９９１８０７ＸＴ"), ("在留カードno", "PZ-31383927-UK"), ("パスポートNo", "TK1234567"),
        ("国保 記号-番号 ", "12-13503073"),
    ],
)  # fmt: skip
def test_a_value_glued_to_its_label_is_found_whole(label: str, value: str) -> None:
    text = f"{label}{value} 図番FH-02608"
    assert max(hit.end for hit in found(text, value)) == len(label + value)


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from(LABELLED),
    st.sampled_from(NEUTRAL),
    st.sampled_from(["", " ", "　", "、", "\n", "\t", "。"]),
    st.sampled_from(NEUTRAL),
)
@example(LABELLED[0], "品番AB-1234 ", "", "")
def test_neutral_text_around_never_loses_a_labelled_item(
    item: tuple[str, str, str, Severity], before: str, gap: str, after: str
) -> None:
    label, value, kind, _ = item
    if gap == "" and after[:1].isascii() and after != "":
        gap = " "  # "…5678M8" is one code, for a reader too
    text = f"{before}{label}{value}{gap}{after}"
    assert kind in {hit.kind for hit in found(text, value, len(before + label))}, text


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NEUTRAL), st.sampled_from(NEUTRAL), st.sampled_from([" ", "、", "\n"]))
def test_neutral_text_alone_says_nothing(first: str, second: str, gap: str) -> None:
    assert serious(first + gap + second) == []


@given(st.sampled_from(HYPHENS), st.booleans())
def test_any_hyphen_and_width(hyphen: str, wide: bool) -> None:
    value = hyphen.join((MN[:4], MN[4:8], MN[8:]))
    if wide:
        value = value.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    assert [hit.severity for hit in found(f"個人番号{value}", value)] == [Severity.CRITICAL]


@pytest.mark.parametrize(
    "text",
    [
        f"{MN}（個人番号）", f"{MN}は個人番号", f"{LICENCE}（運転免許証）", f"個人番号\n{MN}", f"個 人 番 号 | {MN}", f"本人の個人番号（12桁） {MN}",
        f"個人番号 山田太郎 {MN}", f"マイナンバー（個人番号）{MN}", f"1.個人番号 {MN} 2.基礎年金番号 1234-567890", f"個人番号 {MN[:4]}-\n{MN[4:8]}-{MN[8:]}",
        "個人番号 l234 5678 9O18", "1980年3月4日生まれ", "平成3年5月5日生(32歳)", "生年月日 昭和六十年十二月二十四日", "D.O.B.: 12/24/1985", "社員番号・氏名: 123456 山田",
    ],
)  # fmt: skip
def test_layouts(text: str) -> None:
    assert serious(text), text


@pytest.mark.parametrize(
    "text",
    [
        f"JAN 4901234567894 {MN} 個人番号", f"{MN}個人番号", f"{VALID} 運転免許証", f"第{VALID}号は運転免許証の番号", f"番号 第 {VALID} 号 運転免許証", "TK1234567 旅券", "TK1234567_パスポート.jpg",
        "AB12345678CD 在留カード写し", "1234-567890 基礎年金番号", "S55.3.4 生年月日", f"部品番号03-1129-8088 {LICENCE[:4]} {LICENCE[4:8]} {LICENCE[8:]}（運転免許証）", f"2010/02/20 {MN[:4]} {MN[4:8]} {MN[8:]}（マイナンバー）",
    ],
)  # fmt: skip
def test_a_value_may_stand_in_front_of_its_label(text: str) -> None:
    assert len(serious(text)) == 1, text


@pytest.mark.parametrize("groups", [(12,), (4, 4, 4), (6, 6), (3, 3, 3, 3)])
def test_a_mistyped_number_behind_its_label_is_reported_in_any_even_groups(groups: tuple[int, ...]) -> None:
    wrong, parts = f"{MN[:-1]}{(int(MN[-1]) + 1) % 10}", []
    for size in groups:
        parts.append(wrong[:size])
        wrong = wrong[size:]
    text = "マイナンバー " + "-".join(parts)
    assert serious(text), text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"品番 {VALID} 運転免許証番号 {VALID}", VALID), ("製造番号 TK1234567 旅券番号 TR7654321", "TK1234567"), ("製造日 2020-03-04 生年月日 S55.3.4", "2020-03-04"),
        (f"{MN[:-1]}{(int(MN[-1]) + 1) % 10} マイナンバー収集", MN[:-1]), ("2020年4月 生年月日", "2020年4月"), ("製造日2017-03-25 出生日 昭和13年12月8日", "2017-03-25"), ("六角ボルト CK10684731 Residence Card No.:KM56472338PX", "CK10684731"), ("マイナンバー保管用金庫 FR-4183-66 324-3-43.9", "4183"), ("マイナンバー 4183-66 324-3-43", "4183"),
    ],
)  # fmt: skip
def test_what_stands_in_front_of_a_label_by_chance_is_not_its_value(text: str, value: str) -> None:
    assert not found(text, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"license_{VALID}.jpg", VALID), (f"交付 令和3年5月1日 番号 第{VALID}号", VALID), ("在留資格 技術 カード番号 AB12345678CD", "AB12345678CD"), ("保険証_記号11_番号355.jpg", "記号11_番号355"),
        ("保険証記号 40 保険証番号 261", "40"), ('"記号":"53","番号":"670768","種別":"健康保険"', '53","番号":"670768'), ("健保の記号は12、番号は345", "12"), ("健康保険証 記号12 番号→9", "記号12 番号→9"), ("健康保険証番号 587 4439", "587 4439"),
        ("health insurance card symbol 18713374 number 5031", "18713374 number 5031"),
    ],
)  # fmt: skip
def test_file_names_cards_and_lists(text: str, value: str) -> None:
    start = text.index(value)
    assert any(hit.start <= start and start + len(value) <= hit.end for hit in serious(text)), text


@pytest.mark.parametrize(
    "text",
    [
        f"license {int(VALID) + 10}", f"古物商許可 第{VALID}号", "在留カード読取装置 シリアル AB12345678CD", f"宅急便伝票{MN[:4]}-{MN[4:8]}-{MN[8:]}", "刻印記号 A 番号 12", "健康保険組合の健診車 200 300mm",
    ],
)  # fmt: skip
def test_numbers_of_the_same_form_elsewhere(text: str) -> None:
    assert serious(text) == [], text


@pytest.mark.parametrize(
    "text",
    [
        f"品番{MN}", f"注文:{MN[:4]}-{MN[4:8]}-{MN[8:]}", f"マイナンバーカードケース 品番{MN}", f"2023-{MN[4:8]}-{MN[8:]}", f"AB-{MN}", f"{MN}", "運転免許証番号の記入例", "パスポートケース AB1234567",
        "製造年月日 昭和55年3月4日", "検図日 S55.3.4", "誕生日ケーキ型 2023年4月1日発売", "生産 2023年4月1日", "図番 1234-567890", "シリアル AB12345678CD", "TK1234567", "AB12345678CD", "普通ボルト 1234567",
        "法人番号は7000012050002です", "事業者登録番号:T7-0000-1205-0002", "社員食堂用トレー 品番123456", "年金型 1234-567890",
    ],
)  # fmt: skip
def test_numbers_of_things(text: str) -> None:
    assert serious(text) == [], text


def test_a_wrong_check_digit_under_its_label_is_high_not_critical() -> None:
    wrong = MN[:-1] + str((int(MN[-1]) + 1) % 10)
    assert [hit.severity for hit in serious(f"個人番号 {wrong}")] == [Severity.HIGH]


def test_a_list_belongs_to_its_label_and_what_follows_does_not() -> None:
    assert len(serious("社員番号 123456、123457")) == 2
    assert len(serious("社員番号 S50-6576／933-452-75")) == 1
    assert len(serious("社員番号 123456 フリーダイヤル0120-444-444 入数 500")) == 1


@pytest.mark.parametrize(
    "text",
    ["社員番号 SUS304", "社員番号 2024-03-01 製造", "検査員No. SUS304 合格", "社員番号の入力画面 6.15.8561", "運転免許証の更新は20231216まで", "健康保険料 改定 20250721", "作業者ID：2024.5.6", "Employee No. SUS304 2024-03-01", "Badge No SUS316L",
     "Account No. 2024-03-15", "TEL 2024-03-15", "保険証 2024.03.01 発行", "担当者コード M8x20", "社員番号 JIS B 1176"],
)  # fmt: skip
def test_a_date_or_a_material_beside_a_label_is_nobodys_number(text: str) -> None:
    assert serious(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [("社員番号 SUS304 12345", "12345"), ("社員番号 2024-0301", "2024-0301"), ("Employee No. E-1234 2024-03-01", "E-1234"), ("生年月日 1985-03-04", "1985-03-04"),
     ("社員番号 A5052", "A5052"), ("TEL 03-2024-0315", "03-2024-0315")],
)  # fmt: skip
def test_a_number_beside_a_date_or_a_material_is_still_found(text: str, value: str) -> None:
    assert found(text, value)
