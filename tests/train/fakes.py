"""A small factory: a handful of drawn parts on disk, their decisions in a real ledger, approved by a real key.

factory = Factory.make(tmp_path)          # eight parts, cleared, plan recorded
admission = factory.admit()
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from curate.record import ImageRecord, TrainingText
from tests.audit.fakes import World, record_of
from train.gate import Admission, admit
from train.settings import TrainSettings

PARTS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("red bolt", "赤いボルト", "red", "bolt", ("fastener", "steel")),
    ("blue bolt", "青いボルト", "blue", "bolt", ("fastener", "zinc")),
    ("green gear", "緑の歯車", "green", "gear", ("drive", "nylon")),
    ("grey gear", "灰色の歯車", "grey", "gear", ("drive", "casting")),
    ("orange valve", "オレンジのバルブ", "orange", "valve", ("piping", "brass")),
    ("black valve", "黒いバルブ", "black", "valve", ("piping", "iron")),
    ("yellow motor", "黄色いモーター", "yellow", "motor", ("electric", "servo")),
    ("purple washer", "紫のワッシャー", "purple", "washer", ("seal", "rubber")),
)
# Small and quick; `threads=1` because the machine is shared.
QUICK = TrainSettings(steps=6, threads=1, batch_size=8, image_batch_size=4, checkpoint_every=2)


def draw(colour: str, shape: str, side: int = 120) -> Image.Image:
    """A part on white: every (colour, shape) pair looks different."""
    picture = Image.new("RGB", (side, side), "white")
    pen = ImageDraw.Draw(picture)
    a, b = side // 5, side - side // 5
    if shape == "bolt":
        pen.rectangle((side // 2 - 8, a, side // 2 + 8, b), fill=colour)
        pen.rectangle((a, a, b, a + 18), fill=colour)
    elif shape == "gear":
        pen.ellipse((a, a, b, b), fill=colour)
        pen.ellipse((side // 2 - 12, side // 2 - 12, side // 2 + 12, side // 2 + 12), fill="white")
    elif shape == "valve":
        pen.polygon(((a, a), (b, b), (b, a), (a, b)), fill=colour)
    elif shape == "motor":
        pen.rectangle((a, side // 3, b, b), fill=colour)
    else:
        pen.ellipse((a, side // 3, b, b), outline=colour, width=12)
    return picture


def png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


@dataclass
class Factory:
    """`paths` says where each image's file lies; change a file or an entry to tempt the gate."""

    world: World
    folder: Path
    paths: dict[str, Path] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)

    @staticmethod
    def make(folder: Path, *, parts: int = 8, approve: bool = True, plan: Mapping[str, Any] | None = None) -> Factory:
        folder.mkdir(parents=True, exist_ok=True)
        factory = Factory(World.make(folder), folder)
        anna = factory.world.reviewer("Anna", "compliance")
        for title, title_ja, colour, shape, tags in PARTS[:parts]:
            texts = [TrainingText("title", "en", title), TrainingText("title", "ja", title_ja)]
            texts += [TrainingText("tags", "en", tag) for tag in tags]
            factory.add(title.replace(" ", "-"), png(draw(colour, shape)), texts)
        if approve:
            factory.world.approve(anna, *factory.ids)
        if plan is not None or approve:
            factory.world.plan(plan)
        return factory

    def add(self, name: str, data: bytes, texts: Sequence[TrainingText], **changes: Any) -> str:
        """A picture file and the decision on it; `changes` replaces fields of the decision body."""
        image_id = hashlib.sha256(data).hexdigest()
        path = self.folder / f"{name}.png"
        path.write_bytes(data)
        record = record_of(name, image_id=image_id, file_names=(path.name,), texts=tuple(texts))
        self.world.decide(record, **changes)
        self.paths[image_id] = path
        self.ids.append(image_id)
        return image_id

    def admit(self, asked: Sequence[str] | None = None, **changes: Any) -> Admission:
        ledger = self.world.ledger
        arguments: dict[str, Any] = {"payload_of": ledger.payload, "locate": self.paths.get, "asked": asked}
        return admit(ledger.entries(), self.world.now, ledger.workspace_id, **(arguments | changes))


def record(name: str, *texts: tuple[str, str]) -> ImageRecord:
    """A record that only has texts worth looking at, given as (language, text)."""
    return record_of(name, texts=tuple(TrainingText("tags", language, text) for language, text in texts))
