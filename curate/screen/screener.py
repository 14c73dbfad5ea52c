"""All checks on all images of a catalogue: rights -> file -> quality -> texts and pixels -> names -> likeness.

A check is in `Screening.done` only if it was really made for that image. What could not be looked at is `Unscreened`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date

from curate.finding import Channel, Check, Detector, Finding, Screening, Severity, Unscreened, Where
from curate.picture import PIXEL_PARTS, UNOPENED, PictureFacts, Undecoded
from curate.progress import Progress, silent
from curate.record import ImageRecord
from curate.rights_verdict import RightsVerdict
from curate.screen import names
from curate.screen.code_payload import find_in_payload, readable
from curate.screen.container import screen_container
from curate.screen.detectors import (
    DECODER,
    DetectorInfo,
    all_detectors,
    code_detector,
    face_detector,
    names_detector,
    pixel_detector,
    plate_detector,
    text_detector,
)
from curate.screen.duplicates import DETECTOR as DUPLICATES
from curate.screen.duplicates import BarredPrint, Likeness
from curate.screen.hit import Hit, finding
from curate.screen.kept_results import KeptHits, KeptLikeness, KeptPage, KeptPages
from curate.screen.metadata import metadata_texts, screen_beside, screen_metadata
from curate.screen.pixel_names import cell_findings, seal_findings
from curate.screen.pixel_objects import codes_with_text, face_findings, plate_findings, unreadable_codes
from curate.screen.pixel_text import TextRow, english_paragraphs, poorly_read, readings_of
from curate.screen.quality import screen_quality
from curate.screen.reasons_ja import in_both, unscreened
from curate.screen.rights.verdict import judge_rights
from curate.screen.settings import ScreenSettings
from curate.screen.text import TextScreener
from curate.screen.title_block_words import is_role
from curate.screen.wording import Reason
from curate.screen.xmp import ReadXmp, read_packets
from curate.sealed_store import SealedStore
from curate.sidecars import Beside

__all__ = ["ScreenSettings", "Screener", "screening_of"]

_NEEDS_PICTURE = (
    Check.DECODE,
    Check.METADATA_PRIVACY,
    Check.METADATA_RIGHTS,
    *PIXEL_PARTS,
    Check.QUALITY,
    Check.DUPLICATE,
)


@dataclass(frozen=True, slots=True)
class _Passage:
    """One text to be searched; `row` where it was read from pixels; `check` is the question it belongs to.

    `names_in`: only names of this language are looked for in it; it is another spelling of what another passage holds.
    """

    image_id: str
    check: Check
    where: Where
    text: str
    language: str | None = None
    row: TextRow | None = None
    names_in: str | None = None


@dataclass
class _Page:
    """What has been found out about one image so far."""

    findings: list[Finding] = field(default_factory=list)
    unscreened: list[Unscreened] = field(default_factory=list)
    done: set[Check] = field(default_factory=set)
    rights: RightsVerdict | None = None

    def leave_open(self, image_id: str, detector: Detector, check: Check, reason: str) -> None:
        note = unscreened(image_id, detector, check, reason)
        if note not in self.unscreened:
            self.unscreened.append(note)

    def to_keep(self) -> KeptPage:
        return KeptPage(tuple(self.findings), tuple(self.unscreened), tuple(sorted(self.done)), self.rights)

    def take_over(self, page: KeptPage) -> None:
        self.findings.extend(page.findings)
        self.unscreened.extend(page.unscreened)
        self.done.update(page.done)
        self.rights = page.rights


def screening_of(image_id: str, page: KeptPage, likeness: Likeness) -> Screening:
    """All that screening says about one image: its page, and what it looks like among the others."""
    return Screening(
        image_id=image_id,
        findings=(*page.findings, *likeness.findings.get(image_id, ())),
        unscreened=page.unscreened,
        done=frozenset(page.done) - {note.check for note in page.unscreened},
        duplicate_group=likeness.groups.get(image_id, ()),
        rights=page.rights,
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
        return self.compared(
            self.pages(records, pictures, beside=beside, today=today, progress=progress), pictures, barred
        )

    def compared(
        self,
        pages: Mapping[str, KeptPage],
        pictures: Mapping[str, PictureFacts | Undecoded],
        barred: Sequence[BarredPrint] = (),
    ) -> dict[str, Screening]:
        """The screenings that follow from pages: each with what the picture looks like among the others."""
        decoded = [seen for image_id in pages if isinstance(seen := pictures.get(image_id), PictureFacts)]
        likeness = KeptLikeness(self._kept).of(decoded, barred, self.settings.duplicates)
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
        pages = {record.image_id: _Page() for record in records}
        kept = KeptPages(self._kept, self.settings, today)
        keys = kept.keys(records, pictures, beside or {})
        known = kept.find(keys)
        passages: list[_Passage] = []
        decoded: list[PictureFacts] = []
        for done, record in enumerate(records, start=1):
            page = pages[record.image_id]
            if (before := known.get(record.image_id)) is not None:
                page.take_over(before)
                continue
            passages.extend(_texts_of(record))
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
        self._search(passages, pages, progress)
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
        pages = {str(number): _Page() for number in range(len(texts))}
        where = Where(Channel.TEXT)
        passages = [_Passage(str(n), Check.TEXT_PII, where, text, language) for n, text in enumerate(texts)]
        self._search(passages, pages, silent)
        return [
            (
                tuple(replace(found, image_id="") for found in page.findings),
                tuple(replace(part, image_id="") for part in page.unscreened),
            )
            for page in pages.values()
        ]

    def _rights(
        self,
        page: _Page,
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

    def _file(self, page: _Page, record: ImageRecord, facts: PictureFacts, xmp: ReadXmp) -> Iterable[_Passage]:
        """Everything about one decoded file but its free texts, which come back to be searched."""
        image_id = facts.image_id
        page.done.update((Check.DECODE, Check.METADATA_PRIVACY, Check.METADATA_RIGHTS, Check.QUALITY, Check.DUPLICATE))
        limit = self.settings.thumbnail_difference
        findings, notes = screen_metadata(facts, record.rights, xmp, thumbnail_difference=limit)
        page.findings.extend((*findings, *screen_container(facts, record.file_names)))
        page.unscreened.extend(notes)
        page.findings.extend(screen_quality(facts, record.content_class, self.settings))
        for item in metadata_texts(facts, xmp):
            yield _Passage(image_id, Check.METADATA_PRIVACY, Where(Channel.METADATA, item.field), item.text)
        yield from _objects(page, facts)
        if facts.text_lines is None:
            reason = facts.text_unscreened or "the text in the pixels was not read"
            page.leave_open(image_id, pixel_detector(), Check.PIXEL_TEXT, reason)
            return
        page.done.add(Check.PIXEL_TEXT)
        if (poor := poorly_read(facts.text_lines, self.settings)) is not None:
            page.leave_open(image_id, pixel_detector(), Check.PIXEL_TEXT, poor)
        page.findings.extend(seal_findings(facts, pixel_detector()))
        for row in readings_of(facts.text_lines):
            yield _Passage(image_id, Check.PIXEL_TEXT, Where(Channel.PIXEL), row.text, row=row)
        for block in english_paragraphs(facts.text_lines):
            yield _Passage(image_id, Check.PIXEL_TEXT, Where(Channel.PIXEL), block.text, row=block, names_in="en")

    def _search(self, passages: Sequence[_Passage], pages: Mapping[str, _Page], progress: Progress) -> None:
        """Patterns over every passage, then the language models over those of their language; equal texts once."""
        detector = text_detector()
        kept = KeptHits(self._kept, detector.name, detector.version)
        found = kept.find(_reading(passage) for passage in passages if passage.names_in is None)
        new: dict[tuple[str, ...], tuple[Hit, ...]] = {}
        for done, passage in enumerate(passages, start=1):
            if passage.names_in is not None:
                continue
            key = _reading(passage)
            if key not in found:
                hits = self._texts.find(passage.text, language=passage.language, pixels=passage.row is not None)
                found[key] = new[key] = hits
            page = pages[passage.image_id]
            page.findings.extend(_new(_findings(passage, found[key], detector), page))
            progress("screen texts", done, len(passages))
        kept.keep(new)
        self._names(passages, pages, progress)

    def _names(self, passages: Sequence[_Passage], pages: Mapping[str, _Page], progress: Progress) -> None:
        waiting: defaultdict[str, list[_Passage]] = defaultdict(list)
        for passage in passages:
            for language in names.languages_in(passage.text):
                if passage.names_in in (None, language) and not (language == "en" and _is_file_name(passage)):
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
                named = _findings(passage, _worth_showing(passage, hits[passage.text,], language), detector)
                page.findings.extend(found for found in named if not _same(found, already))


def _beside(page: _Page, record: ImageRecord, beside: Beside | None) -> Iterable[_Passage]:
    """What the sidecars of one picture say about people; their free texts come back to be searched."""
    if beside is None:
        return
    findings, notes, texts = screen_beside(record.image_id, beside, record.rights)
    page.findings.extend(findings)
    page.unscreened.extend(notes)
    for item in texts:
        yield _Passage(record.image_id, Check.METADATA_PRIVACY, Where(Channel.METADATA, item.field), item.text)


def _is_file_name(passage: _Passage) -> bool:
    """As it is written; the passage in which its words stand apart is another one."""
    return passage.where.field == "file_name" and passage.names_in is None


def _worth_showing(passage: _Passage, hits: Iterable[Hit], language: str) -> Iterable[Hit]:
    """Latin words in file names, metadata and pixels are codes and units far more often than sentences: what the English
    tagger doubts there is noise, and only what it believes is shown."""
    if language != "en" or passage.where.channel is Channel.TEXT:
        return hits
    # The date of a drawing beside whoever drew it says nothing more of them.
    return (h for h in hits if h.severity.rank >= Severity.MEDIUM.rank and h.kind != "privacy.personal_detail")


def _reading(passage: _Passage) -> tuple[str, ...]:
    """A text and how it is to be read: equal ones are read once."""
    return passage.text, passage.language or "", "pixels" if passage.row is not None else ""


def _objects(page: _Page, facts: PictureFacts) -> Iterable[_Passage]:
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
        passage = _Passage(image_id, Check.PIXEL_CODES, where, readable(code.text))
        by_form = replace(passage, text=code.text)
        page.findings.extend(_new(_findings(by_form, find_in_payload(code.text), code_detector()), page))
        yield passage


def _same(found: Finding, already: Iterable[Where]) -> bool:
    """Whether a name was already reported at the same place."""
    span = found.where.span
    return any(
        (where.channel, where.field, where.box) == (found.where.channel, found.where.field, found.where.box)
        and (where.span is None or span is None or (where.span[0] < span[1] and span[0] < where.span[1]))
        for where in already
    )


def _texts_of(record: ImageRecord) -> list[_Passage]:
    """Titles, captions, tags, descriptions, logged queries, file names, unknown columns."""
    counts: defaultdict[tuple[str, str], int] = defaultdict(int)
    passages = []
    for text in record.texts:
        name = f"{text.field}[{text.language}][{counts[text.field, text.language]}]"
        counts[text.field, text.language] += 1
        where = Where(Channel.TEXT, name)
        passages.append(_Passage(record.image_id, Check.TEXT_PII, where, text.text, text.language))
    passages += [
        _Passage(record.image_id, Check.TEXT_PII, Where(Channel.FILE, "file_name"), name) for name in record.file_names
    ]
    passages += [
        _Passage(record.image_id, Check.TEXT_PII, Where(Channel.TEXT, name), text) for name, text in record.extra
    ]
    for name in record.file_names:
        words, where = names.words_of_file_name(name), Where(Channel.FILE, "file_name")
        passages.append(_Passage(record.image_id, Check.TEXT_PII, where, words, names_in="en"))
    return passages


def _findings(passage: _Passage, hits: Iterable[Hit], detector: Detector) -> list[Finding]:
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


def _new(found: Iterable[Finding], page: _Page) -> list[Finding]:
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


def _undecoded(page: _Page, image_id: str, reason: str) -> None:
    if reason == UNOPENED:  # nothing is wrong with the file as far as anybody knows
        for check in _NEEDS_PICTURE:
            page.leave_open(image_id, DECODER, check, reason)
        return
    where = Where(Channel.FILE, "file_name")
    why = in_both(reason.removeprefix("the file cannot be read whole: "))  # the finding says so itself
    page.findings.append(finding(image_id, DECODER, "content.undecodable", where, why=why))
    for check in _NEEDS_PICTURE:
        page.leave_open(image_id, DECODER, check, f"the file was not decoded: {reason}")
