"""Lines written by hand: `python benchmarks/screening/text_hand_written.py`. What is missed and what is invented, line by line."""

from __future__ import annotations

import random
import re
from pathlib import Path

from benchmarks.screening import text_items as items
from benchmarks.screening.text_patterns import serious
from curate.screen.text import TextScreener

FOLDER = Path(__file__).resolve().parent


def lines() -> list[tuple[str, list[tuple[int, int]]]]:
    """(text, spans of its items); a line whose mark stays open goes on in the next one."""
    rng = random.Random(7)
    raw = (FOLDER / "text_hand_written.txt").read_text(encoding="utf-8").splitlines()
    joined: list[str] = []
    for line in raw:
        if joined and joined[-1].count("⟦") > joined[-1].count("⟧"):
            joined[-1] += "\n" + line
        elif line and not line.startswith("#"):
            joined.append(line)
    found = []
    for line in joined:
        filled = re.sub(r"\{(\w+)\}", lambda m: items.PERSONAL[m.group(1)](rng), line)
        text, spans, start = "", [], 0
        for character in filled:
            if character == "⟦":
                start = len(text)
            elif character == "⟧":
                spans.append((start, len(text)))
            else:
                text += character
        found.append((text, spans))
    return found


def main() -> None:
    screener = TextScreener()
    total = missed = right = invented = 0
    rows = lines()
    for text, spans in rows:
        hits = serious(screener.find(text))
        hits = [hit for hit in hits if hit.kind != "content.secret_marking"]
        for start, end in spans:
            total += 1
            if not any(hit.start < end and start < hit.end for hit in hits):
                missed += 1
                print(f"missed   {text[start:end]!r} in {text!r}")
        for hit in hits:
            if any(hit.start < end and start < hit.end for start, end in spans):
                right += 1
            else:
                invented += 1
                print(f"invented {text[hit.start : hit.end]!r} ({hit.why.en}) in {text!r}")
    print(f"{len(rows)} lines, {total} items, {missed} missed, {right} findings right, {invented} invented")
    print(f"recall {1 - missed / total:.4f}, precision {right / (right + invented):.4f}")


if __name__ == "__main__":
    main()
