"""Look-alikes: copies are grouped however they were edited, other pictures are not, and barred prints are met."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from curate.picture import PictureFacts
from curate.picture_facts import look_at
from curate.picture_opening import PixelLimits
from curate.screen.barred_prints import MAX_BITS, BarredPrint, HashIndex, print_of
from curate.screen.comparing import alike
from curate.screen.duplicates import find_duplicates
from curate.screen.looks import looks_of
from curate.screen.picture_kinds import FLAT_ART, PHOTO, PRODUCT, kinds_of
from curate.screen.settings import DuplicateLimits
from curate.screen.window_views import Matches
from curate.screen.windows import unpack_thumbnails
from tests.curate.fakes import image_id, make_picture_facts

LIMITS = DuplicateLimits()


def photo(seed: int, width: int = 400, height: int = 300) -> Image.Image:
    """Something like a photograph: soft colours, a few hard shapes."""
    rng = np.random.default_rng(seed)
    soft = Image.fromarray(rng.integers(0, 256, (7, 9, 3), dtype=np.uint8)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    draw = ImageDraw.Draw(soft)
    for _ in range(9):
        x, y = rng.integers(0, width), rng.integers(0, height)
        w, h = rng.integers(20, 110, 2)
        draw.ellipse((x, y, x + w, y + h), fill=tuple(int(c) for c in rng.integers(0, 256, 3)))
    return soft


def sheet(part: int) -> Image.Image:
    """A drawing: one frame and one title block for all, a part of its own."""
    rng = np.random.default_rng(part)
    paper = Image.new("RGB", (800, 560), "white")
    draw = ImageDraw.Draw(paper)
    draw.rectangle((15, 15, 785, 545), outline="black", width=3)
    draw.rectangle((500, 440, 785, 545), outline="black", width=2)
    for row in range(4):
        draw.line((500, 440 + 26 * row, 785, 440 + 26 * row), fill="black")
    for _ in range(6):
        x, y = rng.integers(60, 420), rng.integers(60, 300)
        w, h = rng.integers(40, 260, 2)
        draw.rectangle((x, y, x + w, y + min(h, 120)), outline="black", width=2)
    return paper


def seen(picture: Image.Image, name: str, **save: object) -> PictureFacts:
    buffer = io.BytesIO()
    picture.save(buffer, **{"format": "PNG", **save})  # type: ignore[arg-type]
    facts = look_at(buffer.getvalue(), image_id(name), PixelLimits(10_000_000, 10))
    assert isinstance(facts, PictureFacts)
    return facts


def cut(left: float, top: float, right: float, bottom: float) -> Callable[[Image.Image], Image.Image]:
    def crop(p: Image.Image) -> Image.Image:
        return p.crop((round(left * p.width), round(top * p.height), round(right * p.width), round(bottom * p.height)))

    return crop


EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "smaller": lambda p: p.resize((p.width // 2, p.height // 2)),
    "another shape": lambda p: p.resize((p.width, p.height * 4 // 5)),
    "quarter turn": lambda p: p.transpose(Image.Transpose.ROTATE_90),
    "half turn": lambda p: p.transpose(Image.Transpose.ROTATE_180),
    "three quarters": lambda p: p.transpose(Image.Transpose.ROTATE_270),
    "mirrored": lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "mirrored and turned": lambda p: p.transpose(Image.Transpose.TRANSVERSE),
    "brighter": lambda p: ImageEnhance.Brightness(p).enhance(1.3),
    "darker": lambda p: ImageEnhance.Brightness(p).enhance(0.7),
    "cropped to the middle": cut(0.1, 0.1, 0.9, 0.9),
    "cropped to a corner": cut(0.0, 0.0, 0.8, 0.8),
    "cropped to another corner": cut(0.2, 0.2, 1.0, 1.0),
    "a side cut off": cut(0.0, 0.0, 0.85, 1.0),
    "cropped and turned": lambda p: cut(0.05, 0.1, 0.9, 0.95)(p).transpose(Image.Transpose.ROTATE_90),
}
PHOTO_EDITS = EDITS | {
    "bordered": lambda p: ImageOps.expand(p, p.width // 20, "white"),
    "grey": lambda p: ImageOps.grayscale(p).convert("RGB"),
}


@pytest.mark.parametrize("edit", PHOTO_EDITS)
def test_an_edited_photograph_is_grouped_with_its_original_and_with_no_other(edit: str) -> None:
    originals = [photo(seed) for seed in range(6)]
    world = [seen(picture, f"original {seed}") for seed, picture in enumerate(originals)]
    copies = [seen(PHOTO_EDITS[edit](picture), f"copy {seed}") for seed, picture in enumerate(originals[:5])]
    groups = set(find_duplicates([*world, *copies], [], LIMITS).groups.values())
    expected = {tuple(sorted((one.image_id, other.image_id))) for one, other in zip(world[:5], copies, strict=True)}
    assert groups <= expected
    assert len(groups) >= 4  # a crop may fall between two windows


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_drawing_is_grouped_and_another_part_on_the_same_sheet_is_not(edit: str) -> None:
    world = [seen(sheet(part), f"sheet {part}") for part in range(8)]
    copy = seen(EDITS[edit](sheet(0)), "copy")
    groups = find_duplicates([*world, copy], [], LIMITS).groups
    assert set(groups) <= {world[0].image_id, copy.image_id}
    if edit in ("smaller", "quarter turn", "half turn", "mirrored", "darker"):
        assert groups


@pytest.mark.parametrize(
    "edit", ["quarter turn", "mirrored", "cropped to the middle", "cropped to a corner", "bordered"]
)
def test_an_edited_copy_of_a_barred_photograph_is_met_by_its_print_alone(edit: str) -> None:
    met = 0
    for seed in range(6):
        original = seen(photo(seed), "barred")
        print_ = BarredPrint(original.image_id, why="withdrawn", **print_of(original))
        copy, other = seen(PHOTO_EDITS[edit](photo(seed)), "copy"), seen(photo(seed + 50), "other")
        found = find_duplicates([copy, other], [print_], LIMITS).findings
        assert set(found) <= {copy.image_id}
        met += copy.image_id in found
    assert met >= 4


def test_a_print_of_an_old_ledger_still_meets_plain_copies() -> None:
    original = seen(photo(1), "barred")
    print_ = BarredPrint(original.image_id, original.phash, original.dhash, "denied")
    copy = seen(photo(1).resize((300, 225)), "copy", format="JPEG", quality=60)
    assert set(find_duplicates([copy], [print_], LIMITS).findings) == {copy.image_id}


@pytest.mark.parametrize(
    ("width", "height", "phash", "dhash"),
    [(256, 256, "c239c46a3b642b6f", "81c0fefc71c1e0e8"), (120, 400, "8896cd92c47b3675", "f0ff3ff8fcfd13f7")],
)
def test_hashes_are_those_that_ledgers_hold(width: int, height: int, phash: str, dhash: str) -> None:
    """Values of the first version: a print is recorded once, and a copy has to meet it for ever."""
    y, x = np.mgrid[0:height, 0:width]
    red = 128 + 90 * np.sin(x / 37 + y / 91) * np.cos(y / 53)
    levels = np.stack([red, 128 + 80 * np.cos(x / 71 - y / 29), (x * y / 97) % 256], axis=2)
    found = seen(Image.fromarray(levels.clip(0, 255).astype(np.uint8)), "hashed")
    assert (found.phash, found.dhash) == (phash, dhash)


def test_a_barred_picture_that_is_here_bars_its_whole_group() -> None:
    original, copy = seen(photo(1), "barred"), seen(EDITS["cropped and turned"](photo(1)), "copy")
    print_ = BarredPrint(original.image_id, original.phash, original.dhash, "denied")
    kinds = {
        key: [f.kind for f in found]
        for key, found in find_duplicates([original, copy], [print_], LIMITS).findings.items()
    }
    assert "duplicate.near_barred" in kinds[copy.image_id]
    assert "duplicate.near_barred" not in kinds.get(original.image_id, [])


def test_the_print_of_a_blank_sheet_bars_nothing_but_blank_sheets() -> None:
    blank = seen(Image.new("RGB", (400, 300), "white"), "blank")
    print_ = BarredPrint(blank.image_id, why="denied", **print_of(blank))
    assert print_.windows == ""
    assert not find_duplicates([seen(photo(3), "photo"), seen(sheet(2), "sheet")], [print_], LIMITS).findings


def flipped(hash_hex: str, bits: int, *, seed: int = 1) -> str:
    places = random.Random(seed).sample(range(64), bits)
    return f"{int(hash_hex, 16) ^ sum(1 << place for place in places):016x}"


@given(
    st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=40),
    st.integers(0, 2**64 - 1),
    st.integers(0, MAX_BITS),
    st.randoms(),
)
def test_the_index_answers_like_a_scan(hashes: list[int], query: int, bits: int, chance: random.Random) -> None:
    near = [query ^ sum(1 << place for place in chance.sample(range(64), distance)) for distance in range(0, 12)]
    everything = hashes + near
    found = HashIndex(np.array(everything, dtype=np.uint64)).within(query, bits)
    assert found.tolist() == [row for row, value in enumerate(everything) if (value ^ query).bit_count() <= bits]


def test_the_index_refuses_what_it_cannot_answer_exactly() -> None:
    with pytest.raises(ValueError, match="expected 0 to 7"):
        HashIndex(np.zeros(1, dtype=np.uint64)).within(0, 8)


def test_the_larger_and_less_compressed_picture_stands_for_the_group() -> None:
    base = make_picture_facts("a", width=2000, height=1500)
    small = replace(base, image_id=image_id("b"), width=640, height=480)
    poor = replace(base, image_id=image_id("c"), byte_size=base.byte_size // 2)
    alone = make_picture_facts("d")
    result = find_duplicates([alone, small, poor, base], [], LIMITS)
    group = tuple(sorted((base.image_id, small.image_id, poor.image_id)))
    assert dict(result.groups) == dict.fromkeys(group, group)
    assert {key: [found.kind for found in value] for key, value in result.findings.items()} == {
        small.image_id: ["duplicate.near"],
        poor.image_id: ["duplicate.near"],
    }


def test_order_of_the_pictures_changes_nothing() -> None:
    world = [seen(photo(seed), f"{seed}") for seed in range(4)]
    world += [seen(cut(0.1, 0.1, 0.9, 0.9)(photo(seed)), f"crop {seed}") for seed in range(2)]
    expected = find_duplicates(world, [], LIMITS)
    for seed in range(3):
        assert find_duplicates(random.Random(seed).sample(world, len(world)), [], LIMITS) == expected


def test_ten_thousand_white_sheets_do_not_hang() -> None:
    sheet_ = make_picture_facts("white")
    world = [replace(sheet_, image_id=f"{number:064x}") for number in range(10_000)]
    assert len(find_duplicates(world, [], LIMITS).groups) == 10_000


def icon(mouth: int, colour: str = "gold", ground: str = "white") -> Image.Image:
    """A face of flat colours; icons of one family share everything but a detail."""
    paper = Image.new("RGB", (320, 320), ground)
    draw = ImageDraw.Draw(paper)
    draw.ellipse((20, 20, 300, 300), fill=colour, outline="black", width=8)
    for x in (110, 210):
        draw.ellipse((x - 18, 95, x + 18, 150), fill="black")
    if mouth == 0:
        draw.arc((90, 120, 230, 250), 20, 160, fill="black", width=14)
    elif mouth == 1:
        draw.ellipse((125, 185, 195, 265), fill="darkred", outline="black", width=8)
    else:
        draw.rectangle((90, 205, 230, 225), fill="black")
    return paper


def test_icons_that_differ_in_a_detail_or_in_colour_are_not_grouped() -> None:
    world = [seen(icon(mouth), f"mouth {mouth}") for mouth in range(3)]
    world += [seen(icon(0, colour), colour) for colour in ("tomato", "skyblue")]
    assert find_duplicates(world, [], LIMITS).groups == {}


@pytest.mark.parametrize("edit", ["smaller", "another shape", "quarter turn", "mirrored", "darker", "a side cut off"])
def test_an_edited_icon_is_grouped_with_its_own_and_with_no_other(edit: str) -> None:
    world = [seen(icon(mouth), f"mouth {mouth}") for mouth in range(3)]
    copy = seen(EDITS[edit](icon(1)), "copy")
    groups = find_duplicates([*world, copy], [], LIMITS).groups
    assert set(groups) == {world[1].image_id, copy.image_id}


def test_a_grey_copy_of_an_icon_is_grouped() -> None:
    original, grey = seen(icon(0), "colour"), seen(ImageOps.grayscale(icon(0)).convert("RGB"), "grey")
    assert find_duplicates([original, grey], [], LIMITS).groups


def shaded_product(seed: int) -> Image.Image:
    """A rounded thing, lit from one side, on a light ground: brightened, half of it is lost in white."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:300, 0:400]
    levels = np.full((300, 400), 215.0)
    for _ in range(5):
        cx, cy, r = rng.uniform(80, 320), rng.uniform(60, 240), rng.uniform(30, 80)
        inside = (x - cx) ** 2 + (y - cy) ** 2 < r * r
        levels[inside] = (120 + 90 * (x - cx + y - cy) / (2 * r) + rng.uniform(-20, 20))[inside]
    grain = rng.normal(0, 3, levels.shape)
    return Image.fromarray((levels + grain).clip(0, 255).astype(np.uint8)).convert("RGB")


