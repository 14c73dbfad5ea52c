"""Typed settings, read once: a flag beats an environment variable (IMPRIMATUR_*), which beats `imprimatur.toml`.

Nested keys in the environment are joined by two underscores: ``IMPRIMATUR_TRAIN__BASE_MODEL=/models/idefics3-8b``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from curate.errors import ExitCode, ImprimaturError
from curate.screen.employee_numbers import BadPattern, compile_patterns

FILE_NAME = "imprimatur.toml"


class SettingsError(ImprimaturError):
    """The settings file or an environment variable cannot be used."""

    code = "IMP-E102"
    exit_code = ExitCode.USAGE


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CatalogueSettings(_Section):
    """Where the catalogue is and how its columns are called: ours = theirs, e.g. ``title_ja = "品名"``."""

    location: str | None = None
    search_log: str | None = None  # CSV: timestamp, query, file_name, count
    columns: dict[str, str] = Field(default_factory=dict)


class QuotaSection(_Section):
    """Images of one kind: at least (as far as so many qualify) and at most."""

    at_least: int = 0
    at_most: int | None = None


class CurateSettings(_Section):
    budget_images: int | None = None  # images; none = as many as the policy clears
    budget_bits: float | Literal["model"] | None = None  # bits of memory; "model" = what the base model can hold
    budget_update_cost: float | None = None  # a month, in [value] update_cost_unit
    bits_per_parameter: float = Field(default=2.0, gt=0)  # what a parameter can hold at best (arXiv 2404.05405)
    usable_share: float = Field(default=0.1, gt=0, le=1)  # of the parameters, for images
    model_parameters: int | None = Field(default=None, ge=1)  # none = counted from the model's files
    quotas: dict[Literal["product_line", "content_class", "licence_class"], dict[str, QuotaSection]] = Field(
        default_factory=dict
    )
    engine: Literal["local", "ray"] = "local"  # what screens a catalogue of more than one shard
    workers: int = Field(default=2, ge=1, le=64)  # processes which decode, and which screen
    shard_size: int = Field(default=2_000, ge=1, le=1_000_000)  # images that are screened at a time
    shards: str | None = None  # folder, relative to the workspace, or URL; none = state/cache/shards
    max_pixels: int = Field(default=64_000_000, ge=1)  # pixels of one picture
    max_seconds: float = Field(default=20.0, gt=0)  # seconds for one picture
    pins: dict[str, str] = Field(default_factory=dict)  # file_name -> reason: in memory whatever the budget
    barred: dict[str, str] = Field(default_factory=dict)  # file_name -> reason: never in memory

    @field_validator("pins", "barred")
    @classmethod
    def _reasoned(cls, named: dict[str, str]) -> dict[str, str]:
        for name, reason in named.items():
            if not reason.strip():
                raise ValueError(f"a reason is expected for '{name}'")
        return named


class ValueSection(_Section):
    """How value is counted; what each means stands in `curate.value.settings.ValueSettings`."""

    half_life_days: float | None = None  # none = chosen on the search log
    window_days: int = 90
    criticality_askings: float = 1.0  # askings a month that a criticality of 1 counts for
    weight_criticality: float = 0.10
    weight_representativeness: float = 0.10
    weight_diversity: float = 0.05
    weight_quality: float = 0.20
    weight_confusability: float = 0.20
    weight_risk: float = 0.20
    update_cost: float = 1.0  # per changed image, in the unit below
    update_cost_unit: str = Field(default="image updates", min_length=1)


class ScreenSection(_Section):
    """``employee_numbers = ["E-[0-9]{5}"]``: regular expressions of the company's own personnel numbers.
    ``c2pa_trust_anchors = "anchors.pem"``: certificates of signers of C2PA manifests who are trusted; none = nobody."""

    employee_numbers: tuple[str, ...] = ()
    country_of_use: str = Field(default="JP", pattern="^[A-Z]{2}$")  # ISO 3166-1 alpha-2: where the model is used
    c2pa_trust_anchors: str | None = None  # PEM file, relative to the workspace
    encoder: str | None = None  # local folder of an image encoder for semantic duplicates; none = not looked for
    encoder_cosine: float = Field(default=0.95, gt=0, lt=1)  # from which two pictures show the same thing

    @field_validator("employee_numbers")
    @classmethod
    def _usable(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        try:
            compile_patterns(patterns)
        except BadPattern as error:
            raise ValueError(error.message) from error
        return patterns


class TrainSettings(_Section):
    base_model: str = "embedded"  # or a local folder, or a hub id
    seed: int = 0
    steps: int | None = Field(default=None, ge=1)  # none = chosen from the number of images
    picture_steps: int | None = Field(default=None, ge=0)  # then on pictures alone (embedded model); none = as many
    threads: int = Field(default=0, ge=0)  # 0 = measured at start
    batch_size: int = Field(default=64, ge=1)  # texts per step
    image_batch_size: int = Field(default=48, ge=1)  # pictures per step
    most_at_once: int | None = Field(default=None, ge=1)  # texts or pictures in one look; gradients accumulate
    learning_rate: float = Field(default=1e-3, gt=0, le=1)
    lora: bool = True  # adapters instead of all weights; base models other than the embedded one
    lora_rank: int = Field(default=16, ge=1)
    scheme: Literal["atomic", "structured", "semantic", "string", "numeric"] = "atomic"  # how identifiers are spelt
    picture_edits: int = Field(
        default=0, ge=0
    )  # with lora: so many fixed edits a picture, vision features kept; 0 = new ones
    describe: bool = False  # also taught to speak of an image from its identifier; pretrained base models only


class RecallSettings(_Section):
    max_error: float = Field(default=0.1, gt=0, lt=1)  # share of wrong answers among those shown, on held-out queries
    top_k: int = Field(default=5, ge=1, le=50)
    describe: bool = False  # `imprimatur describe` may show generated text


class PilotSettings(_Section):
    """Thresholds a pilot is judged by; recorded in the plan before training."""

    speed_p95_ms: float = Field(default=200.0, gt=0)  # milliseconds per query
    accuracy_hit_at_1: float = Field(default=0.6, ge=0, le=1)
    accuracy_max_error: float = Field(default=0.1, ge=0, le=1)  # share wrong among answered
    update_seconds: float = Field(default=3600.0, gt=0)  # seconds for one full retrain


class UseSettings(_Section):
    """How answers are used. `keeps`: conditions of approvals (internal-only, credit-owner, preview-only) that every place
    keeps where answers are shown; a picture with another condition is neither memorized nor shown."""

    keeps: tuple[Literal["internal-only", "credit-owner", "preview-only"], ...] = ()


class ReviewSettings(_Section):
    """How the review page is reached. Behind a reverse proxy: its host names, and the header in which it names the
    reviewer, which is believed only from `trusted_proxies` (addresses)."""

    port: int = Field(default=8765, ge=1, le=65535)
    link_minutes: int = Field(default=15, ge=1, le=1440)  # minutes for which a sign-in link is good
    scheme: Literal["http", "https"] = "http"
    hosts: tuple[str, ...] = ()  # as the browser names them, e.g. "review.example.co.jp"
    identity_header: str | None = None
    trusted_proxies: tuple[str, ...] = ()


class LedgerSettings(_Section):
    """Who watches the ledger: `witnesses` are verifier keys (``name+hint+base64``), of which `cosignatures` must have
    cosigned one checkpoint; `publish` is a folder or address; `timestamp_roots` are certificate files (PEM)."""

    witnesses: tuple[str, ...] = ()
    cosignatures: int = Field(default=0, ge=0, le=100)
    publish: str | None = None
    timestamp_roots: tuple[str, ...] = ()


class Settings(BaseSettings):
    """All settings of a workspace."""

    model_config = SettingsConfigDict(
        env_prefix="IMPRIMATUR_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    policy: str = "policies/default"  # folder, relative to the workspace
    lang: Literal["en", "ja"] = "en"
    operator: str | None = (
        None  # reviewer (id or name) who runs curate here: never the only approver of what it decides
    )
    database: str = "state/ledger.db"  # path, relative to the workspace, or postgresql+psycopg://user@host/name
    ledger: LedgerSettings = LedgerSettings()
    catalogue: CatalogueSettings = CatalogueSettings()
    curate: CurateSettings = CurateSettings()
    value: ValueSection = ValueSection()
    screen: ScreenSection = ScreenSection()
    train: TrainSettings = TrainSettings()
    recall: RecallSettings = RecallSettings()
    pilot: PilotSettings = PilotSettings()
    review: ReviewSettings = ReviewSettings()
    use: UseSettings = UseSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=_toml_file))


_toml_file: Path | None = None


def load_settings(folder: Path) -> Settings:
    """Settings of the workspace in `folder`.

    Raises:
        SettingsError: the file is no TOML, or a key is unknown or out of range; the message names the key.
    """
    global _toml_file
    _toml_file = folder / FILE_NAME
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"{folder / FILE_NAME}: the key '{key}' is not usable: {first['msg']}, found {first.get('input')!r}.",
            hint=f"edit {FILE_NAME}, or compare with a fresh one: imprimatur init /tmp/fresh",
        ) from error
    except ValueError as error:  # tomllib.TOMLDecodeError is one
        raise SettingsError(
            f"{folder / FILE_NAME} was expected to be TOML: {error}.",
            hint=f"edit {FILE_NAME}, or compare with a fresh one: imprimatur init /tmp/fresh",
        ) from error
    finally:
        _toml_file = None
