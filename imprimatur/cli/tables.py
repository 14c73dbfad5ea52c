"""What all pages of the terminal share: a plain table, bars, the colours of outcomes, the words of the workspace's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from imprimatur.cli.shell import Out

COLOURS = {"memorize": "green", "index": "cyan", "review": "yellow", "deny": "red"}
WORDS = {
    "memorize": ("memorize", "記憶"),
    "index": ("index", "索引"),
    "review": ("review (held)", "保留"),
    "deny": ("deny", "拒否"),
}
BAR = 40  # characters


def plain_table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold dim", padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def pick(lang: str, en: str, ja: str) -> str:
    return ja if lang == "ja" else en


def bars(out: Out, rows: Sequence[tuple[str, int, str]]) -> None:
    """One bar a row, scaled to the longest: (label, count, colour)."""
    longest = max((count for _, count, _ in rows), default=0) or 1
    table = plain_table("", "", "")
    table.show_header = False
    for label, count, colour in rows:
        table.add_row(label, f"[{colour}]{'█' * max(1 if count else 0, round(BAR * count / longest))}[/]", str(count))
    out.say(table)
