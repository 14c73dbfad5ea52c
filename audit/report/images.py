"""One line per image: its last decision, its standing, who approved it, which models hold it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.cases import Approval
from audit.entry import LedgerEntry
from audit.report.data import Approver, Example, ImageLine, InModel, Reason
from audit.report.rights_verdicts import rights_of
from audit.report.shield import Shield, shield_of
from audit.standing import Standing, StandingBook, StandingState
from curate.canonical import Json
from curate.decision import Lift, Outcome

ABSENT_RULE = "absent-from-catalogue"  # the rule which the recording step gives to images that left the catalogue

# Exceptions first: a capped table must not hide them.
_ORDER = (
    StandingState.WITHDRAWN,
    StandingState.SUSPENDED,
    StandingState.EXPIRED,
    StandingState.AWAITING,
    StandingState.CLEARED,
    StandingState.EXCLUDED,
)


@dataclass(frozen=True, slots=True)
class Decided:
    """The last decision of one image with its payload: None when it was erased or never written."""

    entry: LedgerEntry
    payload: Mapping[str, Any] | None

    @property
    def outcome(self) -> Outcome | None:
        value = self.entry.body.get("outcome")
        return Outcome(value) if value in set(Outcome) else None

    @property
    def absent(self) -> bool:
        """The image was no longer in the catalogue when the last curation looked."""
        return list(self.entry.body.get("rules", ())) == [ABSENT_RULE]

    @property
    def hits(self) -> Sequence[Mapping[str, Any]]:
        return () if self.payload is None else self.payload.get("hits", ())


def last_decisions(decisions: Sequence[LedgerEntry], payload: Callable[[int], Json | None]) -> dict[str, Decided]:
    """Last decision by image id. An absent image keeps the words of the decision before, if they are still there."""
    last: dict[str, LedgerEntry] = {}
    before: dict[str, LedgerEntry] = {}
    for entry in decisions:
        image_id = str(entry.body.get("image_id"))
        if list(entry.body.get("rules", ())) != [ABSENT_RULE]:
            before[image_id] = entry
        last[image_id] = entry
    found: dict[str, Decided] = {}
    for image_id, entry in last.items():
        document = payload(entry.index)
        if document is None and image_id in before and before[image_id] is not entry:
            earlier = payload(before[image_id].index)
            document = None if earlier is None else {**earlier, "hits": []}
        found[image_id] = Decided(entry, document if isinstance(document, Mapping) else None)
    return found


def shields(decided: Mapping[str, Decided], book: StandingBook) -> dict[str, Shield]:
    """What of each image's words may be shown."""
    return {
        image_id: shield_of(
            None if one.payload is None else one.payload.get("screening"),
            withdrawn=book.of(image_id).state is StandingState.WITHDRAWN,
        )
        for image_id, one in decided.items()
    }


def example(image_id: str, one: Decided | None, shield: Shield | None) -> Example:
    """The image by id and by the first of its file names that may be shown."""
    names = _file_names(one, shield)
    return Example(image_id, names[0] if names else None)


def image_lines(
    book: StandingBook,
    decided: Mapping[str, Decided],
    shielded: Mapping[str, Shield],
    counting: Mapping[str, Sequence[Approval]],
    names: Mapping[str, str | None],
    in_models: Mapping[str, tuple[InModel, ...]],
) -> tuple[ImageLine, ...]:
    """Every image of the ledger and of the models; `names` are reviewers' names by id, `counting` the approvals that
    count now."""
    standings = {standing.image_id: standing for standing in book.all()}
    standings |= {image_id: book.of(image_id) for image_id in in_models if image_id not in standings}
    given: dict[int, Approver] = {}  # one for all images of a batch
    lines = [
        _line(
            standing,
            decided.get(image_id),
            shielded.get(image_id),
            tuple(_approver(approval, names, given) for approval in counting.get(image_id, ())),
            in_models.get(image_id, ()),
        )
        for image_id, standing in standings.items()
    ]
    return tuple(sorted(lines, key=_reading_order))


