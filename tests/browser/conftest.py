"""A real server with a demo household, and a real browser to visit it with."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect, sync_playwright

from lilo_site.management.commands.demo import PASSWORD
from tests.conftest import alone

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUESTION = "I keep waking up at night, what can I do?"
START_SECONDS = 180
PATIENCE_MS = 30_000
Cookies = list[SetCookieParam]
#: The index of the household takes the vectors that the starter corpus was given by the tests before: a minute less.
KEEP_VECTORS = """
import os
from pathlib import Path
import numpy as np
from knowledge.index import manifest
from knowledge.index.shelf import Shelf
from knowledge.plane.sources import written
from knowledge.plane.vectors import vector_store
from knowledge.plane.vectors.port import Maker
shelf = Shelf(Path(os.environ["STARTER_ARTEFACTS"]))
for version in shelf.versions():
    folder = shelf.folder / version
    card = manifest.read_manifest(folder)
    vectors = zip(written(np.load(folder / manifest.HASHES)), np.load(folder / manifest.VECTORS), strict=True)
    vector_store().keep(dict(vectors), Maker(card.model, card.dimension))
"""
PROBES = Path(__file__).with_name("probes.js").read_text(encoding="utf-8")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(900))


def probe(page: Page, name: str) -> Any:
    """Measure something on the page; probes.js says what there is."""
    page.evaluate(PROBES)
    return page.evaluate(f"() => probe.{name}()")


@pytest.fixture(scope="session")
def server_data(tmp_path_factory: pytest.TempPathFactory, worker_id: str, starter_artefacts: Path) -> str:
    """The server's data folder: each worker has a copy of what is prepared once a run.

    `LILO_BROWSER_DATA` names one to keep.
    """
    if kept := os.environ.get("LILO_BROWSER_DATA"):
        _prepare(kept, starter_artefacts)
        return kept
    base = tmp_path_factory.getbasetemp()
    prepared = (base if worker_id == "master" else base.parent) / "prepared"
    with alone(prepared.with_name("prepared.lock")):
        if not prepared.exists():
            _prepare(str(prepared.with_name("unfinished")), starter_artefacts)
            prepared.with_name("unfinished").rename(prepared)
    return str(shutil.copytree(prepared, base / "browser"))


def _prepare(folder: str, artefacts: Path) -> None:
    """Make the household and its index, with the vectors that the starter corpus has already."""
    environment = os.environ | {"LILO_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "lilo_site.settings"}
    for command in (["migrate", "-v0"], ["shell", "-v0", "-c", KEEP_VECTORS], ["demo", "--prepare-only"]):
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *command],
            cwd=ROOT,
            env=environment | {"STARTER_ARTEFACTS": str(artefacts)},
            check=True,
            capture_output=True,
        )


@pytest.fixture(scope="session")
def server_port(server_data: str) -> Iterator[int]:
    """A server with a data folder, household and index of its own."""
    folder = server_data
    environment = os.environ | {"LILO_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "lilo_site.settings"}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    command = [sys.executable, str(ROOT / "manage.py"), "serve", "--port", str(port)]
    with (
        Path(folder, "server.log").open("w", encoding="utf-8") as log,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log) as server,
    ):
        try:
            _wait_until_it_answers(port, server)
            yield port
        finally:
            server.terminate()


def _wait_until_it_answers(port: int, server: subprocess.Popen[bytes]) -> None:
    """Until a question of Anna's gets an answer with a source: the models are loaded then."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended at once; see server.log in its data folder"
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=60) as client:
                _sign_in_over_http(client, "anna")
                token = _form_token(client.get("/").text)
                said = client.post("/say/", data={"csrfmiddlewaretoken": token, "text": QUESTION})
                if 'class="sources"' in said.text:
                    return
        except httpx.TransportError:
            pass
        time.sleep(1)
    raise AssertionError("the server did not answer in time")


def _form_token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found, "the page has no form"
    return found[1]


def _sign_in_over_http(client: httpx.Client, name: str) -> None:
    token = _form_token(client.get("/sign-in/").text)
    client.post("/sign-in/", data={"csrfmiddlewaretoken": token, "username": name, "password": PASSWORD})


@pytest.fixture(scope="session")
def address(server_port: int) -> str:
    return f"http://127.0.0.1:{server_port}"


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE_MS)  # five seconds are too few where ten others work on the machine
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield running
    running.close()


@pytest.fixture(scope="session")
def cookies(address: str) -> dict[str, Cookies]:
    """The cookies of those who are signed in. Margaret is never in danger; when somebody must be, it is Anna."""
    found: dict[str, Cookies] = {}
    for name in ("margaret", "anna", "ben", "rosa", "nina", "carla", "rob"):
        with httpx.Client(base_url=address, follow_redirects=True) as client:
            _sign_in_over_http(client, name)
            jar = [(cookie.name, str(cookie.value)) for cookie in client.cookies.jar]
        found[name] = [{"name": key, "value": value, "domain": "127.0.0.1", "path": "/"} for key, value in jar]
    return found


@pytest.fixture
def visit(browser: Browser, cookies: dict[str, Cookies]) -> Iterator[Callable[..., Page]]:
    """Open a page, as Margaret where nobody else is named; what the browser finds wrong with it fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def open_page(url: str, *, who: str = "margaret", **options: object) -> Page:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies(cookies.get(who, []))
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", note)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # A lost connection, a page that is not there and a form that asks again are what some tests are about.
    expected = ("WebSocket", "404", "422", "ERR_INTERNET_DISCONNECTED")
    unexpected = [text for text in complaints if not any(word in text for word in expected)]
    assert unexpected == [], "the browser complained"


@pytest.fixture
def large_type(
    playwright: Playwright, cookies: dict[str, Cookies], tmp_path: Path
) -> Iterator[Callable[[str, int, int], Page]]:
    """Open a page in a browser whose own type is set to 200 %."""
    profile = tmp_path / "profile" / "Default"
    profile.mkdir(parents=True)
    sizes = {"default_font_size": 32, "default_fixed_font_size": 26}
    profile.joinpath("Preferences").write_text(json.dumps({"webkit": {"webprefs": sizes}}), encoding="utf-8")
    context = playwright.chromium.launch_persistent_context(
        str(profile.parent), executable_path=CHROMIUM, args=ARGUMENTS, headless=True
    )
    context.add_cookies(cookies["margaret"])

    def open_page(url: str, width: int, height: int) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.goto(url)
        return page

    yield open_page
    context.close()
