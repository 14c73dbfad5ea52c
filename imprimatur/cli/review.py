"""review list|show|approve|reject and reviewer add|list|revoke."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imprimatur.cli.shell import JsonOption, Out, QuietOption, WorkspaceOption, shared_of, workspace_of

if TYPE_CHECKING:
    from imprimatur.workspace import Workspace

Images = Annotated[
    list[str] | None, typer.Argument(metavar="IMAGE...", help="Image ids, parts of them, or file names.")
]
ListFile = Annotated[Path | None, typer.Option("--list", help="File with one image a line.")]
As = Annotated[str, typer.Option("--as", help="Reviewer: name or id.")]
Key = Annotated[
    Path | None,
    typer.Option(
        "--key", help="The reviewer's private key, PEM or OpenSSH (~/.ssh/id_ed25519); default: the workspace's."
    ),
]


def add_to(app: typer.Typer) -> None:
    review = typer.Typer(help="Compliance review.", no_args_is_help=True)
    review.command("list")(review_list)
    review.command("show")(review_show)
    review.command("approve")(review_approve)
    review.command("reject")(review_reject)
    review.command("to-index")(review_to_index)
    review.command("ask")(review_ask)
    review.command("answer")(review_answer)
    review.command("close-wrong")(review_close_wrong)
    review.command("serve")(review_serve)
    review.command("link")(review_link)
    app.add_typer(review, name="review", rich_help_panel="Review")
    reviewer = typer.Typer(help="Who may approve, in which role, with which key.", no_args_is_help=True)
    reviewer.command("add")(reviewer_add)
    reviewer.command("list")(reviewer_list)
    reviewer.command("revoke")(reviewer_revoke)
    app.add_typer(reviewer, name="reviewer", rich_help_panel="Review")


def review_list(
    context: typer.Context,
    waiting: Annotated[str, typer.Option("--state", help="awaiting, held, wrong or all.")] = "awaiting",
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """What waits for people, and why."""
    from imprimatur.cli.show import show_queue
    from imprimatur.people import queue

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    items = queue(place, waiting)
    out.document([item.to_document() for item in items])
    show_queue(out, items, place.settings.lang)


def review_show(
    context: typer.Context,
    image: Annotated[str, typer.Argument(metavar="IMAGE")],
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """One image as `explain` shows it."""
    from imprimatur.cli.flow import explain

    explain(context, image, workspace, json_, quiet)


def _decide(
    context: typer.Context,
    verdict: str,
    images: list[str] | None,
    list_file: Path | None,
    as_: str,
    role: str | None,
    reason: str,
    expires: datetime | None,
    key: Path | None,
    workspace: Path | None,
    out: Out,
    conditions: tuple[str, ...] = (),
    note: str | None = None,
    without_key: bool = False,
    question: int | None = None,
) -> None:
    from audit.approving import Verdict
    from imprimatur.people import sign_verdict

    signed = sign_verdict(
        workspace_of(context, workspace),
        Verdict(verdict),
        images or [],
        list_file=list_file,
        reviewer=as_,
        role=role,
        reason=reason,
        expires=expires.date() if expires else None,
        key=key,
        conditions=conditions,
        note=note,
        without_key=without_key,
        question=question,
    )
    out.document(signed.to_document())
    out.say(
        f"{verdict}: {len(signed.image_ids)} images, signed by {signed.reviewer}, ledger entry {signed.ledger_index}."
    )
    if verdict == "approve":
        out.say(f"Now cleared: {signed.cleared}; still waiting for another person: {signed.waiting}.")


def review_approve(
    context: typer.Context,
    as_: As,
    images: Images = None,
    list_file: ListFile = None,
    reason: Annotated[str, typer.Option("--reason", help="Coded reason, kept in the ledger.")] = "reviewed",
    role: Annotated[
        str | None, typer.Option("--role", help="Role used; default: the reviewer's first fitting role.")
    ] = None,
    expires: Annotated[
        datetime | None, typer.Option("--expires", formats=["%Y-%m-%d"], help="Last day it counts.")
    ] = None,
    condition: Annotated[
        list[str] | None,
        typer.Option("--condition", help="internal-only, credit-owner or preview-only; may be repeated."),
    ] = None,
    key: Key = None,
    without_key: Annotated[
        bool, typer.Option("--without-key", help="Self-asserted: marked so, and counted only where the policy lets it.")
    ] = False,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Sign an approval, bound to image, texts, findings, facts, policy, purpose and expiry."""
    out = Out(shared_of(context), json_=json_, quiet=quiet)
    conditions = tuple(condition or ())
    _decide(
        context,
        "approve",
        images,
        list_file,
        as_,
        role,
        reason,
        expires,
        key,
        workspace,
        out,
        conditions,
        None,
        without_key,
    )


