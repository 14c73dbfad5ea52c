"""Geometry of the report's charts, in the units of an SVG view box. Templates draw it; colours are CSS classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from audit.report.data import Funnel
from audit.standing import StandingState
from curate.decision import Outcome

FLOW_WIDTH = 960.0
_COLUMN_X = (0.0, 168.0, 362.0, 566.0, 800.0)
_NODE_WIDTH = 9.0
_TOP = 34.0  # room for the column heads
_SLOT = 25.0  # a label needs so much, however small its node
_GAP = 9.0
_BODY = 270.0  # height of all rows together


@dataclass(frozen=True, slots=True)
class Node:
    """A bar of the flow chart. `label` is a wording key; `tone` a CSS class."""

    x: float
    y: float
    width: float
    height: float
    label: str
    images: int
    tone: str

    @property
    def text_y(self) -> float:
        return self.y + max(self.height, 14.0) / 2 if self.height < 40 else self.y + 20.0


@dataclass(frozen=True, slots=True)
class Band:
    path: str
    tone: str


@dataclass(frozen=True, slots=True)
class FlowChart:
    width: float
    height: float
    nodes: tuple[Node, ...]
    bands: tuple[Band, ...]
    heads: tuple[tuple[float, str], ...]


def flow_chart(funnel: Funnel) -> FlowChart | None:
    """The funnel as bands from column to column; None when there is nothing to draw."""
    earlier = funnel.absent + funnel.undecided
    links: list[Counter[tuple[str, str]]] = [Counter() for _ in range(4)]
    links[0]["flow.rows", "flow.rejected"] = funnel.rejected
    links[0]["flow.rows", "flow.repeated"] = funnel.repeated
    links[0]["flow.rows", "flow.images"] = funnel.present
    links[0]["flow.earlier", "flow.images"] = earlier
    for cell in funnel.cells:
        outcome = f"outcome.{cell.outcome.value}" if cell.outcome else "flow.no-outcome"
        state = f"state.{cell.state.value}"
        links[1]["flow.images", outcome] += cell.images
        links[2][outcome, state] += cell.images
        links[3][state, "flow.trained" if cell.trained else "flow.untrained"] += cell.images
    total = funnel.rows + earlier
    if total == 0:
        return None
    scale = _BODY / total
    columns = (
        ("flow.rows", "flow.earlier"),
        ("flow.images", "flow.repeated", "flow.rejected"),
        (*(f"outcome.{outcome.value}" for outcome in reversed(Outcome)), "flow.no-outcome"),
        tuple(f"state.{state.value}" for state in _STATE_ORDER),
        ("flow.trained", "flow.untrained"),
    )
    nodes: dict[str, Node] = {}
    for column, names in enumerate(columns):
        y = _TOP
        for name in names:
            images = _through(name, column, links)
            if images:
                height = max(images * scale, 2.5)
                nodes[name] = Node(_COLUMN_X[column], y, _NODE_WIDTH, height, name, images, _tone(name))
                y += max(height, _SLOT) + _GAP
    bottom = max(max(node.y + node.height, node.y + _SLOT) for node in nodes.values())
    heads = ("flow.col.source", "flow.col.images", "flow.col.outcome", "flow.col.state", "flow.col.model")
    return FlowChart(
        FLOW_WIDTH, round(bottom + 4, 1), tuple(nodes.values()), _bands(links, nodes, columns, scale),
        tuple(zip(_COLUMN_X, heads, strict=True)),
    )  # fmt: skip


_STATE_ORDER = (
    StandingState.CLEARED,
    StandingState.AWAITING,
    StandingState.EXPIRED,
    StandingState.SUSPENDED,
    StandingState.WITHDRAWN,
    StandingState.EXCLUDED,
)


def _through(name: str, column: int, links: Sequence[Counter[tuple[str, str]]]) -> int:
    if column == 0:
        return sum(number for (source, _), number in links[0].items() if source == name)
    return sum(number for (_, target), number in links[column - 1].items() if target == name)


def _bands(
    links: Sequence[Counter[tuple[str, str]]],
    nodes: dict[str, Node],
    columns: Sequence[Sequence[str]],
    scale: float,
) -> tuple[Band, ...]:
    """Bands leave and enter a node in the order of the nodes at their other end, so that they cross little."""
    bands = []
    left = {name: node.y for name, node in nodes.items()}
    entered = dict(left)
    for column, counted in enumerate(links):
        order = {name: place for place, name in enumerate((*columns[column], *columns[column + 1]))}
        for (source, target), number in sorted(counted.items(), key=lambda item: [order[name] for name in item[0]]):
            if not number:
                continue
            thick = max(number * scale, 1.0)
            start, end = nodes[source], nodes[target]
            tone = start.tone if column == 2 else end.tone
            bands.append(Band(_ribbon(start.x + start.width, left[source], end.x, entered[target], thick), tone))
            left[source] += thick
            entered[target] += thick
    return tuple(bands)


def _ribbon(x0: float, y0: float, x1: float, y1: float, thick: float) -> str:
    middle = (x0 + x1) / 2
    return (
        f"M{x0:.1f} {y0:.1f}C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
        f"V{y1 + thick:.1f}C{middle:.1f} {y1 + thick:.1f} {middle:.1f} {y0 + thick:.1f} {x0:.1f} {y0 + thick:.1f}Z"
    )


def _tone(name: str) -> str:
    return "tone-" + name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Segment:
    x: float
    width: float
    tone: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizontal bar: `segments` one after the other, a whisker from `low` to `high` where there is an interval."""

    y: float
    label: str
    text: str
    text_x: float
    segments: tuple[Segment, ...]
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class BarChart:
    """Horizontal bars under each other. `mark_x` is where the planned bar stands, None when the plan names none."""

    width: float
    height: float
    bar_height: float
    origin: float
    bars: tuple[Bar, ...]
    mark_x: float | None
    mark_text: str


