"""recall, describe, pilot plan, evaluate, report-wrong, index build|purge."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from imprimatur.cli.shell import (
    DryRunOption,
    JsonOption,
    Out,
    QuietOption,
    WorkspaceOption,
    shared_of,
    workspace_of,
    write_json_lines,
)


def add_to(app: typer.Typer) -> None:
    app.command(rich_help_panel="Ask")(recall)
    app.command(rich_help_panel="Ask")(describe)
    app.command("report-wrong", rich_help_panel="Ask")(report_wrong)
    app.command(rich_help_panel="Pilot")(evaluate)
    pilot = typer.Typer(help="The evaluation plan, recorded before training.", no_args_is_help=True)
    pilot.command("plan")(pilot_plan)
    app.add_typer(pilot, name="pilot", rich_help_panel="Pilot")
    index = typer.Typer(help="The external index: what may be shown but is not memorized.", no_args_is_help=True)
    index.command("build")(index_build)
    index.command("purge")(index_purge)
    app.add_typer(index, name="index", rich_help_panel="Ask")


def recall(
    context: typer.Context,
    query: Annotated[
        str | None, typer.Argument(metavar="QUERY", help="What is looked for, in Japanese or English.")
    ] = None,
    queries: Annotated[
        Path | None, typer.Option("--queries", help="File with one query a line; answers as JSON Lines.")
    ] = None,
    top: Annotated[int | None, typer.Option("--top", min=1, max=50, help="At most so many results.")] = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Text in, confirmed images out, or none."""
    from imprimatur.cli.show_answers import show_answer, show_footing
    from imprimatur.recalling import NoQuery, open_recaller, read_queries

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    if (query is None) == (queries is None):
        raise NoQuery("Expected one query or --queries FILE.", hint='imprimatur recall "六角ボルト M8"')
    asked = [query] if query is not None else read_queries(queries)  # type: ignore[arg-type]
    with open_recaller(place) as recaller:
        answers = [recaller.answer(text, top_k=top or place.settings.recall.top_k) for text in asked]
        show_footing(out, recaller, place.settings.lang)
    if queries is not None:
        write_json_lines([answer.to_document() for answer in answers])
        return
    out.document(answers[0].to_document())
    show_answer(out, answers[0], place.settings.lang)


def describe(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(metavar="IDENTIFIER", help="As `recall --json` names it: im-….")],
    question: Annotated[
        str, typer.Option("--question", help="What is asked about the image; none = describe it.", show_default=False)
    ] = "",
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Generated text about a memorized image, from its identifier alone. Off by default; pretrained models only."""
    from imprimatur.cli.show_description import show_description
    from imprimatur.describing import describe as run

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    found = run(place, identifier, question=question.strip())
    out.document(found.to_document())
    show_description(out, found, place.settings.lang)


def report_wrong(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="What was asked.")],
    image: Annotated[
        str, typer.Argument(metavar="IMAGE", help="What was wrongly answered: id, file name or article number.")
    ],
    cause: Annotated[
        str, typer.Option("--cause", help="wrong-picture, stale-fact, should-be-none or other.")
    ] = "wrong-picture",
    answer: Annotated[
        Path | None, typer.Option("--answer", help="The answer as `recall --json` printed it; its hit is kept.")
    ] = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """A wrong answer: recorded, held, waiting for review."""
    from imprimatur.taking_back import report_wrong_answer

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    shown = json.loads(answer.read_text(encoding="utf-8")) if answer else None
    entry = report_wrong_answer(workspace_of(context, workspace), query, image, cause=cause, answer=shown)
    out.document(
        {"report_id": entry.body["report_id"], "image_id": entry.body["image_id"], "ledger_index": entry.index}
    )
    out.say(
        f"Recorded as {entry.body['report_id']}, ledger entry {entry.index}. "
        f"{entry.body['image_id'][:16]}… is held and waits in: imprimatur review list --state wrong"
    )


def pilot_plan(
    context: typer.Context,
    dry_run: DryRunOption = False,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write and record the evaluation plan: representative set, held-out queries, thresholds, estimates."""
    from imprimatur.cli.show_answers import show_plan
    from imprimatur.piloting import plan

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    planned = plan(place, dry_run=dry_run)
    out.document(planned.document)
    show_plan(out, planned, place.settings.lang)


def evaluate(
    context: typer.Context,
    queries: Annotated[
        Path | None,
        typer.Option("--queries", help='JSON Lines {"query","relevant":[…]}; default: the plan\'s held-out queries.'),
    ] = None,
    compare: Annotated[
        Path | None, typer.Option("--compare", help="CSV of the present search: query, rank, file_name, latency_ms.")
    ] = None,
    backtest: Annotated[
        bool, typer.Option("--backtest", help="Judge the value instead: chosen on the log up to a day, asked after it.")
    ] = False,
    at: Annotated[
        datetime | None, typer.Option("--at", formats=["%Y-%m-%d"], help="Day of --backtest; default: two thirds in.")
    ] = None,
    budget: Annotated[
        str | None, typer.Option("--budget", help="Images of --backtest, e.g. 100,500; default: 1, 5, 10, 20 %.")
    ] = None,
    search_log: Annotated[
        Path | None, typer.Option("--search-log", help="Log of --backtest; default: the workspace's.")
    ] = None,
    workspace: WorkspaceOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Judge the pilot: memory, external index, hybrid and the present search on the same queries, four measures, a verdict each."""
    from imprimatur.cli.show_answers import show_evaluation
    from imprimatur.piloting import evaluate as run

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    place = workspace_of(context, workspace)
    if backtest:
        from imprimatur.backtesting import backtest as look_back
        from imprimatur.cli.show_value import show_backtest

        tested = look_back(place, at=at.date() if at else None, budgets=budget, search_log=search_log)
        out.document(tested.document)
        show_backtest(out, tested, place.settings.lang)
        return
    with out.progress() as progress:
        done = run(place, queries=queries, compare=compare, progress=progress)
    out.document(done.document)
    show_evaluation(out, done, place.settings.lang)


def index_build(
    context: typer.Context, workspace: WorkspaceOption = None, json_: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Build the external index anew from the record and the catalogue."""
    from imprimatur.recalling import build_index

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    size = build_index(workspace_of(context, workspace))
    out.document({"images": size})
    out.say(f"The external index holds {size} images which may be shown.")


def index_purge(
    context: typer.Context, workspace: WorkspaceOption = None, json_: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Remove the external index; the next query builds it again."""
    from imprimatur.recalling import purge_index

    out = Out(shared_of(context), json_=json_, quiet=quiet)
    removed = purge_index(workspace_of(context, workspace))
    out.document({"removed": removed})
    out.say("The external index is removed." if removed else "There was no external index.")
