"""Identifiers in captions: recall per kind, precision over all lines, captions per second on one core.

`python benchmarks/screening/text_patterns.py [--set held-out|whole-lines] [--lines 6000] [--seed 1] [--json FILE] [--show 20]`

Generated captions (`text_items`, `text_templates`): half of the lines hold one or two items of people, all of them hold
part numbers, codes, dimensions, dates and prices; a third have no spaces; widths and hyphens vary. `whole-lines` draws from
lines written as a whole (`text_whole_lines.txt`): records, file names, values in front of their label, cards as OCR reads
them; half of the lines hold nothing of a person. An item counts as
found when a finding of severity medium or more overlaps it; such a finding that overlaps no item is a false alarm.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.screening import text_items as items
from benchmarks.screening import text_templates as templates
from curate.finding import Severity
from curate.screen.hit import Hit
from curate.screen.text import TextScreener

_HYPHENS = "‐‑–—−ー－ｰ－-"
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_SLOT = re.compile(r"\{(\w+)\}")
_JOINERS = ("", "", "", " ", " ", "　", "、", " / ", " | ", "\t", "\n", ",")
NO_HYPHENS = frozenset({"email"})
BREAKABLE = frozenset({"my_number", "licence", "card", "pension", "mobile"})


@dataclass(frozen=True)
class Item:
    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Line:
    text: str
    items: tuple[Item, ...]


def _surface(rng: random.Random, kind: str, value: str) -> str:
    """The value as somebody typed it: widths, hyphens, a line broken at a hyphen or a gap."""
    if kind not in NO_HYPHENS and "-" in value and rng.random() < 0.45:
        value = value.replace("-", rng.choice(_HYPHENS))
    if kind in BREAKABLE and rng.random() < 0.04:
        value = re.sub(
            r"(?<=\d{4})[- ](?=\d{3,4})", lambda m: m.group() + "\n" if m.group() == "-" else "\n", value, count=1
        )
    if rng.random() < 0.22:
        value = value.translate(_WIDE)
    return value


def _piece(rng: random.Random, frame: str) -> tuple[str, list[Item]]:
    text, found, last = "", [], 0
    for slot in _SLOT.finditer(frame):
        text += frame[last : slot.start()]
        last = slot.end()
        kind = slot.group(1)
        if kind == "person":
            value = items.person(rng)
        else:
            value = _surface(rng, kind, (items.PERSONAL.get(kind) or items.THINGS[kind])(rng))
        if kind == "person" or kind in items.PERSONAL:
            found.append(Item(kind, len(text), len(text) + len(value)))
        text += value
    return text + frame[last:], found


def make_lines(
    seed: int,
    count: int,
    personal: Mapping[str, Sequence[str]],
    things: Sequence[str],
    words: Sequence[str],
) -> list[Line]:
    """`count` captions; every second one holds one item or, one time in five, two."""
    rng = random.Random(seed)
    kinds = [kind for kind in personal if kind != "person"]
    lines = []
    for number in range(count):
        pieces: list[tuple[str, list[Item]]] = [(rng.choice(words), [])]
        pieces += [_piece(rng, rng.choice(things)) for _ in range(rng.choice([1, 1, 2, 2, 3]))]
        if number % 2 == 0:
            for _ in range(1 if rng.random() < 0.8 else 2):
                pieces.append(_piece(rng, rng.choice(personal[kinds[rng.randrange(len(kinds))]])))
            if rng.random() < 0.1:
                pieces.append(_piece(rng, rng.choice(personal["person"])))
        rng.shuffle(pieces)
        joiner = rng.choice(_JOINERS)
        text, found = "", []
        for piece, inside in pieces:
            if text:
                ends = re.search(r"[\w\-・.]$", text, re.ASCII) and re.match(r"[\w\-+(<・]", piece, re.ASCII)
                both = bool(ends) or (
                    text[-1].isalnum()
                    and piece[0].isalnum()
                    and not ("぀" <= piece[0] <= "龥" and "぀" <= text[-1] <= "龥")
                    and (text[-1] > "！" or piece[0] > "！")
                    and text[-1].isdigit() == piece[0].isdigit()
                )
                text += " " if joiner == "" and both else joiner
            found += [Item(item.kind, item.start + len(text), item.end + len(text)) for item in inside]
            text += piece
        lines.append(Line(text, tuple(found)))
    return lines


def whole_lines(seed: int, count: int) -> list[Line]:
    """`count` lines of `text_whole_lines.txt`, by turns with items and without; some close up, some are full-width."""
    rng = random.Random(seed)
    text = (Path(__file__).parent / "text_whole_lines.txt").read_text(encoding="utf-8")
    frames = [line for line in text.splitlines() if line and not line.startswith("#")]
    personal = [frame for frame in frames if any(slot in items.PERSONAL for slot in _SLOT.findall(frame))]
    things = [frame for frame in frames if frame not in personal]
    lines = []
    for number in range(count):
        frame, style = rng.choice(things if number % 2 else personal), rng.random()
        if style < 0.2:
            frame = re.sub(r"(?<=[ぁ-んァ-ヴー一-龥]) (?!\{)| (?=[ぁ-んァ-ヴー一-龥])", "", frame)
        value, found = _piece(rng, frame)
        lines.append(Line(value.translate(_WIDE) if style > 0.9 else value, tuple(found)))
    return lines


def lines_of(name: str, seed: int, count: int) -> list[Line]:
    if name == "whole-lines":
        return whole_lines(seed, count)
    if name == "held-out":
        return make_lines(seed, count, templates.HELD_OUT_PERSONAL, templates.HELD_OUT_THINGS, templates.HELD_OUT_WORDS)
    return make_lines(
        seed, count, templates.DEVELOPMENT_PERSONAL, templates.DEVELOPMENT_THINGS, templates.DEVELOPMENT_WORDS
    )


def serious(hits: Sequence[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.severity.rank >= Severity.MEDIUM.rank]


def measure(screener: TextScreener, lines: Sequence[Line], show: int) -> dict[str, object]:
    total: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    alarms, right, critical_wrong = 0, 0, 0
    for line in lines:
        hits = serious(screener.find(line.text))
        for item in line.items:
            total[item.kind] += 1
            if not any(hit.start < item.end and item.start < hit.end for hit in hits):
                missed[item.kind] += 1
                if show > 0:
                    show -= 1
                    print(f"missed {item.kind}: {line.text[item.start : item.end]!r} in {line.text!r}")
        for hit in hits:
            own = [item for item in line.items if hit.start < item.end and item.start < hit.end]
            if own:
                right += 1
                critical_wrong += hit.severity is Severity.CRITICAL and own[0].kind not in ("my_number", "card")
            else:
                alarms += 1
                if show > 0:
                    show -= 1
                    print(f"false {hit.kind} ({hit.why.en}): {line.text[hit.start : hit.end]!r} in {line.text!r}")
    ids = [kind for kind in total if kind != "person"]
    return {
        "lines": len(lines),
        "kinds": {kind: {"items": total[kind], "recall": 1 - missed[kind] / total[kind]} for kind in sorted(total)},
        "recall": 1 - sum(missed[kind] for kind in ids) / sum(total[kind] for kind in ids),
        "precision": right / max(1, right + alarms),
        "false_alarms": alarms,
        "lines_per_false_alarm": len(lines) / max(1, alarms),
        "critical_on_another_kind": critical_wrong,
    }


def speed(screener: TextScreener, lines: Sequence[Line]) -> float:
    """Captions per second of processor time, each text seen for the first time."""
    screener.find("個人番号 0 TEL 0 a@b.c 〒")  # the engine and its data are loaded
    begin = time.process_time()
    for line in lines:
        screener.find(line.text)
    return len(lines) / (time.process_time() - begin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", choices=["development", "held-out", "whole-lines"], default="development")
    parser.add_argument("--lines", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--show", type=int, default=0, help="print so many misses and false alarms")
    options = parser.parse_args()
    lines = lines_of(options.set, options.seed, options.lines)
    rates = [speed(TextScreener(), lines_of(options.set, options.seed + 100 + turn, 3000)) for turn in range(3)]
    result = measure(TextScreener(), lines, options.show)
    result.update(set=options.set, seed=options.seed, captions_per_second=[round(rate) for rate in rates])
    kinds = result["kinds"]
    assert isinstance(kinds, dict)
    print(f"{'kind':18} {'items':>6} recall")
    for kind, row in kinds.items():
        print(f"{kind:18} {row['items']:6} {row['recall']:.4f}")
    for key in ("lines", "recall", "precision", "false_alarms", "critical_on_another_kind", "captions_per_second"):
        print(f"{key}: {result[key]}")
    if options.json is not None:
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")


if __name__ == "__main__":
    main()
