"""Hostile text in every field of every kind of record: nothing of it runs, nothing is lost."""

from __future__ import annotations

import functools
import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup
from pydantic import BaseModel

from generator import characters, host, pages, prose, seal, texts
from generator.build import write_docs
from generator.corpus import Corpus
from generator.fields import ProseMark, Ref
from generator.files import files_below
from generator.model import Record, marks_in
from tests import payloads
from tests.conftest import IN_A_BROWSER, MINI, TODAY, write_project

with suppress(ImportError):  # without it, what needs it is skipped
    from playwright.sync_api import Browser

#: Texts that another rule holds to a form of their own.
FORMED = texts.REWORDED | {"iso3", "url", "archived_url"}
#: Markup that could run or load something.
ACTIVE = (
    r"<(script|img|svg|math|iframe|style|base|form|input|object|embed|link|meta)\b"
    r"|<[^<>]*\son\w+\s*=|href=\"\s*(?!https:|mailto:)[a-z][a-z0-9+.-]*:"
)
#: So much hostile text goes into one field.
IN_A_FIELD = 3_000


def accepted(rows: tuple[str, ...]) -> list[str]:
    """The payloads that the loader lets through; the others are problems with a place."""
    return [row for row in rows if not characters.odd(row.replace("\t", " "))]


def batches(rows: list[str]) -> list[list[str]]:
    """The payloads in portions for one field."""
    found: list[list[str]] = [[]]
    for row in rows:
        if sum(map(len, found[-1])) + len(row) > IN_A_FIELD and found[-1]:
            found.append([])
        found[-1].append(row)
    return found


def infected(shape: Any, rows: list[str]) -> Any:
    """A copy of a record, or of a part of one, with all text replaced."""
    kind = type(shape)
    changes: dict[str, Any] = {}
    for name in kind.model_fields:
        value = getattr(shape, name)
        mark = next(iter(marks_in(kind, name)), None)

        def new(item: Any, name: str = name, mark: Any = mark) -> Any:
            if isinstance(item, BaseModel):
                return infected(item, rows)
            if type(item) is not str or name in FORMED or isinstance(mark, Ref):
                return item
            if isinstance(mark, ProseMark):
                return "\n\n".join(rows)
            return " § ".join(" ".join(row.split()) for row in rows)

        changes[name] = tuple(map(new, value)) if isinstance(value, tuple) else new(value)
    return shape.model_copy(update=changes)


def infected_library(mini: Corpus, portions: list[list[str]]) -> Corpus:
    """Every record of the small library, once for each portion."""
    records: dict[str, Record] = {}
    for number, rows in enumerate(portions):
        for record in mini.records.values():
            new = infected(record, rows)
            if number:
                new = new.model_copy(update={"id": f"{record.id}-{number}", "former_ids": ()})
            records[new.id] = new
    return Corpus(records, TODAY)


def made(root: Path, corpus: Corpus) -> Path:
    """The pages of a corpus, without any check before and any gate after."""
    write_project(root, MINI / "content")
    docs, html = root / ".build" / "docs", root / ".build" / "html"
    write_docs(corpus, docs)
    names = [name for name in files_below(docs) if name.endswith(".md")]
    host.build_pages(root, docs, html, names, corpus.newest)
    return html


def html_pages(html: Path) -> list[str]:
    return [name for name in files_below(html) if name.endswith(".html")]


def pages_that_stay(html: Path) -> list[str]:
    """The pages without those that lead on at once."""
    return [
        name
        for name in html_pages(html)
        if 'http-equiv="refresh"' not in (html / name).read_text(encoding="utf-8")
    ]


# -- what comes in --------------------------------------------------------------------------------


def test_there_are_enough_payloads() -> None:
    """At least 300 of our own besides the public lists."""
    assert len(payloads.own()) >= 300
    assert len(payloads.public()) >= 1_000
    assert len(accepted(payloads.own())) == len(payloads.own())


