"""The tagger of the package: its file, its tokens, and that batches do not change what it says."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.screen.english_spans import spans_of
from curate.screen.english_tagger import LABELS, WEIGHTS, rows_of, tagger, tokens_of

TEXTS = st.lists(st.text(alphabet="aB é9.,\n-'Ω", max_size=40), min_size=1, max_size=5)


def test_the_weights_are_in_the_package_and_small() -> None:
    assert WEIGHTS.stat().st_size < 4_000_000


@given(st.text(max_size=60))
def test_tokens_are_the_text_without_its_spaces(text: str) -> None:
    tokens = tokens_of(text)
    assert [text[token.start : token.end] for token in tokens] == [token.text for token in tokens]
    assert all(left.end <= right.start for left, right in pairwise(tokens))
    assert all(right.glued == (left.end == right.start) for left, right in pairwise(tokens))
    covered = {at for token in tokens for at in range(token.start, token.end)}
    assert all(text[at].isspace() for at in range(len(text)) if at not in covered)


def test_a_word_is_described_the_same_in_any_case() -> None:
    assert rows_of("Smith") == rows_of("SMITH") != rows_of("Smyth")


@settings(max_examples=25, deadline=None)
@given(TEXTS)
def test_a_text_is_read_the_same_alone_and_among_others(texts: list[str]) -> None:
    together = tagger().probabilities([tokens_of(text) for text in texts])
    for text, shares in zip(texts, together, strict=True):
        (alone,) = tagger().probabilities([tokens_of(text)])
        assert shares.shape == (len(tokens_of(text)), len(LABELS))
        np.testing.assert_array_equal(shares, alone)  # to the last digit: shards must not change findings
        np.testing.assert_allclose(shares.sum(axis=1), np.ones(len(shares)), atol=1e-4)


def labels(text: str) -> list[tuple[str, str]]:
    tokens = tokens_of(text)
    (shares,) = tagger().probabilities([tokens])
    return [(span.label, text[span.start : span.end]) for span in spans_of(tokens, shares)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yesterday Agnieszka Wiśniewska repaired the pump.", ("PER", "Agnieszka Wiśniewska")),
        ("The crate went to 48 Larkfield Road, Dundee, by mistake.", ("ADR", "48 Larkfield Road, Dundee")),
        ("He retired from Northgate Bearings Ltd in spring.", ("ORG", "Northgate Bearings Ltd")),
        ("The ferry to Denmark was late.", ("LOC", "Denmark")),
    ],
)
def test_it_reads_sentences_that_it_was_not_taught(text: str, expected: tuple[str, str]) -> None:
    assert expected in labels(text)


def test_marks_join_only_where_the_label_allows_them() -> None:
    text = "Anna-Lena, O'Neil\n4 Elm"
    tokens = tokens_of(text)
    wanted = {"Anna": "PER", "Lena": "PER", "O": "PER", "Neil": "PER", "4": "ADR", "Elm": "ADR"}
    shares = np.zeros((len(tokens), len(LABELS)), dtype=np.float32)
    for row, token in enumerate(tokens):
        shares[row, LABELS.index(wanted.get(token.text, "O"))] = 1.0
    found = [(span.label, text[span.start : span.end]) for span in spans_of(tokens, shares)]
    assert found == [("PER", "Anna-Lena"), ("PER", "O'Neil"), ("ADR", "4 Elm")]
