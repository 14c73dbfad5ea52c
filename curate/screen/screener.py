"""All checks on all images of a catalogue: rights -> file -> quality -> texts and pixels -> names -> likeness.

A check is in `Screening.done` only if it was really made for that image. What could not be looked at is `Unscreened`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import date

from curate.finding import Channel, Check, Finding, Screening, Unscreened, Where
from curate.picture import PIXEL_PARTS, UNOPENED, PictureFacts, Undecoded
from curate.progress import Progress, silent
from curate.record import ImageRecord
from curate.screen.barred_prints import BarredPrint
from curate.screen.code_payload import find_in_payload, readable
from curate.screen.container import screen_container
from curate.screen.detectors import (
    DECODER,
    DetectorInfo,
    all_detectors,
    code_detector,
    face_detector,
    pixel_detector,
    plate_detector,
)
from curate.screen.duplicates import DETECTOR as DUPLICATES
from curate.screen.duplicates import articles_of
from curate.screen.hit import finding
from curate.screen.kept_results import KeptLikeness, KeptPage, KeptPages
from curate.screen.metadata import metadata_texts, screen_beside, screen_metadata
from curate.screen.page import Page, screening_of
from curate.screen.passage_search import PassageSearch, findings_of, new_on_page
from curate.screen.passages import Passage, texts_of
from curate.screen.pixel_names import cell_findings, seal_findings
from curate.screen.pixel_objects import codes_with_text, face_findings, plate_findings, unreadable_codes
from curate.screen.pixel_text import english_paragraphs, headed_rows, poorly_read, readings_of
from curate.screen.quality import screen_quality
from curate.screen.reasons_ja import in_both
from curate.screen.rights.verdict import judge_rights
from curate.screen.settings import ScreenSettings
from curate.screen.text import TextScreener
from curate.screen.wording import Reason
from curate.screen.xmp import ReadXmp, read_packets
from curate.sealed_store import SealedStore
from curate.sidecars import Beside

_NEEDS_PICTURE = (
    Check.DECODE,
    Check.METADATA_PRIVACY,
    Check.METADATA_RIGHTS,
    *PIXEL_PARTS,
    Check.QUALITY,
    Check.DUPLICATE,
)


class Screener:
    """Screens records and single texts. Models load on first use and stay; not for use by several threads at once."""

    def __init__(self, settings: ScreenSettings | None = None, kept: SealedStore | None = None) -> None:
        """`kept` holds results of earlier runs; without it everything is screened anew."""
        self.settings = settings or ScreenSettings()
        self._texts = TextScreener(self.settings.employee_numbers)
        self._kept = kept

    def keeping(self, kept: SealedStore) -> Screener:
        """The same screener, its models included, with another store of results."""
        other = copy(self)
        other._kept = kept
        return other

    def detectors(self) -> tuple[DetectorInfo, ...]:
        return all_detectors()

    def screen(
        self,
        records: Sequence[ImageRecord],
        pictures: Mapping[str, PictureFacts | Undecoded],
        *,
        barred: Sequence[BarredPrint] = (),
        beside: Mapping[str, Beside] | None = None,
        today: date,
        progress: Progress = silent,
    ) -> dict[str, Screening]:
        """One screening per record, by image id: what `pages` finds, and the likeness among all of them.

        Args:
            records: one per image id.
            pictures: by image id.
            barred: fingerprints of denied and withdrawn images.
            beside: what stands beside the files, by image id; nothing where an image is not named.
            today: licences are judged as of this day.
        """
        pages = self.pages(records, pictures, beside=beside, today=today, progress=progress)
        return self.compared(records, pages, pictures, barred)

    def compared(
        self,
        records: Sequence[ImageRecord],
        pages: Mapping[str, KeptPage],
        pictures: Mapping[str, PictureFacts | Undecoded],
        barred: Sequence[BarredPrint] = (),
    ) -> dict[str, Screening]:
        """The screenings that follow from pages: each with what the picture looks like among the others."""
        decoded = [seen for image_id in pages if isinstance(seen := pictures.get(image_id), PictureFacts)]
        likeness = KeptLikeness(self._kept).of(decoded, barred, self.settings.duplicates, articles_of(records))
        return {image_id: screening_of(image_id, page, likeness) for image_id, page in pages.items()}

    def pages(
        self,
        records: Sequence[ImageRecord],
        pictures: Mapping[str, PictureFacts | Undecoded],
        *,
        beside: Mapping[str, Beside] | None = None,
        today: date,
        progress: Progress = silent,
    ) -> dict[str, KeptPage]:
        """What looking at each image alone says of it, in the order of `records`: the same whichever others are looked at
        with it. An image without an entry in `pictures` counts as not decoded.
        """
        pages = {record.image_id: Page() for record in records}
        kept = KeptPages(self._kept, self.settings, today)
        keys = kept.keys(records, pictures, beside or {})
        known = kept.find(keys)
        passages: list[Passage] = []
        decoded: list[PictureFacts] = []
        for done, record in enumerate(records, start=1):
            page = pages[record.image_id]
            if (before := known.get(record.image_id)) is not None:
                page.take_over(before)
                continue
            passages.extend(texts_of(record))
            page.done.update((Check.TEXT_PII, Check.TEXT_NAMES))
            page.done.add(Check.CATALOGUE_RIGHTS)
            facts = pictures.get(record.image_id, Undecoded(record.image_id, "nobody looked at the file"))
            if isinstance(facts, Undecoded):
                _undecoded(page, record.image_id, facts.reason)
                self._rights(page, record, None, ReadXmp(), (beside or {}).get(record.image_id), today)
            else:
                decoded.append(facts)
                xmp = read_packets(facts.xmp)
                self._rights(page, record, facts, xmp, (beside or {}).get(record.image_id), today)
                passages.extend(self._file(page, record, facts, xmp))
            passages.extend(_beside(page, record, (beside or {}).get(record.image_id)))
            if len(record.file_names) > 1:
                names = len(record.file_names)
                why = Reason(f"{names} file names", f"ファイル名は{names}件あります")
                where = Where(Channel.FILE, "file_name")
                page.findings.append(finding(record.image_id, DUPLICATES, "duplicate.exact_rows", where, why=why))
            progress("screen files", done, len(records))
        PassageSearch(self._texts, self._kept).search(passages, pages, progress)
        for facts in decoded:
            page = pages[facts.image_id]
            page.findings.extend(cell_findings(facts, pixel_detector(), page.findings))
        found = {image_id: page.to_keep() for image_id, page in pages.items()}
        for image_id in keys.keys() - known.keys():
            kept.keep(keys[image_id], found[image_id])
        return found

    def screen_text(
        self, text: str, *, language: str | None = None
    ) -> tuple[tuple[Finding, ...], tuple[Unscreened, ...]]:
        """Findings in one text that belongs to no image (`image_id` is empty), spans in its own code points."""
        return self.screen_texts([text], language=language)[0]

    def screen_texts(
        self, texts: Sequence[str], *, language: str | None = None
    ) -> list[tuple[tuple[Finding, ...], tuple[Unscreened, ...]]]:
        """The same for many texts at once, in their order: the language models read in batches."""
        pages = {str(number): Page() for number in range(len(texts))}
        where = Where(Channel.TEXT)
        passages = [Passage(str(n), Check.TEXT_PII, where, text, language) for n, text in enumerate(texts)]
        PassageSearch(self._texts, self._kept).search(passages, pages, silent)
        return [
            (
                tuple(replace(found, image_id="") for found in page.findings),
                tuple(replace(part, image_id="") for part in page.unscreened),
            )
            for page in pages.values()
        ]

    def _rights(
        self,
        page: Page,
        record: ImageRecord,
        facts: PictureFacts | None,
        xmp: ReadXmp,
        beside: Beside | None,
        today: date,
    ) -> None:
        place = self.settings.country_of_use
        judged = judge_rights(record, facts, xmp, beside or Beside(), today=today, place=place)
        page.findings.extend(judged.findings)
        page.unscreened.extend(judged.unscreened)
        page.rights = judged.verdict

    def _file(self, page: Page, record: ImageRecord, facts: PictureFacts, xmp: ReadXmp) -> Iterable[Passage]:
        """Everything about one decoded file but its free texts, which come back to be searched."""
        image_id = facts.image_id
        page.done.update((Check.DECODE, Check.METADATA_PRIVACY, Check.METADATA_RIGHTS, Check.QUALITY, Check.DUPLICATE))
        limit = self.settings.thumbnail_difference
        findings, notes = screen_metadata(facts, record.rights, xmp, thumbnail_difference=limit)
        page.findings.extend((*findings, *screen_container(facts, record.file_names)))
        page.unscreened.extend(notes)
        page.findings.extend(screen_quality(facts, record.content_class, self.settings))
        for item in metadata_texts(facts, xmp):
            yield Passage(image_id, Check.METADATA_PRIVACY, Where(Channel.METADATA, item.field), item.text)
        yield from _objects(page, facts)
        if facts.text_lines is None:
            reason = facts.text_unscreened or "the text in the pixels was not read"
            page.leave_open(image_id, pixel_detector(), Check.PIXEL_TEXT, reason)
            return
        page.done.add(Check.PIXEL_TEXT)
        if (poor := poorly_read(facts.text_lines, self.settings)) is not None:
            page.leave_open(image_id, pixel_detector(), Check.PIXEL_TEXT, poor)
        page.findings.extend(seal_findings(facts, pixel_detector()))
        rows = readings_of(facts.text_lines)
        for row in (*rows, *headed_rows(rows)):
            yield Passage(image_id, Check.PIXEL_TEXT, Where(Channel.PIXEL), row.text, row=row)
        for block in english_paragraphs(facts.text_lines):
            yield Passage(image_id, Check.PIXEL_TEXT, Where(Channel.PIXEL), block.text, row=block, names_in="en")


def _beside(page: Page, record: ImageRecord, beside: Beside | None) -> Iterable[Passage]:
    """What the sidecars of one picture say about people; their free texts come back to be searched."""
    if beside is None:
        return
    findings, notes, texts = screen_beside(record.image_id, beside, record.rights)
    page.findings.extend(findings)
    page.unscreened.extend(notes)
    for item in texts:
        yield Passage(record.image_id, Check.METADATA_PRIVACY, Where(Channel.METADATA, item.field), item.text)


def _objects(page: Page, facts: PictureFacts) -> Iterable[Passage]:
    """Faces, plates and codes of one file; the payloads of the codes come back to be searched."""
    image_id = facts.image_id
    page.done.update(facts.parts_read - {Check.PIXEL_TEXT})
    for check, detector, found, reason in (
        (Check.PIXEL_FACES, face_detector(), facts.faces, facts.faces_unscreened),
        (Check.PIXEL_CODES, code_detector(), facts.codes, facts.codes_unscreened),
        (Check.PIXEL_PLATES, plate_detector(), facts.plates, facts.plates_unscreened),
    ):
        if found is None:
            page.leave_open(image_id, detector, check, reason or "nobody looked")
    page.findings.extend(face_findings(facts, face_detector()))
    page.findings.extend(plate_findings(facts, plate_detector()))
    if (trouble := unreadable_codes(facts)) is not None:
        page.leave_open(image_id, code_detector(), Check.PIXEL_CODES, trouble)
    for code in codes_with_text(facts):
        where = Where(Channel.PIXEL, code.symbology, None, code.box)
        passage = Passage(image_id, Check.PIXEL_CODES, where, readable(code.text))
        by_form = replace(passage, text=code.text)
        page.findings.extend(new_on_page(findings_of(by_form, find_in_payload(code.text), code_detector()), page))
        yield passage


def _undecoded(page: Page, image_id: str, reason: str) -> None:
    if reason == UNOPENED:  # nothing is wrong with the file as far as anybody knows
        for check in _NEEDS_PICTURE:
            page.leave_open(image_id, DECODER, check, reason)
        return
    where = Where(Channel.FILE, "file_name")
    why = in_both(reason.removeprefix("the file cannot be read whole: "))  # the finding says so itself
    page.findings.append(finding(image_id, DECODER, "content.undecodable", where, why=why))
    for check in _NEEDS_PICTURE:
        page.leave_open(image_id, DECODER, check, f"the file was not decoded: {reason}")
