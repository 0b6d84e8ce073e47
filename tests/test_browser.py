"""The built site in a real browser: search, colours, the keyboard, small screens, no strangers.

Needs Chromium on the machine; without it these tests are skipped, and the summary says so.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from generator.files import files_below
from tests.bench.browser import first_search
from tests.conftest import IN_A_BROWSER

with suppress(ImportError):  # without it, what needs it is skipped
    from playwright.sync_api import Browser, Page, Route, expect

pytestmark = IN_A_BROWSER

LEE, ISHIBA = "people/lee-jae-myung/", "people/ishiba-shigeru/"


@dataclass
class Watch:
    """What a page did that it should not."""

    host: str
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))
        page.on("response", lambda r: self.missing.append(r.url) if r.status >= 400 else None)

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self.host:
            self.strangers.append(url)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page in a fresh profile; at the end nothing was logged as an error, nothing was missing,
    and no request left the host."""
    watch = Watch(urlsplit(address).netloc)
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    watch.on(opened)
    yield opened
    context.close()
    assert (watch.errors, watch.strangers, watch.missing) == ([], [], [])


def results(page: Page) -> list[str]:
    """The addresses of the records found, from the top of the site."""
    expect(page.locator("[data-search-count]")).to_contain_text("record")
    links = page.locator("[data-search-results] a.row__title")
    return [urlsplit(link.get_attribute("href") or "").path.lstrip("/") for link in links.all()]


# -- search ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Lee Jae-myung", LEE),
        ("이재명", LEE),
        ("Yi Jae-myung", LEE),
        ("Ishiba Shigeru", ISHIBA),
        ("Shigeru Ishiba", ISHIBA),
        ("石破茂", ISHIBA),
        ("石破", ISHIBA),
        ("SMA", "terms/special-measures-agreement/"),
        ("strategic flexibility", "takeaways/2025-08-25-strategic-flexibility/"),
        ("CSDS", "organisations/csds/"),
    ],
)
def test_search_finds(page: Page, query: str, found: str) -> None:
    """Names in any script, their variants, abbreviations and plain words find their records."""
    page.goto(f"search/?q={query}")
    assert found in results(page)[:10]


def test_search_while_typing(page: Page) -> None:
    """Typing searches, and the words stand in the address."""
    page.goto("search/")
    page.locator("#search-q").press_sequentially("石破茂")
    expect(page).to_have_url(re.compile(re.escape(f"/search/?q={quote('石破茂')}") + "$"))
    expect(page.locator(f"[data-search-results] a[href$='{ISHIBA}']")).to_be_visible()


def test_nothing_found_is_said(page: Page) -> None:
    """Words that stand nowhere find nothing, and the page says so."""
    page.goto("search/?q=zzzyyyxxx")
    assert results(page) == []
    expect(page.locator("[data-search-count]")).to_contain_text("No records")


def test_a_facet_narrows(page: Page) -> None:
    """A facet leaves fewer records; the choice is in the address and survives a reload."""
    page.goto("search/?q=investment")
    everything = _count(page)
    page.locator(".search__filters > summary").click()
    box = page.locator("input[name='type'][value='Takeaway']")
    box.check()
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query).get("type") == ["Takeaway"])
    expect(page.locator("[data-search-count]")).not_to_contain_text(f"{everything} record")
    narrowed = _count(page)
    assert 0 < narrowed < everything
    assert all(path.startswith("takeaways/") for path in results(page))
    page.reload()
    expect(page.locator("input[name='type'][value='Takeaway']")).to_be_checked()
    expect(page.locator("#search-q")).to_have_value("investment")
    assert _count(page) == narrowed
    page.locator("input[name='type'][value='Takeaway']").uncheck()
    expect(page.locator("[data-search-count]")).to_contain_text(f"{everything} record")


def _count(page: Page) -> int:
    """How many records were found."""
    line = page.locator("[data-search-count]")
    expect(line).to_contain_text("record")
    return int((line.text_content() or "").split()[0].replace(",", ""))


