"""curate, inspect, explain, train, withdraw."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from imprimatur.cli.shell import (
    DryRunOption,
    JsonOption,
    Out,
    QuietOption,
    UsageProblem,
    WorkspaceOption,
    shared_of,
    workspace_of,
    write_json_lines,
)


class FailOn(StrEnum):
    HELD = "held"
    DENIED = "denied"


class SeverityName(StrEnum):
    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class ContentClassName(StrEnum):
    PHOTO = "photo"
    PRODUCT = "product"
    DRAWING = "drawing"
    DOCUMENT = "document"


class EngineOption(StrEnum):
    LOCAL = "local"
    RAY = "ray"


class ListFormat(StrEnum):
    TABLE = "table"
    JSONL = "jsonl"


def add_to(app: typer.Typer) -> None:
    app.command(rich_help_panel="The way of a picture")(curate)
    app.command(rich_help_panel="The way of a picture")(inspect)
    app.command(rich_help_panel="The way of a picture")(explain)
    app.command(rich_help_panel="The way of a picture")(train)
    app.command(rich_help_panel="The way of a picture")(withdraw)


def curate(
    context: typer.Context,
    catalogue: Annotated[
        str | None, typer.Argument(metavar="CATALOG", help="Folder or table; default: the one of the last run.")
    ] = None,
    search_log: Annotated[
        Path | None, typer.Option("--search-log", help="CSV: timestamp, query, file_name, count.")
    ] = None,
    budget: Annotated[int | None, typer.Option("--budget", help="Memorize at most so many images.")] = None,
    budget_bits: Annotated[
        str | None, typer.Option("--budget-bits", help="At most so many bits; 'model': what the base model can hold.")
    ] = None,
    budget_update_cost: Annotated[
        float | None,
        typer.Option("--budget-update-cost", help="Keeping them up to date costs at most so much a month."),
    ] = None,
    what_if: Annotated[
        str | None,
        typer.Option("--what-if", help="Try budgets, record nothing: budget=100,500 or bits=… or update-cost=…"),
    ] = None,
    fail_on: Annotated[FailOn | None, typer.Option("--fail-on", help="Exit 1 when an image is held or denied.")] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Believe no kept result: look at every picture, read every text again.")
    ] = False,
    as_: Annotated[
        str | None, typer.Option("--as", help="Reviewer who runs this (name or id): never the only approver of it.")
    ] = None,
    metadata_only: Annotated[
        bool,
        typer.Option("--metadata-only", help="Judge the table alone, however long; no file is opened."),
    ] = False,
    replace_looks: Annotated[
        bool,
        typer.Option("--replace-looks", help="With --metadata-only: replace decisions made with a look at the files."),
    ] = False,
    decisions_out: Annotated[
        str | None, typer.Option("--out", help="Write the decisions as Parquet as well: a path or a URL.")
    ] = None,
    engine: Annotated[
        EngineOption | None, typer.Option("--engine", help="What screens a large catalogue; default: the settings'.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, max=64, help="Processes which decode and screen.")
    ] = None,
    shard_size: Annotated[
        int | None, typer.Option("--shard-size", min=1, max=1_000_000, help="Images screened at a time.")
    ] = None,
    dry_run: DryRunOption = False,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Decide what may be memorized: intake, screen, value, select, decide, record."""
    from curate.shards.engine import EngineName
    from curate.value.what_if import what_if as run_trials
    from imprimatur.capacity import bits_of, budget_of
    from imprimatur.cli.show_curation import show_curate
    from imprimatur.cli.show_table import show_table_run
    from imprimatur.cli.show_value import show_what_if
    from imprimatur.curating import budgets_to_try, to_document, write_what_if
    from imprimatur.curating import curate as run
    from imprimatur.decisions_file import DecisionsFile
    from imprimatur.division import Division
    from imprimatur.table_curating import curate_table

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    kind, tries = budgets_to_try(place, what_if) if what_if is not None else ("", ())
    limits = budget_of(
        place.settings, place.models, images=budget, bits=bits_of(budget_bits), update_cost=budget_update_cost
    )
    division = Division.of(
        place.settings,
        engine=None if engine is None else EngineName(engine.value),
        workers=workers,
        shard_size=shard_size,
    )
    if metadata_only:
        if what_if is not None:
            raise UsageProblem(
                "Expected either --metadata-only or --what-if, found both: the simulator needs looks at the pictures.",
                hint="imprimatur curate CATALOG --what-if budget=100,500",
            )
        with out.progress() as progress:
            table_run = curate_table(
                place, catalogue, search_log=search_log, budget=limits, dry_run=dry_run, fresh=fresh, by=as_,
                division=division, out=decisions_out, replace_looks=replace_looks, progress=progress,
            )  # fmt: skip
        out.document(table_run.to_document())
        show_table_run(out, table_run, place.settings.lang)
        fail_if(fail_on, table_run.outcomes, len(table_run.intake.rejected))
        return
    with out.progress() as progress:
        done = run(
            place, catalogue, search_log=search_log, budget=limits, dry_run=dry_run or what_if is not None, fresh=fresh,
            by=as_, division=division, progress=progress,
        )  # fmt: skip
    if decisions_out is not None:
        with DecisionsFile(decisions_out) as file:
            file.add([(record, done.judged.decisions[record.image_id]) for record in done.intake.records])
    if what_if is not None:
        trials = run_trials(done.judged.problem, done.judged.values, tries)
        pages = write_what_if(place, done, kind, trials)
        out.document(
            {
                "what_if": kind,
                "trials": [trial.to_document() for trial in trials],
                "update_cost_unit": done.unit,
                "pages": [str(page) for page in pages],
            }
        )
        show_what_if(out, kind, trials, done, pages, place.settings.lang)
        return
    out.document(to_document(done))
    show_curate(out, done, place.settings.lang)
    fail_if(fail_on, done.judged.outcomes(), len(done.intake.rejected))


