"""Reads built pages as a browser would: elements, text, links. Only the standard library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr path circle rect line "
    "use polyline polygon ellipse stop".split()
)


@dataclass
class Element:
    """One element with its attributes, its children and the elements around it."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """This element and every one in it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.walk() if element.tag in tags]

    def texts(self) -> Iterator[tuple[Element, str]]:
        """Each piece of text with the element it stands in; scripts and styles have none."""
        if self.tag in ("script", "style"):
            return
        for child in self.children:
            if isinstance(child, Element):
                yield from child.texts()
            else:
                yield self, child

    @property
    def text(self) -> str:
        """All text in it, with single spaces."""
        return " ".join("".join(text for _, text in self.texts()).split())

    def around(self) -> Iterator[Element]:
        """This element and those it stands in, from the inside out."""
        element: Element | None = self
        while element:
            yield element
            element = element.parent


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document", {})
        self.here = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)

    def handle_endtag(self, tag: str) -> None:
        for element in self.here.around():
            if element.tag == tag and element.parent:
                self.here = element.parent
                return

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


#: Scripts of names in other languages, and the languages that write them.
_SCRIPTS = {
    re.compile(r"[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]"): {"ko"},
    re.compile(r"[\u3040-\u30ff]"): {"ja"},
    re.compile(r"[\u4e00-\u9fff]"): {"ja", "zh", "ko"},
}


def untagged(page: Element) -> list[tuple[str, str]]:
    """Korean, Japanese and Chinese text whose element does not say its language: tag and text.

    Titles, options and code cannot say it word by word.
    """
    return [
        (element.tag, text.strip())
        for element, text in page.texts()
        if element.tag not in ("title", "option", "pre")
        for script, languages in _SCRIPTS.items()
        if script.search(text) and _language(element) not in languages
    ]


def _language(element: Element) -> str:
    """The main language of an element, from the nearest one that says."""
    tags = [e.attributes["lang"] for e in element.around() if "lang" in e.attributes]
    return tags[0].partition("-")[0] if tags else ""


def read(path: Path) -> Element:
    """The document in a file."""
    return parse(path.read_text(encoding="utf-8"))


def parse(markup: str) -> Element:
    """The document in a text."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.root
