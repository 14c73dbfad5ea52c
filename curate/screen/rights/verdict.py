"""One verdict per image: every channel is asked, every statement counts, the strongest decides.

Precedence (curate.rights_verdict.Strength): a reservation in any channel, also an unsigned, tampered or damaged one,
outweighs every permission; then what is unknown, then terms, then bare notices. A permission never lifts anything; where
it contradicts a reservation or terms in another channel, that is a finding of its own. Article 30-4 of the Copyright Act of
Japan is no permission here: it exempts uses that do not enjoy the work, and memorizing aims at output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from curate.finding import Channel, Check, Finding, Unscreened, Where
from curate.picture import PictureFacts
from curate.record import ImageRecord
from curate.rights_verdict import RightsChannel, RightsVerdict, Signal, Strength, verdict_of
from curate.screen.hit import finding
from curate.screen.reasons_ja import unscreened
from curate.screen.rights.beside import of_beside
from curate.screen.rights.catalogue import of_catalogue, of_texts
from curate.screen.rights.manifests import of_manifests, values_of
from curate.screen.rights.notices import notices_in, notices_of, of_notices
from curate.screen.rights.plus import of_end, of_properties
from curate.screen.rights.statement import (
    BESIDE_DETECTOR,
    CATALOGUE_DETECTOR,
    FILE_DETECTOR,
    MANIFEST_DETECTOR,
    TDM_RESERVATION,
    Statement,
    forbids,
)
from curate.screen.rights.words import reservation_in, reservation_in_markup
from curate.screen.wording import Reason
from curate.screen.xmp import ReadXmp, XmpValue, read_packets
from curate.sidecars import Beside

# A place in the file, a thumbnail: what cannot be read of them says nothing about rights.
_NO_RIGHTS = ("gps:", "thumbnail:")
_CREDIT = ("cc:attributionName", "dc:creator", "plus:CopyrightOwnerName", "photoshop:Credit", "schema:author")

_IN_JAPANESE = {
    RightsChannel.CATALOGUE: "カタログ",
    RightsChannel.TEXT: "画像に関する文章",
    RightsChannel.EXIF: "EXIF",
    RightsChannel.IPTC: "IPTC",
    RightsChannel.XMP: "XMP",
    RightsChannel.COMMENT: "ファイル内のコメント",
    RightsChannel.C2PA: "C2PAマニフェスト",
    RightsChannel.SIDECAR: "サイドカーファイル",
    RightsChannel.TDMREP: "TDMRepファイル",
    RightsChannel.PIXELS: "画像の中の文字",
    RightsChannel.BYTES: "ファイルのバイト列",
}


@dataclass(frozen=True)
class RightsJudged:
    findings: tuple[Finding, ...]
    unscreened: tuple[Unscreened, ...]
    verdict: RightsVerdict


def judge_rights(
    record: ImageRecord,
    facts: PictureFacts | None,
    xmp: ReadXmp,
    beside: Beside,
    *,
    today: date,
    place: str,
) -> RightsJudged:
    """All that is stated about the rights in one image, judged.

    Args:
        facts: None if the file could not be read as a picture; the caller reports that.
        xmp: the packets of the file, read.
        today: licences are judged as of this day.
        place: ISO 3166-1 alpha-2 code of the country where the model will be used.
    """
    outside = read_packets(text for _, text in beside.packets)
    statements = list(_statements(record, facts, xmp, beside, outside, today=today, place=place))
    notes = tuple(_unread(record.image_id, facts, xmp, beside, outside))
    signals = [statement.signal for statement in statements]
    signals += [_open(note) for note in notes]
    if facts is None:
        signals.append(Signal(RightsChannel.BYTES, "file", "the file cannot be read", Strength.HOLDS))
    verdict = verdict_of(signals)
    needs_credit = any(s.strength is Strength.ATTRIBUTES or "name the author" in s.statement for s in verdict.signals)
    if needs_credit:
        verdict = verdict_of(signals, _credit(record, facts, xmp))
    findings = [_finding(record.image_id, s) for s in statements if s.kind is not None]
    if verdict.conflict:
        findings.append(_conflict(record.image_id, verdict))
    return RightsJudged(tuple(dict.fromkeys(findings)), notes, verdict)


def _statements(
    record: ImageRecord,
    facts: PictureFacts | None,
    xmp: ReadXmp,
    beside: Beside,
    outside: ReadXmp,
    *,
    today: date,
    place: str,
) -> Iterator[Statement]:
    yield from of_catalogue(record, today=today, place=place)
    yield from of_texts(record)
    yield from of_beside(beside, outside, today=today)
    notices = [notices_in(RightsChannel.SIDECAR, outside.values, "sidecar ")]
    if facts is not None:
        manifest_values = values_of(facts.credentials)
        yield from of_properties(RightsChannel.XMP, xmp.values, today=today)
        yield from of_properties(RightsChannel.C2PA, manifest_values, today=today, inside="c2pa:")
        if facts.credentials is not None:
            yield from of_manifests(facts.credentials)
        yield from _of_bytes(facts, xmp)
        for name, text in facts.iptc:
            if name == "ExpirationDate" and text.strip("0 "):
                yield from of_end(RightsChannel.IPTC, "iptc:ExpirationDate", text, today)
        for line in facts.text_lines or ():
            if reservation_in(line.text):
                why = Reason("stated in words in the picture", "画像の中の文章に書かれています")
                kind = "rights.data_mining_prohibited"
                yield Statement(RightsChannel.PIXELS, "text", "in words", Strength.FORBIDS, kind, why, box=line.box)
        for name, text in facts.comments:
            if re.fullmatch(r"(?i)tdm[-_: ]?reservation", name.strip()) and text.strip() not in ("", "0"):
                yield forbids(RightsChannel.COMMENT, f"comment:{name}", "TDM reservation", TDM_RESERVATION)
        notices += [
            notices_of(facts, xmp.values),
            notices_in(RightsChannel.C2PA, manifest_values, "c2pa:"),
        ]
    yield from of_notices((notice for some in notices for notice in some), record.rights)


def _of_bytes(facts: PictureFacts, xmp: ReadXmp) -> Iterator[Statement]:
    """Reservations that only a search of the bytes finds: damaged packets, parts that nobody knows."""
    read = " ".join(value.text.upper() for value in xmp.values)
    for term in facts.prohibited_terms:
        if term not in read:
            yield forbids(
                RightsChannel.BYTES,
                "bytes of the file",
                term,
                Reason(f"{term} outside of every readable part", f"読み取れる部分の外に「{term}」と記載されています"),
            )
    for packet in xmp.damaged:
        if reservation_in_markup(packet):
            yield forbids(
                RightsChannel.XMP,
                "damaged xmp",
                "in words",
                Reason("stated in words in a damaged packet", "破損したXMPの文章に書かれています"),
            )
        if re.search(r"tdm\w*:(?:tdm-)?reservation\s*(?:=\s*[\"']|>)\s*1", packet):
            yield forbids(
                RightsChannel.XMP,
                "damaged xmp",
                "TDM reservation",
                Reason("TDM reservation in a damaged packet", "破損したXMPにTDM留保の記載があります"),
            )
        for match in sorted(set(re.findall(r"DataMining\W[^<>]{0,80}?(DMI-[A-Z-]+)", packet))):
            if match.rstrip("-") not in ("DMI-ALLOWED", "DMI-UNSPECIFIED"):
                yield forbids(
                    RightsChannel.XMP,
                    "damaged xmp",
                    match.rstrip("-"),
                    Reason("in a damaged packet", "破損したXMPに記載があります"),
                )


def _unread(
    image_id: str, facts: PictureFacts | None, xmp: ReadXmp, beside: Beside, outside: ReadXmp
) -> Iterator[Unscreened]:
    check = Check.METADATA_RIGHTS
    for reason in (*beside.unread, *(f"xmp sidecar: {reason}" for reason in outside.broken)):
        yield unscreened(image_id, BESIDE_DETECTOR, check, reason)
    for manifest in beside.manifests:
        if manifest.packed and not manifest.denied:
            yield unscreened(image_id, BESIDE_DETECTOR, check, "c2pa sidecar: part of it is compressed")
        elif manifest.asserted and not manifest.denied:
            yield unscreened(
                image_id, BESIDE_DETECTOR, check, "c2pa sidecar: its statement on mining was not understood"
            )
    if facts is None:
        return
    for reason in xmp.broken:
        yield unscreened(image_id, FILE_DETECTOR, check, f"XMP packet: {reason}")
    for reason in facts.metadata_unread:
        if not reason.startswith(_NO_RIGHTS):
            yield unscreened(image_id, FILE_DETECTOR, check, reason)
    credentials = facts.credentials
    if credentials is not None and credentials.reason:
        yield unscreened(image_id, MANIFEST_DETECTOR, check, f"C2PA manifest: {credentials.reason}")
    if credentials is None and (host := remote_manifest(xmp.values)) is not None:
        reason = f"C2PA manifest kept at {host}: it is not fetched, and what it says is unknown"
        yield unscreened(image_id, MANIFEST_DETECTOR, check, reason)


def remote_manifest(values: tuple[XmpValue, ...]) -> str | None:
    """The host of a manifest that the file only points to (C2PA 2.1, A.2: dcterms:provenance), None if there is none."""
    for value in values:
        if value.key == "dcterms:provenance" and (match := re.match(r"https?://([^/?#\s]{1,200})", value.text)):
            return match.group(1)
    return None


def _open(note: Unscreened) -> Signal:
    channel = {
        MANIFEST_DETECTOR: RightsChannel.C2PA,
        BESIDE_DETECTOR: RightsChannel.SIDECAR,
        CATALOGUE_DETECTOR: RightsChannel.CATALOGUE,
    }.get(note.detector, RightsChannel.BYTES)
    return Signal(channel, "unread", f"not read: {note.reason}", Strength.HOLDS)


def _credit(record: ImageRecord, facts: PictureFacts | None, xmp: ReadXmp) -> tuple[str, ...]:
    """Whom to name: the owner of the catalogue, else whom the file names, each once."""
    names = [record.rights.owner] if record.rights.owner else []
    names += [value.text for value in xmp.values if value.key in _CREDIT]
    if facts is not None:
        names += [text for name, text in facts.exif if name == "Artist"]
        names += [text for name, text in facts.iptc if name in ("By-line", "Credit")]
    return tuple(dict.fromkeys(name.strip()[:200] for name in names if name.strip()))


def _finding(image_id: str, statement: Statement) -> Finding:
    assert statement.kind is not None  # the caller leaves out those without
    return finding(
        image_id,
        statement.detector,
        statement.kind,
        statement.where,
        value=statement.value,
        why=statement.why,
        severity=statement.severity,
    )


def _conflict(image_id: str, verdict: RightsVerdict) -> Finding:
    def named(strengths: tuple[Strength, ...]) -> tuple[str, str]:
        channels = sorted({s.channel for s in verdict.signals if s.strength in strengths})
        return ", ".join(channel.value for channel in channels), "・".join(
            _IN_JAPANESE[channel] for channel in channels
        )

    allowing, allowing_ja = named((Strength.ALLOWS, Strength.ATTRIBUTES))
    refusing, refusing_ja = named((Strength.FORBIDS, Strength.LIMITS))
    why = Reason(
        f"{allowing} allows, {refusing} does not; the stricter one stands",
        f"{allowing_ja}は許可し、{refusing_ja}は許可していません。厳しいほうに従います",
    )
    where = Where(_place_of(refusing), "rights")
    return finding(image_id, FILE_DETECTOR, "rights.channel_conflict", where, why=why)


def _place_of(refusing: str) -> Channel:
    return Channel.FILE if refusing in ("catalogue", "sidecar", "tdmrep") else Channel.METADATA
