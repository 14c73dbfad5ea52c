"""Who looks: every detector with version, licence, what it cannot see, and what to install where it is missing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from curate.finding import Check, Detector
from curate.screen import duplicates, metadata_people, names, quality
from curate.screen.codes import CodeReader
from curate.screen.faces import INSTALL as FACES_INSTALL
from curate.screen.faces import FaceDetector
from curate.screen.ocr import TextReader
from curate.screen.plates import PlateDetector
from curate.screen.rights import statement
from curate.screen.text import detector_version

DECODER = Detector("decoder", "1")


@dataclass(frozen=True, slots=True)
class DetectorInfo:
    """`hint` is a command that makes an unavailable detector available, empty if there is nothing to do."""

    detector: Detector
    checks: tuple[Check, ...]
    licence: str
    blind_spots_en: str
    blind_spots_ja: str
    available: bool = True
    hint: str = ""


def text_detector() -> Detector:
    return Detector("text-patterns", detector_version())


def names_detector(language: str) -> Detector:
    return Detector(f"names-{language}", names.detector_version(language))


@cache  # asked for every image; telling a version reads files
def pixel_detector() -> Detector:
    return Detector("pixel-text", f"6+rapidocr-{TextReader.engine_version()}")


@cache  # asked for every image; telling a version reads files
def face_detector() -> Detector:
    return Detector("faces", f"1+{FaceDetector.engine_version()}")


@cache  # asked for every image; telling a version reads files
def code_detector() -> Detector:
    return Detector("codes", f"3+zxing-cpp-{CodeReader.engine_version()}")


@cache  # asked for every image; telling a version reads files
def plate_detector() -> Detector:
    return Detector("plates", f"1+rapidocr-{TextReader.engine_version()}")


def _where_missing(module: str) -> tuple[bool, str]:
    """Whether a package of the default install is there, and the command that brings it."""
    there = find_spec(module) is not None
    return there, "" if there else "pip install imprimatur"


def all_detectors() -> tuple[DetectorInfo, ...]:
    """Every detector of this room, available or not. Loads no model."""
    own = "Apache-2.0"
    return (
        DetectorInfo(
            text_detector(),
            (Check.TEXT_PII, Check.METADATA_PRIVACY, Check.PIXEL_TEXT),
            "MIT (presidio), Apache-2.0 (own patterns)",
            "Identifiers without a label (licence, passport, residence card, account, insurance, pension, employee number"
            " outside the configured patterns) and My Numbers without label or 4-4-4 grouping; column headings above a"
            " table; addresses without a house number; landlines without label or hyphens; numbers written in words."
            " Toll-free numbers, mailboxes of a role and addresses behind a firm's name are reported as low.",
            "見出し語のない番号(免許証・旅券・在留カード・口座・保険・年金、設定した形式以外の社員番号)、見出しも4桁区切りもないマイナンバー、"
            "表の見出し行だけで示された値、番地のない住所、見出しも区切りもない固定電話、言葉で書かれた番号は検出できません。"
            "フリーダイヤル、info@などの代表アドレス、社名に続く所在地は「low」として報告します。",
        ),
        DetectorInfo(
            names_detector("ja"),
            (Check.TEXT_NAMES, Check.PIXEL_TEXT),
            "MIT (GiNZA, ja_ginza), Apache-2.0 (SudachiPy, SudachiDict, own rules)",
            "About three names in twenty of running text: foreign names in katakana that no dictionary has, rare surnames "
            "without a given name, surnames that are places or words, names in hiragana alone. Names of bands, firms and "
            "works that are built like a person's name are reported as names.",
            "文章中の氏名のおよそ20件に3件を見落とします（辞書にないカタカナの外国人名、珍しい姓のみの表記、"
            "地名や普通の言葉と同じ姓、ひらがなだけの氏名）。人名の形をした団体名・社名・作品名は氏名として検出します。",
            names.missing_for("ja") is None,
            "" if names.missing_for("ja") is None else "pip install 'imprimatur[ja]'",
        ),
        DetectorInfo(
            names_detector("en"),
            (Check.TEXT_NAMES, Check.METADATA_PRIVACY, Check.PIXEL_TEXT),
            "Apache-2.0 (own tagger, learnt from generated text)",
            "About one name in twenty of running text; a single given name or surname in a caption, a file name, a line of the "
            "pixels or a field of the file without a label; names in small letters amid capitals; scripts other than Latin.",
            "文章中の英字氏名のおよそ20件に1件、短い説明文・ファイル名・画像内の行・ファイル内の項目に見出し語なしで書かれた名または姓だけの表記、"
            "大文字を含む文中で小文字だけで書かれた氏名、ラテン文字以外の氏名は検出できません。",
            names.missing_for("en") is None,
            "" if names.missing_for("en") is None else "pip install --force-reinstall --no-deps imprimatur",
        ),
        DetectorInfo(
            metadata_people.DETECTOR,
            (Check.METADATA_PRIVACY,),
            own,
            "What a maker note says, but for the owner in those of Canon; small changes against the "
            "thumbnail; sidecars of remote catalogues and in other formats than XMP and JSON.",
            "メーカーノートの内容（キヤノンの所有者名を除く）、サムネイルとの小さな違い、遠隔カタログのサイドカー、"
            "XMPとJSON以外のサイドカーは見ていません。",
        ),
        DetectorInfo(
            statement.FILE_DETECTOR,
            (Check.METADATA_RIGHTS,),
            own,
            "Whether a notice is true; notices in languages other than ten; rights expressions in ODRL.",
            "表示の真偽、対応10言語以外の表示、ODRLなどの権利記述言語は判断しません。",
        ),
        DetectorInfo(
            statement.MANIFEST_DETECTOR,
            (Check.METADATA_RIGHTS,),
            "MIT OR Apache-2.0 (c2pa)",
            "Manifests kept elsewhere: they are not fetched. Without certificates in [screen] c2pa_trust_anchors no signer is "
            "trusted, and no permission counts.",
            "外部に置かれたマニフェストは取得しません。[screen] c2pa_trust_anchors に証明書を指定しない限り、"
            "どの署名者も信頼せず、許可の記載は効力を持ちません。",
            *_where_missing("c2pa"),
        ),
        DetectorInfo(
            statement.BESIDE_DETECTOR,
            (Check.METADATA_RIGHTS,),
            own,
            "Sidecars of remote catalogues; sidecars that do not bear the name of the picture.",
            "遠隔カタログのサイドカー、および画像と同名でないサイドカーは見ていません。",
        ),
        DetectorInfo(
            statement.CATALOGUE_DETECTOR,
            (Check.CATALOGUE_RIGHTS,),
            own,
            "The words of a contract or of a LicenseRef; whether the catalogue is right.",
            "契約書やLicenseRefの本文は読みません。カタログの記載の真偽は判断しません。",
        ),
        DetectorInfo(
            pixel_detector(),
            (Check.PIXEL_TEXT,),
            TextReader.licence,
            "Handwriting; most letters below 10 px, some at 10 px; text bent along a curve; seals in black, solid, cut off, "
            "or below about 14 px; names in a table without a word for the role.",
            "手書き文字、10px未満の大半と10px前後の一部の文字、曲線に沿った文字、黒い印影・白抜きの印影・欠けた印影・約14px未満の印影、"
            "役割の見出しのない表中の氏名は検出できません。",
            TextReader.available(),
            "" if TextReader.available() else "pip install 'imprimatur[vision]'",
        ),
        DetectorInfo(
            face_detector(),
            (Check.PIXEL_FACES,),
            FaceDetector.licence,
            "Faces turned away, covered, or narrower than about 1/50 of the long side; who it is. A drawn face may count as one.",
            "後ろ向き・隠れた顔、長辺の約50分の1より小さい顔は検出できません。誰の顔かは判断しません。絵の顔を人と見ることがあります。",
            FaceDetector.missing() is None,
            "" if FaceDetector.missing() is None else f"pip install 'imprimatur[vision]' && {FACES_INSTALL}",
        ),
        DetectorInfo(
            code_detector(),
            (Check.PIXEL_CODES,),
            CodeReader.licence,
            "Codes cut off or smaller than about two pixels a module; damaged ones other than QR and Aztec; where a link leads.",
            "欠けたコード、1セルが約2px未満のコード、QR・Aztec以外の破損コードは見落とします。リンク先の内容は見ません。",
            CodeReader.missing() is None,
            "" if CodeReader.missing() is None else "pip install 'imprimatur[vision]'",
        ),
        DetectorInfo(
            plate_detector(),
            (Check.PIXEL_PLATES,),
            TextReader.licence,
            "Plates less than about 60 px wide, tilted by more than about 15 degrees, dirty or cut off; those of other countries.",
            "幅が約60px未満・約15度を超える傾き・汚れや欠けのあるプレート、外国のプレートは検出できません。",
            PlateDetector.missing() is None,
            "" if PlateDetector.missing() is None else "pip install 'imprimatur[vision]'",
        ),
        DetectorInfo(
            quality.DETECTOR,
            (Check.QUALITY,),
            own,
            "Blur of a part of the picture; wrong colours; a wrong or cropped subject.",
            "部分的なぼけ、色の誤り、被写体の誤りや見切れは検出できません。",
        ),
        DetectorInfo(
            duplicates.DETECTOR,
            (Check.DUPLICATE,),
            "Apache-2.0, BSD-2-Clause (imagehash)",
            "Copies cropped to less than about seven tenths of a side, turned by other than quarter turns, or largely covered; "
            "of a barred picture whose file is gone, copies that are both cropped and edited; captions on icons and drawings; "
            "that two parts of a family differ in a hole or a label, unless the catalogue states their article numbers. "
            "Semantic duplicates, other pictures of the same thing, are looked for only where an encoder is set.",
            "一辺の7割未満に切り抜かれた複製、90度単位以外の回転、大きく覆われた複製、"
            "原本が手元にない禁止画像の切り抜きかつ加工された複製、アイコンや図面に文字を重ねた複製は検出できません。"
            "穴やラベルだけが異なる同系列の部品は、カタログに品番がない限り見分けられないことがあります。"
            "同じ物を写した別の画像（意味的な重複）は、エンコーダを設定した場合にのみ調べます。",
        ),
    )
