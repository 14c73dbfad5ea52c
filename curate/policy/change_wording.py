"""What would have to change, in sentences, English and Japanese."""

from __future__ import annotations

from curate.canonical import Json
from curate.decision import Outcome
from curate.policy.levers import Lever, LeverKind
from curate.policy.would_change import Way, WouldChange

_OUTCOMES = {
    Outcome.REVIEW: ("To be held for people instead", "人の判断を待つ保留にするには"),
    Outcome.INDEX: ("To be searchable in the index", "索引で検索できるようにするには"),
    Outcome.MEMORIZE: ("To be memorized, once people approve", "承認を経て記憶できるようにするには"),
    Outcome.DENY: ("To be denied", "拒否にするには"),
}
_DAYS = {"future": ("a day to come", "未来の日付"), "past": ("a day gone by", "過去の日付")}


def lever_words(lever: Lever) -> tuple[str, str]:
    """One change as people would make it."""
    name, to = lever.name, lever.to
    to_en, to_ja = _DAYS.get(to or "", (to, to))
    places = ", ".join(lever.fields)
    match lever.kind:
        case LeverKind.STATE_FACT if to is None:
            return f"fill in `{name}`", f"`{name}` を記入する"
        case LeverKind.STATE_FACT:
            return f"fill in `{name}` with {to_en}", f"`{name}` に「{to_ja}」と記入する"
        case LeverKind.CHANGE_FACT if to is None:
            return f"`{name}` says something else", f"`{name}` の記載が別の値になる"
        case LeverKind.CHANGE_FACT:
            return f"`{name}` says {to_en}", f"`{name}` の記載が「{to_ja}」になる"
        case LeverKind.CLEAR_FINDING:
            return f"{name} is cleared in {places}", f"{places} の指摘 {name} を解消する"
        case LeverKind.FINDING_IN_FILE:
            return (
                f"another file without {name} ({places}), which is another image",
                f"指摘 {name} ({places})のない別のファイルにする(別の画像として扱われます)",
            )
        case LeverKind.MAKE_CHECK:
            return f"the check {name} is made", f"検査 {name} を行う"
        case LeverKind.CORRECT_ROWS:
            return "its rows of the catalogue are corrected", "カタログの該当行を訂正する"
        case LeverKind.VALUE:
            part_en, part_ja = ("value", "価値") if name == "score" else (f"value part {name}", f"価値の要素 {name}")
            return f"{part_en} ≥ {to}", f"{part_ja}が {to} 以上になる"
        case LeverKind.CALM:
            return f"it changes at most {to} times a month", f"変更が月 {to} 回以下になる"
        case LeverKind.PLACE:
            return "selection has a place for it (a larger budget)", "記憶枠に入る(予算を増やす)"
        case LeverKind.PIN:
            return "it is pinned, with a reason, in [curate.pins]", "[curate.pins] で理由を添えて固定する"


def change_lines(found: WouldChange) -> tuple[tuple[str, str], ...]:
    """The whole answer, a sentence a line."""
    lines: list[tuple[str, str]] = []
    if found.nothing_may and (found.fixed or not found.ways):
        rules = ", ".join(found.fixed)
        lines.append(
            (
                f"Nothing that can be stated, corrected or approved changes this for this image ({rules}): forbid wins, and no "
                "waiver may set it aside. A corrected file is another image and is judged anew.",
                f"この画像については、記入・訂正・承認のいずれによっても結果は変わりません({rules})。禁止が優先され、特例も認められて"
                "いません。修正したファイルは別の画像として改めて判定されます。",
            )
            if rules
            else ("Nothing has to change.", "変える必要はありません。")
        )
    if found.approval:
        lines.append(("As it is, people may approve it.", "このままでも、担当者の承認で記憶できます。"))
    if found.waivable:
        rules = ", ".join(found.waivable)
        lines.append(
            (
                f"A waiver for {rules} (policies/README.md) would hold it for people instead.",
                f"{rules} に特例(policies/README.md)を設ければ、人の判断を待つ保留になります。",
            )
        )
    for outcome in (Outcome.MEMORIZE, Outcome.INDEX, Outcome.REVIEW):
        ways = [way for way in found.ways if way.outcome is outcome]
        if ways:
            lines.append(_ways(outcome, ways))
    return tuple(lines)


def _ways(outcome: Outcome, ways: list[Way]) -> tuple[str, str]:
    en, ja = _OUTCOMES[outcome]
    sets_en = ["; and ".join(lever_words(lever)[0] for lever in way.changes) for way in ways]
    sets_ja = ["、かつ".join(lever_words(lever)[1] for lever in way.changes) for way in ways]
    return f"{en}: {' — or: '.join(sets_en)}.", f"{ja}: {' — または: '.join(sets_ja)}。"


def change_document(found: WouldChange) -> Json:
    """The answer as data, with its sentences."""
    lines = change_lines(found)
    return {**found.to_document(), "en": [en for en, _ in lines], "ja": [ja for _, ja in lines]}
