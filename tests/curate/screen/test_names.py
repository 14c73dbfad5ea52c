"""Names announced by a label; what nobody can look for is said."""

from __future__ import annotations

import pytest

from curate.screen import names
from curate.screen.folding import fold
from curate.screen.labelled_names import find_labelled_names


@pytest.mark.parametrize(
    ("text", "expected"),
    [("設計 山田太郎", ["山田太郎"]), ("承認者：高橋 一郎", ["高橋 一郎"]), ("検図 鈴木 2024", ["鈴木"]), ("撮影者:ジョン・スミス", ["ジョン・スミス"]),
     ("Checked by: J. Smith", ["J. Smith"]), ("Dr. Watson", ["Watson"]), ("drawn: A. Lindqvist chk: P. Moreau", ["A. Lindqvist", "P. Moreau"]), ("Drawn by Jörg Müller", ["Jörg Müller"]),
     ("approved: S. O'Neill", ["S. O'Neill"]), ("佐藤様向け", ["佐藤"])],
)  # fmt: skip
def test_labelled_names(text: str, expected: list[str]) -> None:
    folded = fold(text).text
    assert [folded[hit.start : hit.end] for hit in find_labelled_names(folded)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "設計 変更",
        "承認 番号 12",
        "担当部署：製造部",
        "上田仕様",
        "Designed by Customer",
        "made in Japan",
        "Drawn by hand",
        "写真 六角",
    ],
)
def test_labels_without_a_name(text: str) -> None:
    assert find_labelled_names(fold(text).text) == []


def test_language_of_a_text() -> None:
    assert names.languages_in("六角ボルト M8 hexagon") == {"ja"}
    assert names.languages_in("hexagon bolt") == {"en"}
    assert names.languages_in("M8 6205-2 100") == frozenset()


def test_a_missing_model_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "installed", lambda package: package == "spacy")
    assert "ginza" in (names.missing_for("ja") or "")


@pytest.mark.parametrize("text", ["Иванов проверил чертёж", "도면 담당 김철수", "Σχέδιο Παπαδόπουλος", "رسم أحمد"])
def test_a_script_that_nobody_reads_is_left_open_and_not_called_clean(text: str) -> None:
    assert names.UNREAD in names.languages_in(text)
    assert names.missing_for(names.UNREAD) is not None


@pytest.mark.parametrize("text", ["φ67h7 μm Ωcm", "±0.05 Δt", "ボルト M8 αβ", "", "六角ボルト"])
def test_symbols_are_no_script(text: str) -> None:
    assert names.UNREAD not in names.languages_in(text)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("photos/john_smith-2.jpg", "       John Smith 2    "),
        ("IMG_1234.JPG", "IMG 1234    "),
        ("C:\\up\\jane.doe.png", "      Jane Doe    "),
        ("山田_太郎.png", "山田 太郎    "),
        ("noend", "Noend"),
        ("", ""),
    ],
)
def test_words_of_a_file_name_stand_apart_at_their_places(name: str, words: str) -> None:
    assert names.words_of_file_name(name) == words
    assert len(words) == len(name)
