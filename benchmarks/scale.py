"""What a run over a table alone costs, over its number of rows: seconds, processor time and memory of all processes.

    python -m benchmarks.scale FOLDER [--rows 10000 100000 1000000] [--workers 2] [--shard-size 2000] [--engine local]
                                      [--select] [--svg FILE] [--json FILE]

Rows are generated into FOLDER (Parquet, families of 200 alike, an article number each, a personal datum in one of fifty), with a
fresh workspace for each number. `curate --metadata-only` runs under the policy `default`, which holds every row, or with
`--select` under one for measuring that does not ask for pixels, where a tenth of the rows gets a place. Memory is the sum over all
processes of the run, as PSS (shared pages counted once) and as RSS, sampled every half second.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from curate.shards.engine import EngineName
from curate.value.budget import Budget

WORDS = (
    ("六角ボルト", "hex bolt"), ("平歯車", "spur gear"), ("圧縮ばね", "compression spring"), ("中空軸", "hollow shaft"),
    ("玉軸受", "ball bearing"), ("安全弁", "relief valve"), ("キャスタ", "castor"), ("星形ノブ", "star knob"),
)  # fmt: skip
CLASSES = ("product", "photo", "drawing", "document")
BATCH = 10_000


def generate(place: Path, count: int) -> None:
    rng, writer = random.Random(0), None
    for start in range(0, count, BATCH):
        table = pa.Table.from_pylist([one_row(n, rng) for n in range(start, min(start + BATCH, count))])
        writer = writer or pq.ParquetWriter(place, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def one_row(number: int, rng: random.Random) -> dict[str, Any]:
    family = number // 200
    ja, en = WORDS[family % len(WORDS)]
    size = number % 40
    return {
        "file_name": f"line-{family % 50}/B-{number:07d}.png",
        "sha256": hashlib.sha256(str(number).encode()).hexdigest(),
        "title_ja": f"{ja} 型番 B-{number:07d} M{size}",
        "title_en": f"{en.capitalize()} B-{number:07d}",
        "captions_en": [f"{en} of series {family}, size {size}, on a white table"],
        "tags": [ja, en, f"M{size}"],
        "content_class": CLASSES[number % 4],
        "source": "PIM",
        "owner": "Example Seiki K.K.",
        "license": "LicenseRef-own",
        "license_scope": "train|memorize|output|commercial",
        "model_release": "not_required",
        "property_release": "not_required",
        "collected_at": "2024-04-01",
        "criticality": str(round(rng.random(), 3)),
        "product_line": f"line {family % 50}",
        "sku": f"B-{number:07d}",
        "changed_at": f"2025-{1 + number % 12:02d}-10",
        "change_count": str(number % 4),
        "note": f"連絡先 03-{1000 + number % 9000:04d}-{number % 10000:04d}" if number % 50 == 0 else None,
    }


def workspace_of(folder: Path, select: bool) -> None:
    from imprimatur.workspace import init_workspace

    init_workspace(folder, "unsafe_benchmark" if select else "default")
    if select:
        for policy in folder.glob("policies/*/policy.yaml"):
            text = policy.read_text(encoding="utf-8")
            policy.write_text(text.replace("all: [decode]", "all: [text.pii]"), encoding="utf-8")


def run_one(folder: Path, options: argparse.Namespace) -> None:
    """In a process of its own: the run, its stages' seconds as JSON on the last line."""
    from imprimatur.division import Division
    from imprimatur.table_curating import curate_table
    from imprimatur.workspace import open_workspace

    began: dict[str, float] = {}

    def told(stage: str, done: int, total: int) -> None:
        began.setdefault(stage, time.perf_counter())

    started = time.perf_counter()
    done = curate_table(
        open_workspace(folder / "workspace"),
        str(folder / "rows.parquet"),
        budget=Budget(images=max(options.one // 10, 1)) if options.select else None,
        division=Division(EngineName(options.engine), options.workers, options.shard_size),
        progress=told,
    )
    ended = time.perf_counter()
    order = [*began.items(), ("", ended)]
    stages = {"start": order[0][1] - started}
    stages |= {name: later - at for (name, at), (_, later) in pairwise(order)}
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    print(json.dumps({"stages": stages, "cpu": cpu, "outcomes": done.outcomes, "chosen": done.chosen}))


def family(pid: int) -> Iterator[int]:
    """The process and all that it started."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue  # it ended meanwhile
        for child in children:
            yield from family(int(child))


def memory(pid: int) -> tuple[int, int]:
    """PSS and RSS in KiB, summed over all processes of the run."""
    pss = rss = 0
    for one in family(pid):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue  # it ended meanwhile
        found = {line.split()[0]: int(line.split()[1]) for line in lines[1:] if line.split()[0] in ("Pss:", "Rss:")}
        pss, rss = pss + found.get("Pss:", 0), rss + found.get("Rss:", 0)
    return pss, rss


def measure(folder: Path, count: int, options: argparse.Namespace) -> dict[str, Any]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    generate(folder / "rows.parquet", count)
    workspace_of(folder / "workspace", options.select)
    command = [
        sys.executable, "-m", "benchmarks.scale", str(folder), "--one", str(count), "--workers", str(options.workers),
        "--shard-size", str(options.shard_size), "--engine", options.engine, *(["--select"] if options.select else []),
    ]  # fmt: skip
    loads, peaks, started = [os.getloadavg()[0]], (0, 0), time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            pss, rss = memory(process.pid)
            peaks = max(peaks[0], pss), max(peaks[1], rss)
            loads.append(os.getloadavg()[0])
            time.sleep(0.5)
        said = process.stdout.read() if process.stdout is not None else ""
    if process.returncode:
        sys.exit(f"the run over {count} rows ended with {process.returncode}")
    wall = time.perf_counter() - started
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    ledger = (folder / "workspace" / "state" / "ledger.db").stat().st_size
    return {
        "rows": count, "wall": wall, "rows_per_second": count / wall, "cpu_ms_per_row": found["cpu"] / count * 1000,
        "pss_mib": peaks[0] / 1024, "rss_mib": peaks[1] / 1024, "ledger_mib": ledger / 2**20,
        "load": sum(loads) / len(loads), **found,
    }  # fmt: skip


def shown(value: float) -> str:
    """Three digits that count, and never an exponent."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def chart(results: list[dict[str, Any]]) -> str:
    """Processor time a row and peak memory over the number of rows, each on its own panel, rows on a log scale."""
    import math

    panels = (
        ("cpu_ms_per_row", "processor time a row, ms", None),
        ("pss_mib", "peak memory of all processes, MiB (PSS)", 2048.0),
    )
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 260" font-family="sans-serif" font-size="12">']
    low, high = (math.log10(results[end]["rows"]) for end in (0, -1))
    for number, (key, title, limit) in enumerate(panels):
        left, width, top, height = 50 + number * 350, 270, 40, 170
        most = max([*(r[key] for r in results), limit or 0.0]) * 1.1
        spots = [
            (left + width * ((math.log10(r["rows"]) - low) / max(high - low, 1e-9)), top + height * (1 - r[key] / most))
            for r in results
        ]
        parts.append(f'<text x="{left}" y="22" font-weight="bold">{title}</text>')
        parts.append(f'<path d="M{left} {top}V{top + height}H{left + width}" fill="none" stroke="#888"/>')
        if limit:
            y = top + height * (1 - limit / most)
            parts.append(f'<path d="M{left} {y:.1f}H{left + width}" stroke="#b00" stroke-dasharray="4 3"/>')
            parts.append(f'<text x="{left + 4}" y="{y - 4:.1f}" fill="#b00">2 GiB</text>')
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        parts.append(f'<polyline points="{line}" fill="none" stroke="#06c" stroke-width="2"/>')
        for (x, y), r in zip(spots, results, strict=True):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#06c"/>')
            parts.append(f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle">{shown(r[key])}</text>')
            parts.append(f'<text x="{x:.1f}" y="{top + height + 18}" text-anchor="middle">{r["rows"]:,}</text>')
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--shard-size", type=int, default=2_000)
    parser.add_argument("--engine", choices=[name.value for name in EngineName], default="local")
    parser.add_argument("--select", action="store_true")
    parser.add_argument("--svg", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        run_one(options.folder, options)
        return
    results = []
    print("| rows | rows/s | CPU ms a row | peak PSS, MiB | peak RSS, MiB | ledger, MiB | load | seconds by stage |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for count in options.rows:
        r = measure(options.folder / str(count), count, options)
        results.append(r)
        stages = ", ".join(f"{name} {seconds:.0f}" for name, seconds in r["stages"].items())
        print(
            f"| {count:,} | {r['rows_per_second']:.0f} | {r['cpu_ms_per_row']:.2f} | {r['pss_mib']:.0f} | {r['rss_mib']:.0f} "
            f"| {r['ledger_mib']:.0f} | {r['load']:.1f} | {stages} |",
            flush=True,
        )
        if options.json is not None:
            options.json.write_text(json.dumps(results, indent=2))
        if options.svg is not None:
            options.svg.write_text(chart(results), encoding="utf-8")


if __name__ == "__main__":
    main()
