"""The pictures of the documentation: the page over the sample factory, as `imprimatur demo` leaves it.

IMPRIMATUR_DEMO=DIR names that workspace (a copy of it is served), IMPRIMATUR_SCREENSHOTS=docs/images where the pictures go:
`make pictures`. What buyers see first is looked at here too: nothing overlaps, nothing runs out of its place.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import PASSPHRASE, PICTURES_THERE, WAIT_MS, Reader, Served, serving

DEMO = os.environ.get("IMPRIMATUR_DEMO")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not DEMO, reason="no demo workspace named: make pictures"),
]
REVIEWER = "森 彩 (Aya Mori)"
IN_CODE, IN_TEXT = (
    "products/brg-2403.jpg",
    "products/cpl-2501.jpg",
)  # planted: a contact card as a code, a telephone number
WIDTHS = {"laptop": (1280, 800), "tablet": (800, 1180)}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    assert DEMO is not None
    copy = tmp_path_factory.mktemp("demo") / "workspace"
    shutil.copytree(DEMO, copy, ignore=shutil.ignore_patterns("models", "serve.log", "review"))
    with serving(copy, copy / "catalogue") as served:
        yield served


@pytest.fixture(scope="module")
def signed_in(demo: Served, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cookies of a reviewer who has chosen a passphrase."""
    context = browser.new_context()
    context.set_default_timeout(WAIT_MS)
    one = Reader(demo, context, context.new_page())
    one.sign_in(REVIEWER)
    kept = tmp_path_factory.mktemp("cookies") / "state.json"
    context.storage_state(path=str(kept))
    context.close()
    return kept


def misplaced(page: Any) -> list[str]:
    """Texts that are wider than their place, and labels in the picture that lie on each other."""
    found = page.evaluate(
        """() => {
          const bad = [];
          for (const el of document.querySelectorAll("main p, main h1, main h2, main a, main button, main .tag, main td, main th"))
            if (el.checkVisibility() && !el.closest(".sr") && el.scrollWidth > el.clientWidth + 1 && getComputedStyle(el).display !== "inline")
              bad.push("too wide: " + el.textContent.trim().slice(0, 60));
          const boxes = [...document.querySelectorAll(".boxes text")].map((el) => [el.textContent, el.getBoundingClientRect()]);
          for (const [i, [one, a]] of boxes.entries())
            for (const [two, b] of boxes.slice(i + 1))
              if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) bad.push(one + " on " + two);
          for (const el of document.querySelectorAll(".chart text"))
            if (el.getBoundingClientRect().left < el.closest("svg").getBoundingClientRect().left) bad.push("cut: " + el.textContent);
          if (document.documentElement.scrollWidth > innerWidth) bad.push("the page is wider than the screen");
          return bad;
        }"""
    )
    return list(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", list(WIDTHS))
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_page_is_in_its_place(
    demo: Served, browser: Any, signed_in: Path, shot: Any, lang: str, screen: str, scheme: str
) -> None:
    width, height = WIDTHS[screen]
    context = browser.new_context(
        storage_state=str(signed_in),
        locale={"en": "en-US", "ja": "ja-JP"}[lang],
        color_scheme=scheme,
        viewport={"width": width, "height": height},
    )
    context.set_default_timeout(WAIT_MS)
    one = Reader(demo, context, context.new_page())
    ids = {item["file_name"]: item["image_id"] for item in json.loads(demo.cli("review", "list", "--json").stdout)}
    for name, path in (
        ("queue", "/"),
        ("card", f"/image/{ids[IN_CODE]}?lane=waiting"),
        ("decide", f"/image/{ids[IN_TEXT]}?lane=waiting&verdict=approve"),
        ("overview", "/overview"),
    ):
        one.go(path)
        one.page.wait_for_load_state("networkidle")
        one.page.wait_for_function(PICTURES_THERE)
        assert misplaced(one.page) == [], (name, lang, screen)
        if name == "card":
            lead = one.page.locator(".headline").bounding_box()
            assert lead["y"] + lead["height"] < height * 0.6  # why it waits is seen without scrolling
        if screen == "laptop" and scheme == "light":
            shot(one.page, f"review-{name}.{lang}")
    assert PASSPHRASE not in one.page.content()
    context.close()
