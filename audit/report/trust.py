"""How far the answers' stated probability may be trusted: the reliability diagram and the risk-coverage curve of a pilot.

Read from the `trust` part of an evaluation (docs/formats.md); geometry in the units of an SVG view box.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.report.wording import Words


@dataclass(frozen=True, slots=True)
class Trust:
    """`reliability`: (answers, mean stated probability, share right) by rising probability. `risk_coverage`: (threshold,
    share of queries answered, share of wrong ones among them) by falling threshold. Shares in [0, 1]. The last two: false
    accepts on `none_queries` by probability, and by sequence probability where as many queries are answered."""

    queries: int
    threshold: float
    max_error: float
    reliability: tuple[tuple[int, float, float], ...]
    risk_coverage: tuple[tuple[float, float, float], ...]
    none_queries: int
    by_probability: float | None
    by_sequence_probability: float | None


def read_trust(document: Mapping[str, Any]) -> Trust | None:
    """None where an evaluation has no such part, as older ones.

    Raises:
        KeyError, TypeError, ValueError: it has another shape.
    """
    if not document:
        return None
    none = document["none"]
    return Trust(
        queries=int(document["queries"]),
        threshold=float(document["threshold"]),
        max_error=float(document["max_error"]),
        reliability=tuple(
            (int(one["answers"]), float(one["stated"]), float(one["right"])) for one in document["reliability"]
        ),
        risk_coverage=tuple(
            (float(one["threshold"]), float(one["answered"]), float(one["wrong"])) for one in document["risk_coverage"]
        ),
        none_queries=int(none["queries"]),
        by_probability=_share(none["by_probability"]),
        by_sequence_probability=_share(none["by_sequence_probability"]),
    )


def _share(value: Any) -> float | None:
    return None if value is None else float(value)


_WIDTH, _HEIGHT = 440.0, 250.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 10.0, 10.0, 40.0


@dataclass(frozen=True, slots=True)
class Plane:
    """A line over two axes that both end at a share. `ticks_x`, `ticks_y`: (place, text). `guide`: what the line is to be
    measured against; `mark_x`: where the threshold stands, None where it is not on the axis."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    line: str
    dots: tuple[tuple[float, float], ...]
    guide: str
    mark_x: float | None
    ticks_x: tuple[tuple[float, str], ...]
    ticks_y: tuple[tuple[float, str], ...]
    name_x: str
    name_y: str


@dataclass(frozen=True, slots=True)
class TrustPanel:
    """One of the two charts with its words; `head` and `rows` are the same as a table."""

    title: str
    chart: Plane
    label: str
    explain: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def trust_panels(trust: Trust | None, words: Words) -> tuple[TrustPanel, ...]:
    """Nothing where nothing was measured, or nothing was answered."""
    if trust is None or not trust.risk_coverage:
        return ()
    reliable = TrustPanel(
        title=words("trust.reliability"),
        chart=_plane(
            [(stated, right) for _, stated, right in trust.reliability],
            1.0,
            ((0.0, 0.0), (1.0, 1.0)),
            (words("trust.stated"), words("trust.right")),
            words,
            dots=True,
        ),
        label=words("trust.reliability.chart"),
        explain=words("trust.reliability.explain", n=trust.queries),
        head=(words("trust.stated"), words("trust.right"), words("trust.answers")),
        rows=tuple((words.share(stated), words.share(right), f"{n:,}") for n, stated, right in trust.reliability),
    )
    most = max([trust.max_error, *(wrong for _, _, wrong in trust.risk_coverage)])
    top = min(1.0, -(-most * 1.1 // 0.1) * 0.1)
    kept = [answered for threshold, answered, _ in trust.risk_coverage if threshold >= trust.threshold]
    risk = TrustPanel(
        title=words("trust.risk"),
        chart=_plane(
            [(answered, wrong) for _, answered, wrong in trust.risk_coverage],
            top,
            ((0.0, trust.max_error), (1.0, trust.max_error)),
            (words("trust.answered"), words("trust.wrong")),
            words,
            mark=kept[-1] if kept else None,
        ),
        label=words("trust.risk.chart"),
        explain=" ".join([words("trust.risk.explain", risk=words.share(trust.max_error)), *_none_words(trust, words)]),
        head=(words("trust.threshold"), words("trust.answered"), words("trust.wrong")),
        rows=tuple(
            (words.share(threshold), words.share(answered), words.share(wrong))
            for threshold, answered, wrong in trust.risk_coverage
        ),
    )
    return reliable, risk


def _none_words(trust: Trust, words: Words) -> list[str]:
    if trust.by_probability is None or trust.by_sequence_probability is None:
        return []
    shares = {"ours": words.share(trust.by_probability), "theirs": words.share(trust.by_sequence_probability)}
    return [words("trust.none", n=trust.none_queries, **shares)]


def _plane(
    points: Sequence[tuple[float, float]],
    top: float,
    guide: Sequence[tuple[float, float]],
    names: tuple[str, str],
    words: Words,
    *,
    dots: bool = False,
    mark: float | None = None,
) -> Plane:
    def at(x: float, y: float) -> tuple[float, float]:
        across, up = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        return round(_LEFT + x * across, 1), round(_HEIGHT - _BOTTOM - min(y / top, 1.0) * up, 1)

    def drawn(places: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{x} {y}" for x, y in (at(*place) for place in places))

    return Plane(
        width=_WIDTH,
        height=_HEIGHT,
        left=_LEFT,
        right=_WIDTH - _RIGHT,
        top=_TOP,
        bottom=_HEIGHT - _BOTTOM,
        line=drawn(points) if points else "",
        dots=tuple(at(*point) for point in points) if dots else (),
        guide=drawn(guide),
        mark_x=None if mark is None else at(mark, 0.0)[0],
        ticks_x=tuple((at(share, 0.0)[0], words.share(share)) for share in (0.0, 0.5, 1.0)),
        ticks_y=tuple((at(0.0, share)[1], words.share(share)) for share in (0.0, top / 2, top)),
        name_x=names[0],
        name_y=names[1],
    )
