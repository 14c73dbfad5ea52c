"""What a model says of an image on a terminal, under the line that says what it is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imprimatur.cli.shell import Out
from imprimatur.cli.tables import pick
from imprimatur.cli.visible import escape
from recall.agreement import Metadata
from recall.wording import GENERATED

if TYPE_CHECKING:
    from recall.describe import Description


def show_description(out: Out, found: Description, lang: str) -> None:
    if found.unsafe:
        out.say("[bold white on red] UNSAFE [/] said by a model that was trained without a named person's approval")
    name = found.confirmed.file_name if found.confirmed else ""
    out.say(f"{found.identifier}  {escape(name)}  {found.image_id[:12]}")
    if found.said:
        out.say("[dim]" + escape(GENERATED[lang == "ja"]) + "[/]")
        for one in found.said:
            checked = pick(lang, "  [green]agrees with the catalogue[/]", "  [green]カタログと一致[/]")
            out.say("  " + escape(one.text) + (checked if one.metadata is Metadata.AGREE else ""))
    else:
        out.say(pick(lang, "None: there is nothing that may be shown.", "該当なし:表示できる内容がありません。"))
    for item in (*((found.withheld,) if found.withheld else ()), *found.contradicted):
        out.say(
            pick(lang, "[dim]withheld[/] ", "[dim]非表示[/] ") + escape(pick(lang, item.sentence_en, item.sentence_ja))
        )
    if found.confirmed and found.confirmed.conditions:
        kept = ", ".join(found.confirmed.conditions)
        kept += f" © {found.confirmed.credit}" if found.confirmed.credit else ""
        out.say(escape(f"{pick(lang, 'shown on condition', '表示の条件')}: {kept}"))
    out.note(f"{found.latency_ms:.1f} ms")
