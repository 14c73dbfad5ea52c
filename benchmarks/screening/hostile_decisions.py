"""Hostile files with good facts through the first room: what becomes of each, and the one reason for it.

python benchmarks/screening/hostile_decisions.py [FOLDER...] [--pixels] [--every 1] [--json FILE]

Every file of the folders and every one that `hostile.py` makes stands in one catalogue in which all facts are good (owner,
licence, scope, dates, releases, titles), so that a file which is not cleared has nobody but itself to blame. Printed: for
every reason the number of files and one of them, in English and Japanese; with `--all` every file. Without `--pixels` the
parts of the pixels count as looked at and empty: their models take a second a picture and have nothing to do with the
reader. An ordinary picture stands between every ten files; each of them has to be cleared.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from benchmarks.screening import hostile
from benchmarks.screening.cost import FACTS, POLICY
from curate.decision import Decision
from curate.decode import DecodeLimits
from curate.finding import Screening
from curate.picture import PictureFacts, Undecoded
from curate.pipeline import Intake, Source, judge, take_in
from curate.policy.document import Policy, load_policy
from curate.policy.schema import RequiredChecks
from curate.policy.wording import worth_saying
from curate.record import ImageRecord
from curate.screen.barred_prints import BarredPrint
from curate.screen.kept_results import KeptPage
from curate.screen.screener import Screener
from curate.sealed_store import SealedStore

TODAY = date(2026, 1, 1)


class EachAlone(Screener):
    """Compares no picture with the others: half of the test pictures show the same face."""

    def compared(
        self,
        records: Sequence[ImageRecord],
        pages: Mapping[str, KeptPage],
        pictures: Mapping[str, PictureFacts | Undecoded],
        barred: Sequence[BarredPrint] = (),
    ) -> dict[str, Screening]:
        return super().compared(records, pages, {}, barred)


def reasons(decision: Decision) -> list[tuple[str, str, str]]:
    """(rule, English, Japanese) of what decided; what a file that cannot be opened leaves open is said by that once."""
    said = worth_saying([hit.rule for hit in decision.hits])
    hits = [hit for hit in decision.hits if hit.outcome is decision.outcome and hit.rule in said]
    return [(hit.rule, hit.reason_en, hit.reason_ja) for hit in hits]


def catalogue(folder: Path, sources: list[Path], every: int) -> list[str]:
    """Copy the files in, name each of them in the table; returns the names of the ordinary ones."""
    names, good = [], []
    hostile.plant(folder)
    (folder / "folder.jpg").mkdir()
    for source in sources:
        paths = sorted(path for path in source.rglob("*") if path.is_file() and path.suffix != ".json")[::every]
        for path in paths:
            name = f"{source.name}/{path.relative_to(source)}"
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)
            names.append(name)
    names += sorted(path.name for path in folder.iterdir() if path.is_symlink() or not path.is_dir())
    names += ["folder.jpg", "absent.jpg", "../outside.jpg", "/etc/hostname", "", "file:///etc/hostname"]
    for number in range(0, len(names), 10):
        good.append(f"ordinary-{number}.jpg")
        (folder / good[-1]).write_bytes(hostile.ordinary(5000 + number))
    rows = [
        {"file_name": os.fsencode(name).decode("utf-8", "surrogateescape"), "title_ja": f"部品 {number}",
         "title_en": f"Part {number}", "change_count": 0, "collected_at": "2025-01-01", "changed_at": "2025-01-01", **FACTS}
        for number, name in enumerate([*names, *good])
    ]  # fmt: skip
    (folder / "metadata.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return good


def looked_into(intake: Intake) -> Intake:
    """The same, the pixels of every picture looked into and nothing found."""
    pictures = {
        image_id: replace(seen, text_lines=(), faces=(), codes=(), plates=())
        if isinstance(seen, PictureFacts)
        else seen
        for image_id, seen in intake.pictures.items()
    }
    return replace(intake, pictures=pictures)


def without_pixels(policy: Policy) -> Policy:
    """Asks for no part of the pixels, so that the workers load no models."""
    asked = policy.document.required_checks
    kept = {kind: tuple(c for c in checks if not c.startswith("pixel.")) for kind, checks in asked}
    return replace(policy, document=policy.document.model_copy(update={"required_checks": RequiredChecks(**kept)}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--pixels", action="store_true", help="look for text, faces, codes and plates as well")
    parser.add_argument("--every", type=int, default=1, help="one file in so many of the folders")
    parser.add_argument("--all", action="store_true", help="a line for every file")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    policy = load_policy(POLICY)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "catalogue"
        folder.mkdir()
        good = catalogue(folder, options.folders, options.every)
        asked = policy if options.pixels else without_pixels(policy)
        with SealedStore(Path(place)) as kept:
            intake = take_in(Source(str(folder)), asked, limits=DecodeLimits(), workers=2, kept=kept)
            judged = judge(intake if options.pixels else looked_into(intake), policy, EachAlone(), today=TODAY)
    lines = []
    for record in intake.records:
        decision = judged.decisions[record.image_id]
        lines += [(name, decision.outcome.value, reasons(decision)) for name in record.file_names]
    lines += [(row.file_name, "no image", [(row.code.value, row.reason, row.reason_ja)]) for row in intake.rejected]
    groups = defaultdict(list)
    for name, outcome, why in lines:
        if name not in good:
            groups[outcome, " + ".join(rule for rule, _, _ in why), why[0][1], why[0][2]].append(name)
        if options.all:
            print(f"{ascii(name)[:60]} | {outcome} | " + " ‖ ".join(f"{rule}: {en} / {ja}" for rule, en, ja in why))
    print("\n| outcome | rule | files | e.g. | reason | 理由 |\n|---|---|---|---|---|---|")
    for (outcome, rules, en, ja), names in sorted(groups.items(), key=lambda item: -len(item[1])):
        print(f"| {outcome} | {rules} | {len(names)} | {ascii(names[0])[1:-1][:40]} | {en} | {ja} |")
    unharmed = [name for name, outcome, _ in lines if name in good and outcome in ("memorize", "index")]
    print(
        f"\n{len(lines) - len(good)} files and rows, {len(groups)} reasons; ordinary pictures cleared: {len(unharmed)} of {len(good)}"
    )
    if options.json is not None:
        options.json.write_text(json.dumps(lines, indent=1), encoding="utf-8")
    if len(unharmed) != len(good):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
