"""Time and memory to score a catalogue and to choose from it.

    python benchmarks/value_speed.py [--images 100000] [--budget 10000]

Records, pictures' facts and a log are generated and not counted; likeness, scores and selections are. CPU seconds of one
process (threads included) and its highest memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from curate.finding import Check, Screening
from curate.picture import PictureFacts
from curate.record import BusinessFacts, ContentClass, ImageRecord, RightsFacts, TrainingText
from curate.search_log import LoggedQuery
from curate.value.budget import Budget, Grouping, Quota
from curate.value.left_out import select
from curate.value.neighbours import likeness_of
from curate.value.placing import Wishes, candidates_of
from curate.value.problem import Problem
from curate.value.score import score_values
from curate.value.settings import ValueSettings

TODAY = date(2026, 6, 30)
WORDS = ("六角ボルト", "spur gear", "圧縮ばね", "hollow shaft", "玉軸受", "relief valve", "キャスタ", "star knob")


def world(size: int) -> tuple[list[ImageRecord], dict[str, PictureFacts], list[LoggedQuery]]:
    """Families of 200 alike, each with an article number of its own; a year of Zipf-distributed askings, five an image."""
    rng = np.random.default_rng(0)
    centres = rng.random((size // 200 + 1, 192))
    records, pictures = [], {}
    for number in range(size):
        family, word = number // 200, WORDS[number // 200 % len(WORDS)]
        image_id = f"{number:064x}"
        texts = (
            TrainingText("title", "ja", f"{word} 型番 B-{number:06d} M{number % 40}"),
            TrainingText("captions", "en", f"{word} of series {family}, size {number % 40}, on a white table"),
        )
        facts = BusinessFacts(float(rng.random()), f"line {family % 50}", change_count=int(rng.poisson(1)))
        rights = RightsFacts(collected_at=TODAY - timedelta(days=700), license="LicenseRef-own")
        records.append(ImageRecord(image_id, (f"{number}.png",), ContentClass.PRODUCT, False, texts, rights, facts))
        grid = (centres[family] + rng.normal(0, 0.05, 192)).clip(0, 1)
        pictures[image_id] = PictureFacts(
            image_id, "PNG", 640, 480, 40_000, 1, 140.0, 60.0, 900.0, 0.05, 0.1, 7.0, "0" * 16, "0" * 16,
            tuple(grid.astype(np.float32).tolist()), "", 0.9, 12.0, 235.0, 0.01, 0.0, 0.0, None,
        )  # fmt: skip
    asked = rng.zipf(1.3, size * 5) % size
    moment = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
    days = rng.integers(0, 365, len(asked))
    log = [
        LoggedQuery(moment - timedelta(days=int(day)), f"q {image % 9973}", f"{image}.png", 1)
        for image, day in zip(asked, days, strict=True)
    ]
    return records, pictures, log


def timed(name: str, work: Callable[[], Any]) -> Any:
    cpu, wall = time.process_time(), time.perf_counter()
    found = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"| {name} | {time.process_time() - cpu:.1f} | {time.perf_counter() - wall:.1f} | {peak} |", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--budget", type=int, default=10_000)
    options = parser.parse_args()
    records, pictures, log = world(options.images)
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{len(records)} images, {len(log)} rows of log, {start} MiB before, load {os.getloadavg()[0]:.1f}\n")
    print("| step | CPU s | wall s | peak MiB |\n|---|---|---|---|")
    settings = ValueSettings()
    done = frozenset(Check)
    screenings = {record.image_id: Screening(record.image_id, (), (), done) for record in records}
    likeness = timed("likeness", lambda: likeness_of(records, pictures, k=settings.neighbours))
    values = timed(
        "scores",
        lambda: score_values(
            records, log, pictures, screenings, likeness, today=TODAY, update_interval_days=30, settings=settings
        ),
    )
    problem = timed(
        "candidates and graph", lambda: Problem.of(candidates_of(records, values, screenings, Wishes()), likeness)
    )
    quotas = tuple(Quota(Grouping.PRODUCT_LINE, f"line {n}", at_most=options.budget // 40) for n in range(50))
    for name, budget in (
        (f"select, {options.budget} images", Budget(images=options.budget)),
        (f"select, {options.images // 2} images", Budget(images=options.images // 2)),
        (f"select, {options.budget} images, 50 quotas", Budget(images=options.budget, quotas=quotas)),
        ("select, bits", Budget(bits=options.budget * 50.0)),
    ):
        chosen = timed(name, lambda budget=budget: select(problem, budget))
        proved = chosen.guarantee.proved
        print(
            f"|   of the best at least: proved {proved or 0:.3f}, in this case {chosen.guarantee.certified:.3f} | | | |"
        )


if __name__ == "__main__":
    main()