@pytest.mark.parametrize("times", [1.2, 1.4, 1.5])
def test_a_brightened_copy_is_grouped_though_its_lights_are_gone(times: float) -> None:
    originals = [shaded_product(seed) for seed in range(5)]
    world = [seen(picture, f"original {seed}") for seed, picture in enumerate(originals)]
    copies = [seen(ImageEnhance.Brightness(p).enhance(times), f"copy {n}") for n, p in enumerate(originals)]
    groups = set(find_duplicates([*world, *copies], [], LIMITS).groups.values())
    assert groups == {tuple(sorted((a.image_id, b.image_id))) for a, b in zip(world, copies, strict=True)}


def test_a_captioned_photograph_is_grouped_and_a_captioned_icon_is_another_picture() -> None:
    def captioned(picture: Image.Image) -> Image.Image:
        copy = picture.copy()
        w, h = copy.size
        ImageDraw.Draw(copy).rectangle((w * 0.03, h * 0.86, w * 0.4, h * 0.97), fill="navy")
        return copy

    shown = photo(4)
    assert find_duplicates([seen(shown, "photo"), seen(captioned(shown), "captioned")], [], LIMITS).groups
    assert not find_duplicates([seen(icon(0), "icon"), seen(captioned(icon(0)), "captioned")], [], LIMITS).groups


