"""What a workspace says about value and budget, handed to the room that counts; and how much its model can hold."""

from __future__ import annotations

import json
import math
import struct
from dataclasses import replace
from pathlib import Path

from curate.errors import ExitCode, ImprimaturError
from curate.value.budget import Budget, BudgetError, capacity_bits, quotas_of
from curate.value.settings import ValueSettings
from imprimatur.settings import Settings

EMBEDDED_PARAMETERS = 2_600_000  # of the embedded model before one was trained here (docs/adr/0004)


class ParametersUnknown(ImprimaturError):
    """The capacity of the chosen model was asked for, and its files are not here to be counted."""

    code = "IMP-E140"
    exit_code = ExitCode.USAGE


def value_settings(settings: Settings) -> ValueSettings:
    """The room's settings out of `[value]` in imprimatur.toml.

    Raises:
        ValueSettingsError: a number lies outside its range.
    """
    return ValueSettings(**settings.value.model_dump())


def budget_of(
    settings: Settings,
    models: Path,
    *,
    images: int | None = None,
    bits: float | str | None = None,
    update_cost: float | None = None,
) -> Budget:
    """The budget of `[curate]`; what is given here stands in place of the setting of the same name.

    Raises:
        BudgetError, QuotaError: numbers that cannot be met. ParametersUnknown: `bits` is "model", see there.
    """
    curate = settings.curate
    wanted = curate.budget_bits if bits is None else bits
    return Budget(
        images=curate.budget_images if images is None else images,
        bits=model_bits(settings, models) if wanted == "model" else None if wanted is None else float(wanted),
        update_cost=curate.budget_update_cost if update_cost is None else update_cost,
        quotas=quotas_of(
            {
                grouping: {name: (quota.at_least, quota.at_most) for name, quota in names.items()}
                for grouping, names in curate.quotas.items()
            }
        ),
    )


def bits_of(typed: str | None) -> float | str | None:
    """A number of bits as typed, or "model".

    Raises:
        BudgetError: neither.
    """
    if typed is None or typed == "model":
        return typed
    try:
        return float(typed.replace("_", "").replace(",", ""))
    except ValueError:
        raise BudgetError(
            f"budget: expected a number of bits or 'model', found '{typed}'",
            hint="imprimatur curate --budget-bits model",
        ) from None


def with_images(budget: Budget, images: int) -> Budget:
    """The same budget for another number of images."""
    return replace(budget, images=images)


def model_bits(settings: Settings, models: Path) -> float:
    """Bits of images that the chosen model can hold (curate.value.budget.capacity_bits).

    Raises:
        ParametersUnknown: the base model is a hub id, or its folder holds no safetensors.
    """
    curate = settings.curate
    parameters = curate.model_parameters or _parameters(settings.train.base_model, models)
    return capacity_bits(parameters, bits_per_parameter=curate.bits_per_parameter, usable_share=curate.usable_share)


def _parameters(base_model: str, models: Path) -> int:
    if base_model == "embedded":
        trained = sorted(models.glob("*/model/model.safetensors"), key=lambda path: path.stat().st_mtime)
        return counted(trained[-1]) if trained else EMBEDDED_PARAMETERS
    files = sorted(Path(base_model).expanduser().glob("*.safetensors"))
    if not files:
        raise ParametersUnknown(
            f"Expected the files of the model '{base_model}' here to count its parameters, found none.",
            hint="set model_parameters in [curate] of imprimatur.toml, or name a local folder in [train] base_model",
        )
    return sum(counted(path) for path in files)


def counted(path: Path) -> int:
    """Numbers in a safetensors file, from its header (format: 8 bytes length, little-endian, then JSON).

    Raises:
        ParametersUnknown: it is no such file.
    """
    try:
        with path.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            header = json.loads(stream.read(min(length, 100_000_000)))
        return sum(math.prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")
    except (OSError, struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ParametersUnknown(
            f"Expected a safetensors file at {path}, found something else ({type(error).__name__}).",
            hint="set model_parameters in [curate] of imprimatur.toml",
        ) from error
