"""Searching passages: patterns over every one, language models over those of their language; equal texts are read once.

What is found goes to the page of the image that the passage belongs to, unless the same is reported there already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from curate.finding import Channel, Check, Detector, Finding, Severity, Where
from curate.progress import Progress
from curate.screen import names
from curate.screen.detectors import names_detector, text_detector
from curate.screen.hit import Hit, finding
from curate.screen.kept_results import KeptHits
from curate.screen.page import Page
from curate.screen.passages import Passage, is_file_name, reading
from curate.screen.text import TextScreener
from curate.screen.title_block_words import is_role
from curate.sealed_store import SealedStore


class PassageSearch:
    """Patterns and language models, which load on first use and stay. `kept` holds hits of earlier runs, None: nothing."""

    def __init__(self, texts: TextScreener, kept: SealedStore | None) -> None:
        self._texts = texts
        self._kept = kept

    def search(self, passages: Sequence[Passage], pages: Mapping[str, Page], progress: Progress) -> None:
        """Patterns over every passage, then the language models over those of their language; equal texts once."""
        detector = text_detector()
        kept = KeptHits(self._kept, detector.name, detector.version)
        found = kept.find(reading(passage) for passage in passages if passage.names_in is None)
        new: dict[tuple[str, ...], tuple[Hit, ...]] = {}
        for done, passage in enumerate(passages, start=1):
            if passage.names_in is not None:
                continue
            key = reading(passage)
            if key not in found:
                hits = self._texts.find(passage.text, language=passage.language, pixels=passage.row is not None)
                found[key] = new[key] = hits
            page = pages[passage.image_id]
            page.findings.extend(new_on_page(findings_of(passage, found[key], detector), page))
            progress("screen texts", done, len(passages))
        kept.keep(new)
        self._names(passages, pages, progress)

    def _names(self, passages: Sequence[Passage], pages: Mapping[str, Page], progress: Progress) -> None:
        waiting: defaultdict[str, list[Passage]] = defaultdict(list)
        for passage in passages:
            for language in names.languages_in(passage.text):
                if passage.names_in in (None, language) and not (language == "en" and is_file_name(passage)):
                    waiting[language].append(passage)
        for language, group in sorted(waiting.items()):
            detector = names_detector(language)
            if (reason := names.missing_for(language)) is not None:
                for passage in group:
                    check = Check.TEXT_NAMES if passage.check is Check.TEXT_PII else passage.check
                    pages[passage.image_id].leave_open(passage.image_id, detector, check, reason)
                continue
            texts = list(dict.fromkeys(passage.text for passage in group))

            def told(done: int, total: int, language: str = language) -> None:
                progress(f"read names ({language})", done, total)

            kept = KeptHits(self._kept, detector.name, detector.version)
            hits = kept.find((text,) for text in texts)
            unread = [text for text in texts if (text,) not in hits]
            if unread:
                read = names.find_names(unread, language, progress=told)
                new_hits: dict[tuple[str, ...], tuple[Hit, ...]] = {
                    (text,): found for text, found in zip(unread, read, strict=True)
                }
                kept.keep(new_hits)
                hits |= new_hits
            for passage in group:
                page = pages[passage.image_id]
                already = [f.where for f in page.findings if f.kind == "privacy.person_name"]
                named = findings_of(passage, _worth_showing(passage, hits[passage.text,], language), detector)
                page.findings.extend(found for found in named if not _same(found, already))


def _worth_showing(passage: Passage, hits: Iterable[Hit], language: str) -> Iterable[Hit]:
    """Latin words in file names, metadata and pixels are codes and units far more often than sentences: what the English
    tagger doubts there is noise, and only what it believes is shown."""
    if language != "en" or passage.where.channel is Channel.TEXT:
        return hits
    # The date of a drawing beside whoever drew it says nothing more of them.
    return (h for h in hits if h.severity.rank >= Severity.MEDIUM.rank and h.kind != "privacy.personal_detail")


def _same(found: Finding, already: Iterable[Where]) -> bool:
    """Whether a name was already reported at the same place."""
    span = found.where.span
    return any(
        (where.channel, where.field, where.box) == (found.where.channel, found.where.field, found.where.box)
        and (where.span is None or span is None or (where.span[0] < span[1] and span[0] < where.span[1]))
        for where in already
    )


def findings_of(passage: Passage, hits: Iterable[Hit], detector: Detector) -> list[Finding]:
    findings = []
    for hit in hits:
        if passage.row is not None and hit.kind == "privacy.person_name" and is_role(passage.text[hit.start : hit.end]):
            continue  # the heading of a cell, "照査" or "Prepared by", taken for a name
        where, score = Where(passage.where.channel, passage.where.field, (hit.start, hit.end)), hit.score
        if passage.row is not None:
            # A span into text that OCR made up counts nothing anybody can look up; the box does.
            where = Where(Channel.PIXEL, None, None, passage.row.box(hit.start, hit.end))
            score *= passage.row.score(hit.start, hit.end)
        elif passage.where.box is not None:  # the payload of a code: people see the code, not its characters
            where = passage.where
        findings.append(
            finding(
                passage.image_id,
                detector,
                hit.kind,
                where,
                value=passage.text[hit.start : hit.end],
                why=hit.why,
                score=score,
                severity=hit.severity,
            )
        )
    return findings


def new_on_page(found: Iterable[Finding], page: Page) -> list[Finding]:
    """Without those whose kind is already reported for the same place of the pixels: the form of a code and its text say
    the same thing twice, and so do two readings of one line."""
    kept: list[Finding] = []
    for one in found:
        whole_code = one.where.channel is Channel.PIXEL and one.where.field is not None
        reported = [*page.findings, *kept] if whole_code else page.findings
        if one.where.channel is not Channel.PIXEL or not any(
            (f.kind, f.where) == (one.kind, one.where) for f in reported
        ):
            kept.append(one)
    return kept
