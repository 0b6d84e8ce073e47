"""Pages are usable by everyone: on assistive technology, thin lines, paper, and without scripts.

Heavy: `make test-full` runs these. What is not on the machine (Chromium, Java, npm) is skipped, and
the summary says so.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import subprocess
import time
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pypdf import PdfReader

from generator.files import files_below
from tests.conftest import IN_A_BROWSER, ROOT

with suppress(ImportError):  # without it, what needs it is skipped
    from playwright.sync_api import Browser, Page, Response, expect

pytestmark = pytest.mark.full

#: One page of each kind.
KINDS = {
    "home": "",
    "briefing": "briefings/2025-09-01-lee-first-two-summits/",
    "summit": "summits/2025-08-25-lee-trump-washington/",
    "takeaway": "takeaways/2025-08-25-investment-terms/",
    "person": "people/lee-jae-myung/",
    "country": "countries/kr/",
    "pair": "pairs/kr-us/",
    "topic": "topics/investment/",
    "term": "terms/masga/",
    "source": "sources/wh-2025-11-13-joint-fact-sheet/",
    "organisation": "organisations/apec/",
    "tracker": "tracker/",
    "timeline": "timeline/",
    "deadlines": "deadlines/",
    "changes": "changes/",
    "search": "search/?q=investment",
    "about": "about/",
    "method": "method/",
    "data": "data/",
    "list": "takeaways/by-topic/",
    "nowhere": "404.html",
}

#: The version of the Nu checker; a newer one may find more.
NU = "26.9.27"

#: The first view of a page, compressed as a host would send it.
FIRST_VIEW, REQUESTS = 130 * 1024, 12
OWN_CSS, OWN_JS = 8 * 1024, 5 * 1024
#: What a first query fetches on a site of this size; on one of 10,000 pages it may be 300 KB.
FIRST_QUERY = 200 * 1024


def browsing(test: Any) -> Any:
    """Mark a test that needs a browser."""
    for mark in IN_A_BROWSER:
        test = mark(test)
    return test


def visit(page: Page, kind: str) -> None:
    """Open the page of a kind; the search has its results when this returns."""
    page.goto(KINDS[kind], wait_until="networkidle")
    if kind == "search":
        expect(page.locator("[data-search-count]")).to_contain_text("record")


# -- assistive technology -------------------------------------------------------------------------


@browsing
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(browser: Browser, address: str, scheme: Any, width: int) -> None:
    """axe-core finds no fault on a page of any kind, in light and dark, on a phone and a desk."""
    pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
    axe = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    size = {"width": width, "height": 900}
    context = browser.new_context(base_url=address, viewport=size, color_scheme=scheme)
    page = context.new_page()
    faults = {}
    for kind in KINDS:
        visit(page, kind)
        page.evaluate(axe)
        if found := page.evaluate("axe.run()")["violations"]:
            faults[kind] = [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in found]
    context.close()
    assert faults == {}


# -- markup ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def nu() -> list[str]:
    """The command of the Nu checker, fetched once.

    Seen once: npm had ended, and Java could not open what it had fetched; a moment later it could.
    So the checker says its version before anything rests on it, or is fetched anew.
    """
    npm, java = shutil.which("npm"), shutil.which("java")
    if not (npm and java):
        pytest.skip("npm or Java is missing: no page went through the Nu checker")
    folder = ROOT / ".build" / "cache" / "npm"
    nu = [java, "-jar", str(folder / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar")]
    options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]
    fetch = [npm, "install", "--prefix", str(folder), *options, f"vnu-jar@{NU}"]

    def runs() -> bool:
        said = subprocess.run([*nu, "--version"], capture_output=True, text=True, check=False)
        return said.stdout.startswith(NU)

    for pause in (0, 5, 15):
        if runs():
            break
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        fetched = subprocess.run(fetch, capture_output=True, text=True, check=False)
        time.sleep(pause)
    else:
        if not runs():
            why = fetched.stderr.strip()[-200:] or "what npm fetched does not start"
            pytest.skip(f"no page went through the Nu checker {NU}: {why}")
    return [*nu, "--errors-only", "--format", "json"]


def nu_errors(nu: list[str], paths: list[Path]) -> list[tuple[str, str, str]]:
    """What the Nu checker says is wrong: file, message, the place."""
    said = subprocess.run([*nu, *map(str, paths)], capture_output=True, text=True, check=False)
    return [
        (m["url"].rpartition("/site/")[2], m["message"], m.get("extract", ""))
        for m in json.loads(said.stderr)["messages"]
    ]


@pytest.mark.xdist_group("nu")
def test_nu_sees_an_error(nu: list[str], tmp_path: Path) -> None:
    """The checker works: it finds what is wrong on purpose."""
    page = tmp_path / "wrong.html"
    page.write_text("<!doctype html><html lang=en><title>x</title><p><li></p>", encoding="utf-8")
    assert nu_errors(nu, [page])


@pytest.mark.xdist_group("nu")
def test_every_small_page_is_valid(nu: list[str], mini_project: Path) -> None:
    """No page of the small library has an error of HTML."""
    site = mini_project / "site"
    pages = [site / name for name in files_below(site) if name.endswith(".html")]
    assert len(pages) > 50
    assert nu_errors(nu, pages) == []


@pytest.mark.xdist_group("nu")
def test_every_kind_of_page_is_valid(nu: list[str], real_project: Path) -> None:
    """No page of any kind of the real site has an error of HTML."""
    site = real_project / "site"
    paths = [urlsplit(address).path for address in KINDS.values()]
    pages = [
        site / path / "index.html" if not path.endswith("l") else site / path for path in paths
    ]
    assert nu_errors(nu, pages) == []


# -- weight ---------------------------------------------------------------------------------------


def first_view(browser: Browser, address: str, path: str, shown: str = "h1") -> dict[str, int]:
    """What a first visit of a page fetches until `shown` is: each file with its size compressed."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    seen: list[Response] = []
    page.on("response", lambda response: seen.append(response))  # noqa: PLW0108 - a builtin will not do
    page.goto(path, wait_until="networkidle")
    page.locator(shown).first.wait_for()
    fetched = [(urlsplit(r.url), r) for r in seen if not r.url.startswith(("data:", "blob:"))]
    sizes = {parts.path: weight(response.body()) for parts, response in fetched}
    context.close()
    return sizes


