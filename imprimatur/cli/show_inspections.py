"""What `inspect` found, on a terminal: one paragraph for every input, the worst first in each, and a count at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from curate.finding import Finding, Severity
from imprimatur.cli.shell import Out
from imprimatur.cli.tables import pick
from imprimatur.cli.visible import counted, escape, visible

if TYPE_CHECKING:
    from imprimatur.inspecting import Inspection

SAMPLES = 3  # masked words of findings that are otherwise the same

_SEVERITY = {
    Severity.CRITICAL: ("critical", "重大", "bold red"),
    Severity.HIGH: ("high", "高", "red"),
    Severity.MEDIUM: ("medium", "中", "yellow"),
    Severity.LOW: ("low", "低", "cyan"),
    Severity.INFO: ("info", "情報", "dim"),
}
_NOT_LOOKED = ("not looked", "未検査")


def show_inspections(out: Out, found: Sequence[Inspection], lang: str) -> None:
    for item in found:
        if not item.findings and not item.unscreened:
            continue
        name = pick(lang, f"line {item.line}", f"{item.line}行目") if item.line is not None else item.name
        out.say(Text(visible(name), style="bold", overflow="fold"), _paragraph(item, lang))
    out.say(_count(found, lang))


def _paragraph(item: Inspection, lang: str) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(min_width=10, no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for same in _alike(item.findings):
        first = same[0]
        en, ja, style = _SEVERITY[first.severity]
        table.add_row(f"  [{style}]{pick(lang, en, ja)}[/]", _line(same, lang))
    # A file that cannot be opened leaves every check open for one reason.
    open_for: dict[str, list[str]] = {}
    for part in item.unscreened:
        open_for.setdefault(pick(lang, part.reason, part.reason_ja), []).append(part.check.value)
    for reason, checks in open_for.items():
        parts = ", ".join(dict.fromkeys(checks))
        table.add_row(f"  [magenta]{pick(lang, *_NOT_LOOKED)}[/]", f"{escape(reason)} [dim]{parts}[/]")
    return table


def _alike(findings: Sequence[Finding]) -> list[list[Finding]]:
    """The worst first; those that differ in nothing but the place together."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        where = (finding.where.channel, finding.where.field)
        groups.setdefault((finding.severity, finding.kind, where, finding.explanation), []).append(finding)
    return sorted(groups.values(), key=lambda same: -same[0].severity.rank)


def _line(same: Sequence[Finding], lang: str) -> str:
    first = same[0]
    text = escape(pick(lang, first.explanation, first.explanation_ja))
    words = list(dict.fromkeys(masked for finding in same if (masked := finding.masked)))
    if words:
        text += " " + escape(", ".join(words[:SAMPLES]) + (" …" if len(words) > SAMPLES else ""))
    where = first.where.channel.value + (f" {first.where.field}" if first.where.field else "")
    times = f" ×{len(same)}" if len(same) > 1 else ""
    return f"{text} [dim]{first.kind}, {escape(where)}{times}[/]"


def _count(found: Sequence[Inspection], lang: str) -> str:
    """How many inputs there were, by the worst that was found in each, and how many nobody saw in full."""
    worst = [max((finding.severity for finding in item.findings), key=lambda s: s.rank, default=None) for item in found]
    partly = sum(bool(item.unscreened) for item in found)
    clean = sum(not item.findings and not item.unscreened for item in found)
    counts = [(worst.count(severity), pick(lang, en, ja)) for severity, (en, ja, _) in _SEVERITY.items()]
    parts = [pick(lang, f"{word} {number}", f"{word}{number}件") for number, word in counts if number]
    if partly:
        parts.append(pick(lang, f"not looked at in full {partly}", f"未検査の部分あり{partly}件"))
    if clean:
        parts.append(pick(lang, f"nothing found {clean}", f"検出なし{clean}件"))
    head = pick(lang, counted(len(found), "input"), f"入力{len(found)}件")
    return f"{head}: {', '.join(parts)}" if lang != "ja" else f"{head}: {'、'.join(parts)}"