@pytest.mark.parametrize("rows", [payloads.own(), payloads.public()], ids=["own", "public"])
def test_x01_prose_shows_them_as_text(rows: tuple[str, ...]) -> None:
    """Whatever they are, prose makes only what is on the list of it, with both locks and with
    either of them."""
    resolve = prose.Target("../x/", "x")
    for off in ("", "sanitiser", "escaping"):
        for row in accepted(rows):
            with pytest.MonkeyPatch.context() as patch:
                if off == "sanitiser":
                    patch.setattr(prose, "sanitise", lambda markup: markup)
                if off == "escaping":
                    patch.setattr(prose, "escape", lambda text: text)
                tree = prose.parse(row, rich=True)
                markup = prose.to_html(tree, lambda _: resolve, lambda *_: (1, "n", "mark-1-1"))
            if off == "escaping":
                # what is left over may look odd to the gate, but is nothing that could run
                assert not re.search(ACTIVE, markup, re.IGNORECASE), (row, markup)
                continue
            page = f'<!doctype html><main>{markup}<i id="n"></i></main>'
            faults = seal.faults_of(page, "topics/x/index.html")
            faults = [f for f in faults if "stands twice" not in f and "Security-Policy" not in f]
            assert faults == [], (off, row, markup)


# -- whole pages ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(mini: Corpus, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Corpus]:
    """Pages of the small library with our own payloads in every field."""
    corpus = infected_library(mini, batches(accepted(payloads.own()))[:2])
    return made(tmp_path_factory.mktemp("hostile"), corpus), corpus


def test_x05_html_in_titles(hostile: tuple[Path, Corpus]) -> None:
    """In titles, lists, tooltips, descriptions and everywhere: pages pass the gate, and every text
    of every record is in its page, letter by letter."""
    html, corpus = hostile
    wording = texts.by_page(corpus)
    assert sum(len("".join(rows)) for rows in wording.values()) > 300_000
    assert seal.gate(html, html_pages(html), wording) == []


def test_x06_json_ld(hostile: tuple[Path, Corpus]) -> None:
    """What a page says to machines is the text as it was."""
    html, corpus = hostile
    for record in corpus.records.values():
        if record.withdrawn or record.folder == "pages":
            continue
        page = (html / corpus.url(record) / "index.html").read_text(encoding="utf-8")
        said = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
        assert len(said) == 1
        assert record.title_text in json.dumps(json.loads(said[0]), ensure_ascii=False).replace(
            '\\"', '"'
        ).replace("\\\\", "\\")


def test_x10_b03_nothing_was_included(hostile: tuple[Path, Corpus]) -> None:
    """No template, snippet or formula was carried out."""
    html, _ = hostile
    for name in files_below(html.parent / "docs"):
        data = (html.parent / "docs" / name).read_bytes()
        assert b"root:x:0:0" not in data, name


