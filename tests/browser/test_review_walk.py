"""The walk of two reviewers through the page, from signing in to withdrawing, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import Served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def approve_by_keys(reader: Any) -> None:
    reader.page.wait_for_selector("nav.verdicts")
    reader.page.keyboard.press("a")
    reader.page.wait_for_selector(".verdict-form.approve")
    reader.page.locator(".verdict-form button.primary").click()
    reader.sign_draft()
    reader.page.wait_for_selector("table")


def test_two_people_approve_then_it_is_trained_and_withdrawn(served: Served, reader: Any, shot: Any) -> None:
    aya = reader()
    aya.go("/")
    shot(aya.page, "review-sign-in")
    aya.sign_in("森 彩")
    shot(aya.page, "review-queue")

    # filter: the one picture with a telephone number in its caption
    facet = aya.page.locator(".facets a", has_text="Telephone")
    assert "1" in facet.inner_text()
    facet.click()
    aya.page.wait_for_load_state()
    assert aya.page.locator(".tile").count() == 1 and "kind=" in aya.page.url
    aya.page.locator("[data-tile]").click()
    headline = aya.page.locator(".headline h1").inner_text()
    assert "Personal data" in headline, headline
    shot(aya.page, "review-card")

    # drafted, undone, drafted again, recorded: the ledger's entry is shown
    aya.page.keyboard.press("a")
    aya.page.wait_for_selector(".verdict-form.approve")
    shot(aya.page, "review-decide")
    aya.page.locator(".verdict-form button.primary").click()
    aya.page.wait_for_selector("form.sign")
    assert served.standing("knob.png")["state"] == "awaiting"  # a draft is nothing yet
    aya.page.get_by_role("button", name="Undo").click()
    aya.card("knob.png")
    approve_by_keys(aya)
    assert aya.page.locator("table code").first.inner_text().strip()
    shot(aya.page, "review-recorded")
    waiting = served.standing("knob.png")
    assert waiting["state"] == "awaiting" and "approvals-missing:1-of-2" in waiting["reasons"]

    # the second person does not see the first decision before deciding
    ken = reader()
    ken.sign_in("Ken Abe")
    ken.card("knob.png")
    text = ken.page.locator("main").inner_text()
    assert "森 彩" not in text and "so that you judge for yourself" in text
    approve_by_keys(ken)
    assert served.standing("knob.png")["state"] == "cleared"
    ken.card("knob.png")
    assert "森 彩" in ken.page.locator(".history").inner_text()
    shot(ken.page, "review-history", full_page=True)

    # the rest is approved by one person; one is denied, one left to the index
    for name in ("nut", "gear", "spring", "valve"):
        aya.card(f"{name}.png")
        approve_by_keys(aya)
    for name, key, state in (("flange", "d", "excluded"), ("caster", "i", "excluded")):
        aya.card(f"{name}.png")
        aya.page.keyboard.press(key)
        aya.page.locator(".reasons input").first.check()
        aya.page.locator(".verdict-form button.primary").click()
        aya.sign_draft()
        aya.page.wait_for_selector("table")
        assert served.standing(f"{name}.png")["state"] == state

    served.cli("pilot", "plan")
    served.cli("train")
    served.cli("withdraw", "nut.png", "--reason", "owner-request")
    aya.card("nut.png")
    assert "Withdrawn" in aya.page.locator("main").inner_text()
    assert aya.page.locator("a.verdict.approve").count() == 0
    for one in (aya, ken):
        assert one.complaints == []
        assert all(url.startswith((served.url, "data:")) for url in one.requests), one.requests


def test_two_at_once_one_wins_and_the_other_is_told(served: Served, reader: Any) -> None:
    aya, ken = reader(), reader()
    aya.sign_in("森 彩")
    ken.sign_in("Ken Abe")
    for one in (aya, ken):
        one.card("shaft.png")
        one.page.keyboard.press("d")
        one.page.locator(".reasons input").first.check()
        one.page.locator(".verdict-form button.primary").click()
        one.page.wait_for_selector("form.sign")
    aya.sign_draft()
    aya.page.wait_for_selector("table")
    ken.sign_draft()
    ken.page.get_by_text("Nothing of your decision was recorded").wait_for()


def test_hostile_words_are_words(served: Served, reader: Any) -> None:
    one = reader()
    one.sign_in("Ken Abe")
    one.go("/?lane=all&q=script")
    one.card("shaft.png")
    # Parts of the words may be hidden as personal detail; none of them is ever an element.
    assert one.page.locator("main script").count() == 0
    one.go("/?lane=all")
    assert "<script>" in one.page.locator("main").inner_text() and one.page.locator("main script").count() == 0
    assert "taken" not in one.page.title().split("·")[-1] and one.page.evaluate("document.title") != "taken"
    assert one.complaints == []
