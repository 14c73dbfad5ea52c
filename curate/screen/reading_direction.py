"""Which way the lines of a page read: tilted, on their side, upside down, in columns.

The places are grouped by direction; a few of each group are read, the other way round where that reads badly, then the
rest; what stays unsure is turned and read again. An upright page costs one reading per line and nothing more, because a
line that is upside down reads far worse than any that is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from curate.screen.ocr_engine import Engine
from curate.screen.text_places import Place, along, apart, grouped, strip, whole_turn

PROBES = 3  # lines of a group that are read to learn which way it reads
SURE = 0.88  # mean confidence from which the first direction tried is the right one
UNSURE = 0.8  # a line read worse is tried the other way round
CLEARLY = 0.15  # by how much a reading across the lines of its group has to be better
OWN_ANGLE = 4.0  # degrees by which a place has to lie otherwise than its group to be tried as it lies
RETRIES = 24  # lines of one picture that are tried again: texture has hundreds of places that are no text


@dataclass(frozen=True, slots=True)
class Reading:
    """What a strip reads as in `direction` (degrees counter-clockwise in (-180, 180]); `score` in [0, 1]."""

    text: str
    score: float
    direction: float

    @property
    def worth(self) -> float:
        return self.score if self.text.strip() else 0.0


class DirectionSearch:
    """The search for the direction of every place of one page."""

    def __init__(self, engine: Engine, page: Image.Image, places: Sequence[Place]) -> None:
        self._engine, self._page = engine, page
        self._found = list(places)
        self._places = list(places)
        self._best: dict[int, Reading] = {}

    def readings(self) -> list[tuple[Place, Reading]]:
        """Every place, along the lines of its group, with the best that was made of it.

        Raises:
            TextReadError: the engine broke off.
        """
        main: float | None = None
        for angle, members in grouped(self._places):
            for k in members:
                self._places[k] = along(self._places[k], angle)
            direction = self._direction(_first_guess(angle, main), members)
            main = direction if main is None else main
            self._read([k for k in members if k not in self._best], direction)
        self._again()
        return [(place, self._best[k]) for k, place in enumerate(self._places)]

    def _read(self, members: Sequence[int], direction: float, better_by: float = 0.0) -> list[Reading]:
        """Read places in a direction; each keeps the best it was ever read as, a new reading better by so much."""
        read = self._engine.texts([strip(self._page, self._places[k], direction) for k in members])
        readings = [Reading(text, score, direction) for text, score in read]
        for k, reading in zip(members, readings, strict=True):
            if k not in self._best or reading.worth > self._best[k].worth + better_by:
                self._best[k] = reading
        return readings

    def _direction(self, guess: float, members: Sequence[int]) -> float:
        """`guess` or the opposite, whichever reads better on the longest lines of the group."""
        probes = sorted(members, key=lambda k: -self._places[k].length)[:PROBES]
        forward = [reading.worth for reading in self._read(probes, guess)]
        if sum(forward) >= SURE * len(forward):
            return guess
        back = [reading.worth for reading in self._read(probes, whole_turn(guess + 180.0))]
        return guess if sum(forward) >= sum(back) else whole_turn(guess + 180.0)

    def _again(self) -> None:
        """Turn what stayed unsure: over, and by a quarter where the place is too short to show how it lies."""
        unsure = [k for k, reading in self._best.items() if reading.worth < UNSURE]
        for k in sorted(unsure, key=lambda k: -self._places[k].length)[:RETRIES]:
            tried = self._best[k].direction
            turns = (180.0,) if self._places[k].elongated else (180.0, 90.0, -90.0)
            for turn in turns:
                self._read([k], whole_turn(tried + turn), better_by=0.0 if turn == 180.0 else CLEARLY)
                if self._best[k].worth >= SURE:
                    break
            else:
                self._as_found(k)

    def _as_found(self, k: int) -> None:
        """A stamp put on askew is too short to make a group of its own: try it at the angle of its own sides."""
        mine = self._places[k]
        if apart(self._found[k].angle, mine.angle) <= OWN_ANGLE:
            return
        before, self._places[k] = self._best[k], self._found[k]
        for direction in (self._found[k].angle, whole_turn(self._found[k].angle + 180.0)):
            self._read([k], direction)
        if self._best[k] is before:
            self._places[k] = mine


def _first_guess(angle: float, main: float | None) -> float:
    """Of the two directions along a line: the one to the right; on its side the one that reads upwards, as dimensions
    of a drawing do, seen from the main direction of the page."""
    forward = whole_turn(angle)
    if main is None:
        return forward
    turned = whole_turn(forward - main)
    return forward if -60.0 < turned <= 120.0 else whole_turn(forward + 180.0)