def test_facets_are_complete(page: Page) -> None:
    """There is a facet for type, country, person, topic, kind, status and year."""
    page.goto("search/")
    page.locator(".search__filters > summary").click()
    results(page)
    names = {box.get_attribute("name") for box in page.locator(".facet input").all()}
    assert names == {"type", "country", "person", "topic", "kind", "status", "year"}


def test_search_waits_for_its_use(page: Page) -> None:
    """Until somebody searches, the search page shows the lists and fetches nothing of the index;
    words bring results without the facets, and the facets come when they are opened."""
    fetched: list[str] = []
    page.on("request", lambda r: fetched.append(r.url) if "/pagefind/" in r.url else None)
    page.goto("search/", wait_until="networkidle")
    assert fetched == []
    expect(page.locator(".search__off a", has_text="tracker")).to_be_visible()
    expect(page.locator("[data-search-nojs]")).to_be_hidden()
    page.locator("#search-q").fill("investment")
    results(page)
    expect(page.locator(".search__off")).to_be_hidden()
    assert fetched
    assert not [url for url in fetched if "facets" in url]
    page.locator(".search__filters > summary").click()
    expect(page.locator(".facet input[name='type']").first).to_be_visible()


@pytest.mark.parametrize("filters", [False, True])
def test_a_first_search_is_measured(filters: bool, browser: Browser, real_project: Path) -> None:
    """The benchmark sees a first search: a result comes, and what is fetched for it is weighed."""
    found = first_search(browser, real_project / "site", "investment", filters)
    assert found.milliseconds > 0
    assert found.files > 3
    assert 10_000 < found.compressed <= found.plain


def test_a_facet_alone_searches(page: Page) -> None:
    """Facets without words find every record they fit, the newest first, without Pagefind."""
    fetched: list[str] = []
    page.on("request", lambda r: fetched.append(r.url) if "/pagefind/pagefind" in r.url else None)
    page.goto("search/?type=Summit&year=2025")
    found = results(page)
    assert len(found) > 5
    assert all(path.startswith("summits/2025") for path in found)
    days = [path.removeprefix("summits/")[:10] for path in found]
    assert days == sorted(days, reverse=True)
    assert fetched == []
    total = _count(page)
    page.locator("[data-search-clear]").click()
    expect(page.locator("[data-search-count]")).not_to_contain_text(f"{total} record")
    assert _count(page) > 100


def test_facets_that_come_late_are_counted(page: Page) -> None:
    """Facets asked for by a search without words come while words are typed: opened, they count."""
    held: list[Any] = []
    page.route("**/facets.json", lambda route: held.append(route))  # noqa: PLW0108 - a builtin will not do
    page.goto("search/?sort=newest")
    page.wait_for_timeout(200)
    page.locator("#search-q").fill("investment")
    page.locator("[name=sort]").select_option("")
    page.wait_for_url(re.compile("q=investment$"))
    for route in held:
        route.continue_()
    results(page)
    page.locator(".search__filters > summary").click()
    counts = page.locator(".facet li:visible .count")
    expect(counts.first).to_have_text(re.compile("[1-9]"))
    assert "0" not in counts.all_text_contents()


def test_search_goes_on_after_a_failure(page: Page) -> None:
    """Facets that could not be fetched are said to be missing, and the next search is shown."""
    page.route("**/facets.json", lambda route: route.fulfill(body="{"))
    page.goto("search/?type=Summit")
    expect(page.locator("[data-search-problem]")).to_be_visible()
    page.unroute("**/facets.json")
    page.locator("#search-q").fill("investment")
    results(page)
    expect(page.locator("[data-search-problem]")).to_be_hidden()
    page.locator("input[name='type'][value='Takeaway']").check()
    page.wait_for_url(re.compile("type=Takeaway"))


def test_pages_a_host_has_unpacked_are_shown(page: Page) -> None:
    """A host that unpacks the files of the index on the way does not end a search by facets."""

    def unpacked(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=gzip.decompress(answer.body()))

    page.route("**/*.pf_fragment", unpacked)
    page.goto("search/?type=Summit")
    assert results(page)


