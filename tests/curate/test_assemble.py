"""From rows to records: typed facts, texts with a language, and one strict record for the same bytes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.assemble import assemble, facts_of_row, record_of
from curate.catalogue import KNOWN_COLUMNS, read_catalogue
from curate.cells import Cell
from curate.record import ContentClass, ImageRecord, RowFault, TrainingText
from curate.row_facts import SCOPES, language_of, list_of, stated_class, training_texts, unreadable_columns
from curate.search_log import LoggedQuery
from tests.curate.fakes import image_id, make_record


def records_of(
    tmp_path: Path,
    rows: list[dict[str, object]],
    *,
    same: bool = False,
    held: dict[int, tuple[RowFault, ...]] | None = None,
) -> tuple[ImageRecord, ...]:
    (tmp_path / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    table = read_catalogue(tmp_path)
    digests = {name: image_id("same" if same else name) for name in table.frame["file_name"]}
    return assemble(table, digests, held or {}, ())


def test_facts_are_typed_and_absent_ones_unknown() -> None:
    row: dict[str, Cell] = {
        "file_name": "a.png",
        "license": " MIT ",
        "license_scope": '["train", "Memorize"]',
        "license_end": "2030-03-31",
        "changed_at": "2024-05-06T07:08:09Z",
        "criticality": "0.75",
        "change_count": "4.0",
        "sku": "007",
        "content_class": "drawing",
    }
    rights, business, content_class, texts = facts_of_row(row)
    assert (rights.license, rights.license_scope, rights.license_end) == (
        "MIT",
        ("memorize", "train"),
        date(2030, 3, 31),
    )
    assert (business.criticality, business.change_count, business.changed_at) == (0.75, 4, date(2024, 5, 6))
    assert (business.sku, content_class, texts) == ("007", ContentClass.DRAWING, ())
    assert (rights.owner, rights.license_start, business.product_line) == (None, None, None)
    assert unreadable_columns(row) == ()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("license_end", "2024-02-30"),
        ("license_end", "31.12.2024"),
        ("license_end", "20241231"),
        ("license_end", "9999"),
        ("criticality", "high"),
        ("criticality", "1.01"),
        ("criticality", "nan"),
        ("change_count", "-1"),
        ("change_count", "2.5"),
        ("change_count", "inf"),
        ("content_class", "picture"),
        ("license_scope", "train,memorize"),
    ],
)
def test_value_that_cannot_be_read_holds_the_row_and_is_not_shown(tmp_path: Path, column: str, value: str) -> None:
    (record,) = records_of(tmp_path, [{"file_name": "a.png", column: value}])
    assert len(record.held_by_table) == 1
    assert record.held_by_table[0].startswith(f"{column}: expected ")
    assert value not in record.held_by_table[0]
    assert record.held_by_table_ja[0].startswith(f"{column}: ") and "こと" in record.held_by_table_ja[0]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("a|b | |c", ("a", "b", "c")),
        ('["a, b", "c"]', ("a, b", "c")),
        ("[]", ()),
        ("[draft] bolt", ("[draft] bolt",)),
        (("a", " "), ("a",)),
        (None, ()),
    ],
)
def test_lists(cell: Cell, expected: tuple[str, ...]) -> None:
    assert list_of(cell) == expected


def test_empty_scope_says_nothing_is_allowed_and_absent_scope_says_nothing() -> None:
    assert facts_of_row({"file_name": "a", "license_scope": ()})[0].license_scope == ()
    assert facts_of_row({"file_name": "a", "license_scope": None})[0].license_scope is None


def test_texts_with_language_suffix_column_and_script() -> None:
    row: dict[str, Cell] = {
        "title_ja": "六角ボルト", "title_en": "bolt", "tags": "M8|ねじ", "captions": ("one", "two"), "title_de": "Schraube", "title_length": "x",
    }  # fmt: skip
    assert training_texts(row) == (
        TrainingText("title", "ja", "六角ボルト"),
        TrainingText("title", "en", "bolt"),
        TrainingText("tags", "und", "M8"),
        TrainingText("tags", "ja", "ねじ"),
        TrainingText("captions", "und", "one"),
        TrainingText("captions", "und", "two"),
        TrainingText("title", "und", "Schraube"),
    )
    assert [language_of("M8", stated) for stated in ("ja-JP", "EN", "de", None)] == ["ja", "en", "und", "und"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"file_name": "drawings/a.png"}, ContentClass.DRAWING),
        ({"file_name": "a.png", "title": "ポンプ組立図"}, ContentClass.DRAWING),
        ({"file_name": "manual_pump.png"}, ContentClass.DOCUMENT),
        ({"file_name": "a.png", "tags": "製品|青"}, ContentClass.PRODUCT),
        ({"file_name": "IMG_1.jpg", "tags": "photo"}, ContentClass.PHOTO),
        ({"file_name": "IMG_1.jpg"}, ContentClass.DOCUMENT),  # nothing known: the class that asks for more checks
    ],
)
def test_class_is_inferred_from_words(row: dict[str, Cell], expected: ContentClass) -> None:
    assert stated_class(row) is None
    assert facts_of_row(row)[2] is expected


def test_rows_with_the_same_bytes_become_one_image_with_the_strictest_facts(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"file_name": "b.png", "license": "MIT", "license_scope": ["train", "memorize"], "license_end": "2030-01-01", "owner": "A",
         "license_start": "2020-01-01", "criticality": 0.9, "change_count": 1, "model_release": "signed", "sku": "B-2", "title_en": "bolt",
         "content_class": "product", "shelf": "1", "source": "camera"},
        {"file_name": "a.png", "license": "CC-BY-4.0 OR MIT", "license_scope": ["memorize", "output"], "license_end": "2026-01-01",
         "license_start": "2021-01-01", "criticality": 0.2, "change_count": 7, "model_release": "none", "sku": "B-1", "title_en": "bolt",
         "content_class": "drawing", "shelf": "2", "source": "archive"},
        {"file_name": "c.png"},
    ]  # fmt: skip
    (record,) = records_of(tmp_path, rows, same=True, held={2: (RowFault("reason", "理由"),)})
    assert record.file_names == ("a.png", "b.png", "c.png")
    rights, business = record.rights, record.business
    assert rights.license == "(CC-BY-4.0 OR MIT) AND MIT"
    assert (rights.license_scope, rights.license_end) == (("memorize",), date(2026, 1, 1))
    assert (rights.license_start, rights.model_release, rights.owner) == (date(2021, 1, 1), "none", "A")
    assert rights.source == "archive / camera"
    assert (business.criticality, business.change_count, business.sku) == (0.2, 7, "B-1")
    assert record.conflicts == ("license",)
    assert record.content_class is ContentClass.DRAWING and not record.class_inferred
    assert record.texts == (TrainingText("title", "en", "bolt"),)
    assert record.extra == (("part_number", "B-2"), ("shelf", "1"), ("shelf", "2"))
    assert record.held_by_table == ("reason",) and record.held_by_table_ja == ("理由",)


def test_rows_without_a_file_lead_to_no_image_and_queries_teach_their_image(tmp_path: Path) -> None:
    (tmp_path / "metadata.jsonl").write_text('{"file_name": "a.png"}\n{"file_name": "gone.png"}\n')
    log = [
        LoggedQuery(None, "六角ボルト", "a.png", 3),
        LoggedQuery(None, "六角ボルト", "a.png", 1),
        LoggedQuery(None, "x", "gone.png", 1),
    ]
    (record,) = assemble(read_catalogue(tmp_path), {"a.png": image_id("a")}, {}, log)
    assert record.image_id == image_id("a")
    assert record.texts == (TrainingText("query", "ja", "六角ボルト"),)


ROW = st.fixed_dictionaries(
    {},
    optional={
        "license_end": st.dates(date(2000, 1, 1), date(2050, 1, 1)).map(date.isoformat),
        "license_start": st.dates(date(2000, 1, 1), date(2050, 1, 1)).map(date.isoformat),
        "license_scope": st.sets(st.sampled_from(SCOPES)).map(lambda scope: json.dumps(sorted(scope))),
        "license": st.sampled_from(["MIT", "CC0-1.0", "LicenseRef-own"]),
        "criticality": st.floats(0, 1).map(str),
        "change_count": st.integers(0, 50).map(str),
        "owner": st.sampled_from(["A", "B"]),
    },
)


@given(st.lists(ROW, min_size=1, max_size=5), st.randoms())
def test_one_row_more_never_loosens_a_fact_and_order_does_not_matter(
    rows: list[dict[str, Cell]], random: object
) -> None:
    import pandas as pd

    from curate.catalogue import CatalogueTable
    from curate.catalogue_files import LocalFiles

    def merged(some: list[dict[str, Cell]]) -> ImageRecord:
        columns = ["file_name", *ROW_COLUMNS]
        cells = {
            c: pd.Series([f"{n}.png" if c == "file_name" else r.get(c) for n, r in enumerate(some)], dtype=object)
            for c in columns
        }
        frame = pd.DataFrame(cells)
        table = CatalogueTable(frame, "x", "x", (), LocalFiles(Path("x")))
        (record,) = assemble(table, {name: image_id("same") for name in frame["file_name"]}, {}, ())
        return record

    whole, first = merged(rows), merged(rows[:1])
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = merged(shuffled)
    assert (again.rights, again.business, again.conflicts) == (whole.rights, whole.business, whole.conflicts)
    if first.rights.license_end:
        assert whole.rights.license_end is not None and whole.rights.license_end <= first.rights.license_end
    if first.rights.license_start:
        assert whole.rights.license_start is not None and whole.rights.license_start >= first.rights.license_start
    if first.rights.license_scope is not None:
        assert set(whole.rights.license_scope or ()) <= set(first.rights.license_scope)
    assert set(first.conflicts) <= set(whole.conflicts)
    licences = {row["license"] for row in rows if "license" in row}
    assert ("license" in whole.conflicts) == (len(licences) > 1)


ROW_COLUMNS = ("license_end", "license_start", "license_scope", "license", "criticality", "change_count", "owner")


cells = st.one_of(
    st.none(),
    st.sampled_from(["a", " b ", "none", "signed", "2024-05-06", "0.5", "3", "train|Memorize", "JP|us", "MIT"]),
)


@given(st.fixed_dictionaries({"file_name": st.just("a.png")}, optional=dict.fromkeys(KNOWN_COLUMNS[2:], cells)))
def test_a_row_that_is_there_twice_states_what_it_states_once(row: dict[str, Cell]) -> None:
    once = record_of(image_id("a"), [(1, row)], {}, ())
    assert record_of(image_id("a"), [(1, row), (2, dict(row))], {}, ()) == once


@pytest.mark.parametrize("spelt", ["BRK-1204", "brk1204", "ＢＲＫ－１２０４", " BRK 1204 ", "BRK‐1204", "BRKー1204"])
def test_an_article_number_is_one_however_it_is_spelt(spelt: str) -> None:
    assert make_record(sku=spelt).article_numbers == {"BRK1204"}


def test_a_shared_picture_has_all_its_article_numbers_and_an_unnumbered_one_none() -> None:
    assert make_record(sku="A-1", extra=(("part_number", "A-2"), ("colour", "red"))).article_numbers == {"A1", "A2"}
    assert make_record(sku=None).article_numbers == frozenset()
