"""Pictures a second when a model with a frozen vision tower learns their identifiers: pixels each time, or kept features.

    python benchmarks/vision_features.py [--device cuda] [--json result.json]

An Idefics3 of random weights with LoRA adapters (speed does not depend on what was learnt), made-up pictures, forward and
backward of the picture stage alone. `pixels`: a new edit of each picture, processor and tower every time, as with
`picture_edits = 0`. `features, first`: edits, processor, tower one picture at a time, sealed and written. `features, kept`: the
same read back, seals checked. Seconds are of the clock and of the processor, the least of the repetitions.
"""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from audit.keys import SigningKey
from train import adapters, augment
from train.embedded import build_embedded
from train.model import Batch, MemoryModel, transformers_library
from train.settings import TrainSettings
from train.vision_features import VisionFeatures


def model_of(images: int, width: int, layers: int, device: str) -> MemoryModel:
    """The embedded model's language side behind a vision tower of another size, its adapters on, the rest frozen."""
    tokens = [[f"<|im-{number}|>"] for number in range(images)]
    small = build_embedded(["red bolt", "green gear", "赤いボルト"], tokens, seed=0)
    config = small.network.config
    config.vision_config.hidden_size = width
    config.vision_config.intermediate_size = 4 * width
    config.vision_config.num_hidden_layers = layers
    config.vision_config.num_attention_heads = width // 64
    torch.manual_seed(0)
    network = transformers_library().Idefics3ForConditionalGeneration(config).to(device)
    model = MemoryModel(network, small.processor, small.prompts, small.spellings)
    adapters.prepare(model, TrainSettings(base_model="random"))
    return model


def picture(rng: np.random.Generator) -> Image.Image:
    return Image.fromarray(rng.integers(0, 255, (8, 8, 3), dtype=np.uint8)).resize((768, 768), resample=2)


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--images", type=int, default=48)
    arguments.add_argument("--batch", type=int, default=16)
    arguments.add_argument("--vision-width", type=int, default=384, help="multiple of 64")
    arguments.add_argument("--vision-layers", type=int, default=12)
    arguments.add_argument("--repeats", type=int, default=3)
    arguments.add_argument("--device", default="cpu")
    arguments.add_argument("--json", type=Path, default=None)
    asked = arguments.parse_args()
    model = model_of(asked.images, asked.vision_width, asked.vision_layers, asked.device)
    rng = np.random.default_rng(0)
    pictures = [picture(rng) for _ in range(asked.images)]
    ids = [f"{number:064x}" for number in range(asked.images)]
    labels = torch.tensor([spelling[0] for spelling in model.spellings], device=model.device)

    def learned(batch: Batch, numbers: list[int]) -> None:
        loss = torch.nn.functional.cross_entropy(model.next_logits(batch), labels[numbers])
        loss.backward()
        model.network.zero_grad()

    def all_by(read: Callable[[list[int]], Batch]) -> tuple[float, float]:
        wall, cpu = time.perf_counter(), time.process_time()
        for start in range(0, asked.images, asked.batch):
            numbers = list(range(start, min(start + asked.batch, asked.images)))
            learned(read(numbers), numbers)
        if asked.device != "cpu":
            torch.cuda.synchronize()
        return time.perf_counter() - wall, time.process_time() - cpu

    seconds: dict[str, list[tuple[float, float]]] = {"pixels": [], "features, first": [], "features, kept": []}
    key = SigningKey.generate()
    for turn in range(asked.repeats):
        with tempfile.TemporaryDirectory() as folder:
            kept = VisionFeatures(
                model, ids, pictures.__getitem__, Path(folder), edits=4, seed=turn, side=768, seal=key
            )

            def by_features(numbers: list[int], source: VisionFeatures = kept) -> Batch:
                return source.read(numbers, [1] * len(numbers), [()] * len(numbers))

            seconds["pixels"].append(
                all_by(lambda some: model.read_pictures([augment.edited(pictures[n], rng) for n in some]))
            )
            seconds["features, first"].append(all_by(by_features))
            seconds["features, kept"].append(all_by(by_features))
    tower = sum(p.numel() for name, p in model.network.named_parameters() if "vision" in name)
    report: dict[str, Any] = {
        "images": asked.images,
        "batch": asked.batch,
        "vision_parameters": tower,
        "parameters": sum(p.numel() for p in model.network.parameters()),
        "device": asked.device if asked.device == "cpu" else torch.cuda.get_device_name(),
        "threads": torch.get_num_threads(),
        "machine": platform.machine(),
        "images_per_second": {
            name: {
                "wall": round(asked.images / min(wall for wall, _ in some), 1),
                "processor": round(asked.images / min(cpu for _, cpu in some), 1),
            }
            for name, some in seconds.items()
        },
    }
    print(f"{asked.images} pictures, tower of {tower / 1e6:.1f} M parameters, {report['device']}")
    for name, found in report["images_per_second"].items():
        print(f"{name:18s}{found['wall']:10.1f} pictures/s{found['processor']:10.1f} by processor time")
    if asked.json:
        asked.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
