"""Does the value choose what people will ask for? Generated logs over a catalogue, or a log of the user's.

    python benchmarks/value_backtest.py CATALOGUE [--columns title_en=label_en,…] [--search-log LOG] [--seeds 5] [--first-seed 101]

Each line: a world (how demand moves), a budget, the share of later askings answered by each way of choosing, and the
difference of value and most-asked-only over the seeds with its 95 % interval (t over seeds). Pictures are not opened.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from curate.assemble import assemble
from curate.catalogue import read_catalogue
from curate.record import ImageRecord
from curate.search_log import read_search_log
from curate.value.settings import ValueSettings
from imprimatur.sample.history import Habits, history
from recall.backtest import STRATEGIES, backtest
from recall.value_choice import value_choice

UNTIL = date(2026, 6, 30)
AFTER_DAYS = 90
WORLDS = {
    "drift and seasons, 2.5 years": (Habits(), 900),
    "drift and seasons, 1 year": (Habits(), 365),
    "strong drift, 1 year": (Habits(drift=2.5, season=0.3), 365),
    "strong seasons, 2.5 years": (Habits(drift=0.3, season=0.95), 900),
    "nothing moves, 1 year": (Habits(drift=0, season=0, fashions=0, newcomers=0), 365),
    "few askings, 1 year": (Habits(per_day=6), 365),
}


def records_of(location: str, columns: dict[str, str], most: int, seed: int) -> list[ImageRecord]:
    """The catalogue's records; the identity stands on the file's name. Facts that it does not state are drawn."""
    table = read_catalogue(location, columns)
    names = [str(name) for name in table.frame["file_name"]]
    digests = {name: hashlib.sha256(name.encode()).hexdigest() for name in names}
    rng = np.random.default_rng(seed)
    records = []
    for record in assemble(table, digests, {}, ())[:most]:
        business, rights = record.business, record.rights
        if business.criticality is None:
            business = replace(business, criticality=float(rng.uniform(0.2, 0.8)))
        if business.change_count is None:
            business = replace(business, change_count=int(rng.poisson(rng.gamma(0.5, 3))))
        if rights.collected_at is None or rights.collected_at > UNTIL - timedelta(days=900):
            rights = replace(rights, collected_at=UNTIL - timedelta(days=1000))
        records.append(replace(record, business=business, rights=rights))
    return records


def one(records: Sequence[ImageRecord], habits: Habits, days: int, seed: int) -> dict[str, Any]:
    log, there = history(records, until=UNTIL, days=days, habits=habits, seed=seed)
    dated = [
        replace(r, rights=replace(r.rights, collected_at=there.get(r.image_id, r.rights.collected_at))) for r in records
    ]
    choice = value_choice(ValueSettings(), update_interval_days=30)
    return backtest(dated, log, choice, at=UNTIL - timedelta(days=AFTER_DAYS), today=UNTIL, seed=seed)


def summary(name: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for place, row in enumerate(found[0]["budgets"]):
        answered = {s: float(np.mean([f["budgets"][place]["answered"][s]["value"] for f in found])) for s in STRATEGIES}
        gaps = np.asarray([f["budgets"][place]["value_minus_most_asked"]["value"] for f in found])
        half = 0.0
        if len(gaps) > 1:
            from scipy import stats

            half = float(stats.t.ppf(0.975, len(gaps) - 1) * gaps.std(ddof=1) / np.sqrt(len(gaps)))
        rows.append({"world": name, "share": row["share_of_images"], "images": row["images"], "answered": answered,
                     "gap": float(gaps.mean()), "half": half,
                     "top_1_percent": float(np.mean([f["zipf"]["top_share"]["0.01"] for f in found]))})  # fmt: skip
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalogue")
    parser.add_argument("--columns", default="", help="our=theirs, separated by commas")
    parser.add_argument("--search-log", type=Path, default=None, help="judge on this log instead of generated ones")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=1, help="of the generated logs; others than those tuned on")
    parser.add_argument("--most", type=int, default=5000, help="images")
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    columns = dict(pair.split("=", 1) for pair in options.columns.split(",") if pair)
    records = records_of(options.catalogue, columns, options.most, seed=0)
    started = time.process_time()
    rows: list[dict[str, Any]] = []
    if options.search_log:
        choice = value_choice(ValueSettings(), update_interval_days=30)
        found = backtest(records, read_search_log(options.search_log), choice, today=date.today())
        rows = summary(f"{options.search_log.name} after {found['at']}", [found])
    else:
        for name, (habits, days) in WORLDS.items():
            seeds = range(options.first_seed, options.first_seed + options.seeds)
            rows += summary(name, [one(records, habits, days, seed) for seed in seeds])
    print(f"{len(records)} images, CPU {time.process_time() - started:.0f} s, load {os.getloadavg()[0]:.1f}\n")
    print("| world | images | value | most asked | newest | random | hindsight | value - most asked | top 1 % |")
    print("|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        shares = " | ".join(f"{row['answered'][s]:.3f}" for s in STRATEGIES)
        print(
            f"| {row['world']} | {row['images']} ({row['share']:.0%}) | {shares} | {row['gap']:+.3f} ± {row['half']:.3f} | "
            f"{row['top_1_percent']:.2f} |"
        )
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