def review_reject(
    context: typer.Context,
    as_: As,
    reason: Annotated[str, typer.Option("--reason", help="Coded reason, kept in the ledger.")],
    images: Images = None,
    list_file: ListFile = None,
    role: Annotated[
        str | None, typer.Option("--role", help="Role used; default: the reviewer's first fitting role.")
    ] = None,
    key: Key = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Sign a rejection: the image is excluded under this decision."""
    out = Out(shared_of(context), json_=json_, quiet=quiet)
    _decide(context, "reject", images, list_file, as_, role, reason, None, key, workspace, out)


def review_to_index(
    context: typer.Context,
    as_: As,
    reason: Annotated[str, typer.Option("--reason", help="Coded reason, kept in the ledger.")],
    images: Images = None,
    list_file: ListFile = None,
    key: Key = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Leave images to the external index: signed, not memorized."""
    out = Out(shared_of(context), json_=json_, quiet=quiet)
    _decide(context, "to-index", images, list_file, as_, None, reason, None, key, workspace, out)


def review_ask(
    context: typer.Context,
    as_: As,
    reason: Annotated[str, typer.Option("--reason", help="Coded reason, kept in the ledger.")],
    note: Annotated[str, typer.Option("--note", help="The question; it stays in the erasable store.")],
    images: Images = None,
    key: Key = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Ask for information: nothing is memorized before you close the question or approve, or the image changes."""
    out = Out(shared_of(context), json_=json_, quiet=quiet)
    _decide(context, "ask", images, None, as_, None, reason, None, key, workspace, out, (), note)


def review_answer(
    context: typer.Context,
    as_: As,
    question: Annotated[int, typer.Option("--question", help="Ledger entry of the question, as `explain` shows it.")],
    images: Images = None,
    reason: Annotated[str, typer.Option("--reason", help="Coded reason, kept in the ledger.")] = "answered",
    note: Annotated[
        str | None, typer.Option("--note", help="The answer in words; it stays in the erasable store.")
    ] = None,
    key: Key = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Answer a question about an image. Whoever asked closes the question so; other people's answers inform."""
    out = Out(shared_of(context), json_=json_, quiet=quiet)
    _decide(context, "answer", images, None, as_, None, reason, None, key, workspace, out, (), note, question=question)


def review_close_wrong(
    context: typer.Context,
    report_id: Annotated[
        str, typer.Argument(help="Id of the wrong-answer report, as `review list --state wrong` shows it.")
    ],
    remedy: Annotated[str, typer.Option("--remedy", help="corrected, withdrawn, or not-wrong.")],
    as_: As,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Close a wrong-answer case; the suspension it caused ends."""
    from imprimatur.people import close_wrong_answer

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    entry = close_wrong_answer(workspace_of(context, workspace), report_id, remedy=remedy, by=as_)
    out.document({"report_id": report_id, "remedy": remedy, "ledger_index": entry.index})
    out.say(f"Case {report_id} closed ({remedy}), ledger entry {entry.index}.")


Host = Annotated[str, typer.Option("--host", help="Address to listen on.")]
Port = Annotated[int | None, typer.Option("--port", help="Port; default: the settings' one.")]


def review_serve(
    context: typer.Context,
    as_: Annotated[
        list[str] | None, typer.Option("--as", help="Print a link for this reviewer only; may be repeated.")
    ] = None,
    host: Host = "127.0.0.1",
    port: Port = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """The review page on this machine, with a one-time sign-in link for each reviewer. Ctrl-C ends it."""
    from imprimatur.reviewing import serve_review

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    number = port or place.settings.review.port
    _print_links(out, place, as_ or [], host, number)
    out.note(f"Serving http://{host}:{number}/ — Ctrl-C ends it.")
    serve_review(place, host=host, port=number)


def review_link(
    context: typer.Context,
    name: Annotated[list[str] | None, typer.Argument(help="Reviewers; default: everybody in office.")] = None,
    host: Host = "127.0.0.1",
    port: Port = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Print a one-time sign-in link for the review page."""
    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    _print_links(out, place, name or [], host, port or place.settings.review.port)


def _print_links(out: Out, place: Workspace, names: list[str], host: str, port: int) -> None:
    from imprimatur.reviewing import sign_in_links

    links = sign_in_links(place, names, host=host, port=port)
    out.document([{"reviewer": a.reviewer, "url": a.url, "expires": a.expires.isoformat()} for a in links])
    for link in links:
        out.say(f"{link.name}: {link.url}")
    if not links:
        out.say("Nobody may review yet. Next: imprimatur reviewer add NAME --role compliance")
    else:
        out.note(f"Each link signs in once, until {links[0].expires.astimezone():%H:%M}. Hand it to that person only.")


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
