"""A folder with `imprimatur.toml`: settings, policies, and `state/` with ledger, keys, caches and models."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from curate.atomic import write_atomic
from curate.errors import ExitCode, ImprimaturError
from imprimatur.settings import FILE_NAME, Settings, load_settings

TEMPLATE = """\
# Settings of this workspace. A flag beats IMPRIMATUR_* in the environment, which beats this file.
policy = "policies/{policy}"     # folder with policy.yaml; edit the copy in this workspace
# operator = "NAME"              # the reviewer who runs curate here: never the only approver of what it decides
lang = "en"                      # language of pages and summaries: en or ja

[catalogue]
# location = "path/to/catalogue"   # folder with metadata.jsonl|csv|parquet, or a .csv/.parquet/.jsonl file
# search_log = "search_log.csv"    # timestamp, query, file_name, count

[catalogue.columns]              # our name = the name in your table, e.g.
# title_ja = "品名"

[curate]
# budget_images = 1000           # at most so many images are memorized
# budget_bits = "model"          # or what the base model can hold, or a number of bits
# budget_update_cost = 20.0      # or what keeping them up to date may cost a month, in [value] update_cost_unit
# engine = "ray"                 # screens a large catalogue on Ray (extra `scale`); default: processes of this machine
# workers = 4                    # so many of them; shard_size = 2000 images at a time
# [curate.pins]                  # in memory whatever the budget:  "photos/valve.png" = "needed in an emergency"
# [curate.barred]                # never in memory:                "photos/gift.png" = "ends with the campaign"
# [curate.quotas.content_class]  # also product_line and licence_class
# drawing = {{at_least = 20, at_most = 200}}

[value]
# criticality_askings = 1.0      # askings a month that a criticality of 1 counts for
# update_cost = 120.0            # what one changed image costs, and in which unit:
# update_cost_unit = "JPY"

[screen]
# employee_numbers = ["E-[0-9]{{5}}"]   # personnel numbers of your company: found also where no label stands
# c2pa_trust_anchors = "anchors.pem"    # PEM certificates of signers whose C2PA permissions count; none: no permission counts
# encoder = "models/siglip"            # local folder of an image encoder: finds other pictures of the same thing; none: not looked for

[train]
base_model = "embedded"          # or a local model folder, or a hub id: this line is the only change
# describe = true                # a pretrained one also learns to speak of its images (docs/how-to/describe.md)

[recall]
max_error = 0.1                  # accepted share of wrong answers among those shown

[use]                            # conditions of approvals that every place keeps where answers are shown
# keeps = ["internal-only", "credit-owner", "preview-only"]
"""

IGNORE = "# private keys, caches and models stay here\nstate/\nreports/\n"


class NoWorkspace(ImprimaturError):
    """No `imprimatur.toml` here or above."""

    code = "IMP-E101"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class Workspace:
    """Paths of one workspace and its settings; opening one touches nothing."""

    folder: Path
    settings: Settings

    @property
    def policy_folder(self) -> Path:
        return self.folder / self.settings.policy

    def policy_called(self, given: Path) -> Path:
        """The folder that was named, or the bundle of that name among the workspace's `policies`."""
        bundle = self.folder / "policies" / given
        return bundle if not given.exists() and bundle.is_dir() else given

    @property
    def own_suites(self) -> Path:
        """Folder of people's own expectation suites: one folder per table, Great Expectations' JSON in it."""
        return self.folder / "expectations"

    @property
    def ledger_place(self) -> Path | str:
        """The ledger's file, or the address of its database, password and all."""
        database = self.settings.database
        return database if "://" in database else self.folder / database

    @property
    def ledger_shown(self) -> str:
        """The same as it may be printed."""
        return re.sub(r"(://[^:/@]*):[^@/]*@", r"\1:***@", str(self.ledger_place))

    @property
    def keys(self) -> Path:
        return self.folder / "state" / "keys"

    @property
    def ledger_key_path(self) -> Path:
        return self.keys / "ledger.pem"

    @property
    def ledger_public_path(self) -> Path:
        return self.keys / "ledger.pub.pem"

    @property
    def model_key_path(self) -> Path:
        return self.keys / "model-signing.pem"

    @property
    def model_public_path(self) -> Path:
        return self.keys / "model-signing.pub.pem"

    @property
    def cache(self) -> Path:
        return self.folder / "state" / "cache"

    @property
    def review_cache(self) -> Path:
        """Views of pictures, as the review page shows them."""
        return self.cache / "review"

    @property
    def models(self) -> Path:
        return self.folder / "state" / "models"

    @property
    def index_folder(self) -> Path:
        return self.folder / "state" / "index"

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    def reviewer_key_path(self, reviewer: str) -> Path:
        return self.keys / "reviewers" / f"{reviewer}.pem"


def find_workspace(start: Path) -> Path:
    """The nearest folder at or above `start` with a settings file.

    Raises:
        NoWorkspace: there is none up to the root.
    """
    for folder in [start.resolve(), *start.resolve().parents]:
        if (folder / FILE_NAME).is_file():
            return folder
    raise NoWorkspace(
        f"No {FILE_NAME} was found in {start.resolve()} or a folder above it.",
        hint="imprimatur init .   (or name the workspace: imprimatur -w DIR …)",
    )


def open_workspace(folder: Path | None) -> Workspace:
    """The workspace `folder`, or the nearest one above the current directory when none is named."""
    if folder is None:
        folder = find_workspace(Path.cwd())
    elif not (folder / FILE_NAME).is_file():
        raise NoWorkspace(f"{folder} has no {FILE_NAME}.", hint=f"imprimatur init {folder}")
    folder = folder.resolve()
    return Workspace(folder, load_settings(folder))


# `policies` is data beside the packages, in a checkout and in an installed wheel alike.
SHIPPED = Path(__file__).resolve().parent.parent / "policies"


def shipped_policies() -> tuple[str, ...]:
    """Names of the policy bundles that come with the product."""
    return tuple(sorted(item.parent.name for item in SHIPPED.glob("*/policy.yaml")))


def init_workspace(folder: Path, policy: str = "default") -> tuple[Path, ...]:
    """Make a workspace; existing files are left exactly as they are.

    Returns:
        The files and folders that were made.

    Raises:
        NoWorkspace: the policy bundle does not exist.
    """
    if policy not in shipped_policies():
        raise NoWorkspace(
            f"There is no policy bundle '{policy}'; expected one of {', '.join(shipped_policies())}.",
            hint="imprimatur init --policy default .",
        )
    made: list[Path] = []
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ((FILE_NAME, TEMPLATE.format(policy=policy)), (".gitignore", IGNORE)):
        if not (folder / name).exists():
            write_atomic(folder / name, text.encode())
            made.append(folder / name)
    for item in sorted(SHIPPED.rglob("*")):
        target = folder / "policies" / item.relative_to(SHIPPED)
        if item.is_file() and "__pycache__" not in item.parts and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(item, target)
            made.append(target)
    return tuple(made)
