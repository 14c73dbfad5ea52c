"""Check digits, against rules written a second time and against published examples."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from curate.screen.check_digits import (
    corporate_number_is_valid,
    driving_licence_is_valid,
    gs1_is_valid,
    iban_is_valid,
    luhn_is_valid,
    my_number_is_valid,
    nhs_number_is_valid,
    upc_is_valid,
)
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
    assert corporate_number_is_valid("7000012050002")  # National Tax Agency, its own 法人番号
    assert not corporate_number_is_valid("7000012050003")
    assert gs1_is_valid("4901234567894") and gs1_is_valid("49968712") and not gs1_is_valid("4901234567895")
    assert iban_is_valid("GB29NWBK60161331926819") and iban_is_valid("DE89370400440532013000")  # ISO 13616 registry
    assert not iban_is_valid("DE88370400440532013000") and not iban_is_valid("DE8937040044053201300")
    assert nhs_number_is_valid("9434765919") and not nhs_number_is_valid("9434765918")  # NHS Data Dictionary


@given(st.text(alphabet="0123456789", min_size=10, max_size=10), st.sampled_from("0123456789"))
def test_a_driving_licence_has_one_right_check_digit(ten: str, last: str) -> None:
    total = sum(int(digit) * weight for digit, weight in zip(ten, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2], strict=True))
    right = 0 if total % 11 in (0, 1) else 11 - total % 11
    assert [digit for digit in "0123456789" if driving_licence_is_valid(ten + digit + last)] == [str(right)]


@given(st.text(alphabet="0123456789", min_size=12, max_size=12))
def test_a_corporate_number_has_one_right_first_digit(twelve: str) -> None:
    total = sum(int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(twelve))
    right = str(9 - total % 9)
    assert [digit for digit in "0123456789" if corporate_number_is_valid(digit + twelve)] == [right]
