"""What the gate let through and a training made of it, on a terminal. Numbers come ready; nothing is decided here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imprimatur.cli.shell import Out
from imprimatur.cli.show_curation import show_checks
from imprimatur.cli.visible import counted, escape

if TYPE_CHECKING:
    from imprimatur.training import TrainingRun


def show_training(out: Out, run: TrainingRun, lang: str) -> None:
    admission = run.admission
    show_checks(out, run.checks, run.pages, lang)
    for held in admission.held[:3]:
        out.note(escape(held.message))
    if len(admission.held) > 3:
        out.note(f"… and {len(admission.held) - 3} more are held, all of them with --json")
    if admission.unsafe:
        out.say("[bold white on red] UNSAFE [/] nobody had to approve these images; nothing made from them is evidence")
    if run.manifest is None:
        out.say(
            f"The gate lets {counted(len(admission.cleared), 'image')} through; {admission.waiting} await approval. Dry run: nothing was trained."
        )
        return
    if not run.fresh:
        out.say(f"Nothing to do: run {run.manifest.run} memorized exactly this set, and its model is whole.")
    else:
        out.say(
            f"Memorized {counted(len(run.manifest.entries), 'image')} in {run.seconds or 0:.0f} s, run {run.manifest.run}."
        )
    out.say(
        f"Manifest: {run.model_dir}/manifest.json, signed, {len(run.manifest.files)} files named, digests verified when it is loaded."
    )
    if admission.waiting:
        out.note(
            f"Not trained, because people have not approved yet: {counted(admission.waiting, 'image')}   (imprimatur review list)"
        )
