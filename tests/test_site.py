"""The built site of the real records, crawled: links, anchors, languages, and nobody else's files.

The small library is crawled too, because it uses every field.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from generator.corpus import Corpus
from generator.files import files_below
from generator.load import load
from tests.conftest import TODAY
from tests.html import Element, read, untagged

#: Elements whose address the browser fetches by itself.
FETCHED = {
    "script": ("src",), "img": ("src", "srcset"), "source": ("src", "srcset"), "iframe": ("src",),
    "video": ("src", "poster"), "audio": ("src",), "embed": ("src",), "object": ("data",),
    "use": ("href", "xlink:href"), "image": ("href", "xlink:href"), "form": ("action",),
}  # fmt: skip
FETCHED_LINKS = re.compile(r"stylesheet|icon|preload|prefetch|preconnect|manifest|modulepreload")


@pytest.fixture(scope="module", params=["real_project", "mini_project"])
def site(request: pytest.FixtureRequest) -> Path:
    """The folder of a built site."""
    project: Path = request.getfixturevalue(request.param)
    return project / "site"


@cache
def pages(site: Path) -> dict[str, Element]:
    """Every page of a site, by its path."""
    return {name: read(site / name) for name in files_below(site) if name.endswith(".html")}


def links(page: Element) -> Iterator[tuple[str, Element]]:
    """Every address a page names, with the element that names it."""
    for element in page.walk():
        for name in ("href", "src", "action", "data", "poster", "xlink:href"):
            if name in element.attributes:
                yield element.attributes[name], element


def target_of(page: str, address: str) -> tuple[str, str] | None:
    """The file an address leads to from a page, and its fragment; None if it leads elsewhere."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return None
    path = unquote(parts.path)
    if not path:
        return page, unquote(parts.fragment)
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
    target = "" if target == "." else target
    if path.endswith(("/", "/..")) or path in (".", ".."):
        target = posixpath.join(target, "index.html")
    return target, unquote(parts.fragment)


def is_error_page(name: str) -> bool:
    """The page for a wrong address is shown at any address, so its links are absolute."""
    return name == "404.html"


def test_there_are_pages(site: Path) -> None:
    """The site has a page for each record, and more."""
    corpus = Corpus(load(site.parent).records, TODAY)
    for record in corpus.records.values():
        assert f"{corpus.url(record)}index.html" in pages(site)
    assert len(pages(site)) > len(corpus.records)


def test_no_broken_link(site: Path) -> None:
    """Every address within the site leads to a file that is there."""
    files = set(files_below(site))
    broken = [
        (name, address)
        for name, page in pages(site).items()
        for address, _ in links(page)
        if not is_error_page(name)
        and (target := target_of(name, address))
        and target[0] not in files
    ]
    assert broken == []


def test_no_broken_anchor(site: Path) -> None:
    """Every fragment leads to an element that is there."""
    ids = {
        name: {e.attributes["id"] for e in page.walk() if "id" in e.attributes}
        for name, page in pages(site).items()
    }
    broken = [
        (name, address)
        for name, page in pages(site).items()
        for address, element in links(page)
        if (target := target_of(name, address))
        and target[1]
        and target[0] in ids
        and element.tag != "use"
        and target[1] not in ids[target[0]]
    ]
    assert broken == []


def test_no_address_from_the_top(site: Path) -> None:
    """Addresses within the site are relative, so that it works in any folder of a host."""
    absolute = [
        (name, address)
        for name, page in pages(site).items()
        for address, _ in links(page)
        if address.startswith("/") and not is_error_page(name)
    ]
    assert absolute == []


def test_every_page_can_be_reached(site: Path) -> None:
    """From the home page, links alone lead to every page."""
    reached, ahead = {"index.html"}, ["index.html"]
    while ahead:
        name = ahead.pop()
        for address, element in links(pages(site)[name]):
            target = target_of(name, address)
            if element.tag == "a" and target and target[0] in pages(site).keys() - reached:
                reached.add(target[0])
                ahead.append(target[0])
    redirects = {n for n, p in pages(site).items() if _is_redirect(p)}
    assert pages(site).keys() - reached - redirects == {"404.html"}


def _is_redirect(page: Element) -> bool:
    """A page at a former address that only leads on."""
    return any(m.attributes.get("http-equiv", "").lower() == "refresh" for m in page.all("meta"))


def test_nothing_is_fetched_elsewhere(site: Path) -> None:
    """No page, style sheet or script of ours makes the browser ask another host."""
    asked = []
    for name, page in pages(site).items():
        for element in page.walk():
            fetched = FETCHED.get(element.tag, ())
            if element.tag == "link" and FETCHED_LINKS.search(element.attributes.get("rel", "")):
                fetched = ("href",)
            values = [element.attributes.get(key, "") for key in fetched]
            values += re.findall(r"url\(([^)]*)\)", element.attributes.get("style", ""))
            if element.tag == "style":
                values += re.findall(r"url\(([^)]*)\)", "".join(map(str, element.children)))
            asked += [(name, value) for value in values if re.match(r"['\"]?(\w+:)?//", value)]
    assert asked == []
    for name in files_below(site):
        if name.endswith(".css"):
            css = (site / name).read_text(encoding="utf-8")
            found = re.findall(r"(?:url\(|@import)\s*['\"]?((?:\w+:)?//[^'\")]*)", css)
            assert found == [], name


