"""Generates docs/reference/: commands, exit codes, error codes and rights, from the code they describe.

python -m imprimatur.reference docs/reference
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from pathlib import Path
from typing import Any

from curate.atomic import write_atomic
from curate.errors import ExitCode, ImprimaturError
from imprimatur.reference_rights import rights_page

EXIT_MEANING = {
    ExitCode.OK: "the command did its job, whatever it found",
    ExitCode.REFUSED: "a gate refused: a finding at or above --fail-on, an unapproved item",
    ExitCode.USAGE: "usage, configuration, or a table that cannot be used",
    ExitCode.INTEGRITY: "ledger, signature, digest or manifest does not hold",
    ExitCode.WAITING: "waits for people",
    ExitCode.UNAVAILABLE: "an input or a service is not available",
    ExitCode.INTERNAL: "a defect of ours",
    ExitCode.INTERRUPTED: "interrupted; the same command continues",
}
ROOMS = ("curate", "audit", "train", "recall", "imprimatur")


def _modules() -> list[Any]:
    found = []
    for room in ROOMS:
        package = importlib.import_module(room)
        for item in pkgutil.walk_packages(package.__path__, prefix=f"{room}."):
            if ".migrations" not in item.name and not item.name.endswith(("preflight", "decode_worker", "view_worker")):
                found.append(importlib.import_module(item.name))
    return found


def error_classes() -> list[type[ImprimaturError]]:
    """Every concrete error of the product, by code."""
    found: dict[str, type[ImprimaturError]] = {}
    for module in _modules():
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, ImprimaturError) and kind is not ImprimaturError:
                known = found.setdefault(kind.code, kind)
                if known is not kind:
                    raise ValueError(f"{kind.code} is used by {known.__qualname__} and {kind.__qualname__}")
    return [found[code] for code in sorted(found)]


def exit_codes_page() -> str:
    lines = [
        "# Exit codes",
        "",
        "Generated from `curate.errors.ExitCode`.",
        "",
        "| code | name | meaning |",
        "|---|---|---|",
    ]
    lines += [f"| {int(code)} | {code.name} | {EXIT_MEANING[code]} |" for code in ExitCode]
    return "\n".join(lines) + "\n"


def errors_page() -> str:
    lines = [
        "# Error codes",
        "",
        "Generated from the error classes.",
        "",
        "| code | exit | meaning | made in |",
        "|---|---|---|---|",
    ]
    for kind in error_classes():
        meaning = (inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " ")
        lines.append(f"| {kind.code} | {int(kind.exit_code)} | {meaning} | `{kind.__module__}` |")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    import typer

    from imprimatur.cli import app

    lines = ["# Commands", "", "Generated from the command line. `imprimatur COMMAND --help` says more.", ""]

    def walk(command: Any, name: str) -> None:
        if getattr(command, "commands", None):
            for sub in sorted(command.commands):
                walk(command.commands[sub], f"{name} {sub}")
            return
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option"]
        usage = " ".join([name, *((p.metavar or p.name.upper()).strip("[]") for p in arguments)])
        lines.extend([f"## `{usage}`", "", (command.help or "").strip(), ""])
        rows = [(", ".join(f"`{flag}`" for flag in p.opts), (p.help or "").strip()) for p in options]
        if rows:
            lines.extend(["| option | meaning |", "|---|---|", *(f"| {flag} | {text} |" for flag, text in rows), ""])

    walk(typer.main.get_command(app), "imprimatur")
    return "\n".join(lines).rstrip() + "\n"


PAGES = {
    "exit-codes.md": exit_codes_page,
    "errors.md": errors_page,
    "commands.md": commands_page,
    "rights.md": rights_page,
}


def main() -> None:
    folder = Path(sys.argv[1])
    for name, page in PAGES.items():
        write_atomic(folder / name, page().encode())


if __name__ == "__main__":
    main()
