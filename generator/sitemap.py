"""The list of all pages for search engines, with the day each last changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

from generator import lists, pages
from generator.corpus import Corpus

TITLE = "Sitemap"
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


#: A sitemap has at most so many addresses; the limit of its format, which is 50 MB besides.
MOST = 50_000


def write(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """`sitemap.xml`, where the site has an address. Pages that gather records carry the newest day
    among them, help pages that of all. Of more pages than a sitemap takes it is a list of several,
    `sitemap-1.xml` and so on."""
    if not corpus.site_url:
        return
    days = {url: page.updated for url, page in lists.gathered(corpus).items()}
    days |= {corpus.url(r): corpus.updated(r) for r in corpus.records.values()}
    newest = str(corpus.newest)
    rows = [(url, days.get(url, newest)) for url in sorted(p.key for p in pages.parts(corpus))]
    if len(rows) <= MOST:
        yield "sitemap.xml", _file(corpus, "urlset", "url", rows)
        return
    pieces = {}
    for number, start in enumerate(range(0, len(rows), MOST), 1):
        piece = rows[start : start + MOST]
        pieces[f"sitemap-{number}.xml"] = max(day for _, day in piece)
        yield f"sitemap-{number}.xml", _file(corpus, "urlset", "url", piece)
    yield "sitemap.xml", _file(corpus, "sitemapindex", "sitemap", pieces.items())


def _file(corpus: Corpus, kind: str, entry: str, rows: Iterable[tuple[str, str]]) -> bytes:
    """Addresses, from the top of the site, and the day each last changed."""
    root = ET.Element(kind, xmlns=_SPACE)
    for path, day in rows:
        element = ET.SubElement(root, entry)
        ET.SubElement(element, "loc").text = corpus.absolute(path)
        ET.SubElement(element, "lastmod").text = day
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"
