"""The list of all pages for search engines, with the day each last changed."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from generator import lists, pages
from generator.corpus import Corpus

TITLE = "Sitemap"
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def write(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """`sitemap.xml`, where the site has an address. Pages that gather records carry the newest day
    among them, help pages that of all."""
    if not corpus.site_url:
        return
    days = {url: page.updated for url, page in lists.gathered(corpus).items()}
    days |= {corpus.url(r): corpus.updated(r) for r in corpus.records.values()}
    root = ET.Element("urlset", xmlns=_SPACE)
    for url in sorted(part.key for part in pages.parts(corpus)):
        entry = ET.SubElement(root, "url")
        ET.SubElement(entry, "loc").text = corpus.absolute(url)
        ET.SubElement(entry, "lastmod").text = days.get(url, str(corpus.newest))
    ET.indent(root)
    yield "sitemap.xml", ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"
