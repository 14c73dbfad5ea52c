"""What the model is shown: pictures only through the gate, batches by seed and turn."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.train.fakes import Factory
from train.gate import AdmittedImage, GateRefusal, open_sample
from train.pictures import PictureSource, PictureUnreadable, decoded, picture_batch


@pytest.fixture
def images(tmp_path: Path) -> tuple[AdmittedImage, ...]:
    return Factory.make(tmp_path, parts=4).admit().cleared


def test_pictures_come_in_rounds_so_that_every_one_is_seen(images: tuple[AdmittedImage, ...]) -> None:
    source = PictureSource(images, side=64, cache_bytes=1 << 20)
    seen = np.concatenate([picture_batch(source, 3, turn, 3).numbers for turn in range(4)])
    assert sorted(seen[:4]) == sorted(seen[4:8]) == sorted(seen[8:]) == [0, 1, 2, 3]
    again = np.concatenate([picture_batch(source, 3, turn, 3).numbers for turn in range(4)])
    assert np.array_equal(seen, again)


def test_hard_pictures_come_beside_the_rounds(images: tuple[AdmittedImage, ...]) -> None:
    source = PictureSource(images * 5, side=64, cache_bytes=1 << 20)
    recent = np.where(np.arange(20) == 13, 9.0, 0.01).astype(np.float32)
    batches = [picture_batch(source, 3, turn, 10, recent=recent) for turn in range(20)]
    assert all(len(batch.pictures) == len(batch.rounds) == len(batch.numbers) == 10 for batch in batches)
    assert all(len(set(batch.numbers[5:]) - set(batch.numbers[:5])) == 5 for batch in batches)
    rounds = np.concatenate([batch.numbers[:5] for batch in batches])
    assert sorted(rounds[:20]) == sorted(rounds[20:40]) == list(range(20))
    assert sum(13 in batch.numbers for batch in batches) == 20
    shares = [picture_batch(source, 3, 4, 10, slice(rank, None, 2), recent=recent).numbers for rank in range(2)]
    assert sorted(np.concatenate(shares)) == sorted(batches[4].numbers)


@pytest.mark.parametrize(("cache_bytes", "opened"), [(1 << 20, 4), (0, 12)])
def test_what_does_not_fit_into_the_cache_is_proved_again(
    images: tuple[AdmittedImage, ...], cache_bytes: int, opened: int
) -> None:
    count = 0

    def counting(image: AdmittedImage) -> bytes:
        nonlocal count
        count += 1
        return open_sample(image)

    source = PictureSource(images, side=64, cache_bytes=cache_bytes, opened=counting)
    for number in (0, 1, 2, 3) * 3:
        assert max(source.picture(number).size) == 64
    assert count == opened


def test_a_file_that_changes_while_training_runs_is_refused(images: tuple[AdmittedImage, ...]) -> None:
    source = PictureSource(images, side=64, cache_bytes=0)
    source.picture(0)
    images[0].path.write_bytes(b"changed")
    with pytest.raises(GateRefusal):
        source.picture(0)


def test_pictures_are_upright_rgb_on_white() -> None:
    clear = Image.new("RGBA", (40, 20), (0, 0, 0, 0))
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    clear.save(stream, "PNG", exif=exif)
    picture = decoded(stream.getvalue(), "x", 64)
    assert (picture.mode, picture.size, picture.getpixel((3, 3))) == ("RGB", (20, 40), (255, 255, 255))


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 50])
def test_bytes_that_are_no_picture_are_named(data: bytes) -> None:
    with pytest.raises(PictureUnreadable, match="image-7"):
        decoded(data, "image-7", 64)
