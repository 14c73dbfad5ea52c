"""What each kind of finding means, in one sentence for people, in English and Japanese. No sentence shows a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Sentence(NamedTuple):
    en: str
    ja: str


@dataclass(frozen=True, slots=True)
class Reason:
    """What completes the sentence of one finding; it never shows the value. `en` goes on behind a colon, `ja` is a sentence
    of its own without its full stop. Both are there or neither is, else ValueError."""

    en: str
    ja: str

    def __post_init__(self) -> None:
        if bool(self.en) != bool(self.ja):
            raise ValueError(f"Expected a reason in English and Japanese, found {self.en!r} and {self.ja!r}.")


NO_REASON = Reason("", "")  # the sentence of the kind says it all


def as_stated(term: str) -> Reason:
    """The reason that a file or a catalogue states `term`, a word of a standard, which is the same in every language."""
    return Reason(term, f"記載された値は「{term}」です")


def explained(kind: str, why: Reason = NO_REASON) -> Sentence:
    """The sentence of `kind` completed by `why`.

    Raises:
        KeyError: no detector reports this kind.
    """
    said = SENTENCES[kind]
    return Sentence(f"{said.en[:-1]}: {why.en}.", f"{said.ja}{why.ja}。") if why.en else said


SENTENCES: dict[str, Sentence] = {
    "privacy.phone": Sentence("A telephone number.", "電話番号が含まれています。"),
    "privacy.email": Sentence("An e-mail address.", "メールアドレスが含まれています。"),
    "privacy.jp_my_number": Sentence(
        "An Individual Number (My Number) of a person in Japan.", "個人番号（マイナンバー）が含まれています。"
    ),
    "privacy.credit_card": Sentence("A payment card number.", "クレジットカード番号が含まれています。"),
    "privacy.person_name": Sentence("The name of a person.", "個人の氏名が含まれています。"),
    "privacy.address": Sentence("A postal address.", "住所が含まれています。"),
    "privacy.seal": Sentence("The impression of a personal seal.", "印影（個人の印鑑と見られるもの）が写っています。"),
    "privacy.personal_detail": Sentence(
        "A detail that is personal only beside a person (place, organisation, date, age, occupation or the like).",
        "人と結びつくと個人情報になる事柄（地名、組織名、日付、年齢、職業など）が含まれています。",
    ),
    "privacy.gps": Sentence(
        "The file states where the picture was taken.", "ファイルに撮影場所（位置情報）が記録されています。"
    ),
    "privacy.owner_name": Sentence(
        "The file names its author, owner or photographer.",
        "ファイルに作成者・所有者・撮影者の名前が記録されています。",
    ),
    "privacy.other_id": Sentence(
        "An identifier of a person (licence, passport, account, insurance or the like).",
        "個人を識別する番号など（免許証、旅券、口座、保険等）が含まれています。",
    ),
    "privacy.device_trace": Sentence(
        "A trace of one device or one user's account.",
        "機器の製造番号や利用者フォルダーなど、個人につながる技術的な痕跡があります。",
    ),
    "privacy.file_comment": Sentence(
        "The file carries a free comment that nobody sees in the picture.",
        "画像には表示されないコメントがファイルに書き込まれています。",
    ),
    "privacy.face": Sentence("The face of a person.", "人の顔が写っています。"),
    "privacy.number_plate": Sentence("The number plate of a vehicle.", "車両のナンバープレートが写っています。"),
    "content.credential": Sentence(
        "A password or another key that gives access.", "パスワードなど、アクセスを許す鍵情報が含まれています。"
    ),
    "privacy.path_user": Sentence(
        "A path of a program shows a user's folder.",
        "ソフトウェアのパスに利用者フォルダー名が含まれています。",
    ),
    "privacy.maker_note": Sentence(
        "A maker note of the camera is there and was not read.",
        "カメラメーカー独自の記録（メーカーノート）があり、内容は検査していません。",
    ),
    "privacy.thumbnail_differs": Sentence(
        "The embedded thumbnail shows something that the picture does not.",
        "埋め込みサムネイルに、画像本体には写っていない内容が残っています。",
    ),
    "privacy.minor": Sentence(
        "A person shown is stated to be a minor, or of unknown age.",
        "未成年者、または年齢不明の人物が写っていると記載されています。",
    ),
    "content.synthetic": Sentence(
        "The file says that a model made the picture, or a part of it.",
        "画像の全部または一部がAIで生成されたと記載されています。",
    ),
    "content.secret_marking": Sentence("A secrecy marking.", "社外秘などの秘密表示があります。"),
    "content.appended_data": Sentence(
        "Behind the end of the picture the file carries data that nobody sees in it and that is not memorized.",
        "画像データの終わりより後に、画像には表示されず記憶もされないデータが付いています。",
    ),
    "content.other_format": Sentence(
        "The file is of another format than its name says.", "ファイルの実際の形式が、名前の拡張子と異なります。"
    ),
    "content.undecodable": Sentence(
        "The file cannot be read whole as a picture.", "ファイルを画像として最後まで読み取れません。"
    ),
    "rights.data_mining_prohibited": Sentence(
        "Data mining or training of AI models is forbidden.",
        "データマイニング・AI学習の禁止が宣言されています。",
    ),
    "rights.data_mining_constrained": Sentence(
        "A manifest allows data mining or training on conditions only, or cannot be understood.",
        "来歴情報がデータマイニング・AI学習を条件付きとしているか、記載を解釈できません。",
    ),
    "rights.channel_conflict": Sentence(
        "One source of rights allows what another one forbids or limits.",
        "権利の記載どうしが矛盾しています（一方は許可、他方は禁止または制限）。",
    ),
    "rights.territory_excluded": Sentence(
        "The licence does not cover the country of use.", "利用許諾の地域に利用国が含まれていません。"
    ),
    "rights.attribution_required": Sentence(
        "The licence asks for the author to be named.", "ライセンスが著作者の表示を求めています。"
    ),
    "rights.license_expired": Sentence("The licence has ended.", "利用許諾の期間が終了しています。"),
    "rights.license_not_started": Sentence("The licence has not begun yet.", "利用許諾の期間がまだ始まっていません。"),
    "rights.license_noncommercial": Sentence(
        "The licence excludes commercial use.", "ライセンスが営利目的の利用を認めていません。"
    ),
    "rights.license_sharealike_or_noderivatives": Sentence(
        "The licence demands share-alike or forbids derivatives.",
        "ライセンスに継承条件または改変禁止の条件があります。",
    ),
    "rights.license_unknown": Sentence(
        "The licence is missing or is no known SPDX expression.",
        "ライセンスが未記入、またはSPDX表記として判別できません。",
    ),
    "rights.license_conflict": Sentence(
        "Rows with the same picture state different licences.",
        "同じ画像の行どうしでライセンスの記載が食い違っています。",
    ),
    "rights.scope_missing": Sentence(
        "The stated scope of the licence leaves out training or memorizing.",
        "許諾範囲に学習または記憶（memorize）が含まれていません。",
    ),
    "rights.reserved_notice": Sentence(
        "The file carries a copyright or usage notice.", "ファイルに著作権・利用条件の表示があります。"
    ),
    "rights.release_missing": Sentence(
        "A model or property release is stated to be missing.",
        "肖像権または物件の使用許諾（リリース）がないと記載されています。",
    ),
    "quality.too_small": Sentence("The picture is too small.", "画像が小さすぎます。"),
    "quality.blurred": Sentence("The picture is blurred.", "画像がぼけています。"),
    "quality.dark": Sentence("The picture is too dark.", "画像が暗すぎます。"),
    "quality.overexposed": Sentence("The picture is overexposed.", "画像が白飛びしています。"),
    "quality.low_contrast": Sentence("The picture has little contrast.", "画像のコントラストが低すぎます。"),
    "quality.compressed": Sentence("The picture is heavily compressed.", "画像の圧縮が強すぎます。"),
    "quality.damaged": Sentence(
        "A part of the picture is missing: the file was once cut off.",
        "画像の一部が欠けています（途中で切れたファイルと思われます）。",
    ),
    "quality.blank": Sentence("The picture shows almost nothing.", "画像にほとんど何も写っていません。"),
    "duplicate.exact_rows": Sentence(
        "Several catalogue rows hold the same bytes.", "カタログの複数の行が同一の画像ファイルを指しています。"
    ),
    "duplicate.near": Sentence("The picture looks like another one.", "ほかの画像とほぼ同じ見た目です。"),
    "duplicate.semantic": Sentence(
        "The picture seems to show the same thing as another one.", "ほかの画像と同じ物を写していると思われます。"
    ),
    "duplicate.near_barred": Sentence(
        "The picture looks like one that was denied or withdrawn.",
        "拒否または取り下げられた画像とほぼ同じ見た目です。",
    ),
}
"""Every kind that screening can report."""
