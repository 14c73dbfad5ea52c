"""review serve|link: the page in a browser and who may enter it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from imprimatur.cli.shell import JsonOption, Out, QuietOption, WorkspaceOption, shared_of, workspace_of

if TYPE_CHECKING:
    from imprimatur.workspace import Workspace

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
