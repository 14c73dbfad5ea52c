"""Why a result was withheld, in a sentence for people, English and Japanese. Codes are stable, sentences may change."""

from __future__ import annotations

from audit.standing import StandingState

# {asked} and {found} are filled where the rule has them.
SENTENCES: dict[str, tuple[str, str]] = {
    "not-in-manifest": (
        "The identifier is not in the model's manifest for this image.",
        "この画像の識別子はモデルのマニフェストにありません。",
    ),
    "standing-awaiting": (
        "The approvals this image needs are not there.",
        "この画像に必要な承認がそろっていません。",
    ),
    "standing-expired": ("An approval or the licence has run out.", "承認または使用許諾の期限が切れています。"),
    "standing-suspended": (
        "The image is suspended until people have looked at it again.",
        "この画像は再確認が済むまで一時停止中です。",
    ),
    "standing-withdrawn": ("The image was withdrawn.", "この画像は取り下げられました。"),
    "standing-excluded": (
        "The image's decision does not allow it to be shown here.",
        "この画像は判定により、ここでは表示できません。",
    ),
    "no-recorded-facts": (
        "The facts on which the decision was made are no longer on record.",
        "判定の根拠となった情報の記録が残っていません。",
    ),
    "not-in-catalogue": ("The image is no longer in the catalogue.", "この画像はカタログにもうありません。"),
    "file-missing": ("The picture file cannot be read.", "画像ファイルを読み取れません。"),
    "file-changed": (
        "The picture file is not the one that was approved.",
        "画像ファイルが承認されたものと異なります。",
    ),
    "licence-ended": (
        "The licence ended on {found}.",
        "使用許諾は {found} に終了しました。",
    ),
    "condition-unmet": (
        "The image was approved on a condition that is not kept here ({found}).",
        "この画像の承認条件（{found}）が、ここでは守られていません。",
    ),
    "stale-article-number": (
        "The catalogue's article number is now {found}; when it was decided on, it was {asked}.",
        "カタログの品番は現在 {found} で、判定時の {asked} と異なります。",
    ),
    "stale-product-line": (
        "The catalogue's product line is now {found}; when it was decided on, it was {asked}.",
        "カタログの製品系列は現在 {found} で、判定時の {asked} と異なります。",
    ),
    "stale-validity": (
        "The catalogue's validity date is now {found}; when it was decided on, it was {asked}.",
        "カタログの有効期限は現在 {found} で、判定時の {asked} と異なります。",
    ),
    "stale-content-class": (
        "The catalogue now calls this a {found}; when it was decided on, it was {asked}.",
        "カタログの画像区分は現在 {found} で、判定時の {asked} と異なります。",
    ),
    "stale-licence": (
        "The catalogue's licence is no longer the one the decision was made on.",
        "カタログの使用許諾が判定時から変わっています。",
    ),
    "validity-passed": (
        "The picture was valid until {found}.",
        "この画像の有効期限は {found} までです。",
    ),
    "article-number": (
        "The query asks for {asked}; this image is {found}.",
        "お尋ねの品番は {asked} ですが、この画像は {found} です。",
    ),
    "product-line": (
        "The query names the product line {asked}; this image belongs to {found}.",
        "お尋ねの製品系列は「{asked}」ですが、この画像は「{found}」です。",
    ),
    "content-class": (
        "The query asks for “{asked}”; this image is a {found}.",
        "お尋ねは「{asked}」ですが、この画像の区分は {found} です。",
    ),
    "size": (
        "The query asks for the size “{asked}”; this image's is {found}.",
        "お尋ねの寸法は「{asked}」ですが、この画像は {found} です。",
    ),
    "language": (
        "The query asks for the language version {asked}; this image's is {found}.",
        "お尋ねの言語版は {asked} ですが、この画像は {found} です。",
    ),
}

_NOTHING = ("(nothing)", "(なし)")


def standing_code(state: StandingState) -> str:
    return f"standing-{state.value}"


def sentences(why: str, asked: str = "", found: str = "") -> tuple[str, str]:
    """(English, Japanese) for a code of `SENTENCES`.

    Raises:
        KeyError: a code nobody worded: a defect.
    """
    english, japanese = SENTENCES[why]
    return (
        english.format(asked=asked or _NOTHING[0], found=found or _NOTHING[0]),
        japanese.format(asked=asked or _NOTHING[1], found=found or _NOTHING[1]),
    )
