"""Files beside a picture: found by name, read with care, reservations of the folder matched by location."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.screening import rights_material as made
from curate.catalogue_files import LocalFiles
from curate.sidecars import SIDECAR_CAP, Beside, SidecarReader, stands_beside

NO = made.packet("<plus:DataMining>DMI-PROHIBITED</plus:DataMining>")


def read(folder: Path, name: str = "a.jpg", source: str | None = None) -> Beside:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(made.bare("JPEG"))
    return SidecarReader(LocalFiles(folder)).beside(folder / name, name, source)


@pytest.mark.parametrize("name", ["a.xmp", "a.jpg.xmp", "a.XMP", "A.Jpg.Xmp"])
def test_xmp_of_the_same_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(NO)
    assert [one for one, _ in read(tmp_path).packets] == [name]


def test_manifests_and_json(tmp_path: Path) -> None:
    (tmp_path / "a.c2pa").write_bytes(b"jumb c2pa.training-mining ... notAllowed")
    (tmp_path / "a.json").write_text(json.dumps({"rights": {"tdm-reservation": 1}, "tags": ["x", None]}))
    found = read(tmp_path)
    assert [(m.asserted, m.denied) for m in found.manifests] == [(True, True)]
    assert found.values == (("a.json", "rights.tdm-reservation", "1"), ("a.json", "tags", "x"))


def test_other_files_are_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "b.xmp").write_bytes(NO)
    (tmp_path / "metadata.jsonl").write_text("{}")
    assert read(tmp_path) == Beside()


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "outside.xmp").write_bytes(NO)
    (tmp_path / "a.xmp").symlink_to(tmp_path / "outside.xmp")
    (tmp_path / "a.jpg.xmp").write_bytes(b" " * (SIDECAR_CAP + 1))
    found = read(tmp_path)
    assert len(found.unread) == 3
    assert found.packets == ()


@pytest.mark.parametrize(
    ("rules", "name", "source", "values"),
    [
        ([{"location": "/", "tdm-reservation": 1}], "a.jpg", None, ["1"]),
        ({"location": "/", "tdm-reservation": 1}, "a.jpg", None, ["1"]),
        ([{"location": "/closed/*", "tdm-reservation": 1}], "closed/a.jpg", None, ["1"]),
        ([{"location": "/closed/*", "tdm-reservation": 1}], "open/a.jpg", None, []),
        ([{"location": "*.png$", "tdm-reservation": 1}], "a.jpg", None, []),
        ([{"location": "/", "tdm-reservation": 1}, {"location": "/open/", "tdm-reservation": 0}], "open/a.jpg", None, ["0"]),
        ([{"location": "/shop/", "tdm-reservation": 1}], "a.jpg", "https://parts.example/shop/a.jpg", ["1"]),
        ([{"location": "/x", "tdm-policy": "https://parts.example/policy.json"}], "x.jpg", None, []),
    ],
)  # fmt: skip
def test_reservations_of_the_folder(
    tmp_path: Path, rules: object, name: str, source: str | None, values: list[str]
) -> None:
    (tmp_path / ".well-known").mkdir()
    (tmp_path / ".well-known" / "tdmrep.json").write_text(json.dumps(rules))
    assert [value for _, value in read(tmp_path, name, source).tdm] == values


def test_a_reservation_between_picture_and_root_counts(tmp_path: Path) -> None:
    (tmp_path / "suppliers" / "acme").mkdir(parents=True)
    rules = [{"location": "/shots/", "tdm-reservation": 1}]
    (tmp_path / "suppliers" / "acme" / "tdmrep.json").write_text(json.dumps(rules))
    assert read(tmp_path, "suppliers/acme/shots/a.jpg").tdm == (("suppliers/acme/tdmrep.json", "1"),)
    assert read(tmp_path, "suppliers/acme/b.jpg").tdm == read(tmp_path, "suppliers/c.jpg").tdm == ()


@pytest.mark.parametrize("text", ["{", "[1]", '"x"'])
def test_a_broken_reservation_file_leaves_every_picture_open(tmp_path: Path, text: str) -> None:
    (tmp_path / "tdmrep.json").write_text(text)
    assert len(read(tmp_path).unread) == 1


def test_two_names_of_one_picture_are_joined() -> None:
    one, other = Beside(tdm=(("t", "1"),)), Beside(tdm=(("t", "1"), ("u", "0")), unread=("x",))
    assert one.joined(other) == Beside(tdm=(("t", "1"), ("u", "0")), unread=("x",))


@pytest.mark.parametrize(
    ("name", "others", "beside"),
    [
        ("a.xmp", {"a.jpg"}, True),
        ("A.JPG.xmp", {"a.jpg"}, True),
        ("a.c2pa", {"a.heic"}, True),
        ("a.json", {"a.xmp"}, False),
        ("b.xmp", {"a.jpg"}, False),
        ("tdmrep.json", set(), True),
        ("a.txt", {"a.jpg"}, False),
        ("a.png", {"a.jpg"}, False),
    ],
)
def test_which_files_stand_beside_others(name: str, others: set[str], beside: bool) -> None:
    assert stands_beside(name, {name, *others}) is beside