def fail_if(fail_on: FailOn | None, outcomes: Mapping[str, int], rejected: int) -> None:
    """Exit 1 where images are denied, or held, as asked."""
    refused = outcomes["deny"] + (outcomes["review"] + rejected if fail_on is FailOn.HELD else 0)
    if fail_on is not None and refused:
        raise typer.Exit(1)


def inspect(
    context: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH...", help="Files or folders.")] = None,
    text: Annotated[str | None, typer.Option("--text", help="Screen this text; '-' reads lines from stdin.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="ja or en; default: told from the script.")] = None,
    content_class: Annotated[
        ContentClassName, typer.Option("--content-class", help="As what the quality of pictures is judged.")
    ] = ContentClassName.PHOTO,
    fail_on: Annotated[
        SeverityName | None,
        typer.Option("--fail-on", help="Exit 1 at this severity or above, and where a part could not be looked at."),
    ] = None,
    format_: Annotated[ListFormat, typer.Option("--format", help="table or jsonl.")] = ListFormat.TABLE,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Screen files, folders or text without a workspace; writes nothing."""
    from curate.finding import Severity
    from curate.record import ContentClass
    from imprimatur.cli.show_inspections import show_inspections
    from imprimatur.inspecting import NothingToInspect, inspect_paths, inspect_texts
    from imprimatur.screening import nearest_lang

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    if (text is None) == (not paths):
        raise NothingToInspect(
            "Expected either files and folders or --text, found " + ("both." if text is not None else "neither."),
            hint='imprimatur inspect photo.jpg   or   imprimatur inspect --text "…"',
        )
    if text is not None:
        lines = [line.rstrip("\r\n") for line in sys.stdin] if text == "-" else [text]
        found = inspect_texts(lines, language=language)
    else:
        with out.progress() as progress:
            found = inspect_paths(paths or [], content_class=ContentClass(content_class.value), progress=progress)
    documents = [item.to_document() for item in found]
    if format_ is ListFormat.JSONL:
        write_json_lines(documents)
    elif out.json:
        out.document(documents)
    else:
        show_inspections(out, found, nearest_lang(Path.cwd()))
    if fail_on is not None:
        limit = Severity(fail_on.value).rank
        worst = max((finding.severity.rank for item in found for finding in item.findings), default=-1)
        if worst >= limit or any(item.unscreened for item in found):
            raise typer.Exit(1)


def explain(
    context: typer.Context,
    image: Annotated[
        str, typer.Argument(metavar="IMAGE", help="Image id, a part of it, a file name or an article number.")
    ],
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """All there is about one image: findings, value, rules, approvals, training runs, proof."""
    from imprimatur.cli.show_explanation import show_explanation
    from imprimatur.explain import explain as run

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    explanation = run(place, image)
    out.document(explanation.to_document())
    show_explanation(out, explanation, place.settings.lang)


def train(
    context: typer.Context,
    images: Annotated[
        list[str] | None,
        typer.Option("--image", help="Train exactly these; each must be cleared. Default: all cleared."),
    ] = None,
    dry_run: DryRunOption = False,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Gate, memorize, retrieve, manifest. Exit 1: an item asked for was refused; 4: nothing is cleared yet."""
    from imprimatur.cli.show_training import show_training
    from imprimatur.training import train as run

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    with out.progress() as progress:
        done = run(place, images=images or None, dry_run=dry_run, progress=progress)
    if done.rank == 0:
        out.document(done.to_document())
        show_training(out, done, place.settings.lang)


def withdraw(
    context: typer.Context,
    image: Annotated[
        str, typer.Argument(metavar="IMAGE", help="Image id, a part of it, a file name or an article number.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Coded reason, e.g. owner-request, privacy, wrong-rights.")],
    by: Annotated[str | None, typer.Option("--as", help="Reviewer who withdraws.")] = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """End an image's standing; effective on the next query."""
    from imprimatur.taking_back import withdraw_image

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    entry = withdraw_image(workspace_of(context, workspace), image, reason=reason, by=by)
    out.document({"image_id": entry.body["image_id"], "reason": entry.body["reason"], "ledger_index": entry.index})
    out.say(
        f"Withdrawn: {entry.body['image_id'][:16]}… ({reason}), ledger entry {entry.index}. It is in no answer from now on."
    )
    out.note("The weights still hold it until the next training: imprimatur train")