def test_a_link_with_facets_is_searched_once(page: Page) -> None:
    """Opening the facets of such a link does not search again: each page shown is fetched once."""
    fetched: list[str] = []
    page.on("request", lambda r: fetched.append(r.url) if "/fragment/" in r.url else None)
    page.goto("search/?type=Summit")
    assert len(results(page)) == 10
    page.wait_for_load_state("networkidle")
    assert len(fetched) == 10


def test_a_link_with_facets_shows_what_it_finds_on_a_phone(page: Page) -> None:
    """There the filters would push it off the screen: they stay shut, say how many are chosen, and
    hold when words are added before anybody opens them."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("search/?type=Summit&country=Japan")
    assert results(page)
    expect(page.locator("[data-search-results] a").first).to_be_in_viewport()
    expect(page.locator(".search__filters > summary")).to_have_text("Narrow the results (2)")
    found = _count(page)
    page.fill("#search-q", "security")
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query).get("q") == ["security"])
    assert parse_qs(urlsplit(page.url).query)["country"] == ["Japan"]
    expect(page.locator("[data-search-count]")).to_contain_text("security")
    assert 0 < _count(page) < found
    page.locator(".search__filters > summary").click()
    expect(page.locator("input[name='type'][value='Summit']")).to_be_checked()


def test_filters_that_cannot_be_had_are_not_forgotten(page: Page) -> None:
    """While the facets cannot be fetched the address keeps them, and nothing that lacks them is
    shown for an answer; with the next words they are asked for again."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.route("**/facets.json", lambda route: route.fulfill(body="{"))
    page.goto("search/?type=Summit")
    finder = page.locator("#finder")
    expect(finder).to_have_class(re.compile("is-broken"))
    with page.expect_response("**/facets.json"):
        page.fill("#search-q", "security")
    page.wait_for_load_state("networkidle")
    expect(finder).to_have_class(re.compile("is-broken"))
    assert parse_qs(urlsplit(page.url).query) == {"type": ["Summit"]}
    page.unroute("**/facets.json")
    page.fill("#search-q", "security a")
    page.wait_for_url(re.compile("q=security"))
    found = results(page)
    assert found
    assert all(path.startswith("summits/") for path in found)


def test_back_goes_to_the_search_before(page: Page) -> None:
    """The browser's way back restores words and facets."""
    page.goto("search/?q=investment")
    page.locator(".search__filters > summary").click()
    page.locator("input[name='type'][value='Takeaway']").check()
    page.wait_for_url(re.compile("type=Takeaway"))
    page.go_back()
    expect(page.locator("input[name='type'][value='Takeaway']")).not_to_be_checked()
    expect(page.locator("#search-q")).to_have_value("investment")


def test_sorting_by_date(page: Page) -> None:
    """Newest first is the reverse of oldest first, and stands in the address."""
    page.goto("search/?type=Summit&sort=newest")
    newest = results(page)
    page.goto("search/?type=Summit&sort=oldest")
    oldest = results(page)
    years = [int(path.split("/")[1][:4]) for path in newest]
    assert years == sorted(years, reverse=True)
    assert newest[0] != oldest[0]
    assert int(oldest[0].split("/")[1][:4]) == min(int(p.split("/")[1][:4]) for p in oldest)


def test_header_leads_to_search(page: Page) -> None:
    """The field in the header of any page leads to the search page with its words."""
    page.goto("topics/")
    page.locator("#q").fill("Ishiba")
    page.locator("#q").press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q=Ishiba$"))
    assert ISHIBA in results(page)


def test_slash_focuses_search(page: Page) -> None:
    """The key / goes to the search field, but not while somebody writes in it."""
    page.goto("summits/")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.locator("#q")).to_have_value("a/b")


