"""Why one image stands where it does, and which wait for whom, on a terminal. Numbers come ready; nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from curate.decision import Outcome
from curate.policy.change_wording import change_lines
from curate.policy.wording import worth_saying
from imprimatur.cli.shell import Out
from imprimatur.cli.show_history import show_history
from imprimatur.cli.show_value import show_value
from imprimatur.cli.tables import COLOURS, WORDS, pick, plain_table
from imprimatur.cli.visible import escape

if TYPE_CHECKING:
    from audit.report.wording import Words
    from imprimatur.explain import Explanation
    from imprimatur.review_queue import Waiting


def show_explanation(out: Out, explanation: Explanation, lang: str) -> None:
    from audit.report.wording import Lang, Words

    standing, body, payload = explanation.standing, explanation.decision, explanation.payload
    words = Words(Lang(lang))
    record = (payload or {}).get("record", {})
    name = ", ".join(record.get("file_names", [])) or pick(lang, "(its texts were erased)", "(本文は消去済み)")
    colour = COLOURS[body["outcome"]]
    out.say(
        f"[bold]{escape(name)}[/]  {standing.image_id}",
        f"[{colour}]{pick(lang, *WORDS[body['outcome']])}[/] · "
        + pick(lang, "standing", "現在の状態")
        + f": [bold]{words(f'state.{standing.state.value}')}[/]"
        + (
            f" ({escape('; '.join(words.code('standing', why) for why in standing.reasons))})"
            if standing.reasons
            else ""
        ),
    )
    if standing.unsafe:
        out.say("[bold white on red] UNSAFE [/] decided under a policy that needs nobody's approval")
    deciding = plain_table("", pick(lang, "rule", "規則"), pick(lang, "why", "理由"))
    hits = (payload or {}).get("hits", [])
    said = worth_saying([hit["rule"] for hit in hits])
    for hit in hits:
        if hit["rule"] not in said or Outcome(hit["outcome"]).rank > Outcome(body["outcome"]).rank:
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
    _show_rights(out, (payload or {}).get("screening", {}).get("rights"), lang, words)
    value = (payload or {}).get("value")
    if value:
        show_value(out, value, lang)
    show_history(out, explanation, lang)
    index, size, hashes = (explanation.proof[key] for key in ("index", "size", "proof"))
    out.note(
        pick(
            lang,
            f"Proof: entry {index} of {size}, {len(hashes)} hashes to the signed root. Whole: imprimatur audit prove IMAGE",
            f"証明: 全{size}件中の記録{index}、署名済みルートまでハッシュ{len(hashes)}個。全体は imprimatur audit prove IMAGE",
        )
    )


def _show_rights(out: Out, rights: dict[str, Any] | None, lang: str, words: Words) -> None:
    """The one verdict, and the signals that count for or against it, in the words of the report."""
    if rights is None:
        return
    clash = pick(lang, " · sources contradict each other", " · 記載どうしが矛盾") if rights["conflict"] else ""
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


def show_queue(out: Out, items: Sequence[Waiting], lang: str, limit: int) -> None:
    """The first `limit` of them, 0 for all: what is worth most comes first."""
    from audit.report.wording import Lang, Words

    if not items:
        out.say(pick(lang, "Nothing waits here.", "待っているものはありません。"))
        return
    words = Words(Lang(lang))
    table = plain_table(
        "id",
        pick(lang, "image", "画像"),
        pick(lang, "state", "状態"),
        pick(lang, "value", "価値"),
        pick(lang, "why", "理由"),
    )
    shown = items[:limit] if limit else items
    for item in shown:
        why = " ".join(ja if lang == "ja" else en for en, ja in item.why) or ", ".join(item.rules)
        if item.report_id:
            why = (
                pick(lang, f"wrong answer reported, case {item.report_id}. ", f"誤答の報告、番号 {item.report_id}。")
                + why
            )
        state = words(f"state.{item.state}")
        table.add_row(item.image_id[:12], escape(item.file_name), state, f"{item.value:.2f}", escape(why))
    out.say(table)
    if (more := len(items) - len(shown)) > 0:
        out.say(
            pick(
                lang,
                f"{more} more of {len(items)}: by reason in imprimatur review serve, or --limit 0 for all.",
                f"全{len(items)}件のうち残り{more}件。理由ごとの一覧は imprimatur review serve、全件は --limit 0。",
            )
        )
