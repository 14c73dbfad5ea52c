"""`[screen]` of imprimatur.toml reaches the detectors, through curate's settings and through inspect."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.screening import rights_material as made
from imprimatur.inspecting import inspect_texts
from imprimatur.screening import nearest_screen_settings, nearest_trust_anchors, screen_settings
from imprimatur.settings import FILE_NAME, SettingsError, load_settings
from imprimatur.workspace import init_workspace

TOML = '[screen]\nemployee_numbers = ["E-[0-9]{5}"]\n'


def test_the_patterns_are_read(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(TOML)
    assert screen_settings(load_settings(tmp_path)).employee_numbers == ("E-[0-9]{5}",)
    below = tmp_path / "pictures"
    below.mkdir()
    assert nearest_screen_settings(below) == screen_settings(load_settings(tmp_path))


def test_an_unusable_pattern_names_its_key(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('[screen]\nemployee_numbers = ["["]\n')
    with pytest.raises(SettingsError, match=r"screen\.employee_numbers"):
        load_settings(tmp_path)


def test_a_fresh_workspace_has_none_and_shows_how(tmp_path: Path) -> None:
    init_workspace(tmp_path)
    assert screen_settings(load_settings(tmp_path)).employee_numbers == ()
    text = (tmp_path / FILE_NAME).read_text()
    assert '# employee_numbers = ["E-[0-9]{5}"]' in text
    (tmp_path / FILE_NAME).write_text(text.replace("# employee_numbers", "employee_numbers"))
    assert screen_settings(load_settings(tmp_path)).employee_numbers == ("E-[0-9]{5}",)


def test_inspect_agrees_with_the_workspace_it_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert inspect_texts(["E-12345"])[0].findings == ()
    (tmp_path / FILE_NAME).write_text(TOML)
    assert [finding.kind for finding in inspect_texts(["E-12345"])[0].findings] == ["privacy.other_id"]


def test_trust_anchors_are_read_and_a_wrong_file_is_refused(tmp_path: Path) -> None:
    assert nearest_trust_anchors(tmp_path) == ""
    (tmp_path / FILE_NAME).write_text('[screen]\nc2pa_trust_anchors = "anchors.pem"\n')
    with pytest.raises(SettingsError, match="c2pa_trust_anchors"):
        nearest_trust_anchors(tmp_path)
    (tmp_path / "anchors.pem").write_text("no certificate")
    with pytest.raises(SettingsError, match="c2pa_trust_anchors"):
        nearest_trust_anchors(tmp_path)
    (tmp_path / "anchors.pem").write_text(made.root_certificate())
    assert nearest_trust_anchors(tmp_path) == made.root_certificate()
