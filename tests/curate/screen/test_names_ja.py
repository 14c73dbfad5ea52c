"""What is a person, what only carries a person's name, and that sparing GiNZA the easy texts loses nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.screen import names, names_ja
from curate.screen.japanese_words import words_of


def decided(text: str, *persons: str, **labels: str) -> list[str]:
    """Names in `text` where GiNZA says Person of `persons` and, keyword by keyword, something else of `labels`."""
    said = [(text.index(name), text.index(name) + len(name), "Person") for name in persons]
    said += [(text.index(name), text.index(name) + len(name), label) for label, name in labels.items()]
    found = names_ja.decide(words_of(text), said)
    return [text[name.candidate.start : name.candidate.end] for name in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("検査を終えた大橋健一が記録した", ["大橋健一"]),
        ("図面は鳥居 千尋が描いた", ["鳥居 千尋"]),
        ("作業員の門脇は交代した", ["門脇"]),
        ("福井さんの旋盤", ["福井"]),
        ("真鍋工場長の挨拶", ["真鍋"]),
        ("ハンス・ミュラーが組み立てた", ["ハンス・ミュラー"]),
        ("技師のグエン・ヴァン・アンと折原恵子", ["グエン・ヴァン・アン", "折原恵子"]),
        ("整備士の山田エミ", ["山田エミ"]),
    ],
)
def test_words_and_context_find_names_by_themselves(text: str, expected: list[str]) -> None:
    assert decided(text) == expected


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("山田電機の電磁弁", "山田電機"),
        ("折原駅の自動改札", "折原駅"),
        ("三浦化成 ナイロンワッシャー", "三浦化成"),
        ("金重工 Vブロック", "金重工"),
        ("ボルト・ナットセット", "ボルト・ナットセット"),
        ("長谷川橋の高欄", "長谷川橋"),
        ("六角ボルト M8×30 ステンレス", "六角ボルト"),
        ("鈴木式織機の部品", "鈴木式織機"),
        ("加藤インターの照明", "加藤インター"),
        ("引張コイルばね 図面", "引張コイルばね"),
        ("大坂の戦いを描いた屏風", "大坂"),
        ("穴が十二ある", "十二"),
        ("平座金の製品写真", "平座金"),
        ("石定盤 0級", "石定盤"),
        ("半田ごて 60W", "半田ごて"),
        ("木村鋳造 鋳物 φ40", "木村鋳造"),
        ("カルバン・クライン 9952円", "カルバン・クライン"),
    ],
)
def test_firms_places_and_parts_are_no_persons_whatever_the_model_says(text: str, person: str) -> None:
    assert decided(text, person) == []


def test_a_brands_name_with_a_form_of_address_is_a_person() -> None:
    assert decided("ポール・スミス氏が来社", "ポール・スミス") == ["ポール・スミス"]


def test_the_model_tips_what_words_leave_open() -> None:
    text = "都築の報告"
    assert decided(text) == []
    assert decided(text, "都築") == ["都築"]
    assert decided(text, City="都築") == []


def test_a_name_supports_its_own_repetition() -> None:
    assert decided("門脇健一の図を門脇の机で") == ["門脇健一", "門脇"]
    assert decided("図を門脇の机で") == []


def test_a_hit_tells_its_reasons_and_shows_no_value() -> None:
    (name,) = names_ja.decide(words_of("設計者の大橋健一"), [])
    hit = name.hit()
    assert (hit.start, hit.end) == (4, 8)
    assert "surname and given name" in hit.why.en
    assert "a role in front" in hit.why.en
    assert "大橋" not in hit.why.en + hit.why.ja
    assert hit.why.ja.startswith("判断の根拠：") and "姓と名" in hit.why.ja
    assert 0.5 < hit.score < 1


# fmt: off
PIECES = [
    "山田", "鈴木", "福井", "林", "森", "金", "王", "太郎", "花子", "茂", "惣一郎", "ジョン", "スミス", "ボルト", "フランジ", "ムルダニ",
    "駅", "工業", "さん", "監督", "設計者", "の", "は", "が", "、", "・", "「", "」", "1世", "12", "六角", "図面", "電磁弁", "A-100",
    "文", "察", "渡", "とは", "：", "大", "東",
]
# fmt: on
LABELS = ("Person", "City", "Company", "Position_Vocation", "Book", "N_Person")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, " "]), max_size=8).map("".join), st.data())
def test_where_the_model_is_not_asked_it_could_have_changed_nothing(text: str, data: st.DataObject) -> None:
    words = words_of(text)
    if not words or names_ja.model_matters(words):
        return
    said = []
    for _ in range(data.draw(st.integers(1, 4))):
        first = data.draw(st.integers(0, len(words) - 1))
        last = data.draw(st.integers(first, len(words) - 1))
        said.append((words[first].start, words[last].end, data.draw(st.sampled_from(LABELS))))
    assert names_ja.decide(words, said) == []


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, " "]), max_size=10).map("".join))
def test_names_lie_in_the_text_and_do_not_overlap(text: str) -> None:
    found = [name.candidate for name in names_ja.decide(words_of(text), [(0, len(text), "Person")] if text else [])]
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_the_detector_names_its_dictionary() -> None:
    assert "ja_ginza-" in names_ja.detector_version()
    assert "sudachidict-" in names_ja.detector_version()


def test_progress_ends_with_everything_read() -> None:
    told: list[tuple[int, int]] = []
    names.find_names(["六角ボルト", "フランジ"], "ja", progress=lambda *step: told.append(step))
    assert told[-1] == (2, 2)


@pytest.mark.slow
def test_ginza_finds_names_and_leaves_parts_alone() -> None:
    assert names.missing_for("ja") is None
    texts = [
        "写真：田中一郎",
        "六角ボルト M8×30 ステンレス",
        "山本化成 ナイロンワッシャー",
        "撮影は高橋健太さんです",
        "RS40 スプロケット 片ボス",
        "ﾊﾝｽ・ﾐｭﾗｰ技師の図",
    ]
    found = [
        [text[hit.start : hit.end] for hit in hits]
        for text, hits in zip(texts, names.find_names(texts, "ja"), strict=True)
    ]
    assert found == [["田中一郎"], [], [], ["高橋健太"], [], ["ﾊﾝｽ・ﾐｭﾗｰ"]]


@pytest.mark.parametrize("text", ["角部は面取り", "指示なき角部はC0.3とする", "溝部はRa1.6", "先端部と根部は研磨"])
def test_places_on_a_workpiece_are_nobody(text: str) -> None:
    assert names_ja.find([text]) == [[]]


@pytest.mark.parametrize("text", ["溝部さんが確認", "阿部は出張中"])
def test_an_address_makes_them_a_person_again(text: str) -> None:
    assert len(names_ja.find([text])[0]) == 1
