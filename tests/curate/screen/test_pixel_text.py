"""Lines become rows again, and a picture whose text was guessed rather than read is said to be unread."""

from __future__ import annotations

from curate.picture import TextLine
from curate.screen.pixel_text import GAP, english_paragraphs, headed_rows, poorly_read, readings_of, rows_of
from curate.screen.settings import ScreenSettings

SETTINGS = ScreenSettings()


def test_a_label_and_its_value_are_one_row() -> None:
    label, value = TextLine("電話", 0.99, (10, 100, 40, 20)), TextLine("03-1234-5678", 0.8, (60, 103, 120, 18))
    below = TextLine("図番", 0.9, (10, 140, 40, 20))
    first, second = rows_of([below, value, label])
    assert first.text == f"電話{GAP}03-1234-5678"
    assert second.text == "図番"
    start = first.text.index("03")
    assert first.box(start, len(first.text)) == (60, 103, 120, 18)
    assert first.box(0, len(first.text)) == (10, 100, 170, 21)
    assert first.score(0, len(first.text)) == 0.8


def test_a_page_on_its_side_has_rows_in_its_own_direction() -> None:
    # Read upwards: the value stands above its label, and the next row to the right of this one.
    label = TextLine("電話", 0.99, (100, 400, 20, 40), 90.0, (40, 20))
    value = TextLine("03-1234-5678", 0.8, (103, 270, 18, 120), 90.0, (120, 18))
    below = TextLine("図番", 0.9, (140, 400, 20, 40), 90.0, (40, 20))
    stamp = TextLine("社外秘", 0.9, (300, 300, 80, 60), 20.0, (85, 30))
    assert [row.text for row in rows_of([below, stamp, value, label])] == [f"電話{GAP}03-1234-5678", "図番", "社外秘"]


def test_lines_at_one_height_far_apart_are_two_rows() -> None:
    left, right = TextLine("個人番号", 0.9, (0, 0, 80, 20)), TextLine("検図", 0.9, (900, 0, 40, 20))
    assert [row.text for row in rows_of([left, right])] == ["個人番号", "検図"]


def test_mended_text_still_knows_its_boxes() -> None:
    left, right = TextLine("a @b. example", 0.9, (0, 0, 80, 20)), TextLine("図番", 0.9, (100, 0, 40, 20))
    (row,) = rows_of([left, right])
    assert row.text == f"a@b.example{GAP}図番"
    assert row.box(len(row.text) - 1, len(row.text)) == right.box and row.box(0, 3) == left.box


def test_a_number_below_the_heading_of_a_persons_document_is_read_behind_it() -> None:
    heading = TextLine("在留カード", 0.99, (10, 10, 100, 20))
    number, order = (
        TextLine("番号 AB12345678CD", 0.9, (10, 60, 180, 20)),
        TextLine("伝票番号 4711", 0.9, (10, 90, 120, 20)),
    )
    (row,) = headed_rows(rows_of([heading, number, order]))
    assert row.text == f"在留カード{GAP}番号 AB12345678CD"
    start = row.text.index("AB")
    assert row.box(start, len(row.text)) == number.box
    assert headed_rows(rows_of([number, order])) == ()


def test_another_reading_gives_its_row_once_more_and_seals_give_none() -> None:
    label = TextLine("電話", 0.99, (10, 100, 40, 20))
    value = TextLine("O8-1Z34", 0.8, (60, 100, 90, 20), others=("03-1234", "O8-1Z34"))
    seal = TextLine("山田", 0.9, (300, 100, 40, 40), seal=True)
    assert [row.text for row in readings_of([label, value, seal])] == [f"電話{GAP}O8-1Z34", f"電話{GAP}03-1234"]


def test_a_clear_sheet_with_one_ghost_line_is_read() -> None:
    lines = [TextLine("工房精機株式会社", 0.99, (0, 0, 90, 20)), TextLine("l|'", 0.2, (0, 50, 9, 20))]
    assert poorly_read(lines, SETTINGS) is None


def test_one_ghost_in_the_grain_of_a_photograph_does_not_hold_it() -> None:
    assert poorly_read([TextLine("il1", 0.3, (0, 0, 9, 9))], SETTINGS) is None
    assert poorly_read([], SETTINGS) is None


def test_a_smeared_paragraph_is_unread_whatever_the_page_number() -> None:
    smeared = [TextLine("社外秘取扱注章厳守", 0.4, (0, y, 90, 20)) for y in (0, 30, 60)]
    reason = poorly_read([*smeared, TextLine("12", 0.99, (0, 90, 20, 20))], SETTINGS)
    assert reason is not None and reason.startswith("27 characters in 3 lines") and "0, 0, 90 x 20" in reason


def test_one_unread_line_of_words_holds_a_page_that_is_clear_elsewhere() -> None:
    clear = [TextLine("工房精機株式会社 本社工場 製造部", 0.99, (0, y, 300, 20)) for y in (0, 30, 60)]
    assert poorly_read(clear, SETTINGS) is None
    smeared = TextLine("Iohm 5rnlth", 0.45, (0, 100, 120, 18))
    assert poorly_read([*clear, smeared], SETTINGS) is not None
    assert poorly_read([*clear, TextLine("Iohm 5rnlth", 0.45, (0, 100, 60, 7))], SETTINGS) is None  # nobody reads 7 px


def test_large_letters_that_are_read_badly_are_a_script_nobody_knows() -> None:
    assert poorly_read([TextLine("launnvan", 0.66, (143, 256, 363, 102))], SETTINGS) is not None
    assert poorly_read([TextLine("launnvan", 0.66, (143, 256, 90, 20))], SETTINGS) is None
    # Few characters in a long place: the place is what tells how much stands there.
    assert poorly_read([TextLine("のつ多-", 0.35, (20, 5, 294, 77))], SETTINGS) is not None


def test_a_sentence_goes_on_in_the_next_line_and_its_box_is_the_line_of_the_name() -> None:
    lines = [
        TextLine("The sample was handed over by Margaret", 0.99, (10, 10, 400, 20)),
        TextLine("Whitfield on Monday, and she signed for it.", 0.99, (12, 36, 420, 20)),
        TextLine("SUS304 t=2.0", 0.99, (10, 62, 100, 20)),
        TextLine("Another block with three words", 0.99, (700, 36, 300, 20)),
    ]
    (block,) = english_paragraphs(lines)
    assert block.text == "The sample was handed over by Margaret Whitfield on Monday, and she signed for it."
    start = block.text.index("Whitfield")
    assert block.box(start, start + 9) == (12, 36, 420, 20)