def test_no_code_in_pages(site: Path) -> None:
    """No page has handlers in attributes or addresses that run code."""
    found = [
        (name, element.tag, key)
        for name, page in pages(site).items()
        for element in page.walk()
        for key, value in element.attributes.items()
        if key.startswith("on") or re.match(r"\s*(javascript|vbscript|data:text/html)", value)
    ]
    assert found == []


def test_one_h1(site: Path) -> None:
    """Every page has exactly one main heading, with words in it, and a title of its own."""
    for name, page in pages(site).items():
        if not _is_redirect(page):
            assert [bool(h1.text) for h1 in page.all("h1")] == [True], name
        assert page.all("title")[0].text, name
    titles = [page.all("head")[0].all("title")[0].text for page in pages(site).values()]
    twice = {title for title in titles if titles.count(title) > 1}
    assert len(twice) < len(titles) / 20, twice


def test_headings_skip_no_level(site: Path) -> None:
    """Headings go down one level at a time."""
    for name, page in pages(site).items():
        levels = [int(e.tag[1]) for e in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
        steps = [(a, b) for a, b in pairwise(levels) if b > a + 1]
        assert steps == [], name


def test_ids_are_unique(site: Path) -> None:
    """No page has two elements of one id."""
    for name, page in pages(site).items():
        ids = [e.attributes["id"] for e in page.walk() if "id" in e.attributes]
        assert {i for i in ids if ids.count(i) > 1} == set(), name


def test_names_in_other_scripts_have_their_language(site: Path) -> None:
    """Korean, Japanese and Chinese text stands in an element that says its language."""
    found = {name: untagged(page) for name, page in pages(site).items()}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_pages_say_their_language(site: Path) -> None:
    """Every page is in English, and says so."""
    for name, page in pages(site).items():
        assert [e.attributes.get("lang") for e in page.all("html")] == ["en"], name


def test_every_page_has_landmarks(site: Path) -> None:
    """Every page has a link past the menu, a main part, and names for its regions of navigation."""
    for name, page in pages(site).items():
        if _is_redirect(page):
            continue
        ids = {e.attributes.get("id") for e in page.walk()}
        skip = next(a for a in page.all("a") if a.attributes.get("href", "").startswith("#"))
        assert skip.attributes["href"][1:] in ids, name
        mains = [e for e in page.walk() if e.tag == "main" or e.attributes.get("role") == "main"]
        assert len(mains) == 1, name
        for nav in page.all("nav"):
            assert {"aria-label", "aria-labelledby"} & nav.attributes.keys(), name


def test_regions_are_told_apart(site: Path) -> None:
    """No two regions of a page have the same name: a list of them would not tell which is which."""
    for name, page in pages(site).items():
        regions = [e.attributes for e in page.walk() if e.attributes.get("role") == "region"]
        names = [a.get("aria-label") or f"#{a['aria-labelledby']}" for a in regions]
        assert len(names) == len(set(names)), (name, names)


def test_links_in_drawings_have_names(site: Path) -> None:
    """As a label, because WebKit does not name them by a title; what is written is part of it."""
    found = 0
    for page in pages(site).values():
        for drawing in page.all("svg"):
            for link in drawing.all("a"):
                label = link.attributes["aria-label"]
                written = " ".join(e.text for e in link.all("text"))
                assert label == " ".join(e.text for e in link.all("title"))
                assert written.removesuffix("…") in label, (written, label)
                found += 1
    assert found


def test_breadcrumbs(site: Path) -> None:
    """Every page but the first and the search has the way back to the top."""
    without = {
        name
        for name, page in pages(site).items()
        if not any("crumbs" in nav.attributes.get("class", "") for nav in page.all("nav"))
        and not _is_redirect(page)
    }
    assert without <= {"index.html", "404.html", "search/index.html"}


def test_notes_lead_there_and_back(site: Path) -> None:
    """Every mark of a source note leads to its note, and every note back to its marks."""
    marks = 0
    for name, page in pages(site).items():
        ids = {e.attributes["id"] for e in page.walk() if "id" in e.attributes}
        for mark in (e for e in page.all("sup") if "noteref" in e.attributes.get("class", "")):
            anchor = mark.all("a")[0]
            assert anchor.attributes["href"][1:] in ids, name
            assert anchor.attributes.get("aria-label"), name
            marks += 1
        for back in (e for e in page.all("a") if e.attributes.get("class") == "notes__back"):
            assert back.attributes["href"][1:] in ids, name
    assert marks > 20


def test_files_are_complete(site: Path) -> None:
    """The site has its search index, its page for wrong addresses and its map."""
    files = set(files_below(site))
    assert {"index.html", "404.html", "search/index.html", "pagefind/pagefind.js"} <= files
    assert not {name for name in files if name.endswith((".yml", ".j2", ".gitkeep", ".tmp"))}
