"""Parts are found in every container, wherever they lie, and a damaged one is named."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.screening import rights_material as made
from curate.embedded.container import blocks_of
from curate.embedded.lettering import lettered, packet_text, user_comment
from curate.picture_metadata import read_metadata

NO = made.packet("<plus:DataMining>DMI-PROHIBITED</plus:DataMining>")
PLAIN = made.packet("<dc:format>image</dc:format>")
PLACE = {1: (2, b"N\0"), 2: (5, struct.pack("<6I", 35, 1, 40, 1, 0, 1))}
BLOCK = made.exif(
    {0x8298: (2, "© 山田".encode() + b"\0"), 0x013B: (2, b"T. Yamada\0")}, {0x9286: (7, b"ASCII\0\0\0noted")}, gps=PLACE
)
SETS = made.iim((1, 90, b"\x1b%G"), (2, 116, "著作者 山田".encode()), (2, 40, b"handle with care"))


@pytest.mark.parametrize("container", made.CONTAINERS)
def test_every_part_is_found_in_every_container(container: str) -> None:
    iptc = SETS if made.takes_iptc(container) else None
    found = read_metadata(made.embed(container, exif_block=BLOCK, xmp=[PLAIN, NO], iptc=iptc))
    assert found.unread == []
    assert found.exif == [("Artist", "T. Yamada"), ("Copyright", "© 山田"), ("UserComment", "noted")]
    assert found.gps
    assert len(found.xmp) == 2
    assert found.prohibited_terms == ("DMI-PROHIBITED",)
    if iptc:
        assert found.iptc == [("CopyrightNotice", "著作者 山田"), ("SpecialInstructions", "handle with care")]


@pytest.mark.parametrize("container", made.CONTAINERS)
def test_a_bare_picture_says_nothing(container: str) -> None:
    found = read_metadata(made.bare(container))
    assert (found.exif, found.iptc, found.xmp, found.comments, found.unread, found.credentials) == ([], [], [], [], [], None)  # fmt: skip


def test_jpeg_extended_xmp_is_joined_and_a_lost_piece_is_named() -> None:
    long = made.packet("<plus:DataMining>DMI-PROHIBITED</plus:DataMining>" + "<dc:source>x</dc:source>" * 500)
    whole = read_metadata(made.extended_jpeg(long))
    assert any("DMI-PROHIBITED" in text for text in whole.xmp) and whole.unread == []
    for lost in range(3):
        assert any(
            note.startswith("xmp: an extended packet")
            for note in read_metadata(made.extended_jpeg(long, lose=lost)).unread
        )


def test_jpeg_every_segment_and_every_picture_counts() -> None:
    bare = made.bare("JPEG")
    second = made.embed("JPEG", exif_block=BLOCK, xmp=[NO])
    found = read_metadata(bare + b"\0\0" + second)
    assert ("Artist", "T. Yamada") in found.exif and len(found.xmp) == 1
    comment = bare[:2] + made.segment(0xFE, "備考".encode()) + bare[2:]
    assert read_metadata(comment).comments == [("comment", "備考")]


def test_packets_and_data_sets_inside_an_exif_block() -> None:
    block = made.exif({700: (1, NO), 33723: (7, SETS)})
    found = read_metadata(made.embed("WEBP", exif_block=block))
    assert len(found.xmp) == 1 and ("CopyrightNotice", "著作者 山田") in found.iptc


def test_what_stands_behind_the_picture_counts() -> None:
    found = read_metadata(made.bare("JPEG") + b"AXS!" + made.iim((2, 116, b"(c) Somebody")) + "AI学習禁止".encode())
    assert ("CopyrightNotice", "(c) Somebody") in found.iptc
    assert any("AI学習禁止" in text for _, text in found.residue)


def test_the_owner_in_a_maker_note_of_canon() -> None:
    owner = b"Taro Yamada\0"
    note = struct.pack("<HHHII", 1, 9, 2, len(owner), 0)
    block = made.exif({0x010F: (2, b"Canon\0")}, {0x927C: (7, note + owner)})
    at = block.index(owner)
    found = read_metadata(made.embed("JPEG", exif_block=block.replace(note, note[:-4] + struct.pack("<I", at))))
    assert ("OwnerName", "Taro Yamada") in found.exif
    assert found.maker_note


def test_png_compressed_text_and_chunks_behind_the_end() -> None:
    found = read_metadata(made.embed("PNG", xmp=[NO], compressed=True))
    assert len(found.xmp) == 1
    late = made.bare("PNG") + made.chunk(b"tEXt", b"Comment\0late")
    assert read_metadata(late).comments == [("Comment", "late")]
    broken = made.embed("PNG", xmp=[NO], compressed=True).replace(b"\x78\x9c", b"\x78\x00", 1)
    assert any(note.startswith("xmp:") for note in read_metadata(broken).unread)


def test_a_packet_without_a_known_place_is_found_once() -> None:
    gif = b"GIF89a\1\0\1\0\0\0\0;" + PLAIN
    (text,) = read_metadata(gif).xmp
    assert text in packet_text(PLAIN)[0] and text.endswith("</x:xmpmeta>")
    assert read_metadata(made.embed("JPEG", xmp=[PLAIN])).xmp == [packet_text(PLAIN)[0]]


@pytest.mark.parametrize("code", ["utf-16-le", "utf-16-be", "utf-16", "utf-32-le"])
def test_packets_in_wide_letters(code: str) -> None:
    (text,) = read_metadata(made.embed("JPEG", xmp=[NO.decode().encode(code)])).xmp
    assert "DMI-PROHIBITED" in text


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda b: b[: b.index(b"noted") + 2], "exif"),
        (lambda b: b[:8] + b"\xff\x7f" + b[10:], "exif"),
        (lambda b: b"XX" + b[2:], "exif"),
    ],
)
def test_a_damaged_exif_block_is_named_and_what_is_left_is_kept(change: object, part: str) -> None:
    assert callable(change)
    found = read_metadata(made.embed("JPEG", exif_block=change(BLOCK)))
    assert any(note.startswith(part) for note in found.unread)
    assert any("山田" in text for _, text in (*found.exif, *found.residue))


def test_a_damaged_iptc_chain_is_named() -> None:
    found = read_metadata(made.embed("JPEG", iptc=SETS[:-3]))
    assert any(note.startswith("iptc") for note in found.unread)
    assert ("CopyrightNotice", "著作者 山田") in found.iptc


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(made.CONTAINERS), st.data())
def test_no_damage_makes_the_walk_raise_or_hide_a_term_that_is_left(container: str, data: st.DataObject) -> None:
    whole = made.embed(container, exif_block=BLOCK, xmp=[NO], iptc=SETS if made.takes_iptc(container) else None)
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    damaged = damaged[: data.draw(st.integers(0, len(damaged)))]
    found = read_metadata(bytes(damaged))
    assert (b"DMI-PROHIBITED" in damaged) <= bool(found.prohibited_terms)


@given(st.binary(max_size=300), st.sampled_from([b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"II*\0", b"MM\0*", b"\0\0\0\x18ftypheic", b"GIF89a"]))  # fmt: skip
def test_noise_does_not_make_the_walk_raise(noise: bytes, head: bytes) -> None:
    blocks_of(head + noise)


@pytest.mark.parametrize("code", ["utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16"])
def test_japanese_in_whatever_letters(code: str) -> None:
    text = "無断転載・AI学習を禁止します"
    assert lettered(text.encode(code)) == text


@pytest.mark.parametrize("code", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["AI学習への利用禁止", "No AI training", "無断使用はご遠慮ください"])
def test_utf_16_without_a_mark(text: str, code: str) -> None:
    assert lettered(text.encode(code)) == text
    assert lettered(text.encode(code) + b"\0\0") == text


def test_western_letters_stay_western() -> None:
    assert lettered("© Müller".encode("cp1252")) == "© Müller"
    assert lettered(b"\xa9 2024 Acme\0\0") == "© 2024 Acme"
    assert lettered("Entraînement d’IA interdit".encode("cp1252")) == "Entraînement d’IA interdit"
    assert lettered(b"Photo: A\0Editor: B\0") == "Photo: A Editor: B"


@pytest.mark.parametrize("text", ["無断学習禁止", "本画像", "notes", "AI学習禁止"])
@pytest.mark.parametrize("order", ["little", "big"])
def test_user_comments(text: str, order: str) -> None:
    body = text.encode("utf-16-le" if order == "little" else "utf-16-be")
    assert user_comment(b"UNICODE\0" + body, order) == text
    assert user_comment(b"JIS\0\0\0\0\0" + text.encode("iso2022_jp"), order) == text
    assert user_comment(b"ASCII\0\0\0" + text.encode(), order) == text
