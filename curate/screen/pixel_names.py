"""Names in the pixels that no pattern and no language model can tell: cells of a title block, seal impressions."""

from __future__ import annotations

from collections.abc import Iterable

from curate.finding import Channel, Detector, Finding, Where
from curate.picture import PictureFacts
from curate.screen.hit import finding
from curate.screen.title_block import people_in_cells
from curate.screen.wording import Reason


def cell_findings(facts: PictureFacts, detector: Detector, already: Iterable[Finding]) -> list[Finding]:
    """Names by the word in the neighbouring cell, where no name was reported at the same place."""
    taken = {item.where.box for item in already if item.kind == "privacy.person_name"}
    return [
        finding(
            facts.image_id,
            detector,
            "privacy.person_name",
            Where(Channel.PIXEL, None, None, cell.line.box),
            value=cell.text[cell.start : cell.end],
            why=cell.why,
            score=cell.score,
        )
        for cell in people_in_cells(facts.text_lines or ())
        if cell.line.box not in taken
    ]


def seal_findings(facts: PictureFacts, detector: Detector) -> list[Finding]:
    """One finding a seal impression; the name in it is masked like any other value."""
    return [
        finding(
            facts.image_id,
            detector,
            "privacy.seal",
            Where(Channel.PIXEL, None, None, line.box),
            value=line.text,
            why=Reason("the letters in it can be read", "印影の文字を読み取れます")
            if line.text
            else Reason("its letters cannot be read", "印影の文字は読み取れません"),
            score=line.score,
        )
        for line in facts.text_lines or ()
        if line.seal
    ]