def _reading_order(line: ImageLine) -> tuple[int, int, int, str]:
    suspicious = bool(line.in_models) and line.state is not StandingState.CLEARED
    held = line.outcome is not Outcome.REVIEW
    return (not suspicious, _ORDER.index(line.state), held, line.file_names[0] if line.file_names else line.image_id)


def _line(
    standing: Standing,
    one: Decided | None,
    shield: Shield | None,
    approvers: tuple[Approver, ...],
    in_models: tuple[InModel, ...],
) -> ImageLine:
    body: Mapping[str, Any] = one.entry.body if one else {}
    payload: Mapping[str, Any] = (one.payload if one else None) or {}
    record: Mapping[str, Any] = payload.get("record") or {}
    rights: Mapping[str, Any] = record.get("rights") or {}
    value: Mapping[str, Any] = payload.get("value") or {}
    words = shield is not None and shield.words
    score = body.get("value")
    return ImageLine(
        image_id=standing.image_id,
        file_names=_file_names(one, shield),
        content_class=record.get("content_class"),
        title_en=_title(record, "en") if words else None,
        title_ja=_title(record, "ja") if words else None,
        words_withheld=bool(record) and not words,
        source=rights.get("source") if words else None,
        license=rights.get("license") if words else None,
        rights=rights_of(payload, words=words),
        outcome=one.outcome if one else None,
        lift=Lift(body["lift"]) if body.get("lift") in set(Lift) else None,
        state=standing.state,
        state_reasons=standing.reasons,
        reasons=_reasons(one),
        unknowns=tuple(str(name) for name in body.get("unknowns", ())),
        value=float(score) if isinstance(score, int | float) else None,
        value_en=value.get("explanation"),
        value_ja=value.get("explanation_ja"),
        approvers=approvers,
        expires_at=standing.expires_at,
        decision_index=standing.decision_index,
        in_models=in_models,
        may_be_shown=standing.may_be_shown,
        unsafe=standing.unsafe,
    )


def _file_names(one: Decided | None, shield: Shield | None) -> tuple[str, ...]:
    record = (one.payload or {}).get("record") if one else None
    if not record or shield is None:
        return ()
    return tuple(shield.name(name) for name in record.get("file_names", ()))


def _title(record: Mapping[str, Any], language: str) -> str | None:
    """The first title, else caption, in `language`; None where there is none."""
    texts = [text for text in record.get("texts", ()) if text.get("language") in (language, "und")]
    for field in ("title", "captions", "description"):
        for text in texts:
            if text.get("field") == field and text["language"] == language:
                return str(text["text"])
    return next((str(text["text"]) for text in texts if text.get("field") == "title"), None)


def _reasons(one: Decided | None) -> tuple[Reason, ...]:
    """Rules with their wording; ids only where the words were erased."""
    if one is None:
        return ()
    deciding = [str(rule) for rule in one.entry.body.get("rules", ())]
    worded = tuple(
        Reason(str(hit["rule"]), str(hit["reason_en"]), str(hit["reason_ja"]), str(hit["rule"]) in deciding)
        for hit in one.hits
    )
    known = {reason.rule for reason in worded}
    return (*(Reason(rule, "", "", True) for rule in deciding if rule not in known), *worded)


def _approver(approval: Approval, names: Mapping[str, str | None], given: dict[int, Approver]) -> Approver:
    if approval.index in given:
        return given[approval.index]
    statement = approval.statement
    if statement is None:
        raise ValueError("an approval that counts has a statement")  # by construction of the casebook
    given[approval.index] = Approver(
        reviewer=approval.reviewer,
        name=names.get(approval.reviewer),
        role=statement.role,
        signed_at=statement.issued_at,
        expires_at=statement.expires_at,
        index=approval.index,
    )
    return given[approval.index]
