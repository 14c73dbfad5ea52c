"""Reservations, notices and harmless fields that ExifTool writes: does a writer that is not ours reach the readers?

    python -m benchmarks.screening.rights_exiftool [--heic FILE] [--show]

ExifTool is an external program that has to be installed. Each field is written into JPEG, PNG, TIFF, WebP and AVIF made by
Pillow (and into a copy of `--heic`, since nothing here writes HEIC) and judged as in `rights_matrix`: with a catalogue row
that permits everything. A reservation counts as met by the verdict `reserved`; terms and notices by one that does not permit;
a harmless field by one that permits, without a finding about rights. A field that ExifTool refuses to write into a
container is left out.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.screening.rights_matrix import judged
from curate.policy.document import load_policy
from curate.rights_verdict import Answer

DEFAULT_POLICY = Path(__file__).resolve().parents[2] / "policies" / "default"
PERMITTING = frozenset({Answer.PERMITTED, Answer.ATTRIBUTION})
# ExifTool before 12.67 does not know plus:DataMining, and no version knows TDMRep.
CONFIG = """%Image::ExifTool::UserDefined = (
 'Image::ExifTool::XMP::Main' => { tdm => { SubDirectory => { TagTable => 'Image::ExifTool::UserDefined::tdm' } } },
 'Image::ExifTool::PLUS::XMP' => { DataMining => { }, OtherConstraints => { Writable => 'lang-alt' } },
);
%Image::ExifTool::UserDefined::tdm = (
  GROUPS => { 0 => 'XMP', 1 => 'XMP-tdm', 2 => 'Other' }, NAMESPACE => { 'tdm' => 'http://www.w3.org/ns/tdmrep#' },
  WRITABLE => 'string', reservation => { Name => 'TdmReservation' }, policy => { Name => 'TdmPolicy' },
);
1;
"""
VOCABULARY = "http://ns.useplus.org/ldf/vocab/"
PROHIBITED = (
    "DMI-PROHIBITED", "DMI-PROHIBITED-AIMLTRAINING", "DMI-PROHIBITED-GENAIMLTRAINING", "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
    "DMI-PROHIBITED-SEECONSTRAINT", "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR", "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR", "DMI-SOMETHING-NEW",
)  # fmt: skip
WORDS = (
    "No AI training permitted.", "AI学習禁止", "本画像を機械学習に使用することを禁じます", "noai, noimageai",
    "Text and data mining rights are expressly reserved under Art. 4(3) of Directive (EU) 2019/790.",
    "Nutzung für das Training künstlicher Intelligenz untersagt", "AIの学習に使わないでください", "DO NOT TRAIN",
)  # fmt: skip
HARMLESS = (
    "Centrifugal pump, training stand for apprentices", "AI-driven inspection cell, no cable", "機械学習装置の外観", "学習机 幅100cm",
)  # fmt: skip
TEXT_TAGS = (
    "EXIF:Copyright", "EXIF:Artist", "EXIF:ImageDescription", "EXIF:UserComment", "EXIF:XPComment", "EXIF:XPKeywords", "IPTC:CopyrightNotice",
    "IPTC:SpecialInstructions", "IPTC:Caption-Abstract", "IPTC:Keywords", "XMP-dc:Rights", "XMP-dc:Rights-ja", "XMP-dc:Description",
    "XMP-dc:Subject", "XMP-photoshop:Instructions", "XMP-xmpRights:UsageTerms", "XMP-xmpRights:UsageTerms-de", "XMP-plus:OtherConstraints",
    "XMP-plus:TermsAndConditionsText", "XMP-acdsee:Notes", "Comment",
)  # fmt: skip


def fields() -> Iterator[tuple[str, str]]:
    """(what is expected, argument for ExifTool): `reserved`, `held` or `clean`."""
    for term in PROHIBITED:
        yield "reserved", f"-XMP-plus:DataMining={VOCABULARY}{term}"
    for tag in TEXT_TAGS:
        for words in WORDS:
            yield "reserved", f"-{tag}={words}"
    for text in HARMLESS:
        for tag in ("EXIF:ImageDescription", "XMP-dc:Description", "XMP-dc:Subject"):
            yield "clean", f"-{tag}={text}"
    yield "reserved", "-XMP-tdm:TdmReservation=1"
    yield "reserved", "-XMP-plus:LicenseEndDate=2020:01:31"
    for held in (
        "XMP-tdm:TdmPolicy=https://example.org/p.json", "EXIF:Copyright=(c) 2021 Another Studio", "XMP-dc:Rights=© 2021 無断転載を禁じます",
        "XMP-xmpRights:Marked=True", "XMP-xmpRights:WebStatement=https://example.org/terms", "XMP-cc:License=https://creativecommons.org/licenses/by-nc/4.0/",
        "XMP-plus:ModelReleaseStatus#=MR-NON", "XMP-plus:MinorModelAgeDisclosure#=AG-U14", "XMP-plus:LicenseStartDate=2099:01:31",
    ):  # fmt: skip
        yield "held", f"-{held}"
    for clean in (
        f"XMP-plus:DataMining={VOCABULARY}DMI-ALLOWED", f"XMP-plus:DataMining={VOCABULARY}DMI-UNSPECIFIED", "XMP-tdm:TdmReservation=0",
        "XMP-plus:LicenseEndDate=2099:01:31", "XMP-plus:ModelReleaseStatus#=MR-NAP", "XMP-plus:MinorModelAgeDisclosure#=AG-A25", "XMP-xmpRights:Marked=False",
        "XMP-cc:License=https://creativecommons.org/licenses/by/4.0/", "XMP-cc:License=https://creativecommons.org/publicdomain/zero/1.0/", "EXIF:Software=Darktable 4",
    ):  # fmt: skip
        yield "clean", f"-{clean}"


def bases(folder: Path, heic: Path | None) -> list[Path]:
    """One picture without metadata per container."""
    cells = np.random.default_rng(5).integers(0, 255, (6, 8, 3))
    picture = Image.fromarray(np.kron(cells, np.ones((40, 40, 1))).astype(np.uint8))
    made = [folder / f"base.{suffix}" for suffix in ("jpg", "png", "tif", "webp", "avif")]
    for path in made:
        picture.save(path)
    if heic is not None:
        made.append(folder / "base.heic")
        shutil.copy(heic, made[-1])
        subprocess.run(["exiftool", "-q", "-all=", "-overwrite_original", str(made[-1])], check=True)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--heic", type=Path)
    parser.add_argument("--show", action="store_true", help="a line for every file that was judged otherwise")
    args = parser.parse_args()
    if shutil.which("exiftool") is None:
        sys.exit("expected the program exiftool, found none; install it (Debian: libimage-exiftool-perl)")
    policy = load_policy(DEFAULT_POLICY)
    counts: Counter[tuple[str, bool]] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config").write_text(CONFIG)
        jobs: list[tuple[str, str, Path, Path]] = []
        lines: list[str] = []
        for base in bases(folder, args.heic):
            for number, (expected, argument) in enumerate(fields()):
                path = folder / f"{number}{base.suffix}"
                shutil.copy(base, path)
                jobs.append((expected, argument, base, path))
                options = ["-q", "-q", "-m", "-overwrite_original", "-charset", "utf8"]
                coded = ["-codedcharacterset=utf8"] if argument.startswith("-IPTC") else []
                lines += [*options, *coded, argument, str(path), "-execute"]
        (folder / "arguments").write_text("\n".join(lines) + "\n")
        command = ["exiftool", "-config", str(folder / "config"), "-@", str(folder / "arguments")]
        subprocess.run(command, check=False, stderr=subprocess.DEVNULL)
        for expected, argument, base, path in jobs:
            data = path.read_bytes()
            if data == base.read_bytes():  # ExifTool has no such field in this container
                continue
            result, _, reason = judged(data, policy)
            if result is None:
                sys.exit(f"{path.name}: expected a picture, found {reason}")
            answer = result.verdict.answer
            about = {found.kind for found in result.findings if found.kind.startswith("rights.")}
            right = {
                "reserved": answer is Answer.RESERVED,
                "held": answer not in PERMITTING,
                "clean": answer in PERMITTING and about <= {"rights.attribution_required"},
            }[expected]
            counts[expected, right] += 1
            if args.show and not right:
                print(expected, path.suffix, argument, answer.value, sorted(about))
    for expected in ("reserved", "held", "clean"):
        print(f"{expected}: {counts[expected, True]} of {counts[expected, True] + counts[expected, False]}")


if __name__ == "__main__":
    main()
