"""How long `imprimatur --help` takes beside `python -c "import typer, rich"`: whole processes, in turn, in one run.

python benchmarks/startup.py [--runs 11] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    ours = [sys.executable, "-c", "from imprimatur.cli import main; main()", "--help"]
    base = [sys.executable, "-c", "import typer, rich"]
    seconds(ours), seconds(base)  # warm the file cache
    pairs = [(seconds(ours), seconds(base)) for _ in range(arguments.runs)]
    ratio = statistics.median(a / b for a, b in pairs)
    print("| command | median seconds |\n|---|---|")
    print(f"| imprimatur --help | {statistics.median(a for a, _ in pairs):.3f} |")
    print(f"| import typer, rich | {statistics.median(b for _, b in pairs):.3f} |")
    print(f"\nmedian ratio, pair by pair: {ratio:.2f}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"pairs": pairs, "median_ratio": ratio}, indent=2))


if __name__ == "__main__":
    main()
