"""What every command shares: how it prints, how it fails, which workspace it means. Decides nothing."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from curate.errors import ExitCode, ImprimaturError
from curate.progress import Progress
from imprimatur.cli.visible import visible

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

    from imprimatur.workspace import Workspace

WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="Workspace folder; default: the nearest one above.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what was asked for.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be written; write nothing.")]


PIPED_WIDTH = 120  # columns of a table that goes into a file or another program


@dataclass(frozen=True)
class Shared:
    """Options given before the verb; the same option after the verb wins."""

    workspace: Path | None = None
    json: bool = False
    quiet: bool = False


class DiskFull(ImprimaturError):
    """The operating system could not write; what was there before is whole."""

    code = "IMP-E103"
    exit_code = ExitCode.UNAVAILABLE


class Out:
    """People's output to stdout, progress and hints to stderr; with --json exactly one document on stdout."""

    def __init__(self, shared: Shared, *, json_: bool = False, quiet: bool = False) -> None:
        self.json = json_ or shared.json
        self.quiet = quiet or shared.quiet
        self.screen = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
        self.notes = Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())

    def say(self, *renderables: Any) -> None:
        """Show people something; silent with --json."""
        if not self.json:
            for item in renderables:
                self.screen.print(item)

    def note(self, text: str) -> None:
        """A hint or log line; silent with -q."""
        if not self.quiet:
            self.notes.print(text)

    def document(self, document: Any) -> None:
        """The JSON document of the command; silent without --json."""
        if self.json:
            write_json(document)

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A progress bar with the time left on a terminal; nothing elsewhere."""
        bars = StageBars(self)
        try:
            yield bars
        finally:
            bars.close()


class StageBars:
    """A `Progress`: one bar a stage with the time left, drawn on stderr only if that is a terminal; gone when closed."""

    def __init__(self, out: Out) -> None:
        self._shown = not (out.quiet or out.json) and sys.stderr.isatty()
        self._notes = out.notes
        self._bars: Bars | None = None
        self._tasks: dict[str, Any] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        if not self._shown:
            return
        if self._bars is None:
            self._bars = _bars(self._notes)
            self._bars.start()
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total or None)
        self._bars.update(self._tasks[stage], completed=done, total=total or None)

    def close(self) -> None:
        if self._bars is not None:
            self._bars.stop()
        self._bars, self._tasks = None, {}


def _bars(console: Console) -> Bars:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Bars(*columns, console=console, transient=True)


def _json(document: Any, indent: int | None = None) -> str:
    """Readable where it can be; a file name that is no text (lone surrogates) makes all of it escaped."""
    text = json.dumps(document, ensure_ascii=False, indent=indent, sort_keys=True)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(document, indent=indent, sort_keys=True)
    return text


def write_json(document: Any) -> None:
    """One JSON document, UTF-8, on stdout."""
    sys.stdout.write(_json(document, indent=2) + "\n")


def write_json_lines(documents: list[Any]) -> None:
    """One JSON object a line on stdout."""
    for document in documents:
        sys.stdout.write(_json(document) + "\n")


def shared_of(context: typer.Context) -> Shared:
    return context.obj if isinstance(context.obj, Shared) else Shared()


def workspace_of(context: typer.Context, workspace: Path | None) -> Workspace:
    """The workspace named after the verb, before it, or the nearest one above."""
    from imprimatur.workspace import open_workspace

    return open_workspace(workspace or shared_of(context).workspace)


def fail(error: ImprimaturError) -> int:
    """Print an error as people or programs read it; returns the exit code."""
    if "--json" in sys.argv:
        write_json(error.to_json())
    else:
        notes = Console(stderr=True, highlight=False, soft_wrap=True)
        notes.print(f"[bold red]{error.code}[/] ", end="")
        notes.print(visible(error.message), markup=False)
        notes.print(f"Hint: {visible(error.hint)}", markup=False)
    return int(error.exit_code)


class UsageProblem(ImprimaturError):
    """The command line was not understood."""

    code = "IMP-E100"
    exit_code = ExitCode.USAGE


class InternalProblem(ImprimaturError):
    """A defect of ours."""

    code = "IMP-E070"
    exit_code = ExitCode.INTERNAL


def run(app: Callable[..., Any]) -> int:
    """Run the command line and turn every ending into an exit code of the table."""
    try:
        result = app(standalone_mode=False)
    except ImprimaturError as error:
        return fail(error)
    except KeyboardInterrupt:
        Console(stderr=True).print("Interrupted. Nothing half-written is left; the same command continues.")
        return int(ExitCode.INTERRUPTED)
    except OSError as error:
        if error.errno == errno.EPIPE:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM):
            return fail(
                DiskFull(
                    f"Expected to write {error.filename or 'a file'}, found: {error.strerror}.",
                    hint="make room or choose another workspace, then run the same command again",
                )
            )
        return _internal(error)
    except Exception as error:
        if hasattr(error, "format_message"):  # a usage error of the command line library
            return fail(UsageProblem(error.format_message(), hint="imprimatur --help"))
        return _internal(error)
    return result if isinstance(result, int) else 0


def _internal(error: BaseException) -> int:
    if os.environ.get("IMPRIMATUR_DEBUG"):
        raise error
    return fail(
        InternalProblem(
            f"Expected no defect here, found {type(error).__name__}: {error}",
            hint="run the same command with IMPRIMATUR_DEBUG=1 and report what it prints",
        )
    )
