"""Statements about rights x containers x {alone, conflicting, tampered, stripped}: is a reservation missed or invented?

python -m benchmarks.screening.rights_matrix [--json FILE] [--every N] [--show]

Each cell is a picture file made by `rights_material`, read by the product's own readers and judged with a catalogue row that
permits everything. A reservation counts as met if it leads to a finding `rights.data_mining_prohibited` or
`rights.license_expired` (alone, conflicting), or at least to an unscreened part that holds the picture (tampered: what was
damaged may be unreadable), and if the default policy never says memorize. It counts as invented if a picture without one
(neutral statements, alone or tampered, and stripped copies of reserved ones) leads to such a finding.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.screening import rights_material as made
from curate.decision import Outcome, ValueScore
from curate.finding import Check, Screening
from curate.picture import PictureFacts
from curate.picture_facts import look_at
from curate.picture_opening import PixelLimits
from curate.policy.decide import Routing, decide
from curate.policy.document import Policy, load_policy
from curate.record import BusinessFacts, ContentClass, ImageRecord, RightsFacts
from curate.rights_verdict import Strength
from curate.screen.rights.verdict import RightsJudged, judge_rights
from curate.screen.xmp import read_packets
from curate.sidecars import Beside

TODAY = date(2026, 6, 1)
LIMITS = PixelLimits(pixels=10_000_000, frames=10)
RESERVED = frozenset({"rights.data_mining_prohibited", "rights.license_expired"})

XMP, EXIF, IPTC, C2PA, OTHER = "xmp", "exif", "iptc", "c2pa", "other"


@dataclass(frozen=True)
class Signal:
    """`parts` are arguments of `made.embed`; for C2PA `assertions`; `files`: container -> whole file for what fits one."""

    channel: str
    name: str
    reserved: bool
    parts: dict[str, Any] | None = None
    assertions: tuple[tuple[str, Any], ...] = ()
    ingredient: bool = False
    files: dict[str, Callable[[], bytes]] | None = None

    def containers(self) -> tuple[str, ...]:
        if self.files is not None:
            return tuple(self.files)
        if self.parts is not None and "iptc" in self.parts:
            return tuple(c for c in made.CONTAINERS if made.takes_iptc(c))
        return made.CONTAINERS

    def file(self, container: str, picture: bytes | None = None) -> bytes:
        if self.files is not None:
            return self.files[container]()
        if self.parts is not None:
            parts = {k: v for k, v in self.parts.items() if k != "compressed" or container == "PNG"}
            return made.embed(container, picture=picture, **parts)
        ingredient = made.signed("JPEG", self.assertions) if self.ingredient else None
        return made.signed(
            container, () if self.ingredient else self.assertions, picture=picture, ingredient=ingredient
        )


def signals() -> Iterator[Signal]:
    yield from _xmp()
    yield from _exif()
    yield from _iptc()
    yield from _c2pa()
    yield from _one_container()


DMI_NO = (
    "DMI-PROHIBITED", "DMI-PROHIBITED-AIMLTRAINING", "DMI-PROHIBITED-GENAIMLTRAINING", "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
    "DMI-PROHIBITED-SEECONSTRAINT", "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR", "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR", "DMI-SOMETHING-NEW",
)  # fmt: skip
WORDS_NO = {
    "en": "No use of this image for training artificial intelligence is permitted.",
    "en2": "© 2025 Someone. All rights reserved, including those for text and data mining and AI training.",
    "ja": "無断転載・AI学習への利用を禁止します",
    "ja2": "本画像を機械学習の学習データとして使用することは固くお断りします",
    "de": "Nutzung für Text und Data Mining im Sinne von § 44b UrhG vorbehalten",
    "fr": "Toute utilisation pour l'entraînement d'une IA est interdite",
    "zh": "未经授权不得用于人工智能训练",
    "ko": "무단 AI 학습 금지",
}
WORDS_FINE = {
    "en": "© 2025 Someone. All rights reserved.",
    "en2": "AI training with this image is permitted.",
    "ja": "無断転載禁止",
    "ja2": "機械学習による外観検査装置の製品写真",
    "de": "Alle Rechte vorbehalten",
}


def _forms(prefix: str, name: str, value: str) -> dict[str, bytes]:
    return {
        "attribute": made.packet(attributes=f'{prefix}:{name}="{value}"'),
        "element": made.packet(f"<{prefix}:{name}>{value}</{prefix}:{name}>"),
        "resource": made.packet(f'<{prefix}:{name} rdf:resource="{value}"/>'),
        "bag": made.packet(f"<{prefix}:{name}><rdf:Bag><rdf:li>{value}</rdf:li></rdf:Bag></{prefix}:{name}>"),
        "alt": made.packet(
            f'<{prefix}:{name}><rdf:Alt><rdf:li xml:lang="x-default">{value}</rdf:li></rdf:Alt></{prefix}:{name}>'
        ),
        "value": made.packet(
            f'<{prefix}:{name} rdf:parseType="Resource"><rdf:value>{value}</rdf:value></{prefix}:{name}>'
        ),
    }


def _xmp() -> Iterator[Signal]:
    def one(name: str, reserved: bool, *packets: bytes, **more: Any) -> Signal:
        return Signal(XMP, name, reserved, {"xmp": packets, **more})

    for term in (*DMI_NO, "DMI-ALLOWED", "DMI-UNSPECIFIED"):
        reserved = term in DMI_NO
        for form, packet in _forms("plus", "DataMining", made.VOCABULARY + term).items():
            yield one(f"{term} as {form}", reserved, packet)
        yield one(f"{term} without address", reserved, _forms("plus", "DataMining", term)["element"])
    no = _forms("plus", "DataMining", made.VOCABULARY + "DMI-PROHIBITED")
    other = made.packet("<zz:DataMining>DMI-PROHIBITED</zz:DataMining>", prefixes={"zz": made.PLUS})
    yield one("another prefix", True, other)
    yield one("second packet", True, made.packet("<dc:format>image</dc:format>"), no["element"])
    yield one("without wrapper", True, made.packet("<plus:DataMining>DMI-PROHIBITED</plus:DataMining>", wrap=False))
    yield one("compressed", True, no["element"], compressed=True)
    for code in ("utf-16", "utf-16-le", "utf-16-be"):
        yield one(code, True, no["element"].decode().encode(code))
    for value, reserved in (("1", True), ("0", False), ("yes", True)):
        for form in ("attribute", "element"):
            yield one(f"tdm:reservation {value} as {form}", reserved, _forms("tdm", "reservation", value)[form])
    for language, text in WORDS_NO.items():
        for field in (
            "dc:rights",
            "xmpRights:UsageTerms",
            "plus:OtherConstraints",
            "photoshop:Instructions",
            "dc:description",
        ):
            prefix, name = field.split(":")
            yield one(f"{field} in words ({language})", True, _forms(prefix, name, text)["alt"])
    for language, text in WORDS_FINE.items():
        for field in ("dc:rights", "xmpRights:UsageTerms", "dc:description"):
            prefix, name = field.split(":")
            yield one(f"{field} harmless ({language})", False, _forms(prefix, name, text)["alt"])
    yield one("licence ended", True, _forms("plus", "LicenseEndDate", "2026-05-31")["element"])
    yield one("licence ended, month only", True, _forms("plus", "LicenseEndDate", "2026-04")["element"])
    yield one("licence in force", False, _forms("plus", "LicenseEndDate", "2026-06-01")["element"])
    yield one("no release needed", False, _forms("plus", "ModelReleaseStatus", made.VOCABULARY + "MR-NAP")["resource"])
    yield one("CC BY", False, _forms("cc", "license", "http://creativecommons.org/licenses/by/4.0/")["resource"])
    yield one("nothing said", False, made.packet("<dc:format>image</dc:format>"))


def _exif() -> Iterator[Signal]:
    def one(name: str, reserved: bool, *arguments: Any, **more: Any) -> Signal:
        return Signal(EXIF, name, reserved, {"exif_block": made.exif(*arguments, **more)})

    for reserved, words in ((True, WORDS_NO), (False, WORDS_FINE)):
        for language, text in words.items():
            codes = ["utf-8"] + (["cp932", "euc_jp"] if language.startswith("ja") else [])
            for code in codes:
                yield one(f"Copyright ({language}, {code})", reserved, {0x8298: (2, text.encode(code) + b"\0")})
            yield one(f"Copyright, type UTF-8 ({language})", reserved, {0x8298: (129, text.encode() + b"\0")})
            yield one(f"ImageDescription ({language})", reserved, {0x010E: (2, text.encode() + b"\0")})
            comment = b"UNICODE\0" + text.encode("utf-16-le")
            yield one(f"UserComment ({language})", reserved, {0x010F: (2, b"X\0")}, {0x9286: (7, comment)})
            yield one(f"XPComment ({language})", reserved, {0x9C9C: (1, text.encode("utf-16-le") + b"\0\0")})
    text = WORDS_NO["ja"]
    yield one(
        "UserComment in JIS", True, {0x010F: (2, b"X\0")}, {0x9286: (7, b"JIS\0\0\0\0\0" + text.encode("iso2022_jp"))}
    )
    editor = b"Photographer\0" + WORDS_NO["en"].encode() + b"\0"
    yield one("Copyright, editor's half", True, {0x8298: (2, editor)})


def _iptc() -> Iterator[Signal]:
    utf8 = (1, 90, b"\x1b%G")
    for reserved, words in ((True, WORDS_NO), (False, WORDS_FINE)):
        for language, text in words.items():
            for number, field in ((116, "CopyrightNotice"), (40, "SpecialInstructions"), (120, "Caption")):
                codes = [("utf-8", (utf8,)), ("utf-8", ())] + ([("cp932", ())] if language.startswith("ja") else [])
                for code, head in codes:
                    block = made.iim(*head, (2, number, text.encode(code)))
                    declared = " declared" if head else ""
                    yield Signal(IPTC, f"{field} ({language}, {code}{declared})", reserved, {"iptc": block})
    yield Signal(IPTC, "ExpirationDate past", True, {"iptc": made.iim((2, 37, b"20250101"))})
    yield Signal(IPTC, "ExpirationDate future", False, {"iptc": made.iim((2, 37, b"20990101"))})


def _c2pa() -> Iterator[Signal]:
    for label in ("c2pa.training-mining", "cawg.training-mining", "cawg.ai_training_and_data_mining"):
        for key in ("ai_training", "ai_generative_training", "data_mining", "ai_inference"):
            for use, reserved in (("notAllowed", True), ("constrained", True), ("allowed", False)):
                yield Signal(C2PA, f"{label} {key} {use}", reserved, None, (made.mining(label, **{key: use}),))
        mixed = made.mining(label, ai_training="allowed", data_mining="notAllowed")
        yield Signal(C2PA, f"{label} mixed", True, None, (mixed,))
        yield Signal(C2PA, f"{label} unknown use", True, None, (made.mining(label, ai_training="perhaps"),))
    no = (made.mining("cawg.training-mining", ai_training="notAllowed"),)
    yield Signal(C2PA, "ingredient says no", True, None, no, ingredient=True)
    yes = (made.mining("cawg.training-mining", ai_training="allowed"),)
    yield Signal(C2PA, "ingredient says yes", False, None, yes, ingredient=True)
    yield Signal(C2PA, "manifest without statement", False, None, ())
    work = {
        "@context": "http://schema.org/",
        "@type": "CreativeWork",
        "author": [{"@type": "Person", "name": "A. Uthor"}],
    }
    yield Signal(C2PA, "author only", False, None, (("stds.schema-org.CreativeWork", work),))


def _one_container() -> Iterator[Signal]:
    no = _forms("plus", "DataMining", "DMI-PROHIBITED")["element"]
    long = made.packet("<plus:DataMining>DMI-PROHIBITED</plus:DataMining>" + "<dc:source>x</dc:source>" * 3000)
    words = WORDS_NO["ja"].encode()
    jpeg = made.bare("JPEG")
    yield Signal(OTHER, "extended XMP", True, files={"JPEG": lambda: made.extended_jpeg(long)})
    yield Signal(OTHER, "JPEG comment", True, files={"JPEG": lambda: jpeg[:2] + made.segment(0xFE, words) + jpeg[2:]})
    yield Signal(OTHER, "second picture of the file", True, files={"JPEG": lambda: jpeg + made.embed("JPEG", xmp=[no])})
    second = made.embed("JPEG", exif_block=made.exif({0x8298: (2, words + b"\0")}))
    yield Signal(OTHER, "EXIF of the second picture", True, files={"JPEG": lambda: jpeg + second})
    for container in made.CONTAINERS:
        yield Signal(OTHER, "XMP behind the picture", True, files={container: lambda c=container: made.bare(c) + no})
    for name in ("Comment", "Copyright", "Description"):
        yield Signal(OTHER, f"PNG text {name}", True, files={"PNG": lambda n=name: made.png_text(n, WORDS_NO["en"])})
    yield Signal(OTHER, "PNG text tdm-reservation", True, files={"PNG": lambda: made.png_text("tdm-reservation", "1")})
    yield Signal(OTHER, "PNG text harmless", False, files={"PNG": lambda: made.png_text("Comment", WORDS_FINE["ja2"])})


# --- what is done to a file ------------------------------------------------------------------------------------------------


def conflicting(signal: Signal, container: str) -> bytes | None:
    """The same statement beside a permission in another channel of the same file."""
    if signal.files is not None:
        return None
    allowed = _forms("plus", "DataMining", made.VOCABULARY + "DMI-ALLOWED")["element"]
    if signal.channel == XMP:
        yes = (made.mining("cawg.training-mining", ai_training="allowed", data_mining="allowed"),)
        return made.signed(container, yes, picture=signal.file(container))
    return signal.file(container, made.embed(container, xmp=[allowed]))


def tampered(signal: Signal, container: str) -> Iterator[tuple[str, bytes]]:
    """Copies damaged where the statement lies; the picture still decodes."""
    if signal.parts is not None and signal.channel == XMP:
        for name, change in (
            ("cut off", lambda p: p[: int(len(p) * 0.9)]),
            ("tag broken", lambda p: p.replace(b"</rdf:", b"</rdx:", 1)),
        ):
            changed = replace(signal, parts={**signal.parts, "xmp": [change(p) for p in signal.parts["xmp"]]})
            yield name, changed.file(container)
    elif signal.parts is not None and signal.channel == IPTC:
        yield "cut off", replace(signal, parts={"iptc": signal.parts["iptc"][:-3]}).file(container)
    elif signal.parts is not None and signal.channel == EXIF and container != "TIFF":
        block = signal.parts["exif_block"]
        yield "cut off", replace(signal, parts={"exif_block": block[:-6]}).file(container)
        yield (
            "count broken",
            replace(signal, parts={"exif_block": block[:8] + b"\xff\x7f" + block[10:]}).file(container),
        )
    elif signal.channel == C2PA:
        data = signal.file(container)
        for name, old, new in (
            ("claim renamed", b"c2pa.claim", b"c2pa.clown"),
            ("store renamed", b"c2pa\0urn", b"c2px\0urn"),
            ("signature broken", b"c2pa.signature", b"c2pa.signaturo"),
            ("assertion changed", b"notAllowed", b"notAllowee"),
            ("entry hidden", b"ai_training", b"ai_trainung"),
        ):
            if old in data:
                yield name, data.replace(old, new)


def stripped(data: bytes) -> bytes:
    """The picture decoded and written anew as PNG, without anything beside the pixels."""
    import pi_heif
    from PIL import Image

    pi_heif.register_heif_opener()
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as picture:
        plain = picture.convert("RGB")
        Image.frombytes("RGB", plain.size, plain.tobytes()).save(out, "PNG")
    return out.getvalue()


# --- judging ---------------------------------------------------------------------------------------------------------------


def permissive_record(image_id: str) -> ImageRecord:
    rights = RightsFacts(
        source="https://parts.example/",
        owner="Example Seiki K.K.",
        license="CC0-1.0",
        license_scope=("commercial", "memorize", "output", "train"),
        model_release="not_required",
        property_release="not_required",
    )
    return ImageRecord(image_id, ("a.jpg",), ContentClass.PRODUCT, False, (), rights, BusinessFacts(criticality=1.0))


def judged(data: bytes, policy: Policy) -> tuple[RightsJudged | None, Outcome | None, str]:
    """(verdict, outcome of the policy, what went wrong); the verdict is None if the file is no picture any more."""
    image_id = hashlib.sha256(data).hexdigest()
    facts = look_at(data, image_id, LIMITS)
    if not isinstance(facts, PictureFacts):
        return None, None, facts.reason
    record = permissive_record(image_id)
    result = judge_rights(record, facts, read_packets(facts.xmp), Beside(), today=TODAY, place="JP")
    done = frozenset(Check) - {note.check for note in result.unscreened}
    screening = Screening(image_id, result.findings, result.unscreened, done, rights=result.verdict)
    value = ValueScore(image_id, 0.9, (), "", "", "fixed")
    routing = Routing(over_budget=False, behind=None, changes_per_month=0.0, pinned=False)
    return result, decide(record, screening, value, routing, policy, today=TODAY).outcome, ""


def cells(signal: Signal, container: str) -> Iterator[tuple[str, str, bytes]]:
    """(condition, detail, file)."""
    alone = signal.file(container)
    yield "alone", "", alone
    if (both := conflicting(signal, container)) is not None:
        yield "conflicting", "", both
    for detail, data in tampered(signal, container):
        yield "tampered", detail, data
    yield "stripped", "", stripped(alone)


def run(policy: Policy, every: int = 1) -> tuple[Counter[tuple[str, ...]], list[str]]:
    """Counts by (channel, container, condition, result), and a line for everything that went wrong."""
    counts: Counter[tuple[str, ...]] = Counter()
    wrong: list[str] = []
    for number, signal in enumerate(signals()):
        for place, container in enumerate(signal.containers()):
            if (number + place) % every:
                continue
            for condition, detail, data in cells(signal, container):
                result, outcome, trouble = judged(data, policy)
                name = f"{container} {condition} {detail}: {signal.channel} {signal.name}"
                if result is None:
                    # Damage that makes the picture undecodable holds it by that; nothing is missed, nothing is said.
                    outcome_name = "undecodable" if condition == "tampered" else "broken cell"
                else:
                    reserved = signal.reserved and condition != "stripped"
                    outcome_name = _outcome(result, outcome, reserved=reserved, tampered=condition == "tampered")
                counts[signal.channel, container, condition, outcome_name] += 1
                if outcome_name in ("missed", "invented", "broken cell"):
                    found = [] if result is None else [f.kind for f in result.findings]
                    wrong.append(f"{outcome_name}: {name} {trouble} {found} -> {outcome}")
    return counts, wrong


def _outcome(result: RightsJudged, outcome: Outcome | None, *, reserved: bool, tampered: bool) -> str:
    said = any(finding.kind in RESERVED for finding in result.findings)
    forbids = any(signal.strength is Strength.FORBIDS for signal in result.verdict.signals)
    if not reserved:
        return "invented" if said or forbids else "clean"
    if outcome is Outcome.MEMORIZE:
        return "missed"
    if said and forbids and outcome is Outcome.DENY:
        return "found"
    return "held unread" if tampered and result.unscreened else "missed"


def table(counts: Counter[tuple[str, ...]]) -> str:
    """Markdown: one line per channel and condition."""
    lines = [
        "| channel | condition | files | found | held unread | undecodable | clean | missed | invented |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    groups: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (channel, _, condition, result), number in counts.items():
        groups[channel, condition][result] += number
        groups["all", "all"][result] += number
    for (channel, condition), group in groups.items():
        columns = [group[name] for name in ("found", "held unread", "undecodable", "clean", "missed", "invented")]
        lines.append(f"| {channel} | {condition} | {sum(group.values())} | " + " | ".join(map(str, columns)) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write counts and faults there")
    parser.add_argument("--every", type=int, default=1, help="only every N-th cell")
    parser.add_argument("--policy", type=Path, default=Path(__file__).parents[2] / "policies" / "default")
    arguments = parser.parse_args()
    counts, wrong = run(load_policy(arguments.policy), arguments.every)
    print(table(counts))
    met = sum(n for key, n in counts.items() if key[3] in ("found", "held unread"))
    missed = sum(n for key, n in counts.items() if key[3] == "missed")
    print(
        f"\nrecall of reservations {met / (met + missed):.4f} ({met} of {met + missed}); invented {sum(n for k, n in counts.items() if k[3] == 'invented')}"
    )
    for line in wrong:
        print(line)
    if arguments.json:
        rows = [
            {"channel": k[0], "container": k[1], "condition": k[2], "result": k[3], "files": n}
            for k, n in counts.items()
        ]
        arguments.json.write_text(json.dumps({"rows": rows, "wrong": wrong}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