def test_hostile_query_is_text(page: Page) -> None:
    """What is searched for is shown as text."""
    page.goto("search/?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    results(page)
    assert page.locator("main img[src='x'], #finder img").count() == 0


# -- a sentence with its citation, a wrong address -----------------------------------------------


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("takeaways/2025-08-25-strategic-flexibility/", "h1"),
        ("summits/2025-08-23-lee-ishiba-tokyo/", ".lede"),
        ("briefings/2025-09-01-lee-first-two-summits/", ".lede"),
    ],
)
def test_a_sentence_is_copied_with_its_citation(page: Page, path: str, sentence: str) -> None:
    """By keyboard; it is said, the button keeps the focus, the citation says no sentence twice."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(path)
    text = page.locator(sentence).inner_text()
    button = page.locator(".copy button")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".copy [role=status]")).to_have_text("Copied.")
    expect(button).to_be_focused()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"“{text}” (")
    assert copied.count(text) == 1
    assert "Summit Briefings" in copied
    assert path.strip("/").rpartition("/")[2] in copied


def test_a_refused_copy_is_said(page: Page) -> None:
    """Where the browser does not allow it, the page says so."""
    page.add_init_script(
        "navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))"
    )
    page.goto("summits/2025-08-23-lee-ishiba-tokyo/")
    page.locator(".copy button").click()
    expect(page.locator(".copy [role=status]")).to_contain_text("not allow")


def test_a_wrong_address_finds_the_right_one(page: Page) -> None:
    """The page for wrong addresses names those most like it, and searches for its words."""
    page.route(
        "**/takeaways/2025-08-25-investment-term/",
        lambda route: route.fulfill(
            body=page.context.request.get("404.html").body(), content_type="text/html"
        ),
    )
    page.goto("takeaways/2025-08-25-investment-term/")
    first = page.locator("[data-lost] li a").first
    expect(first).to_have_attribute("href", re.compile("/takeaways/2025-08-25-investment-terms/$"))
    page.locator("[data-lost] > p a").click()
    page.wait_for_url(re.compile(r"/search/\?q=investment(%20|\+)term$"))


def test_a_hopeless_address_suggests_nothing(page: Page) -> None:
    """Where no address is like it, only the search and the lists are offered."""
    page.goto("404.html", wait_until="networkidle")
    expect(page.locator("[data-lost] > p a")).to_be_visible()
    expect(page.locator("[data-lost] li")).to_have_count(0)
    expect(page.locator("main .jump a", has_text="Tracker")).to_be_visible()


# -- colours, menus -------------------------------------------------------------------------------


def test_colours_toggle(page: Page) -> None:
    """Light and dark can be chosen, look different, and are remembered."""
    page.goto("")
    colours = {}
    for scheme in ("default", "slate"):
        page.locator(f"#scheme input[value='{scheme}']").check(force=True)
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", scheme)
        colours[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert len(set(colours.values())) == 2
    page.goto("tracker/")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == colours["slate"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_system(browser: Browser, address: str, scheme: str) -> None:
    """Without a choice the colours are those of the reader's system."""
    context = browser.new_context(base_url=address, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("")
    rgb = re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))
    context.close()
    bright = sum(int(value) for value in rgb[:3]) > 3 * 128
    assert bright is (scheme == "light")


