"""Reconciliation: what stands in manifests against what was approved when each of them was recorded.

Manifests come as JSON documents, plain or as in-toto statements. The ledger says which manifests there must be; one
that it does not know is as suspicious as one that is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.entry import EntryKind, LedgerEntry
from audit.report.data import InModel, Reconciliation, TrainedImage, TrainedRun
from audit.standing import Standing, StandingBook, StandingState
from curate.canonical import Json
from curate.errors import ExitCode, ImprimaturError


class ManifestUnreadable(ImprimaturError):
    """A manifest given to the report has another shape; what it trained on cannot be told."""

    code = "IMP-E331"
    exit_code = ExitCode.INTEGRITY


@dataclass(frozen=True, slots=True)
class ReadManifest:
    """What the report needs of one manifest: `images` maps image id to identifier."""

    run: str
    base_model: str | None
    unsafe: bool
    images: Mapping[str, str | None]


def read_manifest(document: Mapping[str, Any]) -> ReadManifest:
    """A manifest document, or the in-toto statement that carries one as its predicate.

    Raises:
        ManifestUnreadable: no run, or an entry without image id.
    """
    body = document.get("predicate", document)
    try:
        base = body.get("base_model")
        return ReadManifest(
            run=_text(body["run"]),
            base_model=base if isinstance(base, str) else None if base is None else _text(base.get("name")),
            unsafe=body.get("unsafe") is not False,  # not said to be safe is not safe
            images={_text(entry["image_id"]): _text(entry["identifier"]) for entry in body["entries"]},
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ManifestUnreadable(
            f"A manifest with run and entries was expected, found another shape: {error!r}.", hint="imprimatur train"
        ) from error


def images_read(statement: Json) -> frozenset[str]:
    """All image ids which a training-run statement says were read, wherever it lists them: objects that hold an
    `image_id` and are not refusals."""
    found: set[str] = set()
    _collect_ids(statement, found)
    return frozenset(found)


def _collect_ids(value: Json, found: set[str]) -> None:
    if isinstance(value, Mapping):
        if isinstance(value.get("image_id"), str):
            found.add(value["image_id"])
        for key, part in value.items():
            if key != "refused":
                _collect_ids(part, found)
    elif isinstance(value, list | tuple):
        for part in value:
            _collect_ids(part, found)


@dataclass(frozen=True, slots=True)
class RunImages:
    """What is known of one training run: its `manifest`, the `entry` of that manifest and the `statement` of the training,
    each as far as it is there, and identifier by image id over all of them."""

    run: str
    manifest: ReadManifest | None
    entry: LedgerEntry | None
    statement: LedgerEntry | None
    images: Mapping[str, str | None]

    @property
    def mark(self) -> LedgerEntry | None:
        """The entry at whose moment the run is judged."""
        return self.entry or self.statement


def runs_of(entries: Sequence[LedgerEntry], manifests: Sequence[Mapping[str, Any]]) -> tuple[RunImages, ...]:
    """All runs that the ledger (`entries`, whole and in order) or a manifest names.

    Raises:
        ManifestUnreadable: a manifest has another shape.
    """
    by_run = {manifest.run: manifest for manifest in map(read_manifest, manifests)}
    recorded = {str(e.body.get("run")): e for e in entries if e.kind is EntryKind.MANIFEST}
    statements = {str(e.body.get("run")): e for e in entries if e.kind is EntryKind.TRAINING_RUN}
    found = []
    for run in dict.fromkeys([*recorded, *statements, *by_run]):
        manifest, statement = by_run.get(run), statements.get(run)
        listed = sorted(images_read(statement.body.get("statement"))) if statement else ()
        images: dict[str, str | None] = dict.fromkeys(listed)
        images |= manifest.images if manifest else {}
        found.append(RunImages(run, manifest, recorded.get(run), statement, images))
    return tuple(found)


def reconcile(
    found: Sequence[RunImages],
    book: StandingBook,
    stood: Mapping[int, Mapping[str, Standing]],
    *,
    name_of: Callable[[str], str | None],
) -> tuple[Reconciliation, dict[str, tuple[InModel, ...]]]:
    """Trained minus approved over all runs, and for every trained image the models it is in.

    A run is judged by the standing at the moment it was recorded, from the entries before it: `stood`, by the index of its
    mark. A manifest the ledger does not know is judged by the standing now, `book`.
    """
    runs: list[TrainedRun] = []
    not_approved: list[TrainedImage] = []
    in_models: dict[str, list[InModel]] = {}
    for one in found:
        run, manifest, entry, mark = one.run, one.manifest, one.entry, one.mark
        for image_id, identifier in one.images.items():
            in_models.setdefault(image_id, []).append(InModel(run, identifier))
            standing = book.of(image_id) if mark is None else stood[mark.index][image_id]
            if not standing.cleared:
                not_approved.append(_line(standing, run, identifier, name_of))
        runs.append(
            TrainedRun(
                run=run,
                index=entry.index if entry else None,
                at=mark.at if mark else None,
                base_model=manifest.base_model if manifest else None,
                images=len(one.images),
                recorded_images=_recorded(entry),
                manifest_read=manifest is not None,
                unsafe=_unsafe(manifest, entry),
            )
        )
    stopped = {
        image_id: book.of(image_id) for image_id in in_models if book.of(image_id).state is not StandingState.CLEARED
    }
    no_longer = tuple(
        _line(standing, model.run, model.identifier, name_of)
        for image_id, standing in stopped.items()
        for model in in_models[image_id]
    )
    refused = {line.image_id for line in not_approved}
    return (
        Reconciliation(
            runs=tuple(runs),
            trained=len(in_models),
            approved=len(in_models.keys() - refused),
            not_approved=tuple(not_approved),
            no_longer=tuple(line for line in no_longer if line.image_id not in refused),
            unrecorded_runs=tuple(one.run for one in found if one.manifest and not one.entry),
            unread_runs=tuple(one.run for one in found if one.entry and not one.manifest),
        ),
        {image_id: tuple(models) for image_id, models in in_models.items()},
    )


def _unsafe(manifest: ReadManifest | None, entry: LedgerEntry | None) -> bool:
    return bool(manifest and manifest.unsafe) or bool(entry and entry.body.get("unsafe") is not False)


def _recorded(entry: LedgerEntry | None) -> int | None:
    number = entry.body.get("entries") if entry else None
    return number if type(number) is int else None


def _line(standing: Standing, run: str, identifier: str | None, name_of: Callable[[str], str | None]) -> TrainedImage:
    return TrainedImage(
        standing.image_id, name_of(standing.image_id), run, identifier, standing.state, standing.reasons
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, {type(value).__name__} found")
    return value
