"""What a recheck found and what another policy would change, on a terminal. Numbers come ready; nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from imprimatur.cli.shell import Out
from imprimatur.cli.tables import COLOURS, pick, plain_table
from imprimatur.cli.visible import counted, escape

if TYPE_CHECKING:
    from audit.emission_check import EmissionReport
    from audit.recheck.run import RecheckReport
    from imprimatur.evidence import PolicyChange, PolicyDiff


def show_trained(out: Out, runs: Sequence[EmissionReport]) -> None:
    """Trained minus approved, one line a model."""
    for run in runs:
        if run.proven:
            out.say(
                f"[green]{escape(run.run)}[/]: {counted(run.samples, 'sample')} of {counted(run.images, 'image')} were trained; "
                "trained minus approved is empty."
            )
        else:
            out.say(f"[bold red]{escape(run.run)}: what was trained is NOT shown to be what was approved[/]")
            out.say(*(f"  {escape(problem)}" for problem in run.problems))


def show_recheck(out: Out, report: RecheckReport) -> None:
    if report.ok:
        out.say(
            f"[green]The ledger holds[/]: {counted(report.entries, 'entry', 'entries')}, {counted(report.checkpoints, 'signed checkpoint')}, "
            f"{counted(report.signatures, 'signature')} checked. Root {report.root}"
        )
        if report.cosignatures:
            out.say(
                f"{report.cosignatures} cosignatures; witnessed: {report.witnessed or 0} of {report.entries} entries."
            )
        return
    out.say(f"[bold red]The ledger does not hold[/]: {counted(len(report.problems), 'problem')}.")
    # What was changed comes before what follows from it: one bent entry breaks every later checkpoint.
    ordered = sorted(report.problems, key=lambda problem: problem.where.startswith(("checkpoint", "tile")))
    for problem in ordered[:SHOWN_PROBLEMS]:
        out.say("  " + escape(f"{problem.where}: expected {_short(problem.expected)}, found {_short(problem.found)}"))
    if len(ordered) > SHOWN_PROBLEMS:
        out.say(f"  … and {len(ordered) - SHOWN_PROBLEMS} more, all of them with --json")


SHOWN_PROBLEMS = 5

LONGEST_VALUE = 90  # characters of an expected or found value on the screen


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…"


def show_policy_diff(out: Out, diff: PolicyDiff, lang: str) -> None:
    _show_changes(out, diff.changes, lang)
    if not diff.voided:
        out.say(pick(lang, "No approval would be lost.", "失われる承認はありません。"))
        return
    out.say(
        "",
        pick(
            lang,
            f"[bold]Approvals of {counted(len(diff.voided), 'image')} count no more once B is adopted[/] (an approval binds the policy it was "
            "given under); people have to approve them again:",
            f"[bold]B を採用すると、画像{len(diff.voided)}件の承認が無効になります[/](承認は、そのときの方針に結び付いています)。"
            "改めて承認が必要です:",
        ),
    )
    table = plain_table(
        "id", pick(lang, "standing now", "現在の状態"), pick(lang, "approval entries", "承認の台帳番号")
    )
    for lost in diff.voided:
        table.add_row(lost.image_id[:12], lost.state, ", ".join(map(str, lost.entries)))
    out.say(table)


def _show_changes(out: Out, changes: Sequence[PolicyChange], lang: str) -> None:
    if not changes:
        out.say(pick(lang, "No recorded image would be treated otherwise.", "扱いが変わる画像はありません。"))
        return
    table = plain_table(
        "id",
        pick(lang, "image", "画像"),
        pick(lang, "before", "変更前"),
        pick(lang, "after", "変更後"),
        pick(lang, "why", "理由"),
    )
    for item in changes:
        change = item.change
        table.add_row(
            change.image_id[:12],
            escape(change.file_names[0]),
            f"[{COLOURS[change.before.value]}]{change.before.value}[/]",
            f"[{COLOURS[change.after.value]}]{change.after.value}[/]",
            escape(pick(lang, change.why_en, change.why_ja)),
        )
    out.say(
        table,
        pick(lang, f"{counted(len(changes), 'image')} treated otherwise.", f"{len(changes)}件の扱いが変わります。"),
    )
