"""A row that leads to no image says why: in a code, in English and in Japanese."""

from __future__ import annotations

from pathlib import Path

import pytest

from curate.catalogue_files import TROUBLE_JA, CatalogueUnavailable, FileNameRefused, LocalFiles, RowTrouble


def test_every_trouble_is_said_in_japanese() -> None:
    assert set(TROUBLE_JA) == set(RowTrouble)
    assert all(any("぀" <= character <= "ヿ" for character in text) for text in TROUBLE_JA.values())


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        (" ", RowTrouble.NO_NAME),
        ("new\nline.png", RowTrouble.CONTROL_CHARACTER),
        ("/abs.png", RowTrouble.ABSOLUTE_PATH),
        ("../up.png", RowTrouble.GOES_UP),
        (".", RowTrouble.THE_FOLDER),
        ("out.png", RowTrouble.LINK_OUT),
        ("folder", RowTrouble.NOT_REGULAR),
        ("gone.png", RowTrouble.MISSING),
        ("loop.png", RowTrouble.LINK_LOOP),
        ("ftp://example.com/a.png", RowTrouble.PROTOCOL),
        ("file:///etc/hostname", RowTrouble.PROTOCOL),
    ],
)
def test_a_name_that_is_not_followed_has_its_code(tmp_path: Path, name: str, trouble: RowTrouble) -> None:
    root = tmp_path / "catalogue"
    (root / "folder").mkdir(parents=True)
    (tmp_path / "outside.png").write_bytes(b"x")
    (root / "out.png").symlink_to(tmp_path / "outside.png")
    (root / "loop.png").symlink_to("loop.png")
    with pytest.raises((FileNameRefused, CatalogueUnavailable)) as caught:
        LocalFiles(root, tmp_path / "fetched").local_path(name)
    assert isinstance(caught.value, FileNameRefused | CatalogueUnavailable)
    assert caught.value.trouble is trouble


def test_a_local_file_is_no_remote_one_even_where_none_can_be_fetched(tmp_path: Path) -> None:
    with pytest.raises(FileNameRefused) as caught:
        LocalFiles(tmp_path).local_path("file:///etc/hostname")
    assert caught.value.trouble is RowTrouble.PROTOCOL


def test_a_name_with_a_control_character_is_shown_once_and_harmless(tmp_path: Path) -> None:
    with pytest.raises(FileNameRefused, match=r"found a control character or a broken one: 'a\\nb\.png'$"):
        LocalFiles(tmp_path).local_path("a\nb.png")
