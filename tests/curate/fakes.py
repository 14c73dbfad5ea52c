"""Small worlds for the tests of `curate`: a record, the facts of a picture, a picture file."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import date
from typing import Any

from curate.picture import PictureFacts
from curate.record import BusinessFacts, ContentClass, ImageRecord, RightsFacts, TrainingText


def image_id(name: str) -> str:
    """A well-formed image id that depends on `name` only."""
    return hashlib.sha256(name.encode()).hexdigest()


def make_record(name: str = "bolt.png", **changes: Any) -> ImageRecord:
    """A record against which nothing stands: all rights known, licence in force, one Japanese and one English title.

    `changes` replace fields of the record; keys of RightsFacts and BusinessFacts are understood directly.
    """
    rights = RightsFacts(
        source="https://parts.example/catalogue",
        collected_at=date(2024, 4, 1),
        collector="catalogue team",
        method="own photograph",
        owner="Example Seiki K.K.",
        license="LicenseRef-own",
        license_scope=("commercial", "memorize", "output", "train"),
        license_start=date(2020, 1, 1),
        license_end=date(2099, 12, 31),
        contract_ref="C-2024-001",
        model_release="not_required",
        property_release="not_required",
    )
    business = BusinessFacts(criticality=0.5, product_line="bolts", sku="B-100", change_count=0)
    known_rights = {key: changes.pop(key) for key in list(changes) if key in RightsFacts.__dataclass_fields__}
    known_business = {key: changes.pop(key) for key in list(changes) if key in BusinessFacts.__dataclass_fields__}
    record = ImageRecord(
        image_id=image_id(name),
        file_names=(name,),
        content_class=ContentClass.PRODUCT,
        class_inferred=False,
        texts=(TrainingText("title", "ja", "六角ボルト M8"), TrainingText("title", "en", "hexagon bolt M8")),
        rights=replace(rights, **known_rights),
        business=replace(business, **known_business),
    )
    return replace(record, **changes)


def make_thumbnail(identity: str) -> str:
    """64 x 64 grey levels in 8 x 8 soft blocks that depend on the 64 hex digits of `identity`, as PictureFacts keeps it."""
    import base64

    import numpy as np

    blocks = np.array([int(digit, 16) * 17 for digit in identity], dtype=np.float64).reshape(8, 8)
    ramp = np.linspace(0, 7, 64)
    rows = np.array([np.interp(ramp, range(8), column) for column in blocks.T]).T
    return base64.b64encode(
        np.array([np.interp(ramp, range(8), row) for row in rows]).astype(np.uint8).tobytes()
    ).decode()


def make_picture_facts(name: str = "bolt.png", **changes: Any) -> PictureFacts:
    """Facts of an ordinary, sharp, well lit 640 x 480 picture in which no text was found. Hashes depend on `name`."""
    identity = image_id(name)
    facts = PictureFacts(
        image_id=identity,
        file_format="PNG",
        width=640,
        height=480,
        byte_size=40_000,
        frames=1,
        luminance_mean=140.0,
        luminance_std=60.0,
        sharpness=900.0,
        dark_share=0.05,
        white_share=0.1,
        entropy_bits=7.0,
        phash=identity[:16],
        dhash=identity[16:32],
        colour_grid=tuple(int(identity[i % 64], 16) / 15 for i in range(192)),
        thumbnail=make_thumbnail(identity),
        edge_steepness=0.9,
        darkest=12.0,
        brightest=235.0,
        clipped_share=0.01,
        burnt_share=0.01,
        grey_tail_share=0.0,
        jpeg_quality=None,
        text_lines=(),
        faces=(),
        codes=(),
        plates=(),
    )
    return replace(facts, **changes)


def png_bytes(width: int = 64, height: int = 48, *, seed: int = 0, file_format: str = "PNG", **save: Any) -> bytes:
    """Bytes of a real picture file: coarse random blocks (so it has edges), the same for the same arguments."""
    import numpy as np
    from PIL import Image

    blocks = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    picture = Image.fromarray(blocks).resize((width, height), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    picture.save(buffer, format=file_format, **save)
    return buffer.getvalue()
