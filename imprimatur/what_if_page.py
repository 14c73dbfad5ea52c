"""The simulator's page: three charts over the budget and the table behind them, in one HTML file without script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from curate.value.what_if import Trial

_WIDTH, _HEIGHT = 300.0, 200.0  # of one chart, in units of its view box
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 14.0, 16.0, 34.0

TEXTS = {
    "en": {
        "title": "What memory would answer, cost and risk",
        "lead": "Each point is the best choice found for that budget. Nothing was recorded.",
        "traffic": "Share of traffic answered from memory",
        "cost": "Cost of keeping it up to date, a month ({unit})",
        "risk": "Risk memorized (images of full risk)",
        "budget": "images in memory at most",
        "bits": "bits of memory at most",
        "update-cost": "update cost a month at most",
        "images": "images",
        "certain": "of the best choice, at least",
        "last": "lowest score among them",
        "unknown": "unknown without a search log.",
        "note": "Traffic: askings expected in the coming month; the share of time in which a memorized picture has been replaced "
        "since the last update is taken off. Band and range: 90 % interval of the demand, its drift not included.",
    },
    "ja": {
        "title": "記憶による回答・費用・リスクの試算",
        "lead": "各点は、その上限で見つかった最良の選び方です。台帳には何も記録していません。",
        "traffic": "記憶から回答できる検索の割合",
        "cost": "更新費用(月、{unit})",
        "risk": "記憶するリスク(最大リスクの画像に換算した枚数)",
        "budget": "記憶する画像の上限(枚)",
        "bits": "記憶容量の上限(ビット)",
        "update-cost": "更新費用の上限(月)",
        "images": "画像数",
        "certain": "最良の選び方に対する割合(以上)",
        "last": "採用画像の最低の価値",
        "unknown": "検索ログがないため不明。",
        "note": "検索の割合は、今後1か月に見込まれる検索のうち記憶で回答できるものです。前回の更新後に差し替わった期間は除いています。"
        "帯と範囲は需要の90%区間で、今後の流行の変化は含みません。",
    },
}


@dataclass(frozen=True, slots=True)
class _Line:
    """One chart: `values` over the budgets, in [0, top]; `band` (low, high) beside them where there is one."""

    title: str
    values: tuple[float, ...]
    band: tuple[tuple[float, float], ...]
    top: float
    shown: Callable[[float], str]
    tone: str


def what_if_page(trials: Sequence[Trial], *, kind: str, unit: str, lang: str) -> str:
    """The whole page in one language. `kind` names what the budgets count, `unit` what costs are counted in."""
    words = TEXTS[lang]
    charts = "".join(
        _chart(line, [trial.size for trial in trials], words[kind]) for line in _lines(trials, words, unit)
    )
    missing = "" if trials[0].traffic is not None else f"<p>{words['traffic']}: {words['unknown']}</p>"
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{words["title"]}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f'<h1>{words["title"]}</h1><p>{words["lead"]}</p><div class="charts">{charts}</div>{missing}'
        f'{_table(trials, words, kind, unit)}<p class="note">{words["note"]}</p></body></html>\n'
    )


_STYLE = (
    "body{font:16px/1.5 system-ui,'Noto Sans JP',sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1d2733}"
    "h1{font-size:1.5rem;margin:0}.charts{display:flex;flex-wrap:wrap;gap:1rem;margin:1.2rem 0}"
    "figure{flex:1 1 18rem;margin:0}figcaption{font-weight:600;font-size:.95rem;min-height:3em}svg{width:100%;height:auto}"
    "svg text{font-size:10.5px;fill:#4a5768}.grid{stroke:#dfe5ec}.line{fill:none;stroke-width:2.4}"
    "table{border-collapse:collapse;width:100%}th,td{padding:.35rem .6rem;border-bottom:1px solid #dfe5ec;text-align:right}"
    "th{font-weight:600;font-size:.85rem;text-align:right;vertical-align:bottom}.note{color:#4a5768;font-size:.9rem}"
)  # fmt: skip


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"


def _percent(value: float) -> str:
    return f"{value:.0%}"


def _lines(trials: Sequence[Trial], words: dict[str, str], unit: str) -> list[_Line]:
    lines = []
    shares = [(t.traffic, t.traffic_low, t.traffic_high) for t in trials]
    if all(part is not None for share in shares for part in share):
        values = tuple(float(share[0] or 0.0) for share in shares)
        band = tuple((float(share[1] or 0.0), float(share[2] or 0.0)) for share in shares)
        lines.append(_Line(words["traffic"], values, band, 1.0, _percent, "#1769aa"))
    costs = tuple(trial.update_cost for trial in trials)
    lines.append(_Line(words["cost"].format(unit=unit), costs, (), _top(costs), _number, "#a15c00"))
    risks = tuple(trial.risk for trial in trials)
    lines.append(_Line(words["risk"], risks, (), _top(risks), _number, "#a3263f"))
    return lines


def _top(values: Sequence[float]) -> float:
    """The next number of 1, 2, 2.5 or 5 times a power of ten."""
    highest = max(values, default=0.0)
    if highest <= 0:
        return 1.0
    power = 10.0 ** len(str(int(highest))) if highest >= 1 else 1.0
    return next(step * power for step in (0.1, 0.2, 0.25, 0.5, 1.0) if step * power >= highest)


def _chart(line: _Line, sizes: Sequence[float], below: str) -> str:
    widest = max(sizes)

    def x(size: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * size / widest

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * min(value / line.top, 1.0)

    grid = "".join(
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(at):.1f}" y2="{y(at):.1f}"/>'
        f'<text x="{_LEFT - 6}" y="{y(at) + 3.5:.1f}" text-anchor="end">{line.shown(at)}</text>'
        for at in (0.0, line.top / 2, line.top)
    )
    band = ""
    if line.band:
        edge = [(x(s), y(high)) for s, (_, high) in zip(sizes, line.band, strict=True)]
        edge += [(x(s), y(low)) for s, (low, _) in reversed(list(zip(sizes, line.band, strict=True)))]
        band = f'<polygon points="{_points(edge)}" fill="{line.tone}" opacity=".15"/>'
    points = [(x(size), y(value)) for size, value in zip(sizes, line.values, strict=True)]
    dots = "".join(
        f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3.4" fill="{line.tone}"><title>{_number(size)}: {line.shown(value)}'
        "</title></circle>"
        for (px, py), size, value in zip(points, sizes, line.values, strict=True)
    )
    marks, last = "", -100.0
    for size in sizes:
        if x(size) - last > 34:  # numbers that would touch are left out; the table has them all
            last = x(size)
            marks += f'<text x="{last:.1f}" y="{_HEIGHT - _BOTTOM + 14}" text-anchor="middle">{_number(size)}</text>'
    return (
        f'<figure><figcaption>{escape(line.title)}</figcaption><svg viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" role="img" '
        f'aria-label="{escape(line.title)}">{grid}{band}<polyline class="line" stroke="{line.tone}" '
        f'points="{_points(points)}"/>{dots}{marks}<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 4}" '
        f'text-anchor="middle">{escape(below)}</text></svg></figure>'
    )


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{px:.1f},{py:.1f}" for px, py in points)


def _table(trials: Sequence[Trial], words: dict[str, str], kind: str, unit: str) -> str:
    heads = (
        words[kind], words["images"], words["traffic"], words["cost"].format(unit=unit), words["risk"], words["last"],
        words["certain"],
    )  # fmt: skip
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells_of(trial)) + "</tr>" for trial in trials)
    return f"<table><tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr>{rows}</table>"


def cells_of(trial: Trial) -> tuple[str, ...]:
    """A trial as people read it: budget, images, traffic, cost, risk, lowest score, certainty."""
    traffic = "–"
    if trial.traffic is not None and trial.traffic_low is not None and trial.traffic_high is not None:
        traffic = f"{trial.traffic:.1%} ({trial.traffic_low:.0%}–{trial.traffic_high:.0%})"
    return (
        f"{trial.size:,.0f}" if trial.size >= 10 or trial.size == int(trial.size) else f"{trial.size:g}",
        f"{trial.images:,}",
        traffic,
        f"{trial.update_cost:,.1f}",
        f"{trial.risk:.2f}",
        "–" if trial.last is None else f"{trial.last:.2f}",
        f"{trial.certified:.0%}",
    )
