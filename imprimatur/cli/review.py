"""review list|show|approve|reject|to-index|ask|answer|close-wrong."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imprimatur.cli import review_page
from imprimatur.cli.shell import JsonOption, Out, QuietOption, WorkspaceOption, shared_of, workspace_of
from imprimatur.cli.visible import counted

if TYPE_CHECKING:
    from imprimatur.verdicts import Draft
    from imprimatur.workspace import Workspace

Images = Annotated[
    list[str] | None,
    typer.Argument(metavar="IMAGE...", help="Image ids, parts of them, file names or article numbers."),
]
ListFile = Annotated[Path | None, typer.Option("--list", help="File with one image a line.")]
As = Annotated[str, typer.Option("--as", help="Reviewer: name or id.")]
Key = Annotated[
    Path | None,
    typer.Option(
        "--key", help="The reviewer's private key, PEM or OpenSSH (~/.ssh/id_ed25519); default: the workspace's."
    ),
]
Reason = Annotated[str, typer.Option("--reason", help="Coded reason, kept in the ledger.")]
Role = Annotated[str | None, typer.Option("--role", help="Role used; default: the reviewer's first fitting role.")]


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
    review.command("serve")(review_page.review_serve)
    review.command("link")(review_page.review_link)
    app.add_typer(review, name="review", rich_help_panel="Review")


def review_list(
    context: typer.Context,
    waiting: Annotated[str, typer.Option("--state", help="awaiting, held, wrong or all.")] = "awaiting",
    limit: Annotated[int, typer.Option(min=0, help="Rows to print, those worth most first; 0 for all.")] = 100,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """What waits for people, and why."""
    from imprimatur.cli.show_explanation import show_queue
    from imprimatur.review_queue import queue

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    items = queue(place, waiting)
    out.document([item.to_document() for item in items])
    show_queue(out, items, place.settings.lang, limit)


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


def _record(out: Out, place: Workspace, draft: Draft) -> None:
    from imprimatur.verdicts import sign

    signed = sign(place, draft)
    out.document(signed.to_document())
    out.say(
        f"{signed.verdict}: {counted(len(signed.image_ids), 'image')}, signed by {signed.reviewer}, ledger entry {signed.ledger_index}."
    )
    if signed.verdict == "approve":
        out.say(f"Now cleared: {signed.cleared}; still waiting for another person: {signed.waiting}.")


def review_approve(
    context: typer.Context,
    as_: As,
    images: Images = None,
    list_file: ListFile = None,
    reason: Reason = "reviewed",
    role: Role = None,
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
    from audit.approving import Verdict
    from imprimatur.verdicts import Draft

    draft = Draft(
        verdict=Verdict.APPROVE,
        images=tuple(images or ()),
        list_file=list_file,
        reviewer=as_,
        role=role,
        reason=reason,
        expires=expires.date() if expires else None,
        conditions=tuple(condition or ()),
        key=key,
        without_key=without_key,
    )
    _record(Out(shared_of(context), json_=json_, quiet=quiet), workspace_of(context, workspace), draft)


def review_reject(
    context: typer.Context,
    as_: As,
    reason: Reason,
    images: Images = None,
    list_file: ListFile = None,
    role: Role = None,
    key: Key = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Sign a rejection: the image is excluded under this decision."""
    from audit.approving import Verdict
    from imprimatur.verdicts import Draft

    draft = Draft(
        verdict=Verdict.REJECT,
        images=tuple(images or ()),
        list_file=list_file,
        reviewer=as_,
        role=role,
        reason=reason,
        key=key,
    )
    _record(Out(shared_of(context), json_=json_, quiet=quiet), workspace_of(context, workspace), draft)


def review_to_index(
    context: typer.Context,
    as_: As,
    reason: Reason,
    images: Images = None,
    list_file: ListFile = None,
    key: Key = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Leave images to the external index: signed, not memorized."""
    from audit.approving import Verdict
    from imprimatur.verdicts import Draft

    draft = Draft(
        verdict=Verdict.TO_INDEX, images=tuple(images or ()), list_file=list_file, reviewer=as_, reason=reason, key=key
    )
    _record(Out(shared_of(context), json_=json_, quiet=quiet), workspace_of(context, workspace), draft)


def review_ask(
    context: typer.Context,
    as_: As,
    reason: Reason,
    note: Annotated[str, typer.Option("--note", help="The question; it stays in the erasable store.")],
    images: Images = None,
    key: Key = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Ask for information: nothing is memorized before you close the question or approve, or the image changes."""
    from audit.approving import Verdict
    from imprimatur.verdicts import Draft

    draft = Draft(verdict=Verdict.ASK, images=tuple(images or ()), reviewer=as_, reason=reason, note=note, key=key)
    _record(Out(shared_of(context), json_=json_, quiet=quiet), workspace_of(context, workspace), draft)


def review_answer(
    context: typer.Context,
    as_: As,
    question: Annotated[int, typer.Option("--question", help="Ledger entry of the question, as `explain` shows it.")],
    images: Images = None,
    reason: Reason = "answered",
    note: Annotated[
        str | None, typer.Option("--note", help="The answer in words; it stays in the erasable store.")
    ] = None,
    key: Key = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Answer a question about an image. Whoever asked closes the question so; other people's answers inform."""
    from audit.approving import Verdict
    from imprimatur.verdicts import Draft

    draft = Draft(
        verdict=Verdict.ANSWER,
        images=tuple(images or ()),
        reviewer=as_,
        reason=reason,
        note=note,
        question=question,
        key=key,
    )
    _record(Out(shared_of(context), json_=json_, quiet=quiet), workspace_of(context, workspace), draft)


def review_close_wrong(
    context: typer.Context,
    report_id: Annotated[
        str, typer.Argument(help="Id of the wrong-answer report, as `review list --state wrong` shows it.")
    ],
    remedy: Annotated[str, typer.Option("--remedy", help="corrected, withdrawn, or not-wrong.")],
    as_: As,
    key: Key = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Close a wrong-answer case, signed with the reviewer's own key; the suspension it caused ends."""
    from imprimatur.taking_back import close_wrong_answer

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    signed = close_wrong_answer(workspace_of(context, workspace), report_id, remedy=remedy, by=as_, key=key)
    out.document({"report_id": report_id, "remedy": remedy, "ledger_index": signed.ledger_index})
    out.say(f"Case {report_id} closed ({remedy}), ledger entry {signed.ledger_index}.")