def test_menu_works_by_keyboard(page: Page) -> None:
    """The menu of all sections opens and closes by keyboard."""
    page.goto("")
    page.locator(".menu summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".menu a", has_text="Glossary")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".menu a", has_text="Glossary")).to_be_hidden()


def test_without_javascript(browser: Browser, address: str) -> None:
    """Without scripts, pages are whole, the menu opens, and search names the lists instead."""
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto(LEE)
    expect(page.locator("h1")).to_have_text("Lee Jae-myung")
    page.locator(".menu summary").click()
    page.locator(".menu a", has_text="Search").click()
    expect(page.locator(".search__off a[href='../topics/']")).to_be_visible()
    context.close()


# -- layout ---------------------------------------------------------------------------------------


#: One page of every kind.
KINDS = (
    "", "briefings/", "summits/", "takeaways/", "people/", "countries/", "pairs/", "organisations/",
    "topics/", "terms/", "sources/", "tracker/", "deadlines/", "timeline/", "changes/", "search/",
    "about/", "method/", "corrections/", "privacy/", "accessibility/",
    "briefings/2025-09-01-lee-first-two-summits/", "summits/2025-08-23-lee-ishiba-tokyo/",
    "summits/2025-10-31-apec-gyeongju/", "takeaways/2025-08-25-investment-terms/", LEE,
    "countries/kr/", "pairs/jp-kr/", "organisations/apec/", "topics/investment/", "terms/masga/",
    "sources/wh-2025-11-13-joint-fact-sheet/", "summits/by-year/", "takeaways/by-topic/",
    "takeaways/by-country/kr/", "sources/by-publisher/",
)  # fmt: skip

#: By how many pixels a page is wider than its window, and the elements that are.
WIDER = """() => {
  const width = document.documentElement.clientWidth;
  const over = document.documentElement.scrollWidth - width;
  if (over <= 0) return [];
  return [...document.querySelectorAll('body *')]
    .filter((e) => e.getBoundingClientRect().right > width + 1)
    .slice(0, 5)
    .map((e) => e.tagName + '.' + e.className + ' +' + Math.round(over));
}"""


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(page: Page, width: int) -> None:
    """No page of any kind scrolls sideways, on a phone or on a desk."""
    page.set_viewport_size({"width": width, "height": 900})
    wider = {}
    for path in KINDS:
        response = page.goto(path)
        assert response is not None
        assert response.ok, path
        if found := page.evaluate(WIDER):
            wider[path] = found
    assert wider == {}


#: Tables of records that are wider than the region they lie in (a mark of a note may stand out by a
#: pixel), and cells, but for those with a status, without a name to read.
CUT = """() => [...document.querySelectorAll("table.stack")].flatMap((table) => [
  ...(table.scrollWidth > table.parentNode.clientWidth + 2 ? [table.parentNode.ariaLabel] : []),
  ...[...table.querySelectorAll("td:not(:has(> .chip))")]
    .filter((td) => !getComputedStyle(td, "::before").content.includes(td.dataset.label ?? "?"))
    .map((td) => td.textContent),
])"""


@pytest.mark.parametrize(
    "path",
    [
        "tracker/",
        "deadlines/",
        "summits/2025-08-25-lee-trump-washington/",
        "briefings/2025-09-01-lee-first-two-summits/",
    ],
)
def test_rows_are_blocks_on_a_phone(page: Page, path: str) -> None:
    """On a phone no column of a table of records is out of sight, and each cell says what it is."""
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(path)
    assert page.locator("table.stack").count()
    assert page.evaluate(CUT) == []


def test_blocks_are_rows_still(page: Page) -> None:
    """To whoever has the page read, rows that look like blocks are rows, with heads and cells."""

    def roles() -> Counter[str]:
        nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
        found = Counter(node["role"]["value"] for node in nodes)
        return Counter({role: found[role] for role in ("table", "row", "rowheader", "cell")})

    page.goto("tracker/")
    at_a_desk = roles()
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("tracker/")
    assert roles() == at_a_desk
    assert at_a_desk["cell"] > at_a_desk["row"] > at_a_desk["table"] > 0


def test_tracker_is_sorted_on_a_phone(page: Page) -> None:
    """The heads of the tracker's columns stay to be pressed where its rows are blocks."""
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto("tracker/")
    table = page.locator(".data--tracker").first
    days = table.locator("tbody .number")
    table.get_by_role("button", name="Days since").click()
    counted = [int(text) for text in days.all_inner_texts()]
    assert counted == sorted(counted)
    page.locator("[name=status]").select_option("Stalled")
    assert table.locator("tbody tr:visible").count() < len(counted)


@pytest.mark.full
@pytest.mark.parametrize("width", [320, 390, 768])
def test_no_page_at_all_is_wider_than_the_screen(
    page: Page, real_project: Path, width: int
) -> None:
    """The same for every page there is."""
    page.set_viewport_size({"width": width, "height": 900})
    wider = {}
    for name in files_below(real_project / "site"):
        if name.endswith("index.html"):
            page.goto(name.removesuffix("index.html"))
            if found := page.evaluate(WIDER):
                wider[name] = found
    assert wider == {}
