"""reviewer add|list|revoke."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from imprimatur.cli.shell import JsonOption, Out, QuietOption, WorkspaceOption, shared_of, workspace_of


def add_to(app: typer.Typer) -> None:
    reviewer = typer.Typer(help="Who may approve, in which role, with which key.", no_args_is_help=True)
    reviewer.command("add")(reviewer_add)
    reviewer.command("list")(reviewer_list)
    reviewer.command("revoke")(reviewer_revoke)
    app.add_typer(reviewer, name="reviewer", rich_help_panel="Review")


def reviewer_add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The person's name; it stays in the erasable store.")],
    role: Annotated[list[str], typer.Option("--role", help="Role, e.g. compliance or owner; may be repeated.")],
    key: Annotated[
        Path | None,
        typer.Option(
            "--key", help="Public key: PEM, or OpenSSH as ~/.ssh/id_ed25519.pub; default: a new pair is made here."
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Register who may approve."""
    from imprimatur.people import add_reviewer

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    added = add_reviewer(workspace_of(context, workspace), name, roles=tuple(role), public_key=key)
    out.document(added.to_document())
    out.say(
        f"{name} may approve as {', '.join(role)}: id {added.reviewer}, key {added.key_id[:16]}, ledger entry {added.ledger_index}."
    )
    if added.private_key is not None:
        out.note(
            f"A private key was made for a start: {added.private_key}. Hand it over, or let the person make one: imprimatur key new"
        )


def reviewer_list(
    context: typer.Context, workspace: WorkspaceOption = None, json_: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Everyone who may or might approve."""
    from rich.table import Table

    from imprimatur.people import list_reviewers

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    people = list_reviewers(workspace_of(context, workspace))
    out.document([person.to_document() for person in people])
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("id", "name", "roles", "key", "revoked from"):
        table.add_column(column)
    for person in people:
        table.add_row(
            person.reviewer,
            person.name or "(erased)",
            ", ".join(person.roles),
            person.key_id[:16],
            person.revoked_from or "",
        )
    out.say(table if people else "Nobody may approve yet. Next: imprimatur reviewer add NAME --role compliance")


def reviewer_revoke(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name or id.")],
    reason: Annotated[str, typer.Option("--reason", help="Coded reason, e.g. left-company, key-lost.")],
    from_: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Approvals from this day on do not count.")
    ] = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Revoke a reviewer's key; approvals from that day on stop counting."""
    from imprimatur.people import revoke

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    start: date | None = from_.date() if from_ else None
    entry = revoke(workspace_of(context, workspace), name, reason=reason, start=start)
    out.document({"reviewer": entry.body["reviewer"], "from": entry.body["from"], "ledger_index": entry.index})
    out.say(f"Revoked: {entry.body['reviewer']} from {entry.body['from']}, ledger entry {entry.index}.")
