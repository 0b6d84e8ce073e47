"""Measures a reader's first search in a browser: what is fetched for it, and how long it takes."""

from __future__ import annotations

import functools
import gzip
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.bench.measuring import Failed
from tests.conftest import CHROMIUM

with suppress(ImportError):  # without it, this is not measured
    from playwright.sync_api import Browser, sync_playwright
    from playwright.sync_api import Error as BrowserError

#: Files of these kinds a web host compresses on the way; those of Pagefind are small already.
COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".txt", ".xml", ".wasm"}

#: A name, what is typed, and whether the filters are opened before.
QUERIES = (
    ("word", "investment", False),
    ("phrase", "shuttle diplomacy", False),
    ("script", "石破茂", False),
    ("filters", "investment", True),
)

#: From the first key until the first result of this query has been drawn, in milliseconds.
TIMED = """query => {
  window.firstResult = new Promise(done => {
    const form = document.querySelector("#finder");
    let since;
    const begin = () => since ??= performance.now();
    for (const kind of ["keydown", "input"]) form.addEventListener(kind, begin, true);
    new MutationObserver(() => {
      const said = form.querySelector("[data-search-count]").textContent;
      const row = form.querySelector("[data-search-results] a");
      if (since !== undefined && row && said.includes(query))
        requestAnimationFrame(() => done(performance.now() - since));
    }).observe(form, { subtree: true, childList: true, characterData: true });
    setTimeout(() => done(0), 60000);
  });
}"""


@dataclass(frozen=True)
class Search:
    """A first search: milliseconds, and bytes as they lie on disk and as a host compresses them."""

    milliseconds: float
    plain: int
    compressed: int
    files: int


class _Handler(http.server.SimpleHTTPRequestHandler):
    """A plain static server that notes what it is asked for."""

    protocol_version = "HTTP/1.1"
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(unquote(urlsplit(self.path).path))
        with suppress(BrokenPipeError, ConnectionResetError):
            super().do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(site: Path) -> Iterator[tuple[str, list[str]]]:
    """A site on this machine: its address, and the paths that are asked for as they come."""
    asked: list[str] = []
    handler = type("Handler", (_Handler,), {"asked": asked})
    make = functools.partial(handler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), make) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        server.shutdown()
        thread.join()


def weight(path: Path) -> tuple[int, int]:
    """Bytes of a file, and what a web host would send."""
    data = path.read_bytes()
    small = len(gzip.compress(data, 6)) if path.suffix in COMPRESSED else len(data)
    return len(data), small


def weights(site: Path, asked: list[str]) -> tuple[int, int]:
    paths = [
        site / (name.lstrip("/") + ("index.html" if name.endswith("/") else "")) for name in asked
    ]
    found = [weight(path) for path in paths if path.is_file()]
    return sum(plain for plain, _ in found), sum(small for _, small in found)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's browser without a window. Raises `Failed` where there is none."""
    if "sync_playwright" not in globals():
        raise Failed("playwright is not installed")
    if not CHROMIUM:
        raise Failed("there is no Chromium on this machine")
    with sync_playwright() as play:
        options = ["--no-sandbox", "--disable-background-networking"]
        browser = play.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


def first_search(browser: Browser, site: Path, query: str, filters: bool = False) -> Search:
    """Open the search page in a fresh profile, wait until it is ready, and type."""
    with served(site) as (address, asked):
        context: Any = browser.new_context(base_url=address)
        try:
            page = context.new_page()
            page.goto("search/", wait_until="networkidle")
            asked.clear()
            if filters:
                page.locator(".search__filters > summary").click()
                page.locator(".facet input").first.wait_for()
                page.wait_for_load_state("networkidle")
            page.evaluate(TIMED, f"“{query}”")
            page.locator("#search-q").press_sequentially(query)
            took = page.evaluate("window.firstResult")
            page.wait_for_load_state("networkidle")
            if not took:
                raise Failed(f"no result for {query!r} within a minute")
        except BrowserError as error:
            raise Failed(str(error).partition("\n")[0]) from None
        finally:
            context.close()
        plain, compressed = weights(site, asked)
        return Search(took, plain, compressed, len(asked))