def test_candidates_of_which_none_fits_are_no_pair() -> None:
    """A window that is far from its picture is dropped before it is moved; a whole block may consist of such."""
    one, other = seen(photo(1), "one"), seen(photo(2), "other")
    row = np.array([1], dtype=np.intp)
    pair = Matches(outer=row - 1, inner=row, window=row * 7, position=row, bits=row * 14)
    looks = replace(looks_of([one, other], LIMITS), kinds=np.array([PHOTO, PHOTO], dtype=np.uint8))
    assert alike(pair, looks, LIMITS).tolist() == [False]


@pytest.mark.parametrize("colour", ["black", "white", (90, 120, 60)])
@pytest.mark.parametrize("number", range(4))
def test_a_border_makes_no_flat_art_of_a_photograph(number: int, colour: str | tuple[int, int, int]) -> None:
    picture = photo(300 + number)
    grain = np.random.default_rng(number).integers(-12, 13, (picture.height, picture.width, 1))
    picture = Image.fromarray((np.asarray(picture) + grain).clip(0, 255).astype(np.uint8))
    bordered = ImageOps.expand(picture, picture.width // 10, colour)
    thumbs = unpack_thumbnails([seen(picture, "plain").thumbnail, seen(bordered, "bordered").thumbnail])
    kinds = kinds_of(thumbs, np.zeros(2), LIMITS)
    assert FLAT_ART not in kinds
    assert len(find_duplicates([seen(picture, "plain"), seen(bordered, "bordered")], [], LIMITS).groups) == 2


def product(part: int, label: str) -> Image.Image:
    """A valve in the middle of white: pipe, body and wheel are small or large, the label stands on the body."""
    rng = np.random.default_rng(part)
    pipe, body, wheel = (12, 30)[part & 1], (36, 64)[part >> 1 & 1], (42, 92)[part >> 2]
    ramp = np.linspace(90, 190, 320)[None, :, None] + rng.normal(0, 2, (320, 320, 3))
    mask = Image.new("L", (320, 320))
    draw = ImageDraw.Draw(mask)
    draw.rectangle((40, 190 - pipe, 280, 190 + pipe), fill=255)
    for x in (40, 262):
        draw.rectangle((x, 190 - 2 * pipe, x + 18, 190 + 2 * pipe), fill=255)
    draw.ellipse((160 - body, 190 - body, 160 + body, 190 + body), fill=255)
    draw.rectangle((154, 60, 166, 190), fill=255)
    draw.ellipse((160 - wheel, 50, 160 + wheel, 74), fill=255)
    white = np.full((320, 320, 3), 255.0)
    levels = np.where(np.asarray(mask)[..., None] > 0, ramp * rng.uniform(0.6, 1.2, 3), white)
    picture = Image.fromarray(levels.clip(0, 255).astype(np.uint8))
    ImageDraw.Draw(picture).text((160, 190), label, fill="black", font_size=26, anchor="mm")
    return picture


def test_parts_of_one_family_on_white_are_not_grouped() -> None:
    shown = [seen(product(number, f"V{number}"), f"part {number}") for number in range(8)]
    kinds = kinds_of(unpack_thumbnails([item.thumbnail for item in shown]), np.zeros(8), LIMITS)
    assert set(kinds.tolist()) == {PRODUCT}
    assert find_duplicates(shown, [], LIMITS).groups == {}


def captioned(picture: Image.Image) -> Image.Image:
    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    draw.rectangle((10, 288, 128, 310), fill="white")
    draw.text((16, 290), "SAMPLE 2024", fill="black", font_size=16)
    return copy


@pytest.mark.parametrize(
    "edit",
    [
        lambda p: p.resize((110, 110)),
        lambda p: p.transpose(Image.Transpose.ROTATE_90),
        lambda p: p.crop((20, 30, 300, 300)),
        lambda p: ImageEnhance.Brightness(p).enhance(1.3),
        lambda p: ImageEnhance.Contrast(p).enhance(1.5),
        captioned,
    ],
    ids=["reduced", "turned", "cropped", "brighter", "contrast", "captioned"],
)
def test_an_edited_product_on_white_is_grouped_with_its_own_and_with_no_other(
    edit: Callable[[Image.Image], Image.Image],
) -> None:
    shown = [seen(product(number, f"V{number}"), f"part {number}") for number in range(8)]
    copy = seen(edit(product(3, "V3")), "copy")
    assert set(find_duplicates([*shown, copy], [], LIMITS).groups) == {copy.image_id, shown[3].image_id}


def sent_away(pictures: list[PictureFacts], **numbers: str) -> dict[str, str]:
    """Explanation of `duplicate.near` by name, where the catalogue states these article numbers."""
    articles = {image_id(name): frozenset({number}) for name, number in numbers.items()}
    found = find_duplicates(pictures, [], LIMITS, articles).findings
    return {
        key: finding.explanation for key, said in found.items() for finding in said if finding.kind == "duplicate.near"
    }


def plate(holes: int) -> Image.Image:
    """A plate with holes: a bolt circle more or less is another article, and might be a sticker."""
    rng = np.random.default_rng(8)
    ramp = np.linspace(90, 180, 320)[:, None, None] + rng.normal(0, 2, (320, 320, 3))
    mask = Image.new("L", (320, 320))
    draw = ImageDraw.Draw(mask)
    draw.polygon([(50, 40), (130, 40), (130, 200), (270, 200), (270, 280), (50, 280)], fill=255)
    for number in range(holes):
        draw.ellipse((80, 60 + 44 * number, 100, 80 + 44 * number), fill=0)
    levels = np.where(np.asarray(mask)[..., None] > 0, ramp, 255.0)
    return Image.fromarray(levels.clip(0, 255).astype(np.uint8))


def test_a_hole_more_is_another_article_where_the_catalogue_says_so() -> None:
    two, three = seen(plate(2), "two"), seen(plate(3), "three")
    assert len(sent_away([two, three], two="P-2", three="P-2")) == 1
    assert not sent_away([two, three], two="P-2", three="P-3")


def test_one_picture_of_two_articles_is_asked_about_and_told_as_that() -> None:
    one, same = seen(plate(2), "one"), seen(plate(2).resize((200, 200)), "same")
    assert "different article numbers" in "".join(sent_away([one, same], one="P-2", same="P-3").values())
    for stated in ({}, {"one": "P-2"}, {"one": "P-2", "same": "P-2"}):
        told = sent_away([one, same], **stated)
        assert len(told) == 1
        assert "article" not in "".join(told.values())


@given(st.sampled_from([{}, {"two": "P-2"}, {"two": "P-2", "three": "P-2"}, {"two": "P-2", "three": "P-3"}]))
def test_no_article_number_keeps_a_look_alike_from_what_is_barred(numbers: dict[str, str]) -> None:
    two, three = seen(plate(2), "two"), seen(plate(3), "three")
    articles = {image_id(name): frozenset({number}) for name, number in numbers.items()}
    print_ = BarredPrint(two.image_id, two.phash, two.dhash, "denied")
    found = find_duplicates([two, three], [print_], LIMITS, articles)
    assert "duplicate.near_barred" in [item.kind for item in found.findings[three.image_id]]
    assert found.groups[three.image_id] == tuple(sorted((two.image_id, three.image_id)))


def test_parts_with_a_broad_black_border_are_not_alike_by_it() -> None:
    framed = [ImageOps.expand(product(number, f"V{number}"), 32, "black") for number in range(8)]
    shown = [seen(picture, f"framed {number}") for number, picture in enumerate(framed)]
    assert find_duplicates(shown, [], LIMITS).groups == {}
    copy = seen(framed[3].resize((150, 150)), "copy")
    assert set(find_duplicates([*shown, copy], [], LIMITS).groups) == {shown[3].image_id, copy.image_id}


def test_copies_of_one_drawing_both_stand_where_the_catalogue_states_two_articles() -> None:
    one, same = seen(sheet(1), "one"), seen(sheet(1), "same", format="JPEG", quality=40)
    assert len(sent_away([one, same])) == len(sent_away([one, same], one="D-1", same="D-1")) == 1
    assert not sent_away([one, same], one="D-1", same="D-2")
    assert set(find_duplicates([one, same], [], LIMITS).groups) == {one.image_id, same.image_id}
