"""A pilot's four measures against the thresholds of its plan: expand, continue or stop, each with its why in words.

Expand = the plan's threshold is met and the sample is large enough to say so. Stop = it is missed clearly.
Continue = in between: the pilot goes on and gathers more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from recall.measures import Measures

FEWEST_QUERIES = 20  # answerable queries without which no accuracy is called good enough
CLEARLY = 2.0  # a cost of more than so many times the threshold is missed clearly


class Verdict(StrEnum):
    EXPAND = "expand"
    CONTINUE = "continue"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    why_en: str
    why_ja: str

    def to_document(self) -> dict[str, str]:
        return {"verdict": self.verdict.value, "why_en": self.why_en, "why_ja": self.why_ja}


@dataclass(frozen=True, slots=True)
class SafetyCounts:
    """Over all answers given; the first two must be 0. `contradictions_stopped` counts results withheld for a fact."""

    unconfirmed_shown: int
    withdrawn_shown: int
    contradictions_stopped: int

    def to_document(self) -> dict[str, int]:
        return {
            "unconfirmed_shown": self.unconfirmed_shown,
            "withdrawn_shown": self.withdrawn_shown,
            "contradictions_stopped": self.contradictions_stopped,
        }


def judge(
    hybrid: Measures,
    thresholds: Mapping[str, Any],
    *,
    update_seconds: float | None,
    safety: SafetyCounts,
    unsafe: bool,
    present: Measures | None = None,
) -> dict[str, Judgement]:
    """One judgement for each of `speed`, `accuracy`, `update_cost` and `safety`.

    `thresholds` is that part of the plan document; the hybrid answer is what users get, so it is what is judged.
    """
    return {
        "speed": _speed(hybrid, float(thresholds["speed"]["p95_ms"]), present),
        "accuracy": _accuracy(
            hybrid,
            float(thresholds["accuracy"]["hit_at_1"]),
            float(thresholds["accuracy"]["error_among_answered"]),
            present,
        ),
        "update_cost": _update_cost(update_seconds, float(thresholds["update_cost"]["seconds"])),
        "safety": _safety(safety, thresholds["safety"], unsafe),
    }


def _cost_verdict(value: float, limit: float) -> Verdict:
    if value <= limit:
        return Verdict.EXPAND
    return Verdict.CONTINUE if value <= CLEARLY * limit else Verdict.STOP


def _speed(hybrid: Measures, limit: float, present: Measures | None) -> Judgement:
    if hybrid.p95_ms is None:
        return Judgement(Verdict.CONTINUE, "No query was timed.", "検索時間はまだ測定されていません。")
    english = f"95 of 100 answers came within {hybrid.p95_ms:.0f} ms; the plan allows {limit:.0f} ms."
    japanese = f"100 件中 95 件の回答は {hybrid.p95_ms:.0f} ミリ秒以内でした（計画の上限は {limit:.0f} ミリ秒）。"
    if present is not None and present.p95_ms is not None:
        english += f" The present search takes {present.p95_ms:.0f} ms."
        japanese += f"現在の検索は {present.p95_ms:.0f} ミリ秒です。"
    return Judgement(_cost_verdict(hybrid.p95_ms, limit), english, japanese)


def _accuracy(hybrid: Measures, wanted: float, most_error: float, present: Measures | None) -> Judgement:
    hit, error = hybrid.hit_at_1, hybrid.error_among_answered
    if hit.value is None or hit.low is None or hit.high is None:
        return Judgement(Verdict.CONTINUE, "No query with a known answer was asked.", "正解のある質問がありません。")
    english = (
        f"The first result was right for {_percent(hit.value)} of {hybrid.answerable} questions "
        f"(likely {_percent(hit.low)} to {_percent(hit.high)}); the plan asks for {_percent(wanted)}."
    )
    japanese = (
        f"{hybrid.answerable} 件の質問のうち {_percent(hit.value)} で先頭の結果が正解でした"
        f"（推定範囲 {_percent(hit.low)}～{_percent(hit.high)}、計画の目標は {_percent(wanted)}）。"
    )
    if error.value is None:
        english += " Nothing was answered at all."
        japanese += "一件も回答されませんでした。"
    else:
        english += f" Of what was answered, {_percent(error.value)} was wrong; the plan allows {_percent(most_error)}."
        japanese += f"回答のうち誤りは {_percent(error.value)} でした（計画の上限は {_percent(most_error)}）。"
    if present is not None and present.hit_at_1.value is not None:
        english += f" The present search is right for {_percent(present.hit_at_1.value)}."
        japanese += f"現在の検索の正解率は {_percent(present.hit_at_1.value)} です。"
    missed = hit.high < wanted or (error.low is not None and error.low > most_error)
    met = hit.low >= wanted and error.value is not None and error.value <= most_error
    if met and hybrid.answerable < FEWEST_QUERIES:
        met = False
        english += f" Fewer than {FEWEST_QUERIES} questions are too few to build on."
        japanese += f"質問が {FEWEST_QUERIES} 件に満たないため、まだ判断できません。"
    verdict = Verdict.STOP if missed else Verdict.EXPAND if met else Verdict.CONTINUE
    return Judgement(verdict, english, japanese)


def _update_cost(seconds: float | None, limit: float) -> Judgement:
    if seconds is None:
        return Judgement(
            Verdict.CONTINUE,
            f"No training run was timed; the plan allows {limit:.0f} s for an update.",
            f"学習時間はまだ測定されていません（計画の上限は 1 回の更新あたり {limit:.0f} 秒）。",
        )
    return Judgement(
        _cost_verdict(seconds, limit),
        f"An update is a full retrain and takes {seconds:.0f} s; the plan allows {limit:.0f} s.",
        f"更新は全体の再学習で {seconds:.0f} 秒かかります（計画の上限は {limit:.0f} 秒）。",
    )


def _safety(safety: SafetyCounts, allowed: Mapping[str, Any], unsafe: bool) -> Judgement:
    english = (
        f"{safety.withdrawn_shown} withdrawn and {safety.unconfirmed_shown} unconfirmed images were shown; "
        f"{safety.contradictions_stopped} results were stopped because a fact spoke against them."
    )
    japanese = (
        f"取り下げ済みの画像の表示は {safety.withdrawn_shown} 件、未確認の画像の表示は {safety.unconfirmed_shown} 件。"
        f"情報の食い違いにより {safety.contradictions_stopped} 件の表示を止めました。"
    )
    if unsafe:
        english += " The policy is UNSAFE: images were memorized without a named person's approval."
        japanese += "この方針は安全ではありません（UNSAFE）：担当者の承認なしに画像が記憶されています。"
    broken = safety.unconfirmed_shown > int(allowed["unconfirmed_shown"]) or safety.withdrawn_shown > int(
        allowed["withdrawn_shown"]
    )
    return Judgement(Verdict.STOP if broken or unsafe else Verdict.EXPAND, english, japanese)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"
