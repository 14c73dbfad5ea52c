"""Reasons for the holds which the engine adds itself: why held, and what would release it. English and Japanese."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from curate.finding import Check, OpenCause
from curate.policy.condition import Fact
from curate.policy.schema import UNSCREENED_PREFIX, Waiver

CHANGE_RATE_UNKNOWN = (
    "How often it changes is unknown (change_count, collected_at), so it was not treated as volatile.",
    "変更頻度が不明のため(change_count、collected_at)、頻繁に変わる画像としては扱っていません。",
)

UNDECODABLE = "hold-undecodable"  # rule of the policies that come with the product
_WITHOUT_THE_FILE = (Check.TEXT_PII, Check.TEXT_NAMES, Check.CATALOGUE_RIGHTS)
_DOCTOR = ("`imprimatur doctor` shows what the check needs.", "必要なものは `imprimatur doctor` で確認できます。")
_LOOK = (
    "`imprimatur curate` without --metadata-only looks at it.",
    "--metadata-only を付けずに `imprimatur curate` を実行すると検査します。",
)
_OTHER_FILE = ("Supply a file in which it can be looked at.", "検査できるファイルに差し替えてください。")
_OTHER_TEXT = (
    "Correct the texts in the catalogue, then `imprimatur curate`.",
    "カタログのテキストを修正し、`imprimatur curate` を実行してください。",
)

_FACTS_JA: dict[Fact, str] = {
    Fact.SOURCE: "出所",
    Fact.COLLECTED_AT: "収集日",
    Fact.COLLECTOR: "収集者",
    Fact.METHOD: "収集方法",
    Fact.OWNER: "権利者",
    Fact.LICENSE: "ライセンス",
    Fact.LICENSE_SCOPE: "許諾範囲",
    Fact.LICENSE_START: "許諾開始日",
    Fact.LICENSE_END: "許諾終了日",
    Fact.CONTRACT_REF: "契約番号",
    Fact.MODEL_RELEASE: "肖像の使用許諾",
    Fact.PROPERTY_RELEASE: "物件の使用許諾",
    Fact.CONSENT_REF: "同意書番号",
    Fact.CRITICALITY: "重要度",
    Fact.PRODUCT_LINE: "製品ライン",
    Fact.SKU: "品番",
    Fact.CHANGED_AT: "最終変更日",
    Fact.CHANGE_COUNT: "変更回数",
    Fact.VALID_UNTIL: "有効期限",
}

_CHECKS: dict[Check, tuple[str, str]] = {
    Check.DECODE: ("whether the file is a whole picture", "画像として最後まで読めるか"),
    Check.TEXT_PII: ("personal data in the texts", "テキスト中の個人情報"),
    Check.TEXT_NAMES: ("person names in the texts", "テキスト中の人名"),
    Check.METADATA_PRIVACY: ("personal data inside the file", "ファイル内メタデータの個人情報"),
    Check.METADATA_RIGHTS: ("rights notices inside the file", "ファイル内の権利表示"),
    Check.CATALOGUE_RIGHTS: ("licence, scope and dates", "ライセンス・許諾範囲・期間"),
    Check.PIXEL_TEXT: ("text in the picture", "画像内の文字"),
    Check.PIXEL_FACES: ("faces in the picture", "画像内の顔"),
    Check.PIXEL_CODES: ("QR and bar codes in the picture", "画像内のQRコード・バーコード"),
    Check.PIXEL_PLATES: ("number plates in the picture", "画像内の自動車登録番号標（ナンバープレート）"),
    Check.QUALITY: ("picture quality", "画質"),
    Check.DUPLICATE: ("near-duplicates", "類似画像"),
}


def unknown_fact(fact: Fact) -> tuple[str, str]:
    """Why a missing fact holds the image, and which column releases it."""
    return (
        f"Unknown: {fact}. Fill in the column `{fact}` of the catalogue; approving alone does not release the image.",
        f"{_FACTS_JA[fact]}({fact})が不明です。カタログの列 {fact} の記入で保留が解けます(承認では解けません)。",
    )


def unscreened_check(check: Check, parts: Sequence[tuple[str, str, OpenCause]]) -> tuple[str, str]:
    """Why a check that was not done holds the image, and what helps: `parts` are what is open of it, each with what the
    detector said in English and Japanese and the cause."""
    what_en, what_ja = _CHECKS[check]
    why_en = "; ".join(en for en, _, _ in parts) or "no detector reported it as done"
    why_ja = "；".join(ja or en for en, ja, _ in parts) or "検査済みの記録なし"
    release_en, release_ja = _what_helps(check, {cause for _, _, cause in parts})
    return (
        f"Not checked: {what_en} ({why_en}). {release_en}",
        f"未検査: {what_ja}({why_ja})。{release_ja}",
    )


def _what_helps(check: Check, causes: Collection[OpenCause]) -> tuple[str, str]:
    """`doctor` where a part of the installation is missing, or nobody knows what is; no command helps a file that cannot be
    looked at."""
    if not causes or OpenCause.NOT_INSTALLED in causes:
        return _DOCTOR
    if OpenCause.IN_THE_FILE in causes:
        return _OTHER_TEXT if check in _WITHOUT_THE_FILE else _OTHER_FILE
    return _LOOK if OpenCause.NOT_ASKED in causes else _DOCTOR


def worth_saying(rules: Collection[str]) -> tuple[str, ...]:
    """Of the rules of one decision those that tell people something: a file that cannot be opened leaves every look at it
    open, which is said once.
    """
    if UNDECODABLE not in rules:
        return tuple(rules)
    said = {f"{UNSCREENED_PREFIX}{check}" for check in Check if check not in _WITHOUT_THE_FILE}
    return tuple(rule for rule in rules if rule not in said)


def waiver_stands(waiver: Waiver, rules: tuple[str, ...]) -> tuple[str, str]:
    """What a waiver set aside, who answers for it and until when."""
    names = ", ".join(rules)
    en, ja = waiver.reason.en, waiver.reason.ja
    return (
        f"Waived until {waiver.expires} by {waiver.approver}: {names}. {en} People still have to approve.",
        f"特例により {waiver.expires} まで {names} を適用しません(責任者 {waiver.approver})。{ja} 承認は別途必要です。",
    )


def waiver_ended(waiver: Waiver) -> tuple[str, str]:
    return (
        f"The waiver {waiver.id} ended on {waiver.expires}; the rule stands again.",
        f"特例 {waiver.id} は {waiver.expires} に終了し、規則が再び適用されます。",
    )


def default_hold() -> tuple[str, str]:
    return (
        "No rule of the policy gives this image a place, so it is held; only a change of the policy releases it.",
        "この画像に当てはまる規則がないため保留しました。方針の変更がない限り解けません。",
    )


def not_chosen(en: str, ja: str) -> tuple[str, str]:
    """Why an image that fits the policy stays outside of memory, where no rule of the policy says it."""
    return (
        f"Not chosen for memory: {en or 'the budget has no room for it.'}",
        f"記憶の対象に選ばれませんでした。{ja or '記憶枠に収まりません。'}",
    )
