"""The command line. A command parses, calls one function, prints, exits; nothing heavy is imported for `--help`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

# Promises kept before any library is imported: no model hub, no telemetry, no suffix list fetched.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS", "")
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from imprimatur import __version__
from imprimatur.cli import ask, evidence, flow, review, reviewer, setup
from imprimatur.cli.shell import Shared, run

app = typer.Typer(
    name="imprimatur",
    help="May the model remember this picture, who said so, and can you prove it?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
    rich_markup_mode="rich",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"imprimatur {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="Workspace folder; default: the nearest one above.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only what was asked for.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = Shared(workspace, json_, quiet)


setup.add_to(app)
flow.add_to(app)
review.add_to(app)
reviewer.add_to(app)
ask.add_to(app)
evidence.add_to(app)


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run(app))
