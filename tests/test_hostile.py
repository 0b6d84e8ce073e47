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

import lxml.html
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
from tests.conftest import IN_A_BROWSER, MINI, TODAY, share_of, write_project

with suppress(ImportError):  # without it, what needs it is skipped
    from playwright.sync_api import Browser

#: Texts that another rule holds to a form of their own.
FORMED = texts.REWORDED | {"iso3", "url", "archived_url"}
#: Elements that could run or load something.
ACTIVE = set(
    "script img svg math iframe style base form input object embed link meta video audio".split()
)
#: So much hostile text goes into one field.
IN_A_FIELD = 6_000


def accepted(rows: tuple[str, ...]) -> list[str]:
    """The payloads that the loader lets through; the others are problems with a place."""
    return [row for row in rows if not characters.odd(row.replace("\t", " "))]


def active(markup: str) -> list[str]:
    """What in a piece of a page could run or load something, as a parser of HTML reads it."""
    found = []
    for element in lxml.html.fragment_fromstring(markup, create_parent=True).iter():
        if not isinstance(element.tag, str) or element.tag in ACTIVE:
            found.append(str(element.tag))
            continue
        # as browsers read addresses: no breaks in them, nothing before them
        address = re.sub(r"[\t\n\r]", "", element.get("href", "")).lstrip(
            "".join(map(chr, range(33)))
        )
        if re.match(r"(?!https:|mailto:)[a-z][a-z0-9+.-]*:", address, re.IGNORECASE):
            found.append(address)
        found += [name for name in element.attrib if name.startswith("on")]
    return found


def batches(rows: list[str], most: int = IN_A_FIELD) -> list[list[str]]:
    """The payloads in portions for one field."""
    found: list[list[str]] = [[]]
    for row in rows:
        if sum(map(len, found[-1])) + len(row) > most and found[-1]:
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


def fields_of_text(shape: Any) -> set[tuple[type, str]]:
    """The fields of a record, and of the parts in it, that hold text."""
    found: set[tuple[type, str]] = set()
    for name in type(shape).model_fields:
        value = getattr(shape, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, BaseModel):
                found |= fields_of_text(item)
            elif type(item) is str:
                found.add((type(shape), name))
    return found


def enough(mini: Corpus) -> list[Record]:
    """Records of the small library that together have every field and every kind of page."""
    left = {
        record.id: fields_of_text(record) | {(type(record), "a page")}
        for record in mini.records.values()
    }
    chosen: list[Record] = []
    while most := max(left, key=lambda key: (len(left[key]), key)) if any(left.values()) else "":
        chosen.append(mini.records[most])
        done = left[most]
        left = {key: fields - done for key, fields in left.items()}
    return chosen


def infected_library(mini: Corpus, portions: list[list[str]]) -> Corpus:
    """Every record of the small library with the first portion; with each further one as many of
    them as have every field."""
    records: dict[str, Record] = {}
    for number, rows in enumerate(portions):
        for record in enough(mini) if number else mini.records.values():
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
    with host.building_pages(root, docs, html, names, corpus.newest):
        pass
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
    assert len(payloads.scripts()) >= 4_000
    assert len(accepted(payloads.own())) == len(payloads.own())


def test_enough_records_have_every_field(mini: Corpus) -> None:
    """Fewer records than there are, and no field and no type fewer."""
    chosen, every = enough(mini), mini.records.values()
    assert len(chosen) < len(every) * 2 / 3
    assert set().union(*map(fields_of_text, chosen)) == set().union(*map(fields_of_text, every))
    assert {type(record) for record in chosen} == {type(record) for record in every}


@pytest.mark.parametrize(
    ("markup", "what"),
    [
        ('<p>a <a href="https://e.org">b</a> <a href="mailto:a@e.org">c</a></p>', []),
        ('<p>a &lt;img onerror=x&gt; href="javascript:x"</p>', []),
        ("<p><img src=x onerror=y></p>", ["img"]),
        ("<p onclick=x>a</p>", ["onclick"]),
        ('<a href=" java&#10;script:x">a</a>', ["javascript:x"]),
        ('<a href="java%0Ascript:x">a</a>', []),
        ("<svg/onload=x>", ["svg"]),
    ],
)
def test_what_is_active(markup: str, what: list[str]) -> None:
    """What could run is seen; the same written as text is none."""
    assert active(markup) == what


@pytest.mark.parametrize(
    "rows",
    [payloads.own(), payloads.public(), payloads.scripts()],
    ids=["own", "public", "scripts"],
)
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
                assert active(markup) == [], (row, markup)
                continue
            page = f'<!doctype html><main>{markup}<i id="n"></i></main>'
            faults = seal.faults_of(page, "topics/x/index.html")
            faults = [f for f in faults if "stands twice" not in f and "Security-Policy" not in f]
            assert faults == [], (off, row, markup)


# -- whole pages ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(mini: Corpus, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Corpus]:
    """Pages of the small library with our own payloads in every field."""
    corpus = infected_library(mini, batches(accepted(payloads.own()))[:1])
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


#: The payloads go round so many times, so that no list of the site holds too many of them.
ROUNDS = 8


@in_a_browser
@pytest.mark.long
@pytest.mark.parametrize("number", range(ROUNDS))
def test_g01_nothing_runs(browser: Browser, mini: Corpus, tmp_path: Path, number: int) -> None:
    """All payloads there are, in every field, on every kind of page, in a real browser, with the
    policy on and off; and nothing of them is lost."""
    rows = accepted(payloads.own() + payloads.public() + payloads.scripts())
    corpus = infected_library(mini, list(share_of(batches(rows)[number::ROUNDS])))
    html = made(tmp_path, corpus)
    assert seal.gate(html, html_pages(html), texts.by_page(corpus)) == []
    with served(html) as address:
        for policy in (True, False):
            assert visited(browser, address, pages_that_stay(html), policy=policy) == []


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
    corpus = infected_library(mini, batches(accepted(payloads.own()), 3_000)[2:3])
    try:
        with pytest.MonkeyPatch.context() as patch:
            without(layer, patch)
            html = made(tmp_path, corpus)
    finally:
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
