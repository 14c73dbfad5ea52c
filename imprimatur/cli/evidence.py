"""report, audit verify|export, policy check|test|diff|schema. The other commands of `audit` are in `log`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from imprimatur.cli import log
from imprimatur.cli.shell import JsonOption, Out, QuietOption, WorkspaceOption, shared_of, workspace_of
from imprimatur.cli.visible import counted

PolicyFolder = Annotated[
    Path | None, typer.Argument(metavar="[POLICY]", help="Policy folder; default: the workspace's.")
]


class ReportFormat(StrEnum):
    HTML = "html"
    PDF = "pdf"
    JSON = "json"
    CSV = "csv"


class Language(StrEnum):
    EN = "en"
    JA = "ja"


def add_to(app: typer.Typer) -> None:
    app.command(rich_help_panel="Evidence")(report)
    audit = typer.Typer(help="The ledger: recheck, proofs, checkpoint, publishing, witnesses.", no_args_is_help=True)
    audit.command("verify")(audit_verify)
    log.add_to(audit)
    audit.command("export")(audit_export)
    app.add_typer(audit, name="audit", rich_help_panel="Evidence")
    policy = typer.Typer(help="Policies: valid, tested on worked cases, compared.", no_args_is_help=True)
    policy.command("check")(policy_check)
    policy.command("test")(policy_test)
    policy.command("diff")(policy_diff)
    policy.command("schema")(policy_schema)
    app.add_typer(policy, name="policy", rich_help_panel="Evidence")


def report(
    context: typer.Context,
    format_: Annotated[ReportFormat, typer.Option("--format", help="html, pdf, json or csv.")] = ReportFormat.HTML,
    lang: Annotated[Language | None, typer.Option("--lang", help="en or ja; default: the workspace's.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File; default: reports/ in the workspace.")
    ] = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the audit report: verdict, funnel, decisions, approvals, reconciliation, how to verify it."""
    from imprimatur.reporting import write_report

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    written = write_report(
        place, format_=format_.value, lang=lang.value if lang else place.settings.lang, output=output
    )
    out.document({"report": str(written.path), "holds": written.holds, "unsafe": written.unsafe})
    out.say(f"Report: {written.path}")
    if not written.holds:
        out.say("[bold red]The record does not hold; the first page says why.[/]")
        raise typer.Exit(3)


def audit_verify(
    context: typer.Context,
    against: Annotated[
        Path | None, typer.Option("--against", help="A checkpoint kept elsewhere: is it still part of this log?")
    ] = None,
    public_key: Annotated[
        Path | None, typer.Option("--public-key", help="The ledger's public key (PEM), your own copy.")
    ] = None,
    tiles: Annotated[
        Path | None, typer.Option("--tiles", help="A published folder to check as well; default: the settings'.")
    ] = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check the whole ledger with code that shares nothing with its writer, and that every model learned what was
    approved and nothing else. Exit 3 when it does not hold."""
    from dataclasses import asdict

    from imprimatur.cli.show_evidence import show_recheck, show_trained
    from imprimatur.evidence import verify_ledger
    from imprimatur.proving import prove_trained

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    found = verify_ledger(place, against=against, public_key=public_key, tiles=tiles)
    trained = prove_trained(place) if found.ok else ()
    proven = all(run.proven for run in trained)
    out.document({**found.to_document(), "ok": found.ok and proven, "trained": [asdict(run) for run in trained]})
    show_recheck(out, found.report)
    show_trained(out, trained)
    if not (found.ok and proven):
        raise typer.Exit(3)


def audit_export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that does not exist yet.")],
    undisclosed: Annotated[
        bool, typer.Option("--undisclosed", help="No names of persons, titles, tables or reports.")
    ] = False,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """One folder for an outsider: record, manifests, statements, bill of materials, reports, and a script that checks it."""
    from imprimatur.exporting import export

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    done, no_pdf = export(workspace_of(context, workspace), folder, disclose=not undisclosed)
    out.document(
        {
            "folder": str(done.folder),
            "entries": done.entries,
            "payloads": done.payloads,
            "opened": done.opened,
            "manifests": done.manifests,
            "documents": done.documents,
        }
    )
    out.say(
        f"{done.folder}: {counted(done.entries, 'entry', 'entries')}, {counted(done.manifests, 'manifest')}, {counted(done.documents, 'document')}, {counted(done.opened, 'payload')} disclosed."
    )
    if no_pdf:
        out.note(f"No PDF of the report went along: {no_pdf}")
    out.note(f"There: python3 {done.folder / 'verify.py'}   (give the ledger's public key by another way)")


def _policy_folder(context: typer.Context, folder: Path | None, workspace: Path | None) -> Path:
    """What was named: a folder, for which no workspace is needed, or a bundle of the workspace; default: its policy."""
    if folder is not None and folder.exists():
        return folder
    place = workspace_of(context, workspace)
    return place.policy_folder if folder is None else place.policy_called(folder)


def policy_check(
    context: typer.Context,
    folder: PolicyFolder = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Is the policy valid, is it safe, and can any image pass it?"""
    from curate.policy.document import load_policy
    from curate.policy.passable import refuse_impassable

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    policy = load_policy(_policy_folder(context, folder, workspace))
    refuse_impassable(policy)
    unsafe = policy.unsafe_reasons()
    out.document(
        {"id": policy.ref.id, "version": policy.ref.version, "sha256": policy.ref.sha256, "unsafe": list(unsafe)}
    )
    out.say(f"Policy {policy.ref.id} {policy.ref.version} is valid, digest {policy.ref.sha256}.")
    for reason in unsafe:
        out.say(f"[bold red]UNSAFE:[/] {reason}")


def policy_test(
    context: typer.Context,
    folder: PolicyFolder = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run the policy's worked cases; exit 1 when one does not hold, 2 when no image can pass the policy."""
    from curate.policy.cases import run_cases
    from curate.policy.document import load_policy
    from curate.policy.passable import refuse_impassable

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = _policy_folder(context, folder, workspace)
    refuse_impassable(load_policy(place))
    results = run_cases(place)
    out.document([{"case": r.name, "expected": r.expected, "found": r.found, "ok": r.ok} for r in results])
    for result in results:
        if not result.ok:
            out.say(f"[red]fails[/] {result.name}: expected {result.expected}, found {result.found}")
    out.say(f"{sum(r.ok for r in results)} of {len(results)} worked cases hold.")
    if not all(result.ok for result in results):
        raise typer.Exit(1)


def policy_diff(
    context: typer.Context,
    a: Annotated[Path, typer.Argument(metavar="A", help="Policy folder, or a bundle by its name.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="Policy folder, or a bundle by its name.")],
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Which recorded images would get another outcome under B than under A, and why; which approvals B would void."""
    from imprimatur.cli.show_evidence import show_policy_diff
    from imprimatur.evidence import diff_policies

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    diff = diff_policies(place, place.policy_called(a), place.policy_called(b))
    out.document(diff.to_document())
    show_policy_diff(out, diff, place.settings.lang)


def policy_schema(context: typer.Context, json_: JsonOption = False, quiet: QuietOption = False) -> None:
    """The JSON Schema of policy.yaml, for editor completion."""
    from curate.policy.document import schema_text

    typer.echo(schema_text(), nl=False)
