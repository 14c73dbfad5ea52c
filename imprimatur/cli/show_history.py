"""What the ledger says happened to one image, line by line, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from imprimatur.cli.shell import Out
from imprimatur.cli.tables import WORDS, pick, plain_table
from imprimatur.cli.visible import escape

if TYPE_CHECKING:
    from audit.review.wording import Words
    from imprimatur.explain import Explanation

TRAINED = ("Read by a training run", "学習で読み込み")
# Codes of a line that are told as they are, for whoever looks them up: each with the words before it.
_CODES = {
    "remedy": ("remedy ", "処置 "),
    "cause": ("cause ", "原因 "),
    "report_id": ("case ", "番号 "),
    "run": ("", ""),
}


def show_history(out: Out, explanation: Explanation, lang: str) -> None:
    from audit.report.wording import Lang
    from audit.review.wording import Words

    words = Words(Lang(lang))
    table = plain_table(
        "#",
        pick(lang, "when (UTC)", "日時 (UTC)"),
        pick(lang, "entry", "記録"),
        pick(lang, "by", "実施者"),
        "",
    )
    runs = [{**run, "kind": "training-run"} for run in explanation.training_runs]
    for line in sorted((*explanation.history, *runs), key=lambda line: int(line["ledger_index"])):
        kind = pick(lang, *TRAINED) if line["kind"] == "training-run" else worded(words, "kind", line["kind"])
        when = line["at"][:19].replace("T", " ")
        who = who_did(line, explanation.reviewers)
        table.add_row(str(line["ledger_index"]), when, kind, escape(who), escape(what_was_said(line, words, lang)))
    out.say("", f"[bold]{pick(lang, 'History in the ledger', '台帳の履歴')}[/]", table)


def worded(words: Words, prefix: str, code: str) -> str:
    """The words of the review page for a code, the code itself where it has none."""
    key = f"{prefix}:{code}"
    told = words(key)
    return code if told == key else told


def who_did(line: Mapping[str, Any], names: Mapping[str, str | None]) -> str:
    """The person by name (by id once the name was erased), else the account of the machine; empty where nobody is stated."""
    stated = line.get("by")
    by = stated if isinstance(stated, Mapping) else {"person": stated}
    person = line.get("reviewer") or by.get("person")
    return str((person and (names.get(person) or person)) or by.get("account") or "")


def what_was_said(line: Mapping[str, Any], words: Words, lang: str) -> str:
    said = []
    if (outcome := line.get("outcome")) is not None:
        rules = ", ".join(line.get("rules", ()))
        said.append(pick(lang, *WORDS[outcome]) + (f" ({rules})" if rules else ""))
    if (reason := line.get("reason")) is not None:
        said.append(worded(words, "reason", str(reason)))
    said += [f"{pick(lang, *name)}{line[key]}" for key, name in _CODES.items() if line.get(key) is not None]
    return pick(lang, "; ", "、").join(said)
