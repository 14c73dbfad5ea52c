"""`describe`: what the model in use says of an image, from its identifier alone. Off unless the settings allow it."""

from __future__ import annotations

from curate.errors import ExitCode, ImprimaturError
from imprimatur.recalling import recaller_over
from imprimatur.record_book import open_ledger
from imprimatur.workspace import Workspace
from recall.describe import Description
from recall.describe import describe as described


class DescribingOff(ImprimaturError):
    """The workspace's settings do not allow generated text."""

    code = "IMP-E123"
    exit_code = ExitCode.USAGE


def describe(workspace: Workspace, identifier: str, *, question: str = "") -> Description:
    """What the model says of the image behind `identifier` (as `recall --json` names it), confirmed sentence by sentence.

    Nothing of it is recorded, as no query is.

    Raises:
        DescribingOff: `[recall] describe` is not set. IdentifierUnknown, CannotDescribe, ModelKnowsMore: recall.describe.
    """
    if not workspace.settings.recall.describe:
        raise DescribingOff(
            "Generated text was expected to be allowed by describe = true under [recall], found it off, as it is by default.",
            hint="set describe = true under [recall] in imprimatur.toml (docs/how-to/describe.md)",
        )
    with open_ledger(workspace) as ledger:
        return described(
            recaller_over(workspace, ledger), identifier, question=question, language=_language(question, workspace)
        )


def _language(question: str, workspace: Workspace) -> str:
    """The question's own, by its letters; the workspace's where nothing was asked."""
    if not question:
        return workspace.settings.lang
    return "ja" if any("\u3041" <= letter <= "\u9fff" for letter in question) else "en"
