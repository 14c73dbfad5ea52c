"""How results look on a terminal: tables and bars, in English or Japanese. Numbers come ready; nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from imprimatur.cli.shell import Out

if TYPE_CHECKING:
    from audit.recheck import RecheckReport
    from imprimatur.curating import CurateRun
    from imprimatur.evidence import PolicyChange
    from imprimatur.explain import Explanation
    from imprimatur.inspecting import Inspection
    from imprimatur.people import Waiting

COLOURS = {"memorize": "green", "index": "cyan", "review": "yellow", "deny": "red"}
WORDS = {
    "memorize": ("memorize", "記憶"),
    "index": ("index", "索引"),
    "review": ("review (held)", "保留"),
    "deny": ("deny", "禁止"),
}
BAR = 40  # characters


def plain_table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold dim", padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def pick(lang: str, en: str, ja: str) -> str:
    return ja if lang == "ja" else en


def bars(out: Out, rows: Sequence[tuple[str, int, str]]) -> None:
    """One bar a row, scaled to the longest: (label, count, colour)."""
    longest = max((count for _, count, _ in rows), default=0) or 1
    table = plain_table("", "", "")
    table.show_header = False
    for label, count, colour in rows:
        table.add_row(label, f"[{colour}]{'█' * max(1 if count else 0, round(BAR * count / longest))}[/]", str(count))
    out.say(table)


def show_curate(out: Out, run: CurateRun, lang: str) -> None:
    from imprimatur.held import missing_columns, why_held

    outcomes = run.judged.outcomes()
    rows = len(run.intake.table.frame)
    out.say(
        pick(
            lang,
            f"{rows} rows, {len(run.intake.records)} images, {run.intake.looked} newly looked at, {run.seconds:.1f} s. "
            f"Policy {run.policy.ref.id} {run.policy.ref.version}.",
            f"{rows}行、画像{len(run.intake.records)}件、新規に検査{run.intake.looked}件、{run.seconds:.1f}秒。"
            f"方針 {run.policy.ref.id} {run.policy.ref.version}。",
        )
    )
    if run.policy.unsafe:
        out.say("[bold white on red] UNSAFE [/] " + escape(run.policy.unsafe_reasons()[0]))
    bars(out, [(pick(lang, *WORDS[name]), outcomes[name], COLOURS[name]) for name in WORDS])
    for item in run.intake.rejected[:10]:
        out.say(
            pick(lang, f"row {item.row}: ", f"{item.row}行目: ")
            + escape(repr(item.file_name))
            + " — "
            + escape(item.reason)
        )
    if len(run.intake.rejected) > 10:
        out.say(
            pick(lang, f"… and {len(run.intake.rejected) - 10} more rows", f"ほか{len(run.intake.rejected) - 10}行")
        )
    held = why_held(run.judged.decisions.values())
    if held:
        out.say("", f"[bold]{pick(lang, 'Why held, and what would release it', '保留の理由と、解除する方法')}[/]")
        table = plain_table("", pick(lang, "why", "理由"), pick(lang, "release", "解除"))
        for line in held:
            table.add_row(
                str(line.images),
                escape(pick(lang, line.why_en, line.why_ja)),
                escape(pick(lang, line.release_en, line.release_ja)),
            )
        out.say(table)
    columns = missing_columns(run.judged.decisions.values())
    if columns:
        named = ", ".join(f"{name} ({count})" for name, count in columns)
        out.say(
            pick(
                lang,
                f"Columns that would release images: [bold]{named}[/]",
                f"記入すれば解除できる列: [bold]{named}[/]",
            )
        )
    if run.recorded is None:
        out.note("Dry run: nothing was recorded.")
    else:
        out.note(
            f"Recorded as {run.recorded.run}: {run.recorded.changed} decisions new or changed, {run.recorded.unchanged} as before"
            + (f", {run.recorded.absent} left the catalogue." if run.recorded.absent else ".")
        )


def show_inspections(out: Out, found: Sequence[Inspection]) -> None:
    table = plain_table("input", "severity", "kind", "where", "masked", "explanation")
    for item in found:
        name = f"line {item.line}" if item.line is not None else item.name
        for finding in item.findings:
            where = finding.where.channel.value + (f" {finding.where.field}" if finding.where.field else "")
            table.add_row(
                escape(name),
                finding.severity.value,
                finding.kind,
                escape(where),
                escape(finding.masked),
                escape(finding.explanation),
            )
        for part in item.unscreened:
            table.add_row(escape(name), "[yellow]not looked[/]", part.check.value, "", "", escape(part.reason))
    out.say(table if table.row_count else "Nothing was found.")


def show_answer(out: Out, answer: Any, lang: str) -> None:
    if answer.unsafe:
        out.say("[bold white on red] UNSAFE [/] answered by a model that was trained without a named person's approval")
    if answer.status == "none":
        out.say(pick(lang, "None: no confirmed image answers this query.", "該当なし:確認の取れた画像はありません。"))
    else:
        table = plain_table(
            "",
            pick(lang, "image", "画像"),
            "id",
            pick(lang, "probability", "確率"),
            pick(lang, "from", "出所"),
            pick(lang, "facts", "事実"),
        )
        for hit in answer.results:
            origin = pick(lang, hit.origin, {"memory": "記憶", "index": "索引"}[hit.origin])
            table.add_row(
                str(hit.rank),
                escape(hit.file_name),
                hit.image_id[:12],
                f"{hit.probability:.2f}",
                origin,
                str(hit.confirmation.metadata),
            )
        out.say(table)
    for item in answer.withheld:
        out.say(
            pick(lang, "[dim]withheld[/] ", "[dim]非表示[/] ")
            + escape(f"{item.image_id[:12]} — {pick(lang, item.why_en, item.why_ja)}")
        )
    out.note(f"{answer.latency_ms:.1f} ms")


def show_explanation(out: Out, explanation: Explanation, lang: str) -> None:
    standing, body, payload = explanation.standing, explanation.decision, explanation.payload
    record = (payload or {}).get("record", {})
    name = ", ".join(record.get("file_names", [])) or pick(lang, "(its texts were erased)", "(本文は消去済み)")
    colour = COLOURS[body["outcome"]]
    out.say(
        f"[bold]{escape(name)}[/]  {standing.image_id}",
        f"[{colour}]{pick(lang, *WORDS[body['outcome']])}[/] · "
        + pick(lang, "standing", "現在の状態")
        + f": [bold]{standing.state.value}[/]"
        + (f" ({', '.join(standing.reasons)})" if standing.reasons else ""),
    )
    if standing.unsafe:
        out.say("[bold white on red] UNSAFE [/] decided under a policy that needs nobody's approval")
    deciding = plain_table("", pick(lang, "rule", "規則"), pick(lang, "why", "理由"))
    for hit in (payload or {}).get("hits", []):
        mark = "●" if hit["outcome"] == body["outcome"] else "·"
        deciding.add_row(
            f"[{COLOURS[hit['outcome']]}]{mark}[/]",
            hit["rule"],
            escape(hit["reason_ja" if lang == "ja" else "reason_en"]),
        )
    out.say("", f"[bold]{pick(lang, 'Rules that applied (● decided)', '適用された規則(● が決め手)')}[/]", deciding)
    findings = (payload or {}).get("screening", {}).get("findings", [])
    if findings:
        table = plain_table(
            pick(lang, "severity", "重大度"),
            pick(lang, "kind", "種類"),
            pick(lang, "where", "場所"),
            pick(lang, "masked", "伏せ字"),
        )
        for finding in findings:
            where = finding["where"]
            table.add_row(
                finding["severity"],
                finding["kind"],
                escape(f"{where['channel']} {where['field'] or ''}"),
                escape(finding["masked"]),
            )
        out.say("", f"[bold]{pick(lang, 'Findings', '検出')}[/]", table)
    for part in (payload or {}).get("screening", {}).get("unscreened", []):
        out.say(pick(lang, "not looked at: ", "未検査: ") + escape(f"{part['check']} — {part['reason']}"))
    value = (payload or {}).get("value")
    if value:
        parts = " · ".join(f"{part} {share:.2f}" for part, share in value["parts"])
        out.say(
            "",
            f"[bold]{pick(lang, 'Value', '価値')}[/] {value['score']:.2f} ({parts})",
            escape(value["explanation_ja" if lang == "ja" else "explanation"]),
        )
    history = plain_table("#", pick(lang, "when (UTC)", "日時 (UTC)"), pick(lang, "entry", "記録"), "")
    for line in explanation.history:
        rest = ", ".join(f"{key} {value}" for key, value in line.items() if key not in ("ledger_index", "kind", "at"))
        history.add_row(str(line["ledger_index"]), line["at"][:19], line["kind"], escape(rest))
    for run in explanation.training_runs:
        history.add_row(str(run["ledger_index"]), "", "training-run", escape(run["run"]))
    out.say("", f"[bold]{pick(lang, 'History in the ledger', '台帳の履歴')}[/]", history)
    out.note(
        f"Proof: entry {explanation.proof['index']} of {explanation.proof['size']}, {len(explanation.proof['proof'])} hashes to the "
        "signed root. Whole: imprimatur audit prove IMAGE"
    )


def show_queue(out: Out, items: Sequence[Waiting], lang: str) -> None:
    if not items:
        out.say(pick(lang, "Nothing waits here.", "待っているものはありません。"))
        return
    table = plain_table(
        "id",
        pick(lang, "image", "画像"),
        pick(lang, "state", "状態"),
        pick(lang, "value", "価値"),
        pick(lang, "why", "理由"),
    )
    for item in items:
        why = " ".join(ja if lang == "ja" else en for en, ja in item.why) or ", ".join(item.rules)
        if item.report_id:
            why = (
                pick(lang, f"wrong answer reported, case {item.report_id}. ", f"誤答の報告、番号 {item.report_id}。")
                + why
            )
        table.add_row(item.image_id[:12], escape(item.file_name), item.state, f"{item.value:.2f}", escape(why))
    out.say(table)


def show_recheck(out: Out, report: RecheckReport) -> None:
    if report.ok:
        out.say(
            f"[green]The ledger holds[/]: {report.entries} entries, {report.checkpoints} signed checkpoints, "
            f"{report.signatures} signatures checked. Root {report.root}"
        )
        return
    out.say(f"[bold red]The ledger does not hold[/]: {len(report.problems)} problems.")
    for problem in report.problems[:10]:
        out.say("  " + escape(f"{problem.where}: expected {problem.expected}, found {problem.found}"))
    if len(report.problems) > 10:
        out.say(f"  … and {len(report.problems) - 10} more")


def show_policy_diff(out: Out, changes: Sequence[PolicyChange], lang: str) -> None:
    if not changes:
        out.say(pick(lang, "No recorded image would be treated otherwise.", "扱いが変わる画像はありません。"))
        return
    table = plain_table(
        "id",
        pick(lang, "image", "画像"),
        pick(lang, "before", "変更前"),
        pick(lang, "after", "変更後"),
        pick(lang, "why", "理由"),
    )
    for item in changes:
        change = item.change
        table.add_row(
            change.image_id[:12],
            escape(change.file_names[0]),
            f"[{COLOURS[change.before.value]}]{change.before.value}[/]",
            f"[{COLOURS[change.after.value]}]{change.after.value}[/]",
            escape(pick(lang, change.why_en, change.why_ja)),
        )
    out.say(table, pick(lang, f"{len(changes)} images change.", f"{len(changes)}件の扱いが変わります。"))
