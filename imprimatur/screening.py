"""What screening is told by a workspace: `[screen]` of its settings, handed to the room that looks."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from curate.screen.semantic import SemanticSettings
from curate.screen.settings import ScreenSettings
from imprimatur.settings import FILE_NAME, Settings, SettingsError, load_settings
from imprimatur.workspace import NoWorkspace, Workspace, find_workspace


def screen_settings(settings: Settings) -> ScreenSettings:
    """The room's settings out of `[screen]` in imprimatur.toml."""
    screen = settings.screen
    return ScreenSettings(employee_numbers=screen.employee_numbers, country_of_use=screen.country_of_use)


def semantic_settings(workspace: Workspace) -> SemanticSettings:
    """The encoder named in `[screen]`, its folder relative to the workspace."""
    screen = workspace.settings.screen
    folder = None if screen.encoder is None else workspace.folder / screen.encoder
    return SemanticSettings(folder, screen.encoder_cosine)


def trust_anchors(folder: Path, settings: Settings) -> str:
    """The PEM certificates of the workspace in `folder` whose signatures on C2PA manifests are trusted; empty for none.

    Raises:
        SettingsError: a file is named, and it is not there or holds no certificate.
    """
    named = settings.screen.c2pa_trust_anchors
    if named is None:
        return ""
    from cryptography import x509

    path = folder / named
    try:
        text = path.read_text(encoding="ascii")
        x509.load_pem_x509_certificates(text.encode())
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"[screen] c2pa_trust_anchors: expected PEM certificates in {path}, found {type(error).__name__}.",
            hint=f"correct the path in {FILE_NAME}, or remove the line: then no permission of a manifest counts",
        ) from error
    return text


def nearest_trust_anchors(start: Path) -> str:
    """Those of the workspace at or above `start`, none without one: `inspect` agrees with the workspace it stands in.

    Raises:
        SettingsError: there is one, and its settings cannot be used.
    """
    try:
        folder = find_workspace(start)
    except NoWorkspace:
        return ""
    return trust_anchors(folder, load_settings(folder))


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
