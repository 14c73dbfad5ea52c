"""What screening is told by a workspace: `[screen]` of its settings, handed to the room that looks."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from curate.screen.settings import ScreenSettings
from imprimatur.settings import Settings, load_settings
from imprimatur.workspace import NoWorkspace, find_workspace


def screen_settings(settings: Settings) -> ScreenSettings:
    """The room's settings out of `[screen]` in imprimatur.toml."""
    screen = settings.screen
    return ScreenSettings(employee_numbers=screen.employee_numbers, country_of_use=screen.country_of_use)


def nearest_screen_settings(start: Path) -> ScreenSettings:
    """Those of the workspace at or above `start`, else the defaults: `inspect` needs no workspace but agrees with one.

    Raises:
        SettingsError: there is one, and its settings cannot be used.
    """
    settings = _nearest(start)
    return ScreenSettings() if settings is None else screen_settings(settings)


def nearest_lang(start: Path) -> Literal["en", "ja"]:
    """The language of the workspace at or above `start`, English without one.

    Raises:
        SettingsError: there is one, and its settings cannot be used.
    """
    settings = _nearest(start)
    return "en" if settings is None else settings.lang


def _nearest(start: Path) -> Settings | None:
    try:
        return load_settings(find_workspace(start))
    except NoWorkspace:
        return None
