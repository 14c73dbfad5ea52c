"""Which images stand for the catalogue in the pilot, and why each was taken, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curate.record import ContentClass, ImageRecord
from recall.asked import numbers_of

LARGEST_SET = 40  # images: what people can look at one by one

_CLASS_JA = {
    ContentClass.PHOTO: "写真",
    ContentClass.PRODUCT: "製品画像",
    ContentClass.DRAWING: "図面",
    ContentClass.DOCUMENT: "文書",
}
_BANDS = (("high", "高", 2 / 3), ("middle", "中", 1 / 3), ("low", "低", 0.0))  # thirds of the images by value


@dataclass(frozen=True, slots=True)
class Representative:
    image_id: str
    reason_en: str
    reason_ja: str


@dataclass(frozen=True, slots=True)
class _Stratum:
    """A kind of image that must be in the set: its members, best known first."""

    reason_en: str
    reason_ja: str
    members: tuple[str, ...]
    wanted: int = 1


def representative_set(
    records: Sequence[ImageRecord], values: Mapping[str, float], groups: Sequence[tuple[str, ...]]
) -> tuple[Representative, ...]:
    """One image for each content class, product line, language and value band, and two of each hard case: pictures that
    look alike, and article numbers that differ in one character. An image that serves several reasons is taken once."""
    order = sorted(records, key=lambda record: (-values.get(record.image_id, 0.0), record.image_id))
    chosen: dict[str, tuple[list[str], list[str]]] = {}
    for stratum in _strata(order, groups):
        have = sum(image in chosen for image in stratum.members)
        for image in stratum.members:
            if have >= stratum.wanted or (image not in chosen and len(chosen) >= LARGEST_SET):
                break
            if image not in chosen:
                have += 1
                chosen[image] = ([], [])
        for image in stratum.members:
            if image in chosen:
                chosen[image][0].append(stratum.reason_en)
                chosen[image][1].append(stratum.reason_ja)
    return tuple(
        Representative(image, "; ".join(dict.fromkeys(english)), "、".join(dict.fromkeys(japanese)))
        for image, (english, japanese) in chosen.items()
    )


def _strata(order: Sequence[ImageRecord], groups: Sequence[tuple[str, ...]]) -> list[_Stratum]:
    def members(fits: Sequence[bool]) -> tuple[str, ...]:
        return tuple(record.image_id for record, fit in zip(order, fits, strict=True) if fit)

    strata: list[_Stratum] = []
    here = {record.image_id for record in order}
    for group in groups:
        twins = tuple(image for image in sorted(group) if image in here)
        if len(twins) > 1:
            strata.append(_Stratum("hard case: looks like another picture", "難しい例：よく似た画像がある", twins, 2))
    for pair in _near_numbers(order):
        why = ("hard case: an article number that differs in one character", "難しい例：一文字違いの品番がある")
        strata.append(_Stratum(*why, pair, 2))
    for content_class in sorted({record.content_class for record in order}):
        fits = [record.content_class is content_class for record in order]
        strata.append(
            _Stratum(f"content class: {content_class.value}", f"画像区分：{_CLASS_JA[content_class]}", members(fits))
        )
    for name, name_ja, floor in _BANDS:
        ceiling = {"high": 1.0, "middle": 2 / 3, "low": 1 / 3}[name]
        place = [1 - number / max(len(order), 1) for number in range(len(order))]
        fits = [floor < share <= ceiling for share in place]
        strata.append(_Stratum(f"business value: {name}", f"業務上の価値：{name_ja}", members(fits)))
    for language, name_ja in (("ja", "日本語"), ("en", "英語")):
        fits = [{text.language for text in record.texts} - {"und"} == {language} for record in order]
        strata.append(_Stratum(f"texts in one language only: {language}", f"説明が{name_ja}のみ", members(fits)))
    for line in sorted({record.business.product_line for record in order if record.business.product_line}):
        fits = [record.business.product_line == line for record in order]
        strata.append(_Stratum(f"product line: {line}", f"製品系列：{line}", members(fits)))
    return [stratum for stratum in strata if stratum.members]


def _near_numbers(order: Sequence[ImageRecord]) -> list[tuple[str, ...]]:
    """Images in pairs whose article numbers are equal but for one character, at most three pairs."""
    masked: dict[str, dict[str, str]] = {}
    for record in order:
        for number in numbers_of(record):
            for match in re.finditer(r"[0-9A-Z]", number):
                mask = f"{number[: match.start()]}?{number[match.end() :]}"
                masked.setdefault(mask, {}).setdefault(number, record.image_id)
    pairs: list[tuple[str, ...]] = []
    for _, images in sorted(masked.items()):
        pair = tuple(dict.fromkeys(images.values()))[:2]
        if len(pair) == 2 and not any(set(pair) & set(other) for other in pairs):
            pairs.append(pair)
    return pairs[:3]
