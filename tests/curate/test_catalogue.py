"""Reading the table of a catalogue: nothing is guessed, unknown stays unknown, no name leads outside."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.catalogue import CatalogueError, CatalogueUnavailable, FileNameRefused, TableError, read_catalogue
from curate.catalogue_files import checked_name
from curate.cells import cell_of
from curate.errors import ExitCode
from curate.table_reading import read_table
from tests.curate.fakes import png_bytes


def jsonl(*rows: dict[str, object]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "a.png").write_bytes(png_bytes(seed=1))
    (tmp_path / "in" / "b.png").write_bytes(png_bytes(seed=2))
    return tmp_path


ROWS = [
    {"file_name": "a.png", "sku": "007", "license_scope": "train|memorize", "criticality": "1.0", "title": "NA"},
    {"file_name": "in/b.png", "sku": None, "license_scope": None, "criticality": None, "title": "ボルト"},
]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_every_format_gives_the_same_texts(folder: Path, suffix: str) -> None:
    frame = pd.DataFrame(ROWS)
    path = folder / f"metadata.{suffix}"
    if suffix == "csv":
        frame.to_csv(path, index=False)
    elif suffix == "jsonl":
        path.write_text(jsonl(*ROWS))
    else:
        frame.to_parquet(path)
    table = read_catalogue(folder)
    assert table.table_name == f"metadata.{suffix}"
    assert [dict(zip(table.frame.columns, row, strict=True)) for row in table.frame.itertuples(index=False)] == ROWS
    assert table.missing_files() == ()
    assert read_catalogue(path).local_path("in/b.png") == (folder / "in" / "b.png").resolve()


def test_numbers_and_lists_of_json_and_parquet(folder: Path) -> None:
    rows = [{"file_name": "a.png", "sku": 12, "change_count": 3.0, "tags": ["歯車", "gear"], "license_scope": []}]
    (folder / "one.jsonl").write_text(jsonl(*rows))
    pd.DataFrame([*rows, {"file_name": "in/b.png"}]).to_parquet(folder / "one.parquet")
    for name in ("one.jsonl", "one.parquet"):
        row = read_catalogue(folder / name).frame.iloc[0].to_dict()
        assert (row["sku"], row["change_count"]) == ("12", "3")  # not 12.0, although another row has none
        assert (row["tags"], row["license_scope"]) == (("歯車", "gear"), ())


def test_mapping_renames_and_keeps_what_bears_our_name(folder: Path) -> None:
    (folder / "list.csv").write_text("file,source,origin,shelf\na.png,camera 2,https://x.example,A7\n")
    table = read_catalogue(folder / "list.csv", {"file_name": "file", "source": "origin"})
    row = table.frame.iloc[0].to_dict()
    assert row == {"file_name": "a.png", "source": "https://x.example", "column:source": "camera 2", "shelf": "A7"}
    assert table.unknown_columns == ("column:source", "shelf")


def test_two_of_our_columns_may_come_from_one_of_theirs(folder: Path) -> None:
    (folder / "list.csv").write_text("file,group\na.png,bolts\n")
    table = read_catalogue(folder / "list.csv", {"file_name": "file", "product_line": "group", "tags_en": "group"})
    assert table.frame.iloc[0].to_dict() == {"file_name": "a.png", "product_line": "bolts", "tags_en": "bolts"}


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ({"file_name": "fil"}, ["'fil'", "file, other"]),
        ({"licence": "other"}, ["'licence'"]),
        ({}, ["file_name", "file, other"]),
    ],
)
def test_mapping_to_a_column_that_is_not_there(folder: Path, columns: dict[str, str], named: list[str]) -> None:
    (folder / "list.csv").write_text("file,other\na.png,x\n")
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(folder / "list.csv", columns)
    assert caught.value.exit_code is ExitCode.USAGE
    assert all(name in caught.value.message for name in named)
    assert "imprimatur" in caught.value.hint


def test_text_that_parquet_holds_as_bytes_is_read_as_text(tmp_path: Path) -> None:
    note, blob = "担当 03-3581-4111", b"\x89PNG\r\n\x1a\n"
    rows = [{"file_name": "a.png", "note": note.encode(), "blob": blob, "more": {"note": note.encode(), "blob": blob}}]
    pd.DataFrame(rows).to_parquet(tmp_path / "r.parquet")
    (row,) = read_table((tmp_path / "r.parquet").read_bytes(), "r.parquet").rows
    assert (row["note"], row["blob"]) == (note, "(8 bytes)")
    assert isinstance(row["more"], str) and note in row["more"]


RESERVED = "学習利用禁止".encode("cp932")


@pytest.mark.parametrize(
    ("column", "third", "found"),
    [
        ("note", RESERVED, "Shift_JIS"),
        ("note", "Propriété privée".encode("latin-1"), "another encoding"),
        ("note", "学習利用禁止".encode("utf-16"), "UTF-16"),
        ("note", [b"bolt", RESERVED], "Shift_JIS"),
        ("note.said", {"said": RESERVED, "seen": b"\x89PNG\r\n\x1a\n"}, "Shift_JIS"),
    ],
)
def test_bytes_of_parquet_that_are_text_in_another_encoding_are_refused(
    tmp_path: Path, column: str, third: object, found: str
) -> None:
    notes = [None, None, third]
    pd.DataFrame({"file_name": ["a.png", "b.png", "c.png"], "note": notes}).to_parquet(tmp_path / "r.parquet")
    with pytest.raises(TableError, match=rf"found {found}.* in column '{column}', row 3") as caught:
        read_table((tmp_path / "r.parquet").read_bytes(), "r.parquet")
    assert "as text" in caught.value.hint


def test_one_odd_value_does_not_hide_what_the_others_of_its_column_say(tmp_path: Path) -> None:
    rows = [b"\x89PNG\r\n\x1a\n", RESERVED, RESERVED]
    pd.DataFrame({"file_name": ["a.png", "b.png", "c.png"], "note": rows}).to_parquet(tmp_path / "r.parquet")
    with pytest.raises(TableError, match="row 2"):
        read_table((tmp_path / "r.parquet").read_bytes(), "r.parquet")
    long = [b"\x89PNG\r\n\x1a\n"] * 9 + [RESERVED * 4]
    pd.DataFrame({"file_name": [f"{n}.png" for n in range(10)], "note": long}).to_parquet(tmp_path / "r.parquet")
    with pytest.raises(TableError, match="row 10"):
        read_table((tmp_path / "r.parquet").read_bytes(), "r.parquet")


def test_a_zero_byte_does_not_hide_a_long_text(tmp_path: Path) -> None:
    for note in (RESERVED.decode("cp932").encode() + b"\0" + b"a" * 1_000_000, b"\0" * 1_000_001):
        pd.DataFrame({"file_name": ["a.png"], "note": [note]}).to_parquet(tmp_path / "r.parquet")
        data = (tmp_path / "r.parquet").read_bytes()
        if note.strip(b"\0"):
            with pytest.raises(TableError, match="column 'note': expected at most 1,000,000 characters"):
                read_table(data, "r.parquet")
        else:
            assert read_table(data, "r.parquet").rows[0]["note"] == "(1000001 bytes)"


def test_digests_stored_as_bytes_are_no_text(tmp_path: Path) -> None:
    digests = [hashlib.md5(bytes([number]), usedforsecurity=False).digest() for number in range(200)]
    frame = pd.DataFrame({"file_name": [f"{number}.png" for number in range(200)], "digest": digests})
    frame.to_parquet(tmp_path / "r.parquet")
    cells = [row["digest"] for row in read_table((tmp_path / "r.parquet").read_bytes(), "r.parquet").rows]
    assert set(cells) == {"(16 bytes)"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", b"file_name,a,a\nq,1,2\n"),
        ("x.csv", b"file_name,a\nq,1,2\n"),
        ("x.csv", "file_name,title\na.png,ボルト\n".encode("cp932")),
        ("x.jsonl", b'{"file_name": "a"}\n["a"]\n'),
        ("x.jsonl", b'{"file_name": "a", "license": "MIT", "license": "none"}\n'),
        ("x.jsonl", b'{"file_name": \n'),
        ("x.parquet", b"PAR1 no"),
        ("x.xlsx", b"PK"),
    ],
)
def test_broken_tables_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TableError) as caught:
        read_catalogue(tmp_path / name)
    assert caught.value.exit_code is ExitCode.USAGE


def test_a_table_of_windows_in_japan_is_told_with_the_command_that_converts_it(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes("file_name,title\na.png,ボルト\n".encode("cp932"))
    with pytest.raises(TableError, match=r"found Shift_JIS \(CP932\) in line 2") as caught:
        read_catalogue(tmp_path / "x.csv")
    assert "iconv -f CP932 -t UTF-8 'x.csv'" in caught.value.hint
    (tmp_path / "x.csv").write_bytes(b"file_name,title\na.png,\xff\xfe\xff\n")
    with pytest.raises(TableError, match="another encoding"):
        read_catalogue(tmp_path / "x.csv")


@pytest.mark.parametrize("content", ["file_name,title\n", ""])
def test_empty_catalogue(tmp_path: Path, content: str) -> None:
    (tmp_path / "metadata.csv").write_text(content)
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(tmp_path)
    assert caught.value.exit_code is ExitCode.USAGE


def test_empty_folder_and_two_metadata_files(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(CatalogueError, match="empty catalogue"):
        read_catalogue(tmp_path_factory.mktemp("empty"))
    for suffix in ("csv", "jsonl"):
        (folder / f"metadata.{suffix}").write_text("")
    with pytest.raises(CatalogueError, match="one metadata file"):
        read_catalogue(folder)


@pytest.mark.parametrize("place", ["nowhere", "nowhere.csv", "memory://nowhere/metadata.csv", "memory://nowhere"])
def test_catalogue_that_is_not_there(tmp_path: Path, place: str) -> None:
    with pytest.raises(CatalogueUnavailable) as caught:
        read_catalogue(place if "://" in place else tmp_path / place)
    assert caught.value.exit_code is ExitCode.UNAVAILABLE


def test_folder_without_table_lists_pictures_and_knows_nothing_else(folder: Path) -> None:
    (folder / "notes.txt").write_text("x")
    (folder / ".hidden.png").write_bytes(b"")
    table = read_catalogue(folder)
    assert list(table.frame.columns) == ["file_name"]
    assert list(table.frame["file_name"]) == ["a.png", "in/b.png"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"file_name": "a.png", "x": ' + "[" * 900 + "]" * 900 + "}", "nested too deeply"),
        ('{"file_name": "a.png", "x": ' + "9" * 5000 + "}", "digits"),
        ('{"file_name": "a.png", "title": "' + "x " * 600_000 + '"}', "row 2: expected at most 1,000,000 characters"),
    ],
)
def test_lines_that_are_too_deep_or_too_long_are_refused_by_their_row(folder: Path, line: str, found: str) -> None:
    (folder / "metadata.jsonl").write_text('{"file_name": "a.png"}\n' + line + "\n")
    with pytest.raises(TableError, match="row 2") as refused:
        read_catalogue(folder)
    assert found in refused.value.message


def test_halves_of_surrogate_pairs_do_not_get_in(folder: Path) -> None:
    line = '{"file_name": "a.png", "title": "a\\ud83d b", "x\\udc00": "y", "z": {"k": "\\ud83d\\ude00"}}\n'
    (folder / "metadata.jsonl").write_text(line)
    (row,) = read_catalogue(folder).frame.to_dict("records")
    assert row == {"file_name": "a.png", "title": "a\ufffd b", "x\ufffd": "y", "z": '{"k": "\U0001f600"}'}


def test_zeros_in_a_column_of_bytes_stand_as_their_length(folder: Path) -> None:
    frame = pd.DataFrame({"file_name": ["a.png"], "blob": [bytes(2_000_000)]})
    frame.to_parquet(folder / "metadata.parquet")
    assert list(read_catalogue(folder).frame["blob"]) == ["(2000000 bytes)"]


def test_rows_that_lead_to_no_file_are_named_one_by_one(folder: Path) -> None:
    outside = folder.parent / f"{folder.name}-outside.png"
    outside.write_bytes(b"x")
    (folder / "link.png").symlink_to(outside)
    (folder / "loop.png").symlink_to(folder / "loop.png")
    (folder / "inner.png").symlink_to(folder / "a.png")
    names = [
        "a.png", "inner.png", "gone.png", "", "../secret.png", "in/../a.png", "/etc/passwd", "C:\\x.png", "..\\x.png", "new\nline.png",
        "nul\0.png", "link.png", "loop.png", "in", "x" * 5000, "file:///etc/passwd", "simplecache::https://x/y", "\ud800.png", ".",
    ]  # fmt: skip
    (folder / "metadata.jsonl").write_text("".join(json.dumps({"file_name": name}) + "\n" for name in names))
    table = read_catalogue(folder)
    missing = table.missing_files()
    assert [found.row for found in missing] == list(range(3, len(names) + 1))
    assert all(found.reason for found in missing)
    with pytest.raises(FileNameRefused, match="leaves the catalogue"):
        table.local_path("link.png")
    with pytest.raises(CatalogueUnavailable):
        table.local_path("gone.png")


def test_remote_catalogue_is_fetched_and_fetched_again_when_it_changed(tmp_path: Path) -> None:
    import fsspec

    store = fsspec.filesystem("memory")
    store.pipe(
        "/shop/metadata.jsonl",
        jsonl({"file_name": "a.png"}, {"file_name": "../a.png"}, {"file_name": "b.png"}).encode(),
    )
    store.pipe("/shop/a.png", b"one")
    for place in ("memory://shop", "memory://shop/metadata.jsonl"):
        table = read_catalogue(place, fetched=tmp_path / "fetched")
        assert [found.row for found in table.missing_files()] == [2, 3]
        assert table.local_path("a.png").read_bytes() == b"one"
    store.pipe("/shop/a.png", b"other")
    assert table.local_path("a.png").read_bytes() == b"other"
    assert all(not path.name.startswith(".part") for path in (tmp_path / "fetched").iterdir())
    with pytest.raises(CatalogueUnavailable):
        read_catalogue("memory://shop").local_path("a.png")


@given(st.text(max_size=40))
def test_no_accepted_name_leads_outside(name: str) -> None:
    try:
        accepted = checked_name(name)
    except FileNameRefused as error:
        assert "\n" not in error.message
        return
    assert (Path("/catalogue") / accepted).is_relative_to("/catalogue")
    assert ".." not in Path(accepted).parts


@given(st.lists(st.dictionaries(st.sampled_from(["file_name", "sku", "title"]), st.text(max_size=12)), min_size=1))
def test_json_texts_come_back_as_they_were(rows: list[dict[str, str]]) -> None:
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    table = read_table(data, "x.jsonl")
    assert len(table.rows) == len(rows)
    for row, read in zip(rows, table.rows, strict=True):
        assert all(read[key] == (value if value.strip() else None) for key, value in row.items())


def test_blank_and_nan_are_unknown() -> None:
    assert [cell_of(value) for value in (None, "", "  ", float("nan"), "NaN", 0, False)] == [
        None, None, None, None, "NaN", "0", "false",
    ]  # fmt: skip
