"""The small library as a built site with an address: from any page to each of its forms, the map of
the site, and what pages say of where they are."""

from __future__ import annotations

import posixpath
from functools import cache
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import lxml.etree
import pytest

from generator.build import build
from generator.corpus import Corpus
from generator.files import files_below
from generator.formats import forms_of, list_forms
from generator.lists import gathered
from generator.load import load
from tests.conftest import MINI, TODAY, write_project
from tests.exports.conftest import SITE
from tests.html import Element, read

#: Pages that explain or search; what they say is on no list and in no form but their own.
HELP = ("rules/", "fields/", "search/")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site."""
    root = write_project(tmp_path_factory.mktemp("addressed"), MINI / "content")
    config = root / "mkdocs.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}\nsite_url: {SITE}\n", encoding="utf-8")
    build(root, TODAY)
    return root / "site"


@cache
def corpus() -> Corpus:
    return Corpus(load(MINI).records, TODAY, SITE)


@cache
def pages(site: Path) -> dict[str, Element]:
    """Every page by its address, but the one for wrong addresses and those that lead on."""
    found = {
        name.removesuffix("index.html"): read(site / name)
        for name in files_below(site)
        if name.endswith("index.html")
    }
    return {url: page for url, page in found.items() if not _leads_on(page)}


def _leads_on(page: Element) -> bool:
    return any(m.attributes.get("http-equiv") == "refresh" for m in page.all("meta"))


def forms(url: str) -> dict[str, str]:
    """The forms a page must be had in: path to media type."""
    for record in corpus().records.values():
        if corpus().url(record) == url:
            return {f.of(record.folder, record.id): f.media_type for f in forms_of(record)}
    return {path: kind for _, kind, path in list_forms(gathered(corpus())[url])}


def test_every_page_is_of_a_known_kind(site: Path) -> None:
    known = {corpus().url(r) for r in corpus().records.values()} | set(gathered(corpus()))
    assert {url for url in set(pages(site)) - known if not url.startswith(HELP)} == set()
    assert known <= set(pages(site))


def test_from_any_page_to_each_of_its_forms_in_one_click(site: Path) -> None:
    """The foot links to each file, the file is there, and the head names it with its media type."""
    files = set(files_below(site))
    for url, page in pages(site).items():
        if url.startswith(HELP):
            continue
        here = f"https://x.example/{url}"
        (foot,) = [p for p in page.all("p") if "formats" in p.attributes.get("class", "").split()]
        clicks = {urlsplit(urljoin(here, a.attributes["href"])).path[1:] for a in foot.all("a")}
        heads = {
            urlsplit(urljoin(here, link.attributes["href"])).path[1:]: link.attributes.get("type")
            for link in page.all("link")
            if link.attributes.get("rel") == "alternate"
        }
        expected = forms(url)
        assert expected
        assert clicks == set(expected), url
        assert clicks <= files, url
        assert expected.items() <= heads.items(), url


def test_the_map_of_the_site_has_the_days_of_the_data(site: Path) -> None:
    """Every page once, with the day its record or the newest on its list changed; never today."""
    tree = lxml.etree.parse(site / "sitemap.xml")
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    days = {
        row.findtext(f"{space}loc").removeprefix(SITE): row.findtext(f"{space}lastmod")
        for row in tree.iter(f"{space}url")
    }
    assert set(days) == set(pages(site))
    for record in corpus().records.values():
        assert days[corpus().url(record)] == corpus().updated(record)
    for url, page in gathered(corpus()).items():
        assert days[url] == page.updated
    newest = corpus().newest.isoformat()
    assert {day for url, day in days.items() if url.startswith(HELP)} == {newest}
    assert (site / "robots.txt").read_text(encoding="utf-8").endswith(f"{SITE}sitemap.xml\n")


def test_pages_say_where_they_are(site: Path) -> None:
    """The canonical address, the one for cards, that of Dublin Core: all the same, all right."""
    for url, page in pages(site).items():
        (canonical,) = [
            link.attributes["href"]
            for link in page.all("link")
            if link.attributes.get("rel") == "canonical"
        ]
        said = {
            meta.attributes.get("name") or meta.attributes.get("property"): meta.attributes[
                "content"
            ]
            for meta in page.all("meta")
            if meta.attributes.get("content")
        }
        assert canonical == said["og:url"] == said["DC.identifier"] == SITE + url
        assert said["og:title"] == said["DC.title"]
        assert said["og:description"]
        if not url.startswith(HELP) and "citation_title" in said:
            assert said["citation_public_url"] == SITE + url


def test_old_addresses_lead_on(site: Path) -> None:
    page = read(site / "topics" / "commerce" / "index.html")
    (canonical,) = [
        e.attributes["href"] for e in page.all("link") if e.attributes["rel"] == "canonical"
    ]
    assert canonical == f"{SITE}topics/trade/"
    rules = (site / "_redirects").read_text(encoding="utf-8").splitlines()
    base = urlsplit(SITE).path
    assert f"{base}topics/commerce/ {base}topics/trade/ 301" in rules
    for rule in rules:
        old, new, _ = (part.removeprefix(base) for part in rule.split(" "))
        for path in (old, new):
            file = posixpath.join(path, "index.html") if path.endswith("/") else path
            assert (site / file).is_file(), rule


def test_a_change_reaches_every_list_and_form(tmp_path: Path) -> None:
    """After an edit, a build that makes anew only what it touches gives the site of a whole build:
    days, names and counts of records reach lists, citations, twins, feeds and the API."""
    root = write_project(tmp_path, MINI / "content")
    build(root, TODAY)
    press = root / "content" / "sources" / "press.yml"
    text = press.read_text(encoding="utf-8").replace("publisher: ", "publisher: New ", 1)
    note = "revisions:\n  - date: 2025-12-30\n    note: The publisher changed its name.\n"
    press.write_text(text + note, encoding="utf-8")
    trade = root / "content" / "topics" / "trade.yml"
    text = trade.read_text(encoding="utf-8").replace("name: ", "name: Free ", 1)
    trade.write_text(text, encoding="utf-8")
    build(root, TODAY)
    quick = {name: (root / "site" / name).read_bytes() for name in files_below(root / "site")}
    build(root, TODAY, clean=True)
    whole = {name: (root / "site" / name).read_bytes() for name in files_below(root / "site")}
    different = {n for n in quick.keys() | whole.keys() if quick.get(n) != whole.get(n)}
    assert different == set()
