"""Check digits, against rules written a second time and against published examples."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from curate.screen.patterns_common import luhn_is_valid
from curate.screen.patterns_ja import my_number_is_valid, upc_is_valid
from tests.curate.screen.worlds import my_number

ELEVEN = st.text(alphabet="0123456789", min_size=11, max_size=11)


@given(ELEVEN)
def test_exactly_one_check_digit_is_right(eleven: str) -> None:
    right = my_number(eleven)
    assert [digit for digit in "0123456789" if my_number_is_valid(eleven + digit)] == [right[-1]]


@given(ELEVEN, st.integers(0, 10), st.integers(1, 9))
def test_a_single_wrong_digit_is_noticed_unless_both_end_in_zero(eleven: str, place: int, shift: int) -> None:
    changed = eleven[:place] + str((int(eleven[place]) + shift) % 10) + eleven[place + 1 :]
    # The remainders 0 and 1 share the check digit 0: the one gap that the ordinance leaves.
    assert not my_number_is_valid(changed + my_number(eleven)[-1]) or my_number(eleven)[-1] == "0"


def test_other_lengths_and_letters_are_not_valid() -> None:
    assert not my_number_is_valid("")
    assert not my_number_is_valid("1234567890123")
    assert not my_number_is_valid("12345678901X")
    assert not my_number_is_valid("１２３４５６７８９０１８")


def test_published_examples() -> None:
    assert upc_is_valid("036000291452")  # GS1 General Specifications, UPC-A
    assert not upc_is_valid("036000291453")
    assert luhn_is_valid("4111111111111111") and luhn_is_valid("378282246310005")
    assert not luhn_is_valid("4111111111111112")
