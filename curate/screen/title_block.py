"""People in title blocks: a cell 設計 or DRAWN BY and the cell beside or below it that holds a name. Pure.

A language model is no help there: "轟" or "K.ITO" alone in a cell is a name because of what the next cell says, and the
names of a drawing office are not those of the newspapers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from curate.picture import TextLine
from curate.screen.folding import fold
from curate.screen.pixel_text import Frame, frames_of
from curate.screen.title_block_words import behind_role, is_role, name_in, roles_side_by_side
from curate.screen.wording import Reason

REACH_BESIDE = 9.0  # heights of a label's line between it and the name to its right
REACH_BELOW = 3.2  # heights of a label's line between it and the name below it

_BESIDE = Reason("beside the word for a role in a title block", "表題欄の役割名（設計、承認など）の隣に書かれています")
_BELOW = Reason("below the word for a role in a title block", "表題欄の役割名（設計、承認など）の下に書かれています")


@dataclass(frozen=True, slots=True)
class PersonCell:
    """`text[start:end)` of `line` is a name because a role stands beside it, above it or in front of it."""

    line: TextLine
    text: str
    start: int
    end: int
    score: float
    why: Reason


def people_in_cells(lines: Sequence[TextLine]) -> tuple[PersonCell, ...]:
    """Every cell that holds a name by its neighbour's word, and lines that begin with a role and go on with a name."""
    found: dict[tuple[int, int, int, int], PersonCell] = {}
    for frames in frames_of(lines):
        roles = [role for frame in frames for role in _roles(frame)]
        for role in roles:
            for cell, why in ((_beside(role, frames), _BESIDE), (_below(role, frames), _BELOW)):
                if cell is not None:
                    _keep(found, cell, 0, why, role.line.score)
        for frame in frames:
            head = behind_role(fold(frame.text).text)
            if head is not None:
                _keep(
                    found,
                    frame,
                    head,
                    Reason(
                        "behind the word for a role in a title block", "表題欄の役割名（設計、承認など）の後にあります"
                    ),
                    1.0,
                )
    return tuple(found.values())


def _roles(frame: Frame) -> list[Frame]:
    """The line where it is a role, or its pieces where the headings of several cells were read as one line."""
    if is_role(frame.text):
        return [frame]
    share = (frame.right - frame.left) / max(1, len(frame.text))
    return [
        replace(frame, text=frame.text[start:end], left=frame.left + start * share, right=frame.left + end * share)
        for start, end in roles_side_by_side(frame.text)
    ]


def _keep(
    found: dict[tuple[int, int, int, int], PersonCell], frame: Frame, offset: int, why: Reason, label_score: float
) -> None:
    text = fold(frame.text).text
    rest = text[offset:]
    span = name_in(rest, whole_cell=offset == 0 or text[offset - 1 : offset] in (" ", ":", ";", "/"))
    if span is not None:
        score = 0.75 * min(frame.line.score, label_score)
        cell = PersonCell(frame.line, text, offset + span[0], offset + span[1], score, why)
        if frame.line.box not in found or found[frame.line.box].score < score:
            found[frame.line.box] = cell


def _beside(role: Frame, frames: Sequence[Frame]) -> Frame | None:
    """The nearest line to the right at the same height, unless that is another role's cell."""
    near = [
        frame
        for frame in frames
        if frame.line is not role.line
        and abs(frame.v - role.v) < 0.6 * max(frame.height, role.height)
        and -0.4 * role.height <= frame.left - role.right <= REACH_BESIDE * role.height
    ]
    nearest = min(near, key=lambda frame: frame.left, default=None)
    return None if nearest is None or _roles(nearest) else nearest


def _below(role: Frame, frames: Sequence[Frame]) -> Frame | None:
    """The nearest line below that shares at least half of its own width or of the label's."""
    near = []
    for frame in frames:
        shared = min(frame.right, role.right) - max(frame.left, role.left)
        gap = (frame.v - frame.height / 2) - (role.v + role.height / 2)
        wide = max(1.0, min(frame.right - frame.left, role.right - role.left))
        if (
            frame.line is not role.line
            and shared >= 0.5 * wide
            and -0.4 * role.height <= gap <= REACH_BELOW * role.height
        ):
            if frame.v > role.v:
                near.append(frame)
    nearest = min(near, key=lambda frame: frame.v, default=None)
    return None if nearest is None or _roles(nearest) else nearest
