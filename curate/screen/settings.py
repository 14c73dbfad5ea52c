"""What screening may be told: one frozen dataclass, units in names or docstrings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from curate.record import ContentClass


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """When a picture of one content class is reported. Pixel measures are those of `PictureFacts`.

    `shorter_side` in pixels; `sharpness` in grey levels squared; `dark_mean`, `dark_brightest` (nothing is brighter),
    `blank_std` and `contrast` (brightest less darkest) in grey levels; `clipped` = share of pixels that are all
    white, `burnt` = share of what is not white that lost its colours to too much light;
    `steepness` in [0, 1]; `grey_tail` = share of rows; `jpeg_quality` in 1..100. None = not judged.
    """

    shorter_side: int
    sharpness: float | None
    steepness: float
    dark_mean: float | None
    blank_std: float
    contrast: float
    clipped: float | None
    burnt: float | None
    dark_brightest: float = 90.0
    grey_tail: float = 0.04
    jpeg_quality: int = 15


def _limits() -> dict[ContentClass, QualityLimits]:
    photo = QualityLimits(
        shorter_side=160,
        sharpness=10.0,
        steepness=0.40,
        dark_mean=25.0,
        blank_std=4.0,
        contrast=80.0,
        clipped=0.25,
        burnt=0.06,
    )
    return {
        ContentClass.PHOTO: photo,
        # A product on a white sheet has few edges and much light: neither is a fault.
        ContentClass.PRODUCT: replace(
            photo,
            shorter_side=120,
            sharpness=None,
            steepness=0.44,
            dark_mean=20.0,
            blank_std=3.0,
            contrast=60.0,
            clipped=None,
            burnt=0.06,
        ),
        # Line art: thin lines on white hardly move the mean, and a dark sheet may be a blueprint. Its edges are hard.
        ContentClass.DRAWING: replace(
            photo,
            shorter_side=200,
            sharpness=None,
            steepness=0.66,
            dark_mean=None,
            blank_std=1.5,
            contrast=50.0,
            clipped=None,
            burnt=None,
        ),
        ContentClass.DOCUMENT: replace(
            photo,
            shorter_side=300,
            sharpness=None,
            steepness=0.52,
            dark_mean=40.0,
            blank_std=1.5,
            contrast=50.0,
            clipped=None,
            burnt=None,
        ),
    }


@dataclass(frozen=True, slots=True)
class DuplicateLimits:
    """When two pictures are alike. Bits of 63: signs of low cosines that may differ, `whole_bits` between two pictures,
    `window_bits` between a picture and a window of the other (`curate.screen.windows`). Candidates are then compared cell
    by cell (`curate.screen.comparing`): `correlation` in [-1, 1] of grey levels over `kept_share` of the picture, the rest
    may be covered, `detail` the same of what is finer than the neighbourhood, `colour` = mean difference of red, green
    and blue at one brightness.

    Line art, a picture with at least `line_art_white_share` of white of whose ink at most `solid_share` has an inside:
    sheets with one frame and one title block differ in few bits although they show different parts. There, at most
    `line_art_bits` may differ and at most `line_art_disagreement` of the inked patches.

    Flat art, a picture that has at least `flat_share` of its ink in a few levels of grey: icons of one family differ in a
    detail or in a colour. There no patch may differ by more than `flat_patch` of the range of levels, and no sixteenth
    of the picture by more than `flat_colour`, unless one is the other without its colours: then the levels of grey are
    within `flat_grey_levels`.

    Products, pictures of which at least `plain_share` is a ground of one level: the ground of two of them agrees whatever
    stands on it, so that a tenth left out would be most of the difference. There `product_correlation` and
    `product_detail` hold over the whole picture and no patch may differ by more than `product_patch` (`product_lit_patch`
    where one is lighter than the other), no sixteenth of the picture by more than `product_colour`; or, where something
    covers a part, the rest is as good as equal: `covered_share` is kept, with `covered_correlation` and `covered_detail`.

    Of pairs that are alike so far, those that the closer look finds further apart than `kin_apart` are not (cells of the
    thumbnail, `curate.screen.closer_look`; `copy_apart` where both have a frame): whom a picture is alike with, a
    withdrawal of it takes along. Sent away from
    memory is only what is within `copy_apart` of what stands for it, or within `kin_apart` and of the same article; of two
    that state different article numbers no part may be covered, a hole more would be one, and they are within
    `other_article_apart`: one picture of both, recompressed or reduced. Drawings get no closer look, their lines are thinner
    than a cell; two that state different numbers both stay.

    A barred print is met within the `barred_*` bits: of it nothing but signs is left to compare. `barred_phash_bits` of
    64 may not be above 7: the index is exact up to there.
    """

    window_bits: int = 14
    whole_bits: int = 14
    correlation: float = 0.88
    detail: float = 0.85
    colour: float = 0.35
    line_art_white_share: float = 0.6
    line_art_bits: int = 8
    line_art_disagreement: float = 0.04
    solid_share: float = 0.25
    flat_share: float = 0.42
    kept_share: float = 0.9
    flat_patch: float = 0.06
    flat_colour: float = 0.18
    flat_grey_levels: float = 3.0
    plain_share: float = 0.35
    product_correlation: float = 0.97
    product_detail: float = 0.9
    product_patch: float = 0.08
    product_lit_patch: float = 0.1
    product_colour: float = 0.25
    covered_share: float = 0.95
    covered_correlation: float = 0.985
    covered_detail: float = 0.98
    kin_apart: float = 1.6
    copy_apart: float = 0.22
    other_article_apart: float = 0.1
    barred_whole_bits: int = 8
    barred_window_bits: int = 8
    barred_line_art_bits: int = 3
    barred_phash_bits: int = 7
    barred_dhash_bits: int = 14
    line_art_phash_bits: int = 3
    line_art_dhash_bits: int = 5


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """`ocr_poor_score` in [0, 1]: a line below it was guessed rather than read. A picture's text counts as not read
    (`pixel.text` unscreened) where a line of at least `ocr_poor_characters` was guessed that is at least `ocr_least_height`
    pixels tall, or where more than `ocr_poor_share` in [0, 1] of all characters were: fewer and smaller ones are the grain of
    a photograph, which gives every reader a ghost line or two. A line at least `ocr_large_height` pixels tall counts as
    guessed below `ocr_poor_large_score` in [0, 1]. `employee_numbers`: regular
    expressions of the company's own personnel numbers (`employee_numbers.compile_patterns` says what they may be). `country_of_use`: ISO 3166-1
    alpha-2 code against which the territory of a licence is held. `thumbnail_difference` in [0, 1]: above it an embedded
    thumbnail is reported as showing something else than the picture."""

    quality: Mapping[ContentClass, QualityLimits] = field(default_factory=_limits)
    duplicates: DuplicateLimits = DuplicateLimits()
    ocr_poor_score: float = 0.6
    ocr_poor_share: float = 0.5
    ocr_poor_characters: int = 6
    ocr_least_height: int = 12
    ocr_large_height: int = 32
    ocr_poor_large_score: float = 0.75
    employee_numbers: tuple[str, ...] = ()
    country_of_use: str = "JP"
    thumbnail_difference: float = 0.2