def weight(content: bytes) -> int:
    """Bytes on the way, compressed; what does not get smaller is sent as it is."""
    return min(len(content), len(gzip.compress(content, mtime=0)))


@browsing
@pytest.mark.parametrize("kind", KINDS)
def test_first_view_is_light(browser: Browser, address: str, kind: str) -> None:
    """The first view of a page of any kind is light, and search costs nothing before its use."""
    path = urlsplit(KINDS[kind]).path
    fetched = first_view(browser, address, path)
    assert [name for name in fetched if "/pagefind/" in name] == []
    assert len(fetched) <= REQUESTS, fetched
    assert sum(fetched.values()) <= FIRST_VIEW, fetched


@browsing
@pytest.mark.parametrize("query", ["?q=investment", "?q=investment+ceiling", "?type=Takeaway"])
def test_first_query_is_light(browser: Browser, address: str, query: str) -> None:
    """A first query moves little, be it words or a facet, which needs no Pagefind: on 50,000 pages
    made from these, words moved 450 KB, of which 300 KB are a list of all pages."""
    fetched = first_view(browser, address, f"search/{query}", "[data-search-results] a.row__title")
    moved = {name: size for name, size in fetched.items() if "/pagefind/" in name}
    assert len([name for name in moved if "/index/" in name]) <= 3, moved
    assert 0 < sum(moved.values()) <= FIRST_QUERY, moved


def test_own_files_are_small(real_project: Path) -> None:
    """Our own style sheet and scripts are small."""
    assets = real_project / "site" / "assets"
    styles = {p.name: weight(p.read_bytes()) for p in assets.glob("*.css")}
    scripts = {p.name: weight(p.read_bytes()) for p in assets.glob("*.js")}
    assert 0 < sum(styles.values()) <= OWN_CSS, styles
    assert 0 < sum(scripts.values()) <= OWN_JS, scripts


#: Counts what moves while a page loads.
SHIFTS = """window.shifted = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { shifted += entry.value; }))
  .observe({ type: "layout-shift", buffered: true });"""


