"""What two engines make of the same Markdown, and which differences are known.

A difference is a line: the file, what of it, and what only the first (-) or the second (+) has.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

from generator.files import files_below
from tests.html import Element, read

#: What each engine does otherwise than MkDocs: patterns of differences, and why they are. One that
#: no pattern is of fails the tests, and so does a pattern of none.
KNOWN: dict[str, list[tuple[str, str]]] = {
    "properdocs": [],
    "zensical": [
        (
            r"(files: [-+]|links: [-+]link \S*/)assets/stylesheets/\S+",
            "its theme has other style sheets; pages look the same, with room for a scroll bar",
        ),
        (
            r"files: [-+]assets/javascripts/\S+",
            "and scripts, which no page of ours asks for",
        ),
        (
            r"links: (-a \S*#top|\+a \S*#main)",
            "the theme's link past the menu, not shown because ours comes first, leads elsewhere",
        ),
        (
            r"404\.html: (text: \+Skip to content|elements: \+a class=md-skip)",
            "and stands on the page for wrong addresses, too",
        ),
        (
            r"elements: [-+]label( aria-hidden=true)? class=md-overlay for=__drawer",
            "screen readers pass over the shade behind the theme's drawer, which we do not use",
        ),
        (
            r"elements: [-+]div( aria-atomic=true)? class=md-dialog \S+( role=status)?",
            "the theme's box for notices, which we do not use, has a role",
        ),
    ],
}

#: Attributes that hold an address.
_ADDRESSES = ("href", "src", "action")


def differences(site: Path, other: Path) -> list[str]:
    """Every difference of two built sites but their sums."""
    here, there = _files(site), _files(other)
    found = [f"files: {row}" for row in _changes(here, there)]
    for name in sorted(set(here) & set(there)):
        if (site / name).read_bytes() == (other / name).read_bytes():
            continue
        if not name.endswith(".html"):
            found.append(f"{name}: other bytes")
            continue
        ours, theirs = _facts(site, name), _facts(other, name)
        found += [f"{name}: {k}: {row}" for k in ours for row in _changes(ours[k], theirs[k])]
    return found


def unknown(rows: list[str], engine: str) -> list[str]:
    """The differences that are not known, and what is known but is no difference any more."""
    known: set[str] = set()
    idle = []
    for pattern, _ in KNOWN[engine]:
        found = {row for row in rows if re.search(rf"(^|: ){pattern}$", row)}
        known |= found
        idle += [] if found else [f"no difference is like this any more: {pattern}"]
    return [row for row in rows if row not in known] + idle


def report(rows: list[str]) -> str:
    """Differences to be read: those that are the same on several pages once, with their number."""
    pages = defaultdict(list)
    for row in rows:
        page, found, what = row.partition(".html: ")
        pages[what if found else row].append(f"{page}.html" if found else "")
    counted = sorted(pages.items(), key=lambda item: -len(item[1]))
    return "\n".join(f"{len(names):6,} {what}  {names[0]}" for what, names in counted)


def _files(site: Path) -> list[str]:
    return sorted(name for name in files_below(site) if name != "SHA256SUMS")


def _changes(ours: list[str], theirs: list[str]) -> Iterator[str]:
    """What must be taken out (-) and put in (+) to come from the one list to the other."""
    rows = difflib.unified_diff(ours, theirs, n=0, lineterm="")
    return (row for row in rows if not row.startswith(("--- ", "+++ ", "@@")))


def _facts(site: Path, name: str) -> dict[str, list[str]]:
    """What a page says and holds, each thing in the order of the page."""
    page = read(site / name)
    everything = list(page.walk())[1:]
    base = f"https://site/{name.removesuffix('index.html')}"
    return {
        "title": [element.text for element in page.all("title")],
        "text": [" ".join(text.split()) for _, text in page.texts() if text.strip()],
        "data": ["".join(map(str, element.children)) for element in page.all("script")],
        "anchors": [e.attributes["id"] for e in everything if "id" in e.attributes],
        "links": [
            f"{element.tag} {urljoin(base, element.attributes[key]).removeprefix('https://site')}"
            for element in everything
            for key in _ADDRESSES
            if key in element.attributes
        ],
        "elements": [_tag(element) for element in everything],
    }


def _tag(element: Element) -> str:
    """An element with its other attributes."""
    own = {k: v for k, v in element.attributes.items() if k not in ("id", *_ADDRESSES)}
    return " ".join([element.tag, *(f"{key}={own[key]}" for key in sorted(own))])
