"""demo, init, doctor, key new."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from imprimatur.cli.shell import JsonOption, Out, QuietOption, WorkspaceOption, shared_of
from imprimatur.cli.tables import pick
from imprimatur.cli.visible import escape


def add_to(app: typer.Typer) -> None:
    app.command(rich_help_panel="Start")(demo)
    app.command(rich_help_panel="Start")(init)
    app.command(rich_help_panel="Start")(doctor)
    key = typer.Typer(help="Private keys.", no_args_is_help=True)
    key.command("new")(key_new)
    app.add_typer(key, name="key", rich_help_panel="Review")


def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Folder of the demo; made anew.")] = Path(
        "demo-workspace"
    ),
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make the sample factory catalogue and run the whole product on it."""
    from imprimatur.demo import run_demo

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    out.document(run_demo(folder, out))


def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where the workspace is made.")] = Path(),
    policy: Annotated[str, typer.Option("--policy", help="Which policy bundle to start from.")] = "default",
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a workspace: settings, a copy of the policies, .gitignore. Never overwrites."""
    from imprimatur.workspace import init_workspace

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    made = init_workspace(folder, policy)
    out.document({"workspace": str(folder.resolve()), "made": [str(path) for path in made]})
    out.say(f"Workspace {folder.resolve()}: {len(made)} files made, existing ones left as they were.")
    out.note(f"Next: imprimatur -w {folder} curate PATH/TO/CATALOGUE")


def doctor(
    context: typer.Context, workspace: WorkspaceOption = None, json_: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Look at versions, fonts, detectors, keys and the ledger; each line ok, warn or fail, with what fixes it."""
    from rich.table import Table

    from imprimatur.doctor import Level, examine
    from imprimatur.screening import nearest_lang

    shared = shared_of(context)
    out = Out(shared, json_=json_, quiet=quiet)
    lines = examine(workspace or shared.workspace)
    out.document([line.to_document() for line in lines])
    lang = nearest_lang(workspace or shared.workspace or Path.cwd())
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("", "what", "found", "fix"):
        table.add_column(column, overflow="fold")
    colour = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}
    for line in lines:
        blind = pick(lang, line.cannot_see_en, line.cannot_see_ja)
        found = escape(line.found) + (
            f"\n[dim]{pick(lang, 'cannot see: ', '検出できないもの：')}{escape(blind)}[/]" if blind else ""
        )
        table.add_row(f"[{colour[line.level]}]{line.level.value}[/]", line.what, found, escape(line.fix))
    out.say(table)
    if any(line.level is Level.FAIL for line in lines):
        raise typer.Exit(5)


def key_new(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where the private key is written; the public one beside it.")],
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make an Ed25519 key for a reviewer. Passphrase: asked for on a terminal, or IMPRIMATUR_KEY_PASSPHRASE."""
    from imprimatur.people import new_key

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    made = new_key(file)
    out.document({"private_key": str(made.private), "public_key": str(made.public), "key_id": made.key_id})
    out.say(f"Private key {made.private} (keep it to yourself), public key {made.public}, id {made.key_id[:16]}")
    out.note(f"Next: imprimatur reviewer add NAME --role compliance --key {made.public}")
