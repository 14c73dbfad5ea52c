"""How results look on a terminal: tables and bars, in English or Japanese. Numbers come ready; nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from curate.decision import Outcome
from curate.policy.change_wording import change_lines
from imprimatur.cli.shell import Out
from imprimatur.cli.show_value import show_selection, show_value
from imprimatur.cli.tables import pick, plain_table
from imprimatur.cli.visible import counted, escape

if TYPE_CHECKING:
    from pathlib import Path

    from audit.emission_check import EmissionReport
    from audit.recheck import RecheckReport
    from curate.expectations.result import TableResult
    from curate.rejected_row import Rejected
    from imprimatur.curating import CurateRun
    from imprimatur.evidence import PolicyChange, PolicyDiff
    from imprimatur.explain import Explanation
    from imprimatur.held import Held
    from imprimatur.inspecting import Inspection
    from imprimatur.piloting import Evaluated, Planned
    from imprimatur.review_queue import Waiting
    from imprimatur.training import TrainingRun
    from recall.result import RecallResult

COLOURS = {"memorize": "green", "index": "cyan", "review": "yellow", "deny": "red"}
WORDS = {
    "memorize": ("memorize", "記憶"),
    "index": ("index", "索引"),
    "review": ("review (held)", "保留"),
    "deny": ("deny", "禁止"),
}
BAR = 40  # characters
SHOWN = 10  # rows that lead to no image


def bars(out: Out, rows: Sequence[tuple[str, int, str]]) -> None:
    """One bar a row, scaled to the longest: (label, count, colour)."""
    longest = max((count for _, count, _ in rows), default=0) or 1
    table = plain_table("", "", "")
    table.show_header = False
    for label, count, colour in rows:
        table.add_row(label, f"[{colour}]{'█' * max(1 if count else 0, round(BAR * count / longest))}[/]", str(count))
    out.say(table)


def show_held(out: Out, held: Held, lang: str) -> None:
    """Why images are held, and what a person would do about it."""
    if held.lines:
        out.say("", f"[bold]{pick(lang, 'Why held, and what would release it', '保留の理由と、解除する方法')}[/]")
        table = plain_table("", pick(lang, "why", "理由"), pick(lang, "release", "解除"))
        for line in held.lines:
            table.add_row(
                str(line.images),
                escape(pick(lang, line.why_en, line.why_ja)),
                escape(pick(lang, line.release_en, line.release_ja)),
            )
        out.say(table)
    if held.columns:
        named = ", ".join(f"{name} ({count})" for name, count in held.columns)
        out.say(
            pick(
                lang,
                f"Columns that would release images: [bold]{named}[/]",
                f"記入すれば解除できる列: [bold]{named}[/]",
            )
        )


def show_rejected(out: Out, rejected: Sequence[Rejected], lang: str) -> None:
    """The first rows that lead to no image, each with its reason."""
    for item in rejected[:SHOWN]:
        out.say(
            pick(lang, f"row {item.row}: ", f"{item.row}行目: ")
            + escape(repr(item.file_name))
            + " — "
            + escape(pick(lang, item.reason, item.reason_ja))
        )
    if len(rejected) > SHOWN:
        more = len(rejected) - SHOWN
        out.say(pick(lang, f"… and {counted(more, 'more row')}", f"ほか{more}行"))


def show_curate(out: Out, run: CurateRun, lang: str) -> None:
    from imprimatur.held import why_held

    outcomes = run.judged.outcomes()
    rows = len(run.intake.table.frame)
    out.say(
        pick(
            lang,
            f"{counted(rows, 'row')}, {counted(len(run.intake.records), 'image')}, {run.intake.looked} newly looked at, {run.seconds:.1f} s. "
            f"Policy {run.policy.ref.id} {run.policy.ref.version}.",
            f"{rows}行、画像{len(run.intake.records)}件、新規に検査{run.intake.looked}件、{run.seconds:.1f}秒。"
            f"方針 {run.policy.ref.id} {run.policy.ref.version}。",
        )
    )
    if run.policy.unsafe:
        out.say("[bold white on red] UNSAFE [/] " + escape(run.policy.unsafe_reasons()[0]))
    bars(out, [(pick(lang, *WORDS[name]), outcomes[name], COLOURS[name]) for name in WORDS])
    show_rejected(out, run.intake.rejected, lang)
    show_selection(out, run, lang)
    show_held(out, why_held(run.judged.decisions.values()), lang)
    show_checks(out, run.intake.checks, run.pages, lang)
    if run.recorded is None:
        out.note("Dry run: nothing was recorded.")
    else:
        out.note(
            f"Recorded as {run.recorded.run}: {run.recorded.changed} decisions new or changed, {run.recorded.unchanged} as before"
            + (f", {run.recorded.absent} left the catalogue." if run.recorded.absent else ".")
        )


def show_checks(out: Out, results: Sequence[TableResult], pages: Sequence[Path], lang: str) -> None:
    """One line: how many expectations hold, how many rows are held, where the page is."""
    checks = [check for result in results for check in result.checks if not check.skipped]
    holding, held = sum(check.holds for check in checks), sum(len(result.held) for result in results)
    page = next((page for page in pages if page.suffixes[-2:-1] == [f".{lang}"]), None)
    where = "" if page is None else f": {page}"
    line = pick(
        lang,
        f"Tables: {holding} of {len(checks)} expectations hold, {counted(held, 'row')} held{where}",
        f"表の検査: 期待{len(checks)}件のうち{holding}件を満たし、保留は{held}行です{where}",
    )
    out.say(escape(line))


def show_inspections(out: Out, found: Sequence[Inspection], lang: str) -> None:
    table = plain_table(
        pick(lang, "input", "入力"),
        pick(lang, "severity", "重大度"),
        pick(lang, "kind", "種類"),
        pick(lang, "where", "場所"),
        pick(lang, "masked", "伏せ字"),
        pick(lang, "explanation", "説明"),
    )
    for item in found:
        name = pick(lang, f"line {item.line}", f"{item.line}行目") if item.line is not None else item.name
        for finding in item.findings:
            where = finding.where.channel.value + (f" {finding.where.field}" if finding.where.field else "")
            table.add_row(
                escape(name),
                finding.severity.value,
                finding.kind,
                escape(where),
                escape(finding.masked),
                escape(pick(lang, finding.explanation, finding.explanation_ja)),
            )
        for part in item.unscreened:
            table.add_row(
                escape(name),
                pick(lang, "[yellow]not looked[/]", "[yellow]未検査[/]"),
                part.check.value,
                "",
                "",
                escape(pick(lang, part.reason, part.reason_ja)),
            )
    out.say(table if table.row_count else pick(lang, "Nothing was found.", "検出はありません。"))


def show_answer(out: Out, answer: RecallResult, lang: str) -> None:
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
        for hit in answer.results:
            if hit.conditions:
                kept = ", ".join(hit.conditions) + (f" © {hit.credit}" if hit.credit else "")
                out.say(escape(f"{hit.rank}: {pick(lang, 'shown on condition', '表示の条件')}: {kept}"))
    for item in answer.withheld:
        out.say(
            pick(lang, "[dim]withheld[/] ", "[dim]非表示[/] ")
            + escape(f"{item.image_id[:12]} — {pick(lang, item.sentence_en, item.sentence_ja)}")
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
        if Outcome(hit["outcome"]).rank > Outcome(body["outcome"]).rank:
            continue  # what would have let it through says nothing about why it is stopped
        mark = "●" if hit["outcome"] == body["outcome"] else "·"
        deciding.add_row(
            f"[{COLOURS[hit['outcome']]}]{mark}[/]",
            hit["rule"],
            escape(hit["reason_ja" if lang == "ja" else "reason_en"]),
        )
    out.say("", f"[bold]{pick(lang, 'Rules that applied (● decided)', '適用された規則(● が決め手)')}[/]", deciding)
    if explanation.would_change is not None and body["outcome"] != "memorize":
        out.say("", f"[bold]{pick(lang, 'What would have to change', '結果を変えるには')}[/]")
        out.say(*(escape(pick(lang, *line)) for line in change_lines(explanation.would_change)))
    findings = (payload or {}).get("screening", {}).get("findings", [])
    if findings:
        table = plain_table(
            pick(lang, "severity", "重大度"),
            pick(lang, "kind", "種類"),
            pick(lang, "where", "場所"),
            pick(lang, "masked", "伏せ字"),
            pick(lang, "explanation", "説明"),
        )
        for finding in findings:
            where = finding["where"]
            table.add_row(
                finding["severity"],
                finding["kind"],
                escape(f"{where['channel']} {where['field'] or ''}"),
                escape(finding["masked"]),
                # What was recorded before reasons were written in Japanese has the English one only.
                escape((finding.get("explanation_ja") if lang == "ja" else None) or finding["explanation"]),
            )
        out.say("", f"[bold]{pick(lang, 'Findings', '検出')}[/]", table)
    for part in (payload or {}).get("screening", {}).get("unscreened", []):
        why = (part.get("reason_ja") if lang == "ja" else None) or part["reason"]
        out.say(pick(lang, "not looked at: ", "未検査: ") + escape(f"{part['check']} — {why}"))
    _show_rights(out, (payload or {}).get("screening", {}).get("rights"), lang)
    value = (payload or {}).get("value")
    if value:
        show_value(out, value, lang)
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


def _show_rights(out: Out, rights: dict[str, Any] | None, lang: str) -> None:
    """The one verdict, and the signals that count for or against it, in the words of the report."""
    from audit.report.wording import Lang, Words

    if rights is None:
        return
    clash = pick(lang, " · sources contradict each other", " · 記載どうしが矛盾") if rights["conflict"] else ""
    words = Words(Lang(lang))
    answer = words(f"rights-answer.{rights['answer']}")
    out.say("", f"[bold]{pick(lang, 'Rights', '権利')}[/] {answer}{clash}")
    if rights["credit"]:
        out.say(pick(lang, "to be credited: ", "表示すべき著作者: ") + escape(", ".join(rights["credit"])))
    table = plain_table("", pick(lang, "channel", "経路"), pick(lang, "where", "場所"), pick(lang, "says", "記載"))
    for signal in rights["signals"]:
        strength, channel = words(f"rights-strength.{signal['strength']}"), words(f"rights-channel.{signal['channel']}")
        table.add_row(strength, channel, escape(signal["field"]), escape(signal["statement"]))
    if rights["signals"]:
        out.say(table)


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


def show_trained(out: Out, runs: Sequence[EmissionReport]) -> None:
    """Trained minus approved, one line a model."""
    for run in runs:
        if run.proven:
            out.say(
                f"[green]{escape(run.run)}[/]: {counted(run.samples, 'sample')} of {counted(run.images, 'image')} were trained; "
                "trained minus approved is empty."
            )
        else:
            out.say(f"[bold red]{escape(run.run)}: what was trained is NOT shown to be what was approved[/]")
            out.say(*(f"  {escape(problem)}" for problem in run.problems))


def show_recheck(out: Out, report: RecheckReport) -> None:
    if report.ok:
        out.say(
            f"[green]The ledger holds[/]: {counted(report.entries, 'entry', 'entries')}, {counted(report.checkpoints, 'signed checkpoint')}, "
            f"{counted(report.signatures, 'signature')} checked. Root {report.root}"
        )
        if report.cosignatures:
            out.say(
                f"{report.cosignatures} cosignatures; witnessed: {report.witnessed or 0} of {report.entries} entries."
            )
        return
    out.say(f"[bold red]The ledger does not hold[/]: {counted(len(report.problems), 'problem')}.")
    # What was changed comes before what follows from it: one bent entry breaks every later checkpoint.
    ordered = sorted(report.problems, key=lambda problem: problem.where.startswith(("checkpoint", "tile")))
    for problem in ordered[:SHOWN_PROBLEMS]:
        out.say("  " + escape(f"{problem.where}: expected {_short(problem.expected)}, found {_short(problem.found)}"))
    if len(ordered) > SHOWN_PROBLEMS:
        out.say(f"  … and {len(ordered) - SHOWN_PROBLEMS} more, all of them with --json")


SHOWN_PROBLEMS = 5
LONGEST_VALUE = 90  # characters of an expected or found value on the screen


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…"


def show_policy_diff(out: Out, diff: PolicyDiff, lang: str) -> None:
    _show_changes(out, diff.changes, lang)
    if not diff.voided:
        out.say(pick(lang, "No approval would be lost.", "失われる承認はありません。"))
        return
    out.say(
        "",
        pick(
            lang,
            f"[bold]Approvals of {counted(len(diff.voided), 'image')} count no more once B is adopted[/] (an approval binds the policy it was "
            "given under); people have to approve them again:",
            f"[bold]B を採用すると、画像{len(diff.voided)}件の承認が無効になります[/](承認は、そのときの方針に結び付いています)。"
            "改めて承認が必要です:",
        ),
    )
    table = plain_table(
        "id", pick(lang, "standing now", "現在の状態"), pick(lang, "approval entries", "承認の台帳番号")
    )
    for lost in diff.voided:
        table.add_row(lost.image_id[:12], lost.state, ", ".join(map(str, lost.entries)))
    out.say(table)


def _show_changes(out: Out, changes: Sequence[PolicyChange], lang: str) -> None:
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
    out.say(
        table,
        pick(lang, f"{counted(len(changes), 'image')} treated otherwise.", f"{len(changes)}件の扱いが変わります。"),
    )


def show_plan(out: Out, planned: Planned, lang: str) -> None:
    plan = planned.document
    estimates, thresholds = plan["estimates"], plan["thresholds"]
    seconds, updates = estimates.get("retrain_seconds"), estimates.get("updates_per_month")
    shown = "?" if seconds is None else f"{seconds:.0f}"
    out.say(
        pick(
            lang,
            f"Held out and never taught: {counted(len(plan['held_out']), 'query', 'queries')} for memory, {len(plan['index_queries'])} for the index, "
            f"{len(plan['none_queries'])} without an answer. Representative set: {counted(len(plan['representative']), 'image')}.",
            f"学習に使わず評価に残す質問: 記憶向け{len(plan['held_out'])}件、索引向け{len(plan['index_queries'])}件、"
            f"該当なし{len(plan['none_queries'])}件。代表画像: {len(plan['representative'])}枚。",
        ),
        pick(
            lang,
            f"Judged by: 95 % of answers within {thresholds['speed']['p95_ms']:.0f} ms; first answer right in "
            f"{thresholds['accuracy']['hit_at_1']:.0%}, at most {thresholds['accuracy']['error_among_answered']:.0%} of answers wrong; "
            f"an update within {thresholds['update_cost']['seconds']:.0f} s; nothing unconfirmed and nothing withdrawn ever shown.",
            f"判定の基準: 95%の答えが{thresholds['speed']['p95_ms']:.0f}ミリ秒以内、最初の答えの正解率"
            f"{thresholds['accuracy']['hit_at_1']:.0%}以上、誤答{thresholds['accuracy']['error_among_answered']:.0%}以下、"
            f"更新{thresholds['update_cost']['seconds']:.0f}秒以内、未確認・取り下げ済みの画像の表示は0件。",
        ),
        pick(
            lang,
            f"Estimated: about {shown} s for one full retrain, about {updates:.1f} updates a month from the catalogue's change rate.",
            f"見積もり: 全体の再学習は約{shown}秒、カタログの変更頻度から月あたり約{updates:.1f}回の更新。",
        ),
    )
    if planned.ledger_index is not None:
        out.note(f"Recorded as ledger entry {planned.ledger_index}. Next: imprimatur train")


def show_training(out: Out, run: TrainingRun, lang: str) -> None:
    admission = run.admission
    show_checks(out, run.checks, run.pages, lang)
    for held in admission.held[:3]:
        out.note(escape(held.message))
    if len(admission.held) > 3:
        out.note(f"… and {len(admission.held) - 3} more are held, all of them with --json")
    if admission.unsafe:
        out.say("[bold white on red] UNSAFE [/] nobody had to approve these images; nothing made from them is evidence")
    if run.manifest is None:
        out.say(
            f"The gate lets {counted(len(admission.cleared), 'image')} through; {admission.waiting} await approval. Dry run: nothing was trained."
        )
        return
    if not run.fresh:
        out.say(f"Nothing to do: run {run.manifest.run} memorized exactly this set, and its model is whole.")
    else:
        out.say(
            f"Memorized {counted(len(run.manifest.entries), 'image')} in {run.seconds or 0:.0f} s, run {run.manifest.run}."
        )
    out.say(
        f"Manifest: {run.model_dir}/manifest.json, signed, {len(run.manifest.files)} files named, digests verified when it is loaded."
    )
    if admission.waiting:
        out.note(
            f"Not trained, because people have not approved yet: {counted(admission.waiting, 'image')}   (imprimatur review list)"
        )


MEASURES = (
    ("hit_at_1", "hit@1", "正解率@1"),
    ("hit_at_5", "hit@5", "正解率@5"),
    ("mrr", "MRR", "MRR"),
    ("coverage", "answered", "回答率"),
    ("error_among_answered", "wrong among answered", "回答中の誤り"),
    ("false_accept_rate", "false accepts", "誤った回答"),
)
SYSTEMS = {"memory": "記憶", "index": "索引", "hybrid": "記憶+索引", "present": "現在の検索", "bm25": "BM25"}
VERDICT_COLOURS = {"expand": "green", "continue": "yellow", "stop": "red"}


def _estimate(value: dict[str, Any] | None) -> str:
    if not value or value.get("value") is None:
        return "–"
    interval = f" ({value['low']:.2f}–{value['high']:.2f})" if value.get("low") is not None else ""
    return f"{value['value']:.2f}{interval}"


def show_evaluation(out: Out, done: Evaluated, lang: str) -> None:
    document = done.document
    if document["unsafe"]:
        out.say("[bold white on red] UNSAFE [/] for measuring only: nobody approved what this model memorized")
    systems = document["systems"]
    table = plain_table(pick(lang, "measure", "指標"), *(pick(lang, name, SYSTEMS.get(name, name)) for name in systems))
    for key, en, ja in MEASURES:
        table.add_row(pick(lang, en, ja), *(_estimate(system.get(key)) for system in systems.values()))
    for key in ("p50_ms", "p95_ms"):
        table.add_row(
            key.replace("_", " "), *("–" if s.get(key) is None else f"{s[key]:.1f}" for s in systems.values())
        )
    out.say(
        pick(
            lang,
            f"{document['queries']} queries, {document['none_queries']} of them without an answer; 95 % intervals by bootstrap.",
            f"質問{document['queries']}件(うち該当なし{document['none_queries']}件)。かっこ内は95%信頼区間。",
        ),
        table,
    )
    hybrid = systems["hybrid"]
    out.say(
        pick(lang, "hit@1 before and after confirmation", "確認前と確認後の正解率@1")
        + f": {_estimate(hybrid['before_confirmation']['hit_at_1'])} → {_estimate(hybrid['after_confirmation']['hit_at_1'])}"
    )
    verdicts = plain_table("", pick(lang, "verdict", "判定"), pick(lang, "why", "理由"))
    labels = {"speed": "検索の速さ", "accuracy": "正確さ", "update_cost": "更新の費用", "safety": "運用の安全"}
    words = {"expand": "拡大", "continue": "継続", "stop": "中止"}
    for name, verdict in document["verdicts"].items():
        code = verdict["verdict"]
        verdicts.add_row(
            pick(lang, name.replace("_", " "), labels[name]),
            f"[bold {VERDICT_COLOURS[code]}]{pick(lang, code, words[code])}[/]",
            escape(verdict["why_ja" if lang == "ja" else "why_en"]),
        )
    out.say(verdicts)
    out.note(
        f"Recorded as ledger entry {done.ledger_index}. For a manager, on one page: {', '.join(str(page) for page in done.pages)}"
    )
