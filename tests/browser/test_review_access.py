"""For everybody: keyboard alone, an input method, no JavaScript, a screen reader's view, a tablet, dark and light."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import Served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
TABLET = {"width": 800, "height": 1180}  # CSS pixels of a 10-inch tablet, upright


def serious(page: Any) -> list[str]:
    """What axe-core finds serious or critical (WCAG 2.1 A and AA)."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    return [
        f"{item['id']}: {node['target']}"
        for item in found.response["violations"]
        if item["impact"] in ("serious", "critical")
        for node in item["nodes"]
    ]


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-US"), ("dark", "ja-JP")])
def test_axe_finds_nothing_serious(served: Served, reader: Any, shot: Any, scheme: str, locale: str) -> None:
    one = reader(color_scheme=scheme, locale=locale)
    one.go("/")
    assert serious(one.page) == []
    one.sign_in("Ken Abe")
    image = served.image("knob.png")
    for name, path in (
        ("queue", "/?lane=all"),
        ("empty", "/?lane=all&q=nothing-has-this-name"),
        ("card", f"/image/{image}"),
        ("decide", f"/image/{image}?verdict=approve"),
        ("account", "/account"),
        ("drafts", "/drafts"),
        ("overview", "/overview"),
    ):
        one.go(path)
        assert serious(one.page) == [], name
        shot(one.page, f"review-{name}-{scheme}-{locale[:2]}")
    assert one.complaints == []


def test_everything_fits_a_tablet(served: Served, reader: Any, shot: Any) -> None:
    one = reader(viewport=TABLET, locale="ja-JP", has_touch=True)
    one.sign_in("Ken Abe")
    for name, path in (("queue", "/?lane=all"), ("card", f"/image/{served.image('knob.png')}")):
        one.go(path)
        wide = one.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= TABLET["width"], (name, wide)
        shot(one.page, f"review-{name}-tablet-ja")


def test_keys_are_off_while_typing_and_while_an_input_method_composes(served: Served, reader: Any) -> None:
    one = reader()
    one.sign_in("Ken Abe")
    one.card("gear.png")
    here = one.page.url
    one.page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', isComposing: true, bubbles: true}))"
    )
    one.page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', keyCode: 229, bubbles: true}))"
    )
    assert one.page.url == here
    one.page.keyboard.press("a")
    one.page.wait_for_selector(".verdict-form.approve")
    there = one.page.url
    one.page.locator("textarea").click()
    one.page.keyboard.type("da qualität ni")
    assert one.page.url == there and one.page.locator("textarea").input_value() == "da qualität ni"


def test_the_keyboard_alone_reaches_a_picture(served: Served, reader: Any) -> None:
    one = reader()
    one.sign_in("Ken Abe")
    one.go("/?lane=all")
    one.page.keyboard.press("Tab")
    assert "content" in one.page.evaluate("document.activeElement.textContent").lower()  # the skip link comes first
    one.page.keyboard.press("j")
    one.page.keyboard.press("Enter")
    one.page.wait_for_selector(".headline h1")
    one.page.keyboard.press("u")
    one.page.wait_for_selector(".tiles")


def test_every_decision_can_be_taken_without_javascript(served: Served, reader: Any) -> None:
    one = reader(java_script_enabled=False)
    one.sign_in("Ken Abe")
    for name, verdict in (
        ("spring.png", "ask"),
        ("valve.png", "to-index"),
        ("gear.png", "reject"),
        ("nut.png", "approve"),
    ):
        one.card(name)
        one.page.locator(f"a.verdict.{verdict}").click()
        one.page.locator(".reasons input").first.check()
        if verdict == "ask":
            one.page.fill("#note", "Who made it?")
        one.page.locator(".verdict-form button.primary").click()
        one.sign_draft()
        one.page.wait_for_selector("table")
    states = {name: served.standing(name) for name in ("spring.png", "valve.png", "gear.png", "nut.png")}
    assert "information-asked" in states["spring.png"]["reasons"]
    assert "sent-to-index" in states["valve.png"]["reasons"] and "rejected" in states["gear.png"]["reasons"]
    assert states["nut.png"]["state"] == "cleared"
