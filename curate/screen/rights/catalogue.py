"""What the catalogue states: licence, scope, dates, territory, releases, rows that disagree, words in its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from curate.finding import Severity
from curate.record import ImageRecord
from curate.rights_verdict import RightsChannel, Strength
from curate.screen.rights.licences import LicenceClass, licence_classes, shown_name
from curate.screen.rights.plus import mining_statement, reserved_by_tdm
from curate.screen.rights.statement import TDM_RESERVATION, Statement, forbids
from curate.screen.rights.territory import covers
from curate.screen.rights.words import reservation_in
from curate.screen.wording import NO_REASON, Reason, as_stated

NEEDED_SCOPE = ("train", "memorize")
_MINING_COLUMN = re.compile(r"^(?:plus[:_])?data_?mining$")
_TDM_COLUMN = re.compile(r"^(?:tdm[:_-])?(?:tdm[-_])?reservation$")
_NO_TRAIN_COLUMN = re.compile(r"^(?:no_?ai|no_?train(?:ing)?|do_?not_?train|ai_?opt_?out|tdm_?opt_?out|opt_?out)$")
_UNTRUE = frozenset({"", "0", "false", "no", "n", "none", "null", "いいえ", "なし", "無"})


def of_catalogue(record: ImageRecord, *, today: date, place: str) -> Iterator[Statement]:
    """Statements of one row. What is not stated is None and the policy's business, the licence excepted: without one
    there is no permission to speak of. `place`: ISO 3166-1 alpha-2 code of the country of use."""
    rights = record.rights

    def said(field: str, code: str, strength: Strength, kind: str | None, why: Reason = NO_REASON) -> Statement:
        return Statement(RightsChannel.CATALOGUE, field, code, strength, kind, why)

    troubles: list[Statement] = []
    if rights.license is None:
        why = Reason("the catalogue states none", "カタログにライセンスの記載がありません")
        troubles.append(said("license", "no licence", Strength.HOLDS, "rights.license_unknown", why))
    else:
        troubles += of_licence(RightsChannel.CATALOGUE, "license", rights.license)
    if "license" in record.conflicts:
        troubles.append(said("license", "rows disagree", Strength.HOLDS, "rights.license_conflict"))
    if rights.license_end is not None and rights.license_end < today:
        end = rights.license_end.isoformat()
        troubles.append(
            said(
                "license_end",
                f"ended {end}",
                Strength.FORBIDS,
                "rights.license_expired",
                Reason(f"on {end}", f"終了日は {end} です"),
            )
        )
    if rights.license_start is not None and rights.license_start > today:
        start = rights.license_start.isoformat()
        why = Reason(f"it begins on {start}", f"開始日は {start} です")
        troubles.append(said("license_start", f"begins {start}", Strength.HOLDS, "rights.license_not_started", why))
    scope = rights.license_scope
    if scope is not None and (missing := [one for one in NEEDED_SCOPE if one not in scope]):
        code = f"scope without {', '.join(missing)}"
        why = Reason(f"missing: {', '.join(missing)}", f"不足している範囲：{', '.join(missing)}")
        troubles.append(said("license_scope", code, Strength.FORBIDS, "rights.scope_missing", why))
    if rights.license_territory is not None and (inside := covers(rights.license_territory, place)) is not True:
        strength, kind = (
            (Strength.FORBIDS, "rights.territory_excluded")
            if inside is False
            else (Strength.HOLDS, "rights.license_unknown")
        )
        why = (
            Reason(f"it does not name {place}", f"許諾地域に {place} が含まれていません")
            if inside is False
            else Reason("the territory cannot be read", "許諾地域の記載を解釈できません")
        )
        troubles.append(said("license_territory", why.en, strength, kind, why))
    for field, stated in (("model_release", rights.model_release), ("property_release", rights.property_release)):
        if stated is not None and stated.strip().lower() == "none":
            troubles.append(said(field, "none", Strength.HOLDS, "rights.release_missing"))
    yield from troubles
    if rights.license is not None and not any(t.strength.rank <= Strength.LIMITS.rank for t in troubles):
        classes = licence_classes(rights.license)
        # A licence of the company's own counts as a permission where its scope says what for, and not before.
        if LicenceClass.ATTRIBUTION not in classes and (LicenceClass.OWN_TERMS not in classes or scope is not None):
            yield said("license", shown_name(rights.license), Strength.ALLOWS, None)


def of_licence(channel: RightsChannel, field: str, text: str) -> Iterator[Statement]:
    """What stands in the way in the licence that `text` is."""
    yield from of_classes(channel, field, licence_classes(text), shown_name(text))


def of_classes(channel: RightsChannel, field: str, classes: frozenset[LicenceClass], name: str) -> Iterator[Statement]:
    """What stands in the way in licences of these classes, wherever they are stated; nothing where they only permit."""
    for kind in sorted(classes, key=lambda c: c.rank):
        if kind is LicenceClass.UNKNOWN:
            why = Reason(
                "no SPDX expression, no LicenseRef-… and no licence known by name",
                "SPDX表記、LicenseRef-…、既知のライセンス名のいずれでもありません",
            )
            yield Statement(channel, field, "unknown licence", Strength.HOLDS, "rights.license_unknown", why)
        elif kind is LicenceClass.UNSORTED:
            why = Reason(f"{name}: nobody has sorted its terms", f"「{name}」の条件は未分類です")
            yield Statement(channel, field, name, Strength.HOLDS, "rights.license_unknown", why)
        elif kind is LicenceClass.RESERVED:
            why = Reason("it says that all rights are reserved", "すべての権利を留保すると記載されています")
            yield Statement(channel, field, "all rights reserved", Strength.LIMITS, "rights.reserved_notice", why)
        elif kind is LicenceClass.NONCOMMERCIAL:
            yield Statement(channel, field, name, Strength.LIMITS, "rights.license_noncommercial", as_stated(name))
        elif kind in (LicenceClass.SHARE_ALIKE, LicenceClass.NO_DERIVATIVES):
            yield Statement(
                channel, field, name, Strength.LIMITS, "rights.license_sharealike_or_noderivatives", as_stated(name)
            )
    if LicenceClass.ATTRIBUTION in classes:
        code = f"{name}: name the author"
        strength = Strength.ATTRIBUTES if classes == {LicenceClass.ATTRIBUTION} else Strength.SILENT
        yield Statement(channel, field, code, strength, "rights.attribution_required", as_stated(name), Severity.INFO)


def of_texts(record: ImageRecord) -> Iterator[Statement]:
    """Reservations in texts about the image and in columns that nobody interprets, by their name or in words."""
    for name, text in record.extra:
        bare = name.strip().lower().replace("-", "_").replace(" ", "_")
        if _MINING_COLUMN.match(bare):
            yield from mining_statement(RightsChannel.TEXT, name, text)
        elif _TDM_COLUMN.match(bare):
            if reserved_by_tdm(text):
                yield forbids(RightsChannel.TEXT, name, "TDM reservation", TDM_RESERVATION)
        elif _NO_TRAIN_COLUMN.match(bare) and text.strip().lower() not in _UNTRUE:
            yield forbids(
                RightsChannel.TEXT,
                name,
                "column says no",
                Reason("column says no", "学習を拒否する列に値が記載されています"),
            )
    stated = [(text.field, text.text) for text in record.texts if text.field != "query"]
    stated += [*record.extra, *_terms(record)]
    for field, text in dict.fromkeys(stated):
        if span := reservation_in(text):
            yield Statement(
                RightsChannel.TEXT,
                field,
                "in words",
                Strength.FORBIDS,
                "rights.data_mining_prohibited",
                Reason("stated in words", "文章で書かれています"),
                span=span,
            )


def _terms(record: ImageRecord) -> Iterator[tuple[str, str]]:
    rights = record.rights
    for name in ("license", "contract_ref", "method", "source", "owner"):
        if text := getattr(rights, name):
            yield name, text
