"""A real browser before a real server: `imprimatur review serve` as people start it, on a small recorded catalogue.

Skipped, and said so, where no Chromium is installed. With IMPRIMATUR_SCREENSHOTS=DIR the walk leaves its pictures there.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.imprimatur.fakes import document, imprimatur, row, write_catalogue, write_log

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
ARGUMENTS = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
if hasattr(os, "geteuid") and os.geteuid() == 0:
    ARGUMENTS.append("--no-sandbox")  # Chromium refuses to run as root with it
PASSPHRASE = "correct horse battery"
WAIT_MS = 20_000  # a busy machine is slow, not wrong

PICTURES_THERE = """() => [...document.images].every((image) =>
  image.getBoundingClientRect().top > innerHeight || (image.complete && image.naturalWidth > 0))"""

HOSTILE = "<script>document.title='taken'</script> \"quoted\" & 'single'"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        here = Path(__file__).parent
        for item in items:
            if here in Path(item.path).parents:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: apt install chromium"))


@dataclass
class Served:
    """The workspace behind the page, and where it is served."""

    workspace: Path
    catalogue: Path
    url: str
    port: int
    titles: dict[str, str] = field(default_factory=dict)

    def cli(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        done = imprimatur("-w", self.workspace, *arguments)
        assert done.returncode == 0, done.stderr
        return done

    def link(self, name: str) -> str:
        """A fresh one-time sign-in link for this reviewer."""
        (made,) = document(self.cli("review", "link", name, "--port", str(self.port), "--json"))
        return str(made["url"])

    def image(self, file_name: str) -> str:
        return str(document(self.cli("explain", file_name, "--json"))["image_id"])

    def standing(self, file_name: str) -> dict[str, Any]:
        return dict(document(self.cli("explain", file_name, "--json"))["standing"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _record(place: Path) -> tuple[Path, Path]:
    """Six parts clear, two with something that people judge, one with hostile words; two reviewers."""
    catalogue, workspace = place / "catalogue", place / "workspace"
    phone = ["Ask for it: 090-1234-5678.", "星形ノブ、連絡先 090-1234-5678"]
    rows = [row(n) for n in range(6)]
    rows += [row(6, captions_en=phone[:1], captions_ja=phone[1:]), row(7, title_en=HOSTILE, tags_en=["shaft", HOSTILE])]
    write_catalogue(catalogue, rows)
    write_log(catalogue)
    for step in (
        ("init", workspace),
        ("-w", workspace, "curate", catalogue),
        ("-w", workspace, "reviewer", "add", "森 彩", "--role", "compliance"),
        ("-w", workspace, "reviewer", "add", "Ken Abe", "--role", "compliance"),
    ):
        done = imprimatur(*step)
        assert done.returncode == 0, done.stderr
    return catalogue, workspace


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    catalogue, workspace = _record(tmp_path_factory.mktemp("browser"))
    with serving(workspace, catalogue) as one:
        yield one


@contextmanager
def serving(workspace: Path, catalogue: Path) -> Iterator[Served]:
    """The page over a workspace, in a process of its own, until the block ends."""
    port = _free_port()
    with (workspace / "serve.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", "from imprimatur.cli import main; main()", "-w", str(workspace),
             "review", "serve", "--port", str(port), "--json"],
            stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _wait_for(port, server, workspace / "serve.log")
            yield Served(workspace, catalogue, f"http://127.0.0.1:{port}", port)
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(3000):
        if server.poll() is not None:
            break
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"the server did not come up: {log.read_text()}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@dataclass
class Reader:
    """One person at one browser: what the page asked for and complained about is kept."""

    served: Served
    context: Any
    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Any:
        answer = self.page.goto(self.served.url + path)
        return answer

    def sign_in(self, name: str) -> None:
        """Through a one-time link; chooses a passphrase where the key has none yet."""
        self.page.goto(self.served.link(name))
        self.page.get_by_role("main").get_by_role("button").click()
        self.page.wait_for_selector("#new, nav.lanes")
        if self.page.locator("#new").count():
            self.page.fill("#new", PASSPHRASE)
            self.page.fill("#again", PASSPHRASE)
            self.page.locator("main button.primary").click()
        self.page.wait_for_selector("nav.lanes")

    def card(self, file_name: str) -> None:
        self.go(f"/image/{self.served.image(file_name)}")

    def sign_draft(self) -> None:
        """Confirm a draft, with the passphrase where it is asked for."""
        self.page.wait_for_selector("form.sign")
        if self.page.locator("#passphrase").count():
            self.page.fill("#passphrase", PASSPHRASE)
        self.page.locator("form.sign button.primary").click()


def _complain(reader: Reader, said: Any) -> None:
    expected = "401" in said.text  # the door answers so to whoever has not signed in
    if said.type in ("error", "warning") and not expected:
        reader.complaints.append(said.text)


@pytest.fixture
def reader(served: Served, browser: Any) -> Iterator[Any]:
    """Makes readers: `reader(locale=…, color_scheme=…, viewport=…, java_script_enabled=…)`."""
    made: list[Reader] = []

    def make(**options: Any) -> Reader:
        settings = {"locale": "en-US", "viewport": {"width": 1280, "height": 800}, **options}
        context = browser.new_context(**settings)
        context.set_default_timeout(WAIT_MS)
        one = Reader(served, context, context.new_page())
        one.page.on("request", lambda request: one.requests.append(request.url))
        one.page.on("console", lambda said: _complain(one, said))
        one.page.on("pageerror", lambda error: one.complaints.append(str(error)))
        made.append(one)
        return one

    yield make
    for one in made:
        one.context.close()


@pytest.fixture
def shot() -> Any:
    """Keeps a picture of the page under this name, where IMPRIMATUR_SCREENSHOTS names a folder."""
    folder = os.environ.get("IMPRIMATUR_SCREENSHOTS")

    def keep(page: Any, name: str, *, full_page: bool = False) -> None:
        if folder:
            page.wait_for_load_state("networkidle")
            page.wait_for_function(PICTURES_THERE)
            Path(folder).mkdir(parents=True, exist_ok=True)
            taken = Image.open(BytesIO(page.screenshot(full_page=full_page))).convert("RGB")
            # A third of the bytes; this method keeps the few pixels of a colour that means something.
            small = taken.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
            small.save(Path(folder) / f"{name}.png", optimize=True)

    return keep