@browsing
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps(browser: Browser, address: str, width: int) -> None:
    """While a page loads, nothing moves that somebody may be reading."""
    size = {"width": width, "height": 900}
    context = browser.new_context(base_url=address, viewport=size)  # type: ignore[arg-type]
    context.add_init_script(SHIFTS)
    page = context.new_page()
    moved = {}
    for kind in KINDS.keys() - {"nowhere"}:  # there suggestions come in
        visit(page, kind)
        if (shifted := page.evaluate("shifted")) > 0.02:
            moved[kind] = shifted
    context.close()
    assert moved == {}


# -- without scripts ------------------------------------------------------------------------------


@pytest.fixture
def plain(browser: Browser, address: str) -> Iterator[Page]:
    """A page of a browser that runs no scripts."""
    context = browser.new_context(base_url=address, java_script_enabled=False)
    yield context.new_page()
    context.close()


@browsing
@pytest.mark.parametrize("kind", ["home", "summit", "tracker"])
def test_readable_without_scripts(plain: Page, kind: str) -> None:
    """Without scripts a page has its text, and its links lead on."""
    plain.goto(KINDS[kind])
    main = plain.locator("main")
    assert len(main.inner_text()) > 1_000
    links = main.locator("a[href]:not([href^='#'], [href^='http'], [href$='.pdf']):visible")
    assert links.count() > 5
    title = plain.title()
    links.filter(has_text=re.compile(r"\w{3}")).first.click()
    expect(plain.locator("h1")).to_be_visible()
    assert plain.title() != title


@browsing
def test_tracker_without_scripts(plain: Page) -> None:
    """Without scripts the tracker shows its rows, and no control that would do nothing."""
    plain.goto("tracker/")
    assert plain.locator("table.data--tracker tbody tr:visible").count() > 20
    expect(plain.locator("#narrow")).to_be_hidden()


@browsing
@pytest.mark.parametrize("kind", ["briefing", "summit", "takeaway", "search", "nowhere"])
def test_no_control_that_would_do_nothing(plain: Page, kind: str) -> None:
    """Without scripts no button to copy, no field to search in the page, no offer of a guess."""
    plain.goto(KINDS[kind])
    assert (
        plain.locator("main :is(button:not([popovertarget]), input, select):visible").count() == 0
    )
    assert plain.locator("[data-lost]:visible").count() == 0


@browsing
def test_search_without_scripts(plain: Page) -> None:
    """Without scripts the search page says so and leads to lists of every record."""
    plain.goto("search/?q=investment")
    expect(plain.locator("[data-search-nojs]")).to_be_visible()
    links = plain.locator(".search__off a:visible")
    addresses = [link.get_attribute("href") or "" for link in links.all()]
    assert len(addresses) > 8
    for address in addresses:
        response = plain.goto("search/" + address)
        assert response is not None
        assert response.ok, address
        assert plain.locator("main a:visible").count() > 1, address
    expect(plain.locator("[data-search-results]")).to_have_count(0)


# -- paper ----------------------------------------------------------------------------------------

#: What helps on a screen and is of no use on paper.
CHROME = (
    ".masthead__search", ".masthead__nav", ".scheme", ".skip", ".crumbs", ".colophon nav",
)  # fmt: skip


@browsing
@pytest.mark.parametrize("kind", ["home", "briefing", "summit", "takeaway", "tracker"])
def test_printed(browser: Browser, address: str, kind: str) -> None:
    """On paper a page has its text and no controls, and sources have their addresses."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    visit(page, kind)
    page.emulate_media(media="print")
    for selector in CHROME:
        assert page.locator(selector).count() or (kind, selector) == ("home", ".crumbs"), selector
        assert page.locator(f"{selector}:visible").count() == 0, selector
    sources = [a.get_attribute("href") or "" for a in page.locator(".notes a[href^=http]").all()]
    heading = page.locator("h1").inner_text()
    paper = PdfReader(io.BytesIO(page.pdf(format="A4")))
    context.close()
    text = "".join(sheet.extract_text() for sheet in paper.pages)
    assert not re.search("[\ufb00-\ufb06]", "".join(re.findall(r"<http[^>]*>", text)))
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    assert len(paper.pages) > 1 or len(text) > 1_000
    assert re.sub(r"\s", "", heading) in text
    assert sources or kind == "home"
    assert [source for source in sources if f"<{source}>" not in text] == []
