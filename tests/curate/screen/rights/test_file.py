"""What a file says, channel by channel: PLUS in every spelling, notices, dates, manifests, damaged parts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from benchmarks.screening.rights_material import VOCABULARY, packet
from curate.finding import Check, Severity
from curate.picture import ContentCredentials, UsageStatement
from curate.rights_verdict import Answer, RightsChannel, Strength
from curate.screen.rights.verdict import RightsJudged, judge_rights
from curate.screen.xmp import read_packets
from curate.sidecars import Beside, Manifest
from tests.curate.fakes import make_picture_facts, make_record

TODAY = date(2025, 6, 1)


def judge(
    *packets: str | bytes, beside: Beside | None = None, record: dict[str, Any] | None = None, **facts: Any
) -> RightsJudged:
    texts = tuple(p.decode() if isinstance(p, bytes) else p for p in packets)
    picture = make_picture_facts(xmp=texts, **facts)
    xmp = read_packets(texts)
    return judge_rights(make_record(**(record or {})), picture, xmp, beside or Beside(), today=TODAY, place="JP")


def kinds(*packets: str | bytes, **facts: Any) -> set[str]:
    return {found.kind for found in judge(*packets, **facts).findings} - {"rights.channel_conflict"}


# --- XMP --------------------------------------------------------------------------------------------------------------

PROHIBITED = (
    "DMI-PROHIBITED", "DMI-PROHIBITED-AIMLTRAINING", "DMI-PROHIBITED-GENAIMLTRAINING", "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
    "DMI-PROHIBITED-SEECONSTRAINT", "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR", "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR", "DMI-WHATEVER", "no",
)  # fmt: skip


@pytest.mark.parametrize("term", PROHIBITED)
def test_every_value_but_two_prohibits(term: str) -> None:
    for value in (VOCABULARY + term, term):
        result = judge(packet(f'<plus:DataMining rdf:resource="{value}"/>'))
        (found,) = [f for f in result.findings if f.kind == "rights.data_mining_prohibited"]
        assert found.severity is Severity.CRITICAL
        assert result.verdict.answer is Answer.RESERVED
        assert result.verdict.conflict  # the catalogue allows it


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<plus:DataMining>DMI-ALLOWED</plus:DataMining>", set()),
        ("<plus:DataMining>DMI-UNSPECIFIED</plus:DataMining>", set()),
        ("<plus:OtherConstraints>see DMI-PROHIBITED</plus:OtherConstraints>", {"rights.data_mining_prohibited", "rights.reserved_notice"}),
        ("<tdm:reservation>1</tdm:reservation>", {"rights.data_mining_prohibited"}),
        ("<tdm:reservation>0</tdm:reservation>", set()),
        ("<plus:LicenseEndDate>2025-05-31</plus:LicenseEndDate>", {"rights.license_expired"}),
        ("<plus:LicenseEndDate>2025-06-01</plus:LicenseEndDate>", set()),
        ("<plus:LicenseEndDate>2025-06</plus:LicenseEndDate>", set()),
        ("<plus:LicenseEndDate>2024</plus:LicenseEndDate>", {"rights.license_expired"}),
        ("<plus:LicenseEndDate>soon</plus:LicenseEndDate>", {"rights.license_unknown"}),
        ("<plus:LicenseStartDate>2025-07-01T00:00:00Z</plus:LicenseStartDate>", {"rights.license_not_started"}),
        (f"<plus:ModelReleaseStatus>{VOCABULARY}MR-NON</plus:ModelReleaseStatus>", {"rights.release_missing"}),
        ("<plus:ModelReleaseStatus>MR-LMR</plus:ModelReleaseStatus>", {"rights.release_missing"}),
        ("<plus:ModelReleaseStatus>MR-NAP</plus:ModelReleaseStatus>", set()),
        ("<plus:PropertyReleaseStatus>PR-UPR</plus:PropertyReleaseStatus>", set()),
        ("<plus:PropertyReleaseStatus>PR-XYZ</plus:PropertyReleaseStatus>", {"rights.release_missing"}),
        ("<plus:MinorModelAgeDisclosure>AG-U14</plus:MinorModelAgeDisclosure>", {"privacy.minor"}),
        ("<plus:MinorModelAgeDisclosure>AG-A17</plus:MinorModelAgeDisclosure>", {"privacy.minor"}),
        ("<plus:MinorModelAgeDisclosure>AG-A18</plus:MinorModelAgeDisclosure>", set()),
        ("<plus:MinorModelAgeDisclosure>AG-UNK</plus:MinorModelAgeDisclosure>", {"privacy.minor"}),
        ("<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>", {"content.synthetic"}),
        ("<tdm:policy>https://example.com/p.json</tdm:policy>", {"rights.license_unknown"}),
        ("<Iptc4xmpExt:LinkedEncRightsExpr><rdf:Bag><rdf:li rdf:parseType='Resource'><Iptc4xmpExt:LinkedRightsExpr>https://example.com/r</Iptc4xmpExt:LinkedRightsExpr></rdf:li></rdf:Bag></Iptc4xmpExt:LinkedEncRightsExpr>", {"rights.reserved_notice"}),
        ("<cc:license rdf:resource='http://creativecommons.org/publicdomain/zero/1.0/'/>", set()),
        ("<cc:license rdf:resource='https://creativecommons.org/licenses/by/4.0/'/>", {"rights.attribution_required"}),
        ("<dc:rights>CC BY 4.0</dc:rights>", {"rights.attribution_required"}),
        ("<dc:rights>© 2020 Example Studio, CC BY 4.0</dc:rights>", {"rights.attribution_required", "rights.reserved_notice"}),
        ("<cc:prohibits rdf:resource='http://creativecommons.org/ns#CommercialUse'/>", {"rights.license_noncommercial"}),
        ("<cc:requires rdf:resource='http://creativecommons.org/ns#ShareAlike'/>", {"rights.license_sharealike_or_noderivatives"}),
        ("<cc:requires rdf:resource='http://creativecommons.org/ns#Notice'/>", set()),
        ("<xmpRights:Marked>True</xmpRights:Marked>", {"rights.reserved_notice"}),
        ("<xmpRights:Marked>False</xmpRights:Marked>", set()),
        ("<xmpRights:WebStatement>https://creativecommons.org/licenses/by-nc/4.0/</xmpRights:WebStatement>", {"rights.license_noncommercial", "rights.attribution_required", "rights.reserved_notice"}),
    ],
)  # fmt: skip
def test_properties(inside: str, expected: set[str]) -> None:
    assert kinds(packet(inside)) == expected


def test_a_second_packet_counts_and_a_broken_one_takes_nothing_away() -> None:
    no = packet("<plus:DataMining>DMI-PROHIBITED</plus:DataMining>").decode()
    result = judge("<x:xmpmeta", no)
    assert result.verdict.answer is Answer.RESERVED
    assert [note.check for note in result.unscreened] == [Check.METADATA_RIGHTS]


@pytest.mark.parametrize(
    "inside",
    [
        "<plus:DataMining>DMI-PROHIBITED</plus:DataMining>",
        "<tdm:reservation>1</tdm:reservation>",
        "<dc:rights>AI学習禁止</dc:rights>",
    ],
)
def test_a_damaged_packet_is_searched_and_leaves_the_question_open(inside: str) -> None:
    whole = packet(inside).decode()
    result = judge(whole[:-60], prohibited_terms=("DMI-PROHIBITED",) if "DMI" in inside else ())
    assert "rights.data_mining_prohibited" in {f.kind for f in result.findings}
    assert result.unscreened


# --- notices ----------------------------------------------------------------------------------------------------------


def test_notices_of_others_are_medium_and_own_ones_low_and_repeats_are_one() -> None:
    other = judge(
        exif=(("Copyright", "(c) 2020 Somebody Else"),), iptc=(("CopyrightNotice", "(C) 2020 somebody else"),)
    )
    (found,) = other.findings
    assert (found.kind, found.severity) == ("rights.reserved_notice", Severity.MEDIUM)
    assert "Somebody" not in found.masked + found.explanation
    assert other.verdict.answer is Answer.NOTICED
    own = judge(packet('<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© Example Seiki K.K. All rights reserved.</rdf:li></rdf:Alt></dc:rights>'))  # fmt: skip
    assert [f.severity for f in own.findings] == [Severity.LOW]
    assert own.verdict.answer is Answer.PERMITTED


@pytest.mark.parametrize(
    "facts",
    [
        {"exif": (("Copyright", "AI学習禁止"),)},
        {"exif": (("UserComment", "No AI training permitted"),)},
        {"iptc": (("SpecialInstructions", "not for machine learning"),)},
        {"iptc": (("Caption-Abstract", "無断学習を禁じます"),)},
        {"comments": (("comment", "noai"),)},
        {"comments": (("exif:Copyright", "AI学習禁止"),)},
        {"comments": (("tdm-reservation", "1"),)},
        {"residue": (("exif", "... No AI training permitted ..."),)},
        {"prohibited_terms": ("DMI-PROHIBITED-AIMLTRAINING",)},
        {"iptc": (("ExpirationDate", "20250101"),)},
    ],
)
def test_every_channel_can_reserve(facts: dict[str, Any]) -> None:
    assert judge(**facts).verdict.answer is Answer.RESERVED


def test_attribution_is_recorded_and_not_part_of_the_digest() -> None:
    facts = {"exif": (("Artist", "Hanako Sato"),)}
    result = judge(record={"license": "CC-BY-4.0", "owner": "Example Seiki K.K."}, **facts)
    assert result.verdict.answer is Answer.ATTRIBUTION
    assert result.verdict.credit == ("Example Seiki K.K.", "Hanako Sato")
    assert "Sato" not in str(result.verdict.to_document())


# --- manifests --------------------------------------------------------------------------------------------------------


def manifest(
    use: str, *, state: str = "valid", explained: bool = False, active: bool = True, reason: str = ""
) -> ContentCredentials:
    said = UsageStatement("cawg.training-mining", "cawg.ai_training", use, explained, active)
    return ContentCredentials(state, reason, (said,))


@pytest.mark.parametrize("state", ["trusted", "valid", "invalid", "unreadable"])
@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize("use", ["notAllowed", "constrained", "not_allowed", "something else"])
def test_a_no_counts_whoever_signed_it(state: str, active: bool, use: str) -> None:
    assert judge(credentials=manifest(use, state=state, active=active)).verdict.answer is Answer.RESERVED


def test_a_yes_counts_from_a_trusted_signer_only_and_lifts_nothing() -> None:
    def strength(state: str) -> set[Strength]:
        signals = judge(credentials=manifest("allowed", state=state)).verdict.signals
        return {s.strength for s in signals if s.channel is RightsChannel.C2PA}

    assert strength("trusted") == {Strength.ALLOWS}
    assert strength("valid") == strength("invalid") == {Strength.SILENT}
    both = judge(
        packet("<plus:DataMining>DMI-PROHIBITED</plus:DataMining>"), credentials=manifest("allowed", state="trusted")
    )
    assert both.verdict.answer is Answer.RESERVED


def test_conditions_are_for_people_and_an_unreadable_manifest_is_not_clean() -> None:
    assert kinds(credentials=manifest("constrained", explained=True)) == {"rights.data_mining_constrained"}
    result = judge(credentials=ContentCredentials("unreadable", "damaged"))
    assert result.verdict.answer is Answer.UNKNOWN
    assert [note.reason for note in result.unscreened] == ["C2PA manifest: damaged"]


def test_a_manifest_kept_elsewhere_is_reported_and_an_absent_one_means_nothing() -> None:
    away = packet("<dcterms:provenance>https://manifests.example/abc</dcterms:provenance>")
    (note,) = judge(away).unscreened
    assert "manifests.example" in note.reason and note.check is Check.METADATA_RIGHTS
    gone = packet("<dcterms:provenance>self#jumbf=/c2pa/urn:uuid:1</dcterms:provenance>")
    assert judge(gone).unscreened == ()
    assert judge().verdict.answer is Answer.PERMITTED


# --- beside -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "beside",
    [
        Beside(packets=(("a.xmp", packet("<plus:DataMining>DMI-PROHIBITED</plus:DataMining>").decode()),)),
        Beside(packets=(("a.xmp", packet("<dc:rights>AI学習禁止</dc:rights>").decode()),)),
        Beside(packets=(("a.xmp", packet("<plus:DataMining>DMI-PROHIBITED</plus:DataMining>").decode()[:-40]),)),
        Beside(manifests=(Manifest("a.c2pa", True, True, False),)),
        Beside(tdm=((".well-known/tdmrep.json", "1"),)),
        Beside(values=(("a.json", "tdm-reservation", "1"),)),
        Beside(values=(("a.json", "rights.plus:DataMining", "DMI-PROHIBITED"),)),
        Beside(values=(("a.json", "entries.c2pa.ai_training.use", "notAllowed"),)),
        Beside(values=(("a.json", "usage", "No AI training permitted"),)),
    ],
)
def test_what_stands_beside_the_file_can_reserve(beside: Beside) -> None:
    assert judge(beside=beside).verdict.answer is Answer.RESERVED


@pytest.mark.parametrize(
    "beside",
    [Beside(unread=("tdmrep.json: no list",)), Beside(manifests=(Manifest("a.c2pa", False, False, True),)), Beside(packets=(("a.xmp", "<x"),))],
)  # fmt: skip
def test_what_could_not_be_read_beside_it_is_not_clean(beside: Beside) -> None:
    result = judge(beside=beside)
    assert result.verdict.answer is Answer.UNKNOWN
    assert [note.check for note in result.unscreened] == [Check.METADATA_RIGHTS]


def test_harmless_sidecars_say_nothing() -> None:
    beside = Beside(tdm=(("tdmrep.json", "0"),), values=(("a.json", "title", "bolt"), ("a.json", "camera.iso", "100")))
    result = judge(beside=beside)
    assert (result.findings, result.unscreened) == ((), ())
    assert result.verdict.answer is Answer.PERMITTED


def test_a_file_that_cannot_be_read_leaves_rights_unknown_and_the_catalogue_still_speaks() -> None:
    record = make_record(license_end=date(2020, 1, 1))
    result = judge_rights(record, None, read_packets(()), Beside(), today=TODAY, place="JP")
    assert [f.kind for f in result.findings] == ["rights.license_expired"]
    assert Strength.HOLDS in {s.strength for s in result.verdict.signals}