@dataclass(frozen=True, slots=True)
class BarInput:
    """`parts` are (value, tone) in one unit, stacked; `text` is what stands behind the bar."""

    label: str
    parts: tuple[tuple[float, str], ...]
    text: str
    low: float | None = None
    high: float | None = None


def bar_chart(
    rows: Sequence[BarInput],
    *,
    width: float = 460.0,
    label_width: float = 132.0,
    text_width: float = 74.0,
    top: float | None = None,
    mark: float | None = None,
    mark_text: str = "",
) -> BarChart:
    """Bars to one scale that begins at 0 and ends at `top` (default: the longest value, the mark included)."""
    reach = [sum(value for value, _ in row.parts) for row in rows] + [row.high or 0.0 for row in rows]
    longest = top or max([*reach, mark or 0.0, 0.0]) or 1.0
    room = width - label_width - text_width
    unit = room / longest
    head = 22.0 if mark is not None else 4.0
    bar_height, step = 16.0, 30.0
    bars = []
    for place, row in enumerate(rows):
        x = label_width
        segments = []
        for value, tone in row.parts:
            long = max(value * unit, 1.5 if value > 0 else 0.0)
            segments.append(Segment(round(x, 1), round(long, 1), tone))
            x += long
        end = max(x, label_width + (row.high or 0.0) * unit)
        bars.append(
            Bar(
                y=head + place * step + 6.0,
                label=row.label,
                text=row.text,
                text_x=round(end + 7.0, 1),
                segments=tuple(segments),
                low=None if row.low is None else round(label_width + row.low * unit, 1),
                high=None if row.high is None else round(label_width + row.high * unit, 1),
            )
        )
    return BarChart(
        width=width,
        height=head + len(rows) * step + 4.0,
        bar_height=bar_height,
        origin=label_width,
        bars=tuple(bars),
        mark_x=None if mark is None else round(label_width + mark * unit, 1),
        mark_text=mark_text,
    )
