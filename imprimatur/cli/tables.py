"""What all pages of the terminal share: a plain table, and the words of the workspace's language."""

from __future__ import annotations

from rich.table import Table


def plain_table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold dim", padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def pick(lang: str, en: str, ja: str) -> str:
    return ja if lang == "ja" else en
