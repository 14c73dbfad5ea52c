from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.ngrams import BM25, NgramSpace, character_ngrams, normalise, word_tokens

DOCUMENTS = ["六角ボルト M8 hexagon bolt", "平座金 M8 plain washer", "六角ナット hexagon nut", "図面 B-100 歯車箱"]


@given(st.text(max_size=40))
def test_normalise_is_a_fixed_point(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_width_case_and_space_do_not_count() -> None:
    assert normalise(" ＢＯＬＴ　ｍ８ ") == "bolt m8"
    assert normalise("ﾎﾞﾙﾄ") == "ボルト"


def test_ngrams_of_spaced_and_unspaced_scripts() -> None:
    assert character_ngrams("歯車") == ["歯", "車", "歯車"]
    assert character_ngrams("nut") == [" nu", "nut", "ut ", " nut", "nut ", " nut "]
    assert character_ngrams("m8") == [" m8", "m8 ", " m8 "]
    assert character_ngrams("!? ・") == []
    assert word_tokens("六角ボルト(M8)") == ["六角", "角ボ", "ボル", "ルト", "m8"]


@pytest.mark.parametrize("size", ["M12×50", "Ｍ１２×５０", "m12x50", "M12*50"])
def test_the_numbers_of_a_size_are_words_of_their_own(size: str) -> None:
    assert word_tokens(f"六角ボルト{size}") == ["六角", "角ボ", "ボル", "ルト", "m12", "50"]
    space = NgramSpace.fit([f"六角ボルト {size}", "六角ボルト M16×90"])
    assert space.coverage("六角ボルト M12").tolist()[0] == pytest.approx(1)
    assert space.coverage("六角ボルト M12")[1] < 0.9
    assert word_tokens("box 3x") == ["box", "3x"]


def test_a_long_word_counts_no_more_than_a_short_one() -> None:
    space = NgramSpace.fit(["red housing", "transformer housing", "red transformer"])
    by_grams, by_words = space.coverage("red transformer"), space.word_coverage("red transformer")
    assert by_grams[1] > 3 * by_grams[0]  # a transformer has more n-grams than red
    assert by_words[1] < 1.5 * by_words[0]
    assert by_grams[2] == by_words[2] == pytest.approx(1)


def test_words_of_a_query_are_divided_where_the_letters_change() -> None:
    space = NgramSpace.fit(["六角ボルト M12", "六角ボルト M16"])
    assert space.word_coverage("六角ボルトM12").tolist()[0] == pytest.approx(1)
    assert space.word_coverage("M16 六角ボルト").tolist() == pytest.approx(
        space.word_coverage("六角ボルトM16 六角ボルト").tolist()
    )
    assert space.word_coverage("").tolist() == space.word_coverage("!?").tolist() == [0, 0]


@given(st.lists(st.text(max_size=12), min_size=1, max_size=4), st.text(max_size=20))
def test_word_coverage_is_a_share_and_whole_for_the_text_itself(documents: list[str], query: str) -> None:
    space = NgramSpace.fit([*documents, query])
    found = space.word_coverage(query)
    assert ((found >= 0) & (found <= 1)).all()
    assert found[-1] == pytest.approx(1 if character_ngrams(query) else 0, abs=1e-5)


def test_a_short_japanese_word_finds_its_document() -> None:
    space = NgramSpace.fit(DOCUMENTS)
    assert space.search("歯車", 3)[0][0] == 3
    assert space.search("座金", 3)[0][0] == 1
    assert space.search("washers", 3)[0][0] == 1
    assert space.search("飛行機", 3) == []


def test_rows_have_length_one_and_a_document_finds_itself() -> None:
    space = NgramSpace.fit(DOCUMENTS)
    rows = space.transform(DOCUMENTS)
    assert np.allclose((rows * rows).sum(axis=1), 1, atol=1e-5)
    for row, document in enumerate(DOCUMENTS):
        best, cosine = space.search(document, 1)[0]
        assert best == row
        assert cosine == pytest.approx(1, abs=1e-5)


def test_scores_agree_with_the_plain_product() -> None:
    space = NgramSpace.fit(DOCUMENTS)
    for query in ("hexagon", "六角 M8", "zzz", ""):
        assert np.allclose(
            space.scores(query), (space.matrix @ space.transform([query]).T).toarray().ravel(), atol=1e-6
        )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="abc 歯車ボ", max_size=8), max_size=6), st.text(alphabet="abc 歯車ボ", max_size=8))
def test_search_is_total_ranked_and_bounded(documents: list[str], query: str) -> None:
    hits = NgramSpace.fit(documents).search(query, 3)
    assert len(hits) <= 3
    assert all(0 < cosine <= 1 + 1e-6 for _, cosine in hits)
    assert hits == sorted(hits, key=lambda hit: (-hit[1], hit[0]))


def test_ties_go_by_row_even_at_the_cut() -> None:
    assert [row for row, _ in NgramSpace.fit(["bolt"] * 5).search("bolt", 2)] == [0, 1]


def test_saved_space_answers_alike_and_bytes_repeat(tmp_path: Path) -> None:
    space = NgramSpace.fit(DOCUMENTS)
    space.save(tmp_path / "a.npz")
    NgramSpace.fit(DOCUMENTS).save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert NgramSpace.load(tmp_path / "a.npz").search("六角", 4) == space.search("六角", 4)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    NgramSpace.fit(DOCUMENTS).save(tmp_path / "a.npz")
    whole = (tmp_path / "a.npz").read_bytes()
    for broken in (b"", b"not a zip", whole[: len(whole) // 2], whole[:200] + b"\x00" + whole[201:]):
        (tmp_path / "broken.npz").write_bytes(broken)
        with pytest.raises(ValueError, match=r"broken\.npz"):
            NgramSpace.load(tmp_path / "broken.npz")


def test_bm25_ranks_the_rarer_word_higher() -> None:
    baseline = BM25.fit(DOCUMENTS)
    assert baseline.search("hexagon nut", 4)[0][0] == 2
    assert baseline.search("歯車", 4)[0][0] == 3
    assert baseline.search("missing", 4) == []
    assert BM25.fit([]).search("bolt", 4) == []
