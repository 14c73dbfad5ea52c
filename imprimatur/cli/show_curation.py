"""What `curate` found, on a terminal. Numbers come ready; nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from curate.decision import Outcome
from imprimatur.cli.shell import Out
from imprimatur.cli.show_value import show_selection
from imprimatur.cli.tables import COLOURS, WORDS, bars, pick, plain_table
from imprimatur.cli.visible import counted, escape

if TYPE_CHECKING:
    from pathlib import Path

    from curate.expectations.result import TableResult
    from curate.rejected_row import Rejected
    from imprimatur.curating import CurateRun
    from imprimatur.held import Held

SHOWN = 10  # rows that lead to no image


_HEADINGS = {
    Outcome.DENY: ("Why denied", "拒否の理由"),
    Outcome.REVIEW: ("Why held, and what would release it", "保留の理由と、解除する方法"),
    Outcome.INDEX: ("Why in the index only", "索引にとどまる理由"),
}


def show_held(out: Out, held: Held, lang: str) -> None:
    """Why images are denied, held or kept in the index, and what a person would do about a hold."""
    from imprimatur.held import ASK

    for outcome, heading in _HEADINGS.items():
        lines = held.lines_of(outcome)
        if not lines:
            continue
        out.say("", f"[bold]{pick(lang, *heading)}[/]")
        wide = outcome is Outcome.REVIEW
        table = plain_table("", pick(lang, "why", "理由"), *([pick(lang, "release", "解除")] if wide else []))
        for line in lines:
            release = [escape(pick(lang, line.release_en, line.release_ja))] if wide else []
            table.add_row(str(line.images), escape(pick(lang, line.why_en, line.why_ja)), *release)
        out.say(table)
    if held.lines_of(Outcome.DENY) or held.lines_of(Outcome.INDEX):
        out.say(pick(lang, *ASK))
    if held.columns:
        named = ", ".join(f"{name} ({count})" for name, count in held.columns)
        out.say(
            pick(
                lang,
                f"Columns that would release images: [bold]{named}[/]",
                f"記入すれば解除できる列: [bold]{named}[/]",
            )
        )


def show_rejected(out: Out, rejected: Sequence[Rejected], lang: str) -> None:
    """The first rows that lead to no image, each with its reason."""
    for item in rejected[:SHOWN]:
        out.say(
            pick(lang, f"row {item.row}: ", f"{item.row}行目: ")
            + escape(repr(item.file_name))
            + " — "
            + escape(pick(lang, item.reason, item.reason_ja))
        )
    if len(rejected) > SHOWN:
        more = len(rejected) - SHOWN
        out.say(pick(lang, f"… and {counted(more, 'more row')}", f"ほか{more}行"))


def show_curate(out: Out, run: CurateRun, lang: str) -> None:
    from imprimatur.held import why_held

    outcomes = run.judged.outcomes()
    rows = len(run.intake.table.frame)
    out.say(
        pick(
            lang,
            f"{counted(rows, 'row')}, {counted(len(run.intake.records), 'image')}, {run.intake.looked} newly looked at, {run.seconds:.1f} s. "
            f"Policy {run.policy.ref.id} {run.policy.ref.version}.",
            f"{rows}行、画像{len(run.intake.records)}件、新規に検査{run.intake.looked}件、{run.seconds:.1f}秒。"
            f"方針 {run.policy.ref.id} {run.policy.ref.version}。",
        )
    )
    if run.policy.unsafe:
        out.say("[bold white on red] UNSAFE [/] " + escape(run.policy.unsafe_reasons()[0]))
    bars(out, [(pick(lang, *WORDS[name]), outcomes[name], COLOURS[name]) for name in WORDS])
    show_rejected(out, run.intake.rejected, lang)
    show_selection(out, run, lang)
    show_held(out, why_held(run.judged.decisions.values()), lang)
    show_checks(out, run.intake.checks, run.pages, lang)
    if run.recorded is None:
        out.note("Dry run: nothing was recorded.")
    else:
        out.note(
            f"Recorded as {run.recorded.run}: {run.recorded.changed} decisions new or changed, {run.recorded.unchanged} as before"
            + (f", {run.recorded.absent} left the catalogue." if run.recorded.absent else ".")
        )


def show_checks(out: Out, results: Sequence[TableResult], pages: Sequence[Path], lang: str) -> None:
    """One line: how many expectations hold, how many rows are held, where the page is."""
    checks = [check for result in results for check in result.checks if not check.skipped]
    holding, held = sum(check.holds for check in checks), sum(len(result.held) for result in results)
    page = next((page for page in pages if page.suffixes[-2:-1] == [f".{lang}"]), None)
    where = "" if page is None else f": {page}"
    line = pick(
        lang,
        f"Tables: {holding} of {len(checks)} expectations hold, {counted(held, 'row')} held{where}",
        f"表の検査: 期待{len(checks)}件のうち{holding}件を満たし、保留は{held}行です{where}",
    )
    out.say(escape(line))
