"""Several seeds of benchmarks/memory_emoji.py as one table: each seed, their mean, and intervals over all of them.

    python benchmarks/memory_pool.py seed0.json seed1.json seed2.json

The files are what `memory_emoji.py --json` wrote, one a seed, of one number of images. Intervals are of a paired bootstrap:
queries are drawn again within each seed and group, so that both systems answer the same ones.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MACRO = tuple(f"{kind} {language}" for kind in ("label", "tags") for language in ("en", "ja"))
_DRAWS = 2_000

Hits = Mapping[str, str]  # group -> one letter a query: 1 where the first answer was right, else 0


def difference(a: Sequence[Hits], b: Sequence[Hits]) -> tuple[float, float, float]:
    """(mean, lower, upper) of a - b in hit@1, averaged over the groups of MACRO and the seeds; 95 % paired bootstrap.

    `a[s]` and `b[s]` are what two systems answered to the queries of seed s.
    """
    rng = np.random.default_rng(0)
    parts = [
        _numbers(ours[group]) - _numbers(theirs[group]) for ours, theirs in zip(a, b, strict=True) for group in MACRO
    ]
    means = np.mean([part[rng.integers(len(part), size=(_DRAWS, len(part)))].mean(axis=1) for part in parts], axis=0)
    low, high = np.quantile(means, [0.025, 0.975])
    return round(float(np.mean([part.mean() for part in parts])), 4), round(float(low), 4), round(float(high), 4)


def false_accepts(seeds: Sequence[Mapping[str, NDArray[np.float64]]], kind: str, share: float) -> list[float]:
    """(mean over the seeds, lower, upper): how many questions of `kind`, which have no answer, are accepted where that
    `share` of those which have one is answered; 95 % bootstrap over both. `seeds[s][kind]` says how sure a system was."""
    rng = np.random.default_rng(0)

    def accepted(draw: bool) -> float:
        found = []
        for sure in seeds:
            asked, others = (rng.choice(v, len(v)) if draw else v for v in (sure["asked"], sure[kind]))
            found.append((others >= np.quantile(asked, 1 - share)).mean())
        return float(np.mean(found))

    return [
        round(v, 4) for v in (accepted(False), *np.quantile([accepted(True) for _ in range(_DRAWS)], [0.025, 0.975]))
    ]


def _numbers(hits: str) -> NDArray[np.float64]:
    return np.frombuffer(hits.encode("ascii"), dtype=np.uint8).astype(np.float64) - ord("0")


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("reports", type=Path, nargs="+")
    found: list[dict[str, Any]] = [json.loads(path.read_bytes()) for path in arguments.parse_args().reports]
    if len({(one["images"], one["without"]) for one in found}) > 1:
        raise SystemExit("expected reports of one number of images and one ablation")
    names = [name for name in found[0]["systems"] if all(name in one["systems"] for one in found)]
    print(f"{found[0]['images']} images; seeds {', '.join(str(one['seed']) for one in found)}")
    print(f"{'macro hit@1':18s}" + "".join(f"{one['seed']:>8}" for one in found) + f"{'mean':>8s}{'hit@5':>8s}")
    for name in names:
        first, five = ([one["systems"][name]["macro"][place] for one in found] for place in (0, 1))
        print(f"{name:18s}" + "".join(f"{value:8.3f}" for value in (*first, np.mean(first), np.mean(five))))
    for ours in ("memory", "hybrid"):
        for name in names:
            if name == ours or ours not in names:
                continue
            if not all("hits" in one for one in found):  # reports of older versions
                print(f"{ours} minus {name}, by seed:", [one["minus"][ours][name] for one in found])
            else:
                mean, low, high = difference(*([one["hits"][system] for one in found] for system in (ours, name)))
                print(f"{ours} minus {name}: {mean:+.3f} ({low:+.3f} to {high:+.3f})")
    for kind in found[0].get("without_an_answer", {}):
        for share in (0.3, 0.5, 0.7):
            for system in found[0]["sure"][kind]:
                sure = [{name: np.asarray(one["sure"][name][system]) for name in ("asked", kind)} for one in found]
                mean, low, high = false_accepts(sure, kind, share)
                print(f"{kind}, {share} of the others answered, {system}: {mean:.3f} ({low:.3f} to {high:.3f})")
    for what in ("train_seconds", "train_cpu_seconds", "peak_memory_mib"):
        print(what, [one[what] for one in found])
    for edit in found[0]["picture_to_identifier"]:
        print(f"picture, {edit}:", [one["picture_to_identifier"][edit] for one in found])


if __name__ == "__main__":
    main()
