"""The backtest's page: bars with intervals for each way of choosing, and the table, in one HTML file without script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STRATEGIES = ("value", "most-asked", "newest", "random", "hindsight")
TONES = {"value": "#1769aa", "most-asked": "#a15c00", "newest": "#5b7f3a", "random": "#8a94a3", "hindsight": "#c9d1db"}
_WIDTH, _BAR, _LEFT, _RIGHT = 640.0, 15.0, 150.0, 60.0  # units of the view box


def _zipf_en(document: Mapping[str, Any]) -> str:
    zipf = document["zipf"]
    law = "" if zipf["exponent"] is None else f" Zipf exponent {zipf['exponent']:.2f}."
    return (
        f"How uneven demand was after the day: the top 1 % of images drew {zipf['top_share']['0.01']:.0%} of the askings that "
        f"images of that day could answer, the top 10 % {zipf['top_share']['0.1']:.0%}.{law} "
        f"{document['unanswerable']:.1%} of all askings went to images that were not there yet."
    )


def _zipf_ja(document: Mapping[str, Any]) -> str:
    zipf = document["zipf"]
    law = "" if zipf["exponent"] is None else f"ジップ指数は{zipf['exponent']:.2f}。"
    return (
        f"基準日以降の需要の偏り: 上位1%の画像が(当日あった画像への)検索の{zipf['top_share']['0.01']:.0%}、上位10%が"
        f"{zipf['top_share']['0.1']:.0%}を占めます。{law}全検索の{document['unanswerable']:.1%}は当日まだなかった画像へのものです。"
    )


TEXTS: dict[str, dict[str, Any]] = {
    "en": {
        "title": "Does the value hold?",
        "lead": "Chosen on the log up to {at} ({askings_before:,} askings, {images:,} images), judged by the {askings_after:,} "
        "askings of the {days_after} days after it. Share answered from memory; 95 % intervals over days.",
        "images": "images",
        "value": "value",
        "most-asked": "most asked only",
        "newest": "newest first",
        "random": "random",
        "hindsight": "best possible in hindsight",
        "gap": "value minus most asked",
        "zipf": _zipf_en,
    },
    "ja": {
        "title": "価値の評価は当たっているか",
        "lead": "{at}までのログ(検索{askings_before:,}件、画像{images:,}枚)で選び、その後{days_after}日間の検索"
        "{askings_after:,}件で評価しました。記憶から回答できた割合。範囲は日単位の95%区間です。",
        "images": "画像数",
        "value": "価値順",
        "most-asked": "検索回数順",
        "newest": "新しい順",
        "random": "無作為",
        "hindsight": "事後的な最良",
        "gap": "価値順と検索回数順の差",
        "zipf": _zipf_ja,
    },
}


def _interval(estimate: Mapping[str, float], *, sign: bool = False) -> str:
    form = "+.1%" if sign else ".1%"
    return f"{estimate['value']:{form}} ({estimate['low']:{form}} … {estimate['high']:{form}})"


def cells_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """One budget as people read it: images, share answered by each way of choosing, value minus most asked."""
    size = f"{row['images']:,} ({row['share_of_images']:.0%})"
    shares = (_interval(row["answered"][name]) for name in STRATEGIES)
    return (size, *shares, _interval(row["value_minus_most_asked"], sign=True))


def backtest_page(document: Mapping[str, Any], lang: str) -> str:
    """The whole page in one language."""
    words = TEXTS[lang]
    heads = "".join(f"<th>{words[name]}</th>" for name in ("images", *STRATEGIES, "gap"))
    rows = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells_of(row)) + "</tr>" for row in document["budgets"]
    )
    charts = "".join(_bars(row, words) for row in document["budgets"])
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{words["title"]}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body><h1>{words["title"]}</h1>'
        f"<p>{words['lead'].format(**document)}</p>{charts}<table><tr>{heads}</tr>{rows}</table>"
        f"<p>{words['zipf'](document)}</p></body></html>\n"
    )


_STYLE = (
    "body{font:16px/1.5 system-ui,'Noto Sans JP',sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1d2733}"
    "h1{font-size:1.5rem;margin:0}h2{font-size:1rem;margin:1.2rem 0 0}svg{width:100%;max-width:46rem;height:auto}"
    "svg text{font-size:11px;fill:#1d2733}table{border-collapse:collapse;width:100%;font-size:.9rem;margin-top:1.2rem}"
    "th,td{padding:.35rem .5rem;border-bottom:1px solid #dfe5ec;text-align:right}th{font-weight:600;vertical-align:bottom}"
)  # fmt: skip


def _bars(row: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    scale = _WIDTH - _LEFT - _RIGHT
    bars = ""
    for number, name in enumerate(STRATEGIES):
        found = row["answered"][name]
        y = number * (_BAR + 5) + 2
        middle = y + _BAR / 2
        low, high = (_LEFT + scale * found[end] for end in ("low", "high"))
        bars += (
            f'<text x="{_LEFT - 8}" y="{middle + 4}" text-anchor="end">{words[name]}</text>'
            f'<rect x="{_LEFT}" y="{y}" width="{scale * found["value"]:.1f}" height="{_BAR}" fill="{TONES[name]}"/>'
            f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}" stroke="#1d2733" stroke-width="1.4"/>'
            f'<text x="{max(high, _LEFT) + 6:.1f}" y="{middle + 4}">{found["value"]:.1%}</text>'
        )
    height = len(STRATEGIES) * (_BAR + 5) + 4
    title = f"{words['images']}: {row['images']:,} ({row['share_of_images']:.0%})"
    return f'<h2>{title}</h2><svg viewBox="0 0 {_WIDTH:.0f} {height:.0f}" role="img" aria-label="{title}">{bars}</svg>'
