"""Sizes as people write them."""

from __future__ import annotations

import pytest

from curate.ngrams import normalise
from recall.sizes import another_size, sizes_of


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("Ｍ１２×50 φ56 L74", {"m9×9": {"m12×50"}, "φ9": {"φ56"}, "l9": {"l74"}}),
        ("elbow 90° 20A, 10K", {"9°": {"90°"}, "9a": {"20a"}, "9k": {"10k"}}),
        ("80x50 t5", {"9×9": {"80×50"}, "t9": {"t5"}}),
        ("1.5mm", {"9mm": {"1.5mm"}}),
        ("BRK-1204 and 3-way, 12 of type 2", {}),
        ("六角ボルトM8を3本", {"m9": {"m8"}}),
    ],
)
def test_sizes_are_read_by_form(text: str, sizes: dict[str, set[str]]) -> None:
    assert {form: set(found) for form, found in sizes_of(normalise(text)).items()} == sizes


def test_only_sizes_of_one_form_contradict() -> None:
    valve = sizes_of("butterfly valve 10k 80a")
    assert another_size(sizes_of("valve 10k 40a"), valve) == ("40a", "80a")
    assert another_size(sizes_of("valve 10k"), valve) is None
    assert another_size(sizes_of("valve m12"), valve) is None
    assert another_size(sizes_of("valve 80a"), sizes_of("80a and 50a")) is None


@pytest.mark.parametrize(
    ("asked", "own", "fits"),
    [
        ("hexagon bolt M8", "Fully threaded hex bolt M12×50", False),
        ("六角ボルト M8", "六角穴付きボルト M8×40、M12の座金付き", True),
        ("bolt M8×40", "nut M12", False),
        ("bolt M8×40", "nut M8", True),
        ("bolt M8×40", "bolt M8×1.25×40", True),  # the pitch is said by one only
        ("bolt M8×1", "bolt M8×1.25×40", False),
        ("bolt M8×1.25", "bolt M8×40", True),
        ("bolt M8×40", "bolt M8×50", False),
        ("screw M3×6", "screw M3×8", False),  # a length, no pitch
        ("sleeve φ20", "sleeve φ20×40", True),
        ("sleeve φ20", "sleeve φ25×40", False),
        ("bracket 80×50", "bracket 80×50×5", True),  # another form, without a letter: nothing is said
        ("bracket 60×50", "bracket 80×50×5", True),
        ("valve 40a", "bolt M12×50", True),
        ("bolt M8×40 with M6 nut", "bolt M8×40", True),  # both are named, the picture shows one
        ("bolt M8×40 with M6 nut", "nut M6", True),
        ("bolt M8×40 with M6 nut", "nut M10", False),
        ("pin MS20×50", "pin MS20×5", False),  # no thread
    ],
)
def test_less_may_be_said_of_a_size_than_the_catalogue_says(asked: str, own: str, fits: bool) -> None:
    assert (another_size(sizes_of(normalise(asked)), sizes_of(normalise(own))) is None) is fits
