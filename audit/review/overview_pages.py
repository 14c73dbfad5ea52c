"""The overview: what waits, what ends, where every image is, what people decided; and the last report as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.report.charts import BarInput, bar_chart
from audit.report.wording import Lang
from audit.review import rendering
from audit.review.blind import told_by_report
from audit.review.board import Board
from audit.review.endings import HORIZONS
from audit.review.exchange import Refused, Reply
from audit.review.lanes import Lane
from audit.review.listing import Search
from audit.review.overview import Stage, Waits, funnel, lane_waits, memory_of, pace, waits, weeks
from audit.review.queue_pages import LANE_NAMES
from audit.review.visit import Route, Visit, route
from audit.review.wording import Words

STAGE_NAMES = {
    Stage.MEMORIZED: "Memorized",
    Stage.CLEARED: "Cleared, in no model yet",
    Stage.WAITING: "Waits for people",
    Stage.HELD: "Held",
    Stage.INDEX: "In the external index",
    Stage.DENIED: "Denied",
    Stage.WITHDRAWN: "Withdrawn",
}
WAITING = (Lane.WAITING, Lane.SECOND, Lane.DISAGREEMENT, Lane.HELD)
# The report brings its own style in the file, and nothing else; it is saved, never shown under this site's name.
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
_WIDTH, _LABELS, _NUMBERS = 720.0, 210.0, 70.0  # of a chart, in units of its view box


@dataclass(frozen=True, slots=True)
class Queue:
    """One line of what waits: `href` lists it, `oldest_href` with the longest wait first."""

    name: str
    waits: Waits
    href: str
    oldest_href: str


@dataclass(frozen=True, slots=True)
class Ending:
    """One line of what ends: (how many, where they are listed) of approvals and of licences."""

    name: str
    approvals: tuple[int, str]
    licences: tuple[int, str]


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report as `imprimatur report` wrote it, and when (aware)."""

    body: bytes
    written: datetime


class OverviewPages:
    """`/overview`, and `/report/en` and `/report/ja`: `report_of` gives the last report of a language."""

    def __init__(self, board: Board, report_of: Callable[[Lang], KeptReport | None]) -> None:
        self._board, self._report_of = board, report_of
        self.routes: Sequence[Route] = (
            route("GET", "/overview", self.show),
            route("GET", r"/report/(?P<lang>en|ja)", self.report),
        )

    def show(self, visit: Visit) -> Reply:
        words, now = visit.words, visit.now
        with self._board.current():  # all figures are of one moment
            images = self._board.all()
            memory = memory_of(self._board.manifest(), self._board.training_runs())
            spoken = self._board.spoken()
            ends = self._board.list({}, "", "name", 0, 0).counts["ends"]
            queues = self._queues(words, now)
        reports = {lang: report for lang in Lang if (report := self._report_of(lang)) is not None}
        told = {lang: told_by_report(self._board, visit.person, report.written) for lang, report in reports.items()}
        steps = funnel(images, memory or ())
        decided = weeks(spoken, now)
        cleared, median = pace((case for _, case in images), decided[0].start)
        stages = [(words(STAGE_NAMES[step.stage]), step) for step in steps]
        return rendering.page(
            "overview.html.j2",
            words,
            **visit.frame,
            queues=queues,
            endings=_endings(words, ends),
            total=len(images),
            stages=stages,
            known=memory is not None,
            in_model=len(memory or ()),
            no_longer=len(memory or ()) - next(s.images for s in steps if s.stage is Stage.MEMORIZED),
            where=_bars([(name, step.images, step.stage.value) for name, step in stages]),
            weeks=decided,
            pace=_bars([(words.day(week.start), week.decisions, "decided") for week in decided]),
            cleared=cleared,
            median=median,
            reports=[(lang.value, report.written) for lang, report in reports.items() if not told[lang]],
            withheld=max((len(images) for images in told.values()), default=0),
        )

    def report(self, visit: Visit) -> Reply:
        """The file as `imprimatur report` wrote it; not to whoever would read in it what a colleague said about a
        picture that waits for his own verdict."""
        lang = Lang(visit.names["lang"])
        report = self._report_of(lang)
        if report is None:
            raise Refused("report-absent", 404)
        if told_by_report(self._board, visit.person, report.written):
            raise Refused("report-withheld")
        headers = (
            ("content-security-policy", REPORT_POLICY),
            ("content-disposition", f'attachment; filename="imprimatur-report.{lang.value}.html"'),
            ("cache-control", "no-store"),
        )
        return Reply(report.body, headers=headers)

    def _queues(self, words: Words, now: datetime) -> list[Queue]:
        cases = [case for _, case in self._board.all()]
        found = [
            Queue(words(LANE_NAMES[lane]), lane_waits(cases, lane, now), f"/{search.query()}", f"/{oldest.query()}")
            for lane in WAITING
            for search in [Search({"lane": (lane.value,)})]
            for oldest in [search.by("oldest")]
        ]
        wrong = [e.at for e in self._board.reports() if self._board.is_open(str(e.body.get("report_id")))]
        return [*found, Queue(words("Wrong answers"), waits(wrong, now), "/cases", "/cases")]


def _endings(words: Words, counts: Mapping[str, int]) -> list[Ending]:
    def cell(what: str, when: str) -> tuple[int, str]:
        value = f"{what}-{when}"
        return counts.get(value, 0), f"/{Search({'lane': ('all',), 'ends': (value,)}, sort='expiry').query()}"

    names = [(words("Has ended"), "ended"), *((words("Within {n} days", n=days), str(days)) for days in HORIZONS)]
    return [Ending(name, cell("approval", when), cell("licence", when)) for name, when in names]


def _bars(rows: Sequence[tuple[str, int, str]]) -> object:
    """Horizontal bars: name, number, CSS class."""
    inputs = [BarInput(name, ((float(number), tone),), f"{number:,}") for name, number, tone in rows]
    return bar_chart(inputs, width=_WIDTH, label_width=_LABELS, text_width=_NUMBERS)
