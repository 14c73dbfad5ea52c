"""Looks are kept by part: what is asked again is only what is missing or has a new reader."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

import curate.picture_cache as picture_cache
from curate.finding import Check
from curate.picture import PictureFacts, TextLine, Undecoded
from curate.picture_cache import PictureCache, look_parts
from curate.picture_facts import look_at
from curate.picture_opening import PixelLimits
from curate.sealed_store import SealedStore
from tests.curate.fakes import image_id, make_picture_facts, png_bytes

NOTHING: frozenset[Check] = frozenset()
TEXT = frozenset({Check.PIXEL_TEXT})
LIMITS = {"pixels": 1000}


def test_every_fact_belongs_to_exactly_one_part() -> None:
    owned = [name for part in look_parts() for name in part.fields]
    assert sorted([*owned, "image_id"]) == sorted(field.name for field in fields(PictureFacts))


def test_other_trust_anchors_make_the_metadata_be_read_again(tmp_path: Path) -> None:
    facts = make_picture_facts("a")
    with SealedStore(tmp_path) as store:
        PictureCache(store, LIMITS).keep(facts)
        assert PictureCache(store, LIMITS, "PEM").find({facts.image_id: NOTHING})[facts.image_id].seen is None


def unread(facts: PictureFacts) -> PictureFacts:
    return replace(facts, text_lines=None, text_unscreened="not asked for")


def test_a_look_comes_back_equal_and_only_if_it_answers_what_is_asked(tmp_path: Path) -> None:
    read, plain = (
        make_picture_facts("read", text_lines=(TextLine("M8", 0.9, (1, 2, 3, 4)),)),
        unread(make_picture_facts("plain")),
    )
    with SealedStore(tmp_path) as store:
        cache = PictureCache(store, LIMITS)
        cache.keep(read)
        cache.keep(plain)
    with SealedStore(tmp_path) as store:
        found = PictureCache(store, LIMITS).find({read.image_id: TEXT, plain.image_id: TEXT, image_id("new"): TEXT})
        assert found[read.image_id].seen == read
        assert (found[plain.image_id].seen, found[plain.image_id].missing) == (None, TEXT)
        assert (found[image_id("new")].seen, found[image_id("new")].missing) == (None, TEXT)
        again = PictureCache(store, LIMITS).find({plain.image_id: NOTHING})[plain.image_id].seen
        assert isinstance(again, PictureFacts)
        assert (again.phash, again.text_lines) == (plain.phash, None)
        assert again.text_unscreened


def test_a_new_reader_of_the_file_does_not_read_the_text_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = make_picture_facts("a", text_lines=(TextLine("M8", 0.9, (1, 2, 3, 4)),))
    with SealedStore(tmp_path) as store:
        PictureCache(store, LIMITS).keep(facts)
    monkeypatch.setattr(picture_cache, "METADATA_VERSION", "another")
    with SealedStore(tmp_path) as store:
        cache = PictureCache(store, LIMITS)
        known = cache.find({facts.image_id: TEXT})[facts.image_id]
        assert (known.seen, known.missing) == (None, NOTHING)
        assert cache.keep(replace(unread(facts), exif=(("Artist", "x"),))) == replace(facts, exif=(("Artist", "x"),))


def test_a_reader_that_stopped_is_asked_again(tmp_path: Path) -> None:
    facts = replace(make_picture_facts("a"), text_lines=None, text_unscreened="the text reader stopped")
    with SealedStore(tmp_path) as store:
        cache = PictureCache(store, LIMITS)
        assert cache.keep(facts) == facts
        assert cache.find({facts.image_id: TEXT})[facts.image_id].missing == TEXT


def test_refused_bytes_stay_refused_under_the_same_limits_only(tmp_path: Path) -> None:
    bytes_, accident = image_id("bad"), image_id("killed")
    with SealedStore(tmp_path) as store:
        cache = PictureCache(store, LIMITS)
        cache.keep(Undecoded(bytes_, "none of the formats", lasting=True))
        cache.keep(Undecoded(accident, "took longer than 20 seconds"))
        found = cache.find({bytes_: TEXT, accident: TEXT})
        assert found[bytes_].seen == Undecoded(bytes_, "none of the formats", lasting=True)
        assert found[accident].seen is None
        assert PictureCache(store, {"pixels": 2000}).find({bytes_: TEXT})[bytes_].seen is None


def test_a_kept_look_of_another_shape_is_taken_again(tmp_path: Path) -> None:
    facts = make_picture_facts("a")
    with SealedStore(tmp_path) as store:
        cache = PictureCache(store, LIMITS)
        cache.keep(facts)
        store.put(look_parts()[0].kind, facts.image_id, {"phash": 5})
    with SealedStore(tmp_path) as store:
        assert PictureCache(store, LIMITS).find({facts.image_id: TEXT})[facts.image_id].seen is None


def test_what_was_not_asked_for_reads_the_same_from_a_look_and_from_what_is_kept(tmp_path: Path) -> None:
    seen = look_at(png_bytes(), image_id("a"), PixelLimits(1_000_000, 5))
    assert isinstance(seen, PictureFacts)
    with SealedStore(tmp_path) as store:
        PictureCache(store, LIMITS).keep(seen)
        # Findings are kept under the digest of all facts: another wording would make every image be screened again.
        assert PictureCache(store, LIMITS).find({seen.image_id: NOTHING})[seen.image_id].seen == seen
