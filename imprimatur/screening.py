"""What screening is told by a workspace: `[screen]` of its settings, handed to the room that looks."""

from __future__ import annotations

from pathlib import Path

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
    try:
        folder = find_workspace(start)
    except NoWorkspace:
        return ScreenSettings()
    return screen_settings(load_settings(folder))