class _Server(http.server.SimpleHTTPRequestHandler):
    """Serves pages with the policy, and under /off/ without it."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        off = self.path.startswith("/off/")
        if off:
            self.path = self.path[4:]
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        if not path.exists():
            self.send_response(204)  # the icon a browser asks for unbidden
            self.end_headers()
            return
        if not off or path.suffix != ".html" or not path.is_file():
            super().do_GET()
            return
        data = path.read_text(encoding="utf-8").replace(seal.POLICY_TAG, "").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def served(html: Path) -> Iterator[str]:
    handler = functools.partial(_Server, directory=str(html))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def visited(browser: Browser, address: str, names: list[str], *, policy: bool) -> list[str]:
    """What went wrong on pages: what ran, what was asked of strangers, what was forbidden."""
    wrong: list[str] = []
    context = browser.new_context(base_url=address, service_workers="block")
    page = context.new_page()
    here = ""
    page.on("dialog", lambda d: (wrong.append(f"{here}: a dialog: {d.message}"), d.dismiss()))
    page.on(
        "request",
        lambda r: (
            None
            if r.url.startswith((address, "data:"))
            else wrong.append(f"{here}: asked for {r.url}")
        ),
    )
    page.add_init_script(
        "window.forbidden = []; addEventListener('securitypolicyviolation',"
        "(e) => forbidden.push(e.effectiveDirective + ' ' + e.blockedURI + ' ' + e.sample));"
    )
    for name in names:
        here = name
        page.goto(("" if policy else "off/") + name.removesuffix("index.html"))
        # what waits for a hand or a pointer gets both
        ran = page.evaluate(
            """() => {
              const found = [];
              for (const e of document.querySelectorAll('*')) {
                for (const a of e.attributes) if (/^on/i.test(a.name)) found.push(a.name);
                if (/^(IMG|IFRAME|OBJECT|EMBED|BASE|STYLE|TEMPLATE|VIDEO|AUDIO)$/i.test(e.tagName))
                  found.push(e.tagName);
                if (e.protocol && !/^(https?|mailto):$/.test(e.protocol)) found.push(e.href);
                for (const kind of ['focus', 'mouseover', 'toggle', 'error'])
                  e.dispatchEvent(new Event(kind));
              }
              for (const d of document.querySelectorAll('details')) d.open = true;
              if (window.ran) found.push('ran');
              return [...found, ...window.forbidden];
            }"""
        )
        wrong += [f"{name}: {row}" for row in ran]
    context.close()
    return wrong


def in_a_browser(test: Callable[..., None]) -> Callable[..., None]:
    for mark in IN_A_BROWSER:
        test = mark(test)
    return test


@in_a_browser
@pytest.mark.long
@pytest.mark.parametrize("policy", [True, False], ids=["policy on", "policy off"])
def test_g01_nothing_runs(browser: Browser, hostile: tuple[Path, Corpus], policy: bool) -> None:
    """Our own payloads in every field, on every page, in a real browser."""
    html, _ = hostile
    with served(html) as address:
        assert visited(browser, address, pages_that_stay(html), policy=policy) == []


@in_a_browser
@pytest.mark.long
def test_g01_nothing_of_public_lists_runs(browser: Browser, mini: Corpus, tmp_path: Path) -> None:
    """All payloads there are, with the policy off; and nothing of them is lost."""
    rows = accepted(payloads.own() + payloads.public())
    corpus = infected_library(mini, batches(rows)[2:])
    html = made(tmp_path, corpus)
    names = html_pages(html)
    assert seal.gate(html, names, texts.by_page(corpus)) == []
    with served(html) as address:
        assert visited(browser, address, pages_that_stay(html), policy=False) == []


# -- layers ---------------------------------------------------------------------------------------

LAYERS = ("checks", "encoder", "sanitiser", "gate", "policy")


def without(layer: str, patch: pytest.MonkeyPatch) -> None:
    """Take a layer away. The checks are away in all tests here, and the gate until it is asked."""
    if layer == "encoder":
        patch.setattr(pages, "safe", Markup)
        patch.setattr(pages, "_finalize", lambda value: "" if value is None else Markup(str(value)))
        patch.setattr(prose, "escape", lambda text: text)
        pages.environment.cache_clear()
    elif layer == "sanitiser":
        patch.setattr(prose, "sanitise", lambda markup: markup)


@in_a_browser
@pytest.mark.long
@pytest.mark.parametrize("layer", LAYERS)
def test_g02_layers(browser: Browser, mini: Corpus, tmp_path: Path, layer: str) -> None:
    """With any one layer away nothing runs. Where the encoder is, the gate stops the build, and if
    it did not, the policy would stop the scripts."""
    corpus = infected_library(mini, batches(accepted(payloads.own()))[2:3])
    with pytest.MonkeyPatch.context() as patch:
        without(layer, patch)
        html = made(tmp_path, corpus)
    pages.environment.cache_clear()
    names = [name for name in pages_that_stay(html) if name.count("/") == 2]
    faults = seal.gate(html, names)
    assert bool(faults) is (layer == "encoder")
    with served(html) as address:
        wrong = visited(browser, address, names, policy=layer != "policy")
    ran = [row for row in wrong if "a dialog" in row or row.endswith(": ran")]
    assert ran == []
    if layer != "encoder":
        assert wrong == []
