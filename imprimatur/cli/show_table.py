"""What people are shown of a run over a table alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imprimatur.cli.shell import Out
from imprimatur.cli.show_curation import show_held, show_rejected
from imprimatur.cli.show_value import show_notices
from imprimatur.cli.tables import COLOURS, WORDS, bars, pick
from imprimatur.cli.visible import escape

if TYPE_CHECKING:
    from imprimatur.table_curating import TableRun


def show_table_run(out: Out, run: TableRun, lang: str) -> None:
    """The summary of `curate --metadata-only`."""
    images = len(run.intake.records)
    out.say(
        pick(
            lang,
            f"{run.intake.rows} rows, {images} images, {run.seconds:.1f} s; no file was opened. "
            f"Policy {run.policy.ref.id} {run.policy.ref.version}.",
            f"{run.intake.rows}行、画像{images}件、{run.seconds:.1f}秒。ファイルは開いていません。"
            f"方針 {run.policy.ref.id} {run.policy.ref.version}。",
        )
    )
    if run.policy.unsafe:
        out.say("[bold white on red] UNSAFE [/] " + escape(run.policy.unsafe_reasons()[0]))
    bars(out, [(pick(lang, *WORDS[name]), run.outcomes[name], COLOURS[name]) for name in WORDS])
    show_rejected(out, run.intake.rejected, lang)
    show_notices(out, run.notices)
    if run.candidates:
        out.say(
            pick(
                lang,
                f"Chosen {run.chosen} of {run.candidates} candidates.",
                f"候補{run.candidates}枚から{run.chosen}枚を選択。",
            )
        )
    show_held(out, run.held, lang)
    if run.out is not None:
        out.note(f"Decisions: {run.out}")
    if run.recorded is None:
        out.note("Dry run: nothing was recorded.")
        return
    out.note(
        f"Recorded as {run.recorded.run}: {run.recorded.changed} decisions new or changed, {run.recorded.unchanged} as "
        f"before, {run.recorded.absent} images left the catalogue."
    )
