"""Old addresses: a page for each former id that leads on, one `_redirects` file for hosts that read
it, and `robots.txt`.

The other forms of a record are under its former ids as well, written by their own modules: the
JSON says where the record is, all else is a full copy.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import urlsplit

from jinja2 import Environment

from generator import seal
from generator import words as wording
from generator.corpus import Corpus, address
from generator.formats import forms_of
from generator.model import Record

TITLE = "Redirects"

_PAGE = Environment(autoescape=True).from_string(
    """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="referrer" content="{{ referrer }}">
<title>{{ title }} | {{ site }}</title>
<link rel="canonical" href="{{ canonical }}">
<meta name="robots" content="noindex">
<meta http-equiv="refresh" content="0; url={{ href }}">
</head>
<body>
<main>
<h1>{{ title }}</h1>
<p>{{ moved }} <a href="{{ href }}">{{ title }}</a></p>
</main>
</body>
</html>
"""
)


def write(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """Pages under former ids, `_redirects`, `robots.txt`."""
    for record in corpus.records.values():
        yield from of_record(corpus, record)
    yield from of_library(corpus)


def of_record(corpus: Corpus, record: Record) -> Iterator[tuple[str, bytes]]:
    """A page under each former id."""
    for old in record.former_ids:
        yield f"{address(record.folder, old)}index.html", page(corpus, record, old)


def of_library(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """`_redirects` and `robots.txt`."""
    rules = []
    base = urlsplit(corpus.site_url).path or "/"
    for record in corpus.records.values():
        for old in record.former_ids:
            rules += [f"{base}{a} {base}{b} 301" for a, b in moves(corpus, record, old)]
    yield "_redirects", "".join(f"{rule}\n" for rule in rules).encode()
    lines = ["User-agent: *", "Disallow:"]
    if sitemap := corpus.absolute("sitemap.xml"):
        lines.append(f"Sitemap: {sitemap}")
    yield "robots.txt", "".join(f"{line}\n" for line in lines).encode()


def moves(corpus: Corpus, record: Record, old: str) -> Iterator[tuple[str, str]]:
    """From where to where, for the page and every other form of a record."""
    yield address(record.folder, old), corpus.url(record)
    for form in forms_of(record):
        yield form.of(record.folder, old), form.of(record.folder, record.id)


def page(corpus: Corpus, record: Record, old: str) -> bytes:
    """A page that leads on at once; its link serves where nothing refreshes."""
    target = corpus.url(record)
    href = posixpath.relpath(target, address(record.folder, old)) + "/"
    text = _PAGE.render(
        title=record.title_text,
        site=wording.WORDS["site"],
        moved=wording.WORDS["moved"],
        href=href,
        policy=seal.POLICY,
        referrer=seal.REFERRER,
        canonical=corpus.absolute(target) or href,
    )
    return f"{text}\n".encode()
