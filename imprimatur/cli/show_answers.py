"""An answer, the evaluation plan and what it measured, on a terminal. Numbers come ready; nothing is decided here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imprimatur.cli.shell import Out
from imprimatur.cli.tables import pick, plain_table
from imprimatur.cli.visible import counted, escape

if TYPE_CHECKING:
    from imprimatur.piloting import Evaluated, Planned
    from recall.answer import Recaller
    from recall.result import RecallResult


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


def show_footing(out: Out, recaller: Recaller, lang: str) -> None:
    """What an answer could not rest on: a model, or thresholds that were measured. Without this a bare "none" misleads."""
    if recaller.sources.memory is None:
        images = len(recaller.sources.index().images)
        out.note(
            pick(
                lang,
                f"Nothing is memorized yet: only the external index was asked ({counted(images, 'image')}). Next: imprimatur train",
                f"まだ何も記憶されていません。外部索引({images}枚)だけを検索しました。次の手順: imprimatur train",
            )
        )
    threshold = recaller.calibration.hybrid
    if threshold.n == 0:
        out.note(
            pick(
                lang,
                f"From a probability of {threshold.value:.2f} on, set by hand: it is measured on the plan's queries by imprimatur train.",
                f"回答する確率の下限は{threshold.value:.2f}(手動設定)です。imprimatur train が評価計画の質問で測定します。",
            )
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
