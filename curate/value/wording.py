"""The value of an image in a sentence, for people who decide about money: English and Japanese say the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from curate.value.change import ChangeHistory
from curate.value.demand import Demand
from curate.value.neighbours import Neighbourhood


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about one image; None means unknown. `criticality` in [0, 1] as the catalogue states it; `log_ended`:
    the last day of a search log that is no longer fresh."""

    demand: Demand | None
    window_days: int
    log_ended: date | None
    change: ChangeHistory
    criticality: float | None
    neighbourhood: Neighbourhood | None


Interval = tuple[float, float]


def explain(known: Known, score: float, interval: Interval) -> str:
    """One English sentence, e.g. "Asked 41 times in 90 days; unchanged for 14 months; …; value 0.82 of 1 (0.78–0.85)."."""
    sentence = "; ".join(
        (
            _demand(known.demand, known),
            _change(known.change),
            f"criticality {known.criticality:.2f} as stated"
            if known.criticality is not None
            else "criticality unknown",
            _neighbours(known.neighbourhood),
            f"value {score:.2f} of 1 ({interval[0]:.2f}–{interval[1]:.2f})",
        )
    )
    return f"{sentence[0].upper()}{sentence[1:]}."


def explain_ja(known: Known, score: float, interval: Interval) -> str:
    """The same in Japanese."""
    return (
        "、".join(
            (
                _demand_ja(known.demand, known),
                _change_ja(known.change),
                f"重要度{known.criticality:.2f}(登録値)" if known.criticality is not None else "重要度は不明",
                _neighbours_ja(known.neighbourhood),
                f"価値{score:.2f}({interval[0]:.2f}～{interval[1]:.2f}、最大1)",
            )
        )
        + "。"
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _demand(demand: Demand | None, known: Known) -> str:
    if demand is None:
        return "demand unknown (no search log)"
    window_days = f"{known.window_days} days" + (f" up to {known.log_ended}" if known.log_ended else "")
    if demand.asked == 0:
        return f"not asked in {window_days}" + (", earlier it was" if demand.queries else "")
    return (
        f"asked {_count(demand.asked, 'time', 'times')} in {window_days}, "
        f"about {demand.per_month:.{_digits(demand.per_month)}f} a month expected"
    )


def _digits(number: float) -> int:
    return 0 if number >= 10 else 1


def _demand_ja(demand: Demand | None, known: Known) -> str:
    if demand is None:
        return "需要は不明(検索ログなし)"
    window_days = (
        f"{known.log_ended}までの{known.window_days}日間" if known.log_ended else f"直近{known.window_days}日間"
    )
    if demand.asked == 0:
        return f"{window_days}の検索なし" + ("(以前はあり)" if demand.queries else "")
    expected = f"{demand.per_month:.{_digits(demand.per_month)}f}"
    return f"{window_days}に{demand.asked}回検索(今後は月{expected}回の見込み)"


def _change(change: ChangeHistory) -> str:
    if change.rate:
        bound = "at most " if change.at_most else ""
        per_month = f"changes {bound}{_rate(change.rate)} times a month"
        return (
            f"{per_month}, unchanged for {_months(change.unchanged_months)}" if change.unchanged_months else per_month
        )
    if change.unchanged_months is not None:
        return f"unchanged for {_months(change.unchanged_months)}" + (
            "" if change.rate == 0 else ", change rate unknown"
        )
    if change.rate == 0:
        return "never changed, as stated"
    return "change rate unknown"


def _rate(changes: float) -> str:
    """Changes a month; a rare one is not rounded up to a tenth."""
    return f"{changes:.1f}" if changes >= 0.1 else f"{changes:.2f}"


def _months(months: float) -> str:
    return "less than a month" if months < 1 else _count(round(months), "month", "months")


def _months_ja(months: float) -> str:
    return "1か月未満" if months < 1 else f"{round(months)}か月"


def _change_ja(change: ChangeHistory) -> str:
    if change.rate:
        bound = "最大で" if change.at_most else ""
        per_month = f"{bound}月{_rate(change.rate)}回変更"
        return f"{per_month}、{_months_ja(change.unchanged_months)}変更なし" if change.unchanged_months else per_month
    if change.unchanged_months is not None:
        return f"{_months_ja(change.unchanged_months)}変更なし" + ("" if change.rate == 0 else "(変更頻度は不明)")
    if change.rate == 0:
        return "変更なし(登録値)"
    return "変更頻度は不明"


def _neighbours(around: Neighbourhood | None) -> str:
    if around is None:
        return "likeness to other images unknown"
    if around.near == 0:
        return "has no near neighbour"
    more = "at least " if around.at_least else ""
    return f"represents {more}{_count(around.near, 'near neighbour', 'near neighbours')}"


def _neighbours_ja(around: Neighbourhood | None) -> str:
    if around is None:
        return "他の画像との類似は不明"
    if around.near == 0:
        return "類似画像なし"
    return f"類似画像{around.near}件{'以上' if around.at_least else ''}を代表"
