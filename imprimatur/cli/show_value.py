"""How value and selection look on a terminal, in English or Japanese."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from imprimatur.cli.shell import Out
from imprimatur.cli.tables import pick, plain_table
from imprimatur.cli.visible import escape

if TYPE_CHECKING:
    from pathlib import Path

    from curate.errors import ImprimaturError
    from curate.value.what_if import Trial
    from imprimatur.backtesting import Backtested
    from imprimatur.curating import CurateRun

CAUSES = {
    "over-budget": ("over budget", "枠の超過"),
    "duplicate-of": ("duplicate of one that is memorized", "記憶する画像と重複"),
    "quota-full": ("quota full", "割当の超過"),
    "too-volatile": ("too volatile for the update budget", "変更が多く更新費用が超過"),
    "too-large": ("asks for too much memory", "必要な容量が過大"),
    "barred": ("barred by the settings", "設定で対象外"),
}
PARTS = {
    "demand": "需要",
    "stability": "安定性",
    "criticality": "重要度",
    "representativeness": "代表性",
    "diversity": "独自性",
    "quality": "画質",
    "confusability": "取り違えやすさ",
    "risk": "リスク",
}
UNITS = {
    "askings/month": "回/月の検索",
    "changes/month": "回/月の変更",
    "of 1": "(最大1)",
    "near neighbours": "件の類似画像",
    "likeness to the nearest": "最も近い画像との類似度",
    "likeness of the nearest text": "最も近いテキストとの類似度",
    "pixels": "画素(短辺)",
    "findings": "件の検出",
}


def show_notices(out: Out, notices: Sequence[ImprimaturError]) -> None:
    """What is odd about the input and was passed over."""
    for notice in notices:
        out.note(f"[yellow]{notice.code}[/] {escape(notice.message)}. Hint: {escape(notice.hint)}")


def show_selection(out: Out, run: CurateRun, lang: str) -> None:
    """What memory would hold and why others were left out; silent where nothing limits it."""
    selection = run.judged.selection
    show_notices(out, run.notices)
    for quota, found in selection.unmet:
        out.say(
            pick(
                lang,
                f"Quota not met: {quota.grouping} '{escape(quota.name)}' wants at least {quota.at_least}, {found} qualify.",
                f"割当の未達: {quota.grouping}「{escape(quota.name)}」は{quota.at_least}枚以上が必要ですが、対象は{found}枚です。",
            )
        )
    if not selection.left_out:
        return
    certified, proved = selection.guarantee.certified, selection.guarantee.proved
    out.say(
        pick(
            lang,
            f"Chosen {len(selection.chosen)} of {len(run.judged.problem.candidates)} candidates: about "
            f"{selection.answers:.0f} answers a month, {selection.update_cost:.2g} {escape(run.unit)} a month; at least "
            f"{certified:.0%} of the best possible choice.",
            f"候補{len(run.judged.problem.candidates)}枚から{len(selection.chosen)}枚を選択。月約{selection.answers:.0f}回の回答、"
            f"更新費用は月{selection.update_cost:.2g}({escape(run.unit)})。最良の選び方の{certified:.0%}以上です。",
        )
    )
    if proved is None:
        out.note("Nothing is proved for this mix of limits; the share above was computed for this very choice.")
    table = plain_table("", pick(lang, "left out because", "選ばれなかった理由"), pick(lang, "for example", "例"))
    for cause, count in Counter(left.cause.value for left in selection.left_out.values()).most_common():
        left = next(left for left in selection.left_out.values() if left.cause == cause)
        table.add_row(str(count), pick(lang, *CAUSES[cause]), escape(pick(lang, left.reason_en, left.reason_ja)))
    out.say(table)


def show_value(out: Out, value: dict[str, Any], lang: str) -> None:
    """The value of one image as it was recorded: the sentence, then each part with its unit."""
    interval = "" if value.get("low") is None else f" ({value['low']:.2f}–{value['high']:.2f})"
    out.say("", f"[bold]{pick(lang, 'Value', '価値')}[/] {value['score']:.2f}{interval}")
    out.say(escape(value["explanation_ja" if lang == "ja" else "explanation"]))
    if value.get("worth") is not None:
        out.say(
            pick(
                lang,
                f"Worth about {value['worth']:.1f} answers a month; {value['changes']:.2f} changes a month expected.",
                f"月約{value['worth']:.1f}回の回答に相当。変更の見込みは月{value['changes']:.2f}回。",
            )
        )
    details = value.get("details") or []
    if not details:  # recorded before parts had units
        out.say(" · ".join(f"{part} {share:.2f}" for part, share in value["parts"]))
        return
    table = plain_table(
        pick(lang, "part", "要素"),
        pick(lang, "share", "値"),
        pick(lang, "interval", "範囲"),
        pick(lang, "measured", "実測"),
    )
    for part in details:
        amount = (
            pick(lang, "unknown", "不明") if part["amount"] is None or not part["known"] else f"{part['amount']:.4g} "
        )
        unit = (
            ""
            if amount.strip() in ("unknown", "不明")
            else pick(lang, part["unit"], UNITS.get(part["unit"], part["unit"]))
        )
        table.add_row(
            pick(lang, part["name"], PARTS.get(part["name"], part["name"])),
            f"{part['share']:.2f}",
            f"{part['low']:.2f}–{part['high']:.2f}",
            amount + unit,
        )
    out.say(table)


def show_what_if(
    out: Out, kind: str, trials: tuple[Trial, ...], run: CurateRun, pages: tuple[Path, ...], lang: str
) -> None:
    """What memory would answer, cost and risk under each budget."""
    from imprimatur.what_if_page import TEXTS, cells_of

    words = TEXTS[lang]
    show_notices(out, run.notices)
    heads = (words[kind], words["images"], words["traffic"], words["cost"].format(unit=run.unit), words["risk"], words["last"], words["certain"])  # fmt: skip
    table = plain_table(*(escape(head) for head in heads))
    for trial in trials:
        table.add_row(*cells_of(trial))
    out.say(words["lead"], table)
    if trials[0].traffic is None:
        out.say(f"{words['traffic']}: {words['unknown']}")
    out.note("Charts: " + ", ".join(str(page) for page in pages))


def show_backtest(out: Out, tested: Backtested, lang: str) -> None:
    """What share of later askings each way of choosing would have answered."""
    from imprimatur.backtest_page import TEXTS, cells_of

    words, document = TEXTS[lang], tested.document
    show_notices(out, tested.notices)
    table = plain_table(words["images"], *(words[name] for name in ("value", "most-asked", "newest", "random", "hindsight")), words["gap"])  # fmt: skip
    for row in document["budgets"]:
        table.add_row(*cells_of(row))
    out.say(words["lead"].format(**document), table, words["zipf"](document))
    out.note("Chart: " + ", ".join(str(page) for page in tested.pages))
