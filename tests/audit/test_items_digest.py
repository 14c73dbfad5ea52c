"""The quick digest of a list of items is that of RFC 8785."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from audit.statements import _items_digest
from curate.canonical import digest

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))


@given(
    st.lists(st.dictionaries(TEXTS, TEXTS | st.integers(-(2**53) + 1, 2**53 - 1) | st.none(), max_size=5), max_size=4)
)
def test_it_is_the_canonical_one(items: list[dict[str, object]]) -> None:
    assert _items_digest(items) == digest(items)
