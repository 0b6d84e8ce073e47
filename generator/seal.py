"""The last look at finished pages: nothing is in them but what our templates are meant to write.

Two guards that know nothing of the others. `POLICY` is the Content-Security-Policy of every page:
no script and no style inside a page, and nothing from another host. `gate` reads pages as they will
be served and names everything that is not on its lists. It accepts a small part of HTML only, one
that every parser reads in the same way: what it cannot read, it does not let pass.
"""

from __future__ import annotations

import hashlib
import html
import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

# -- the policy ---------------------------------------------------------------------------------

#: What a page may do. It stands in `templates/theme/shell.html`, too; `gate` holds them together.
#: `data:` serves the icons in style sheets, `wasm-unsafe-eval` Pagefind's search.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)
REFERRER = "no-referrer"
POLICY_TAG = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'


def headers() -> bytes:
    """`_headers`, for hosts that read it: the policy, and what a page cannot say of itself."""
    rows = {
        "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
        "Referrer-Policy": REFERRER,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "browsing-topics=(), camera=(), display-capture=(), geolocation=(), "
        "microphone=(), payment=(), usb=()",
    }
    return "".join(["/*\n", *(f"  {name}: {value}\n" for name, value in rows.items())]).encode()


# -- the sums -----------------------------------------------------------------------------------

#: The file with the sum of every other file, in the form `sha256sum --check` reads.
SUMS = "SHA256SUMS"
#: Faults that are shown at most.
MAX_SHOWN = 20


def sum_of(path: Path) -> str:
    """The sum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sums(root: Path, names: Iterable[str]) -> dict[str, str]:
    """The sum of each of the files `names` below `root`."""
    return {name: sum_of(root / name) for name in names if name != SUMS}


def listed(rows: Mapping[str, str]) -> bytes:
    """Sums as the file has them, sorted by name."""
    return "".join(f"{rows[name]}  {name}\n" for name in sorted(rows)).encode()


# -- what may stand in a page -------------------------------------------------------------------

_EVERYWHERE = frozenset(
    "id class lang dir title hidden role tabindex translate spellcheck autocapitalize popover "
    "inert".split()
)
_NO_OWN = frozenset(
    "html head body title header footer main nav section article aside address hgroup div span p "
    "h1 h2 h3 h4 h5 h6 ul dl dt dd figure figcaption hr br wbr b i u s em strong small sub sup "
    "mark abbr cite dfn code kbd samp var pre bdi bdo ruby rb rt rp table thead tbody tfoot tr "
    "caption summary legend search".split()
)
#: Elements and their attributes, besides those of `_EVERYWHERE`, `aria-…` and `data-…`.
TAGS: dict[str, frozenset[str]] = {
    **dict.fromkeys(_NO_OWN, frozenset()),
    **{
        tag: frozenset(own.split())
        for tag, own in {
            "meta": "charset name content media property http-equiv",
            "link": "rel href type title hreflang media sizes",
            "script": "src type defer",
            "a": "href rel type hreflang download",
            "img": "src alt width height loading decoding",
            "blockquote": "cite",
            "q": "cite",
            "ins": "cite datetime",
            "del": "cite datetime",
            "time": "datetime",
            "data": "value",
            "ol": "start reversed type",
            "li": "value",
            "th": "scope colspan rowspan headers abbr",
            "td": "colspan rowspan headers",
            "col": "span",
            "colgroup": "span",
            "details": "open name",
            "form": "action method",
            "input": "type name value checked placeholder autocomplete autofocus disabled readonly "
            "required min max step size minlength maxlength pattern inputmode enterkeyhint list",
            "button": "type name value disabled popovertarget popovertargetaction",
            "select": "name disabled required size",
            "option": "value selected disabled label",
            "optgroup": "label disabled",
            "datalist": "",
            "label": "for",
            "fieldset": "disabled name",
            "output": "for name",
            "progress": "value max",
            "meter": "value min max low high optimum",
        }.items()
    },
}
_SVG_ATTRIBUTES = frozenset(
    "viewbox width height x y x1 x2 y1 y2 cx cy r rx ry d points dx dy rotate transform focusable "
    "fill fill-opacity fill-rule clip-rule stroke stroke-width stroke-opacity stroke-linecap "
    "stroke-linejoin stroke-dasharray stroke-dashoffset opacity font-size font-weight font-family "
    "text-anchor dominant-baseline vector-effect preserveaspectratio xmlns patternunits "
    "patterncontentunits patterntransform gradientunits gradienttransform offset stop-color "
    "stop-opacity clip-path marker-start marker-end marker-mid markerwidth markerheight refx refy "
    "orient href paint-order shape-rendering text-rendering letter-spacing".split()
)
#: Elements of drawings, inside `<svg>` only. Nothing that moves, embeds or runs.
SVG_TAGS = frozenset(
    "svg g path circle ellipse rect line polyline polygon text tspan title desc defs pattern "
    "symbol use marker lineargradient radialgradient stop clippath a".split()
)
_VOID = frozenset("meta link input img br hr wbr col".split())
_INPUTS = frozenset("text search checkbox radio number date month hidden submit reset".split())
_BUTTONS = frozenset("button submit reset".split())
#: What a `<link>` may be; the first may name another host, because nothing is fetched for them.
_LINKS_ABROAD = frozenset(
    "canonical alternate license author help schema.DC schema.DCTERMS".split()
)
_LINKS_HERE = frozenset("stylesheet icon manifest prev next up search describedby".split())
#: Links that are ours and not a contributor's: they need not disown where they lead.
_OWN_LINKS = frozenset("edit license author".split())
_DISOWNED = frozenset("noopener noreferrer".split())

_ADDRESSES = frozenset("href src action cite".split())
_REFERENCES = frozenset(
    "for popovertarget aria-labelledby aria-describedby aria-controls aria-details aria-owns "
    "headers list".split()
)

_PIECES = re.compile(r"(<[^<>]*>)")
_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)"
    r'(?P<rest>(?:\s+[A-Za-z][A-Za-z0-9_:.-]*(?:="[^"]*")?)*)\s*(?P<end>/?)>'
)
_ATTRIBUTE = re.compile(r'([A-Za-z][A-Za-z0-9_:.-]*)(?:="([^"]*)")?')
_ANY_NAME = re.compile(r"(aria|data)-[a-z][a-z0-9-]*")
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]*")
_LANG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
_ABROAD = re.compile(r"https?://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?([/?#][!-~]*)?", re.IGNORECASE)
_MAIL = re.compile(r"mailto:[!-~]+@[!-~]+", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SCRIPT = re.compile(r"assets/([a-z0-9_-]+/)*[A-Za-z0-9_.-]+\.js")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


class _Piece(NamedTuple):
    """One tag, as far as it can be judged without the page it stands in."""

    name: str
    kind: str  # open, close, void; empty where it cannot be read
    faults: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    attributes: Mapping[str, str] = {}


@lru_cache(maxsize=65_536)
def _piece(raw: str) -> _Piece:
    match = _TAG.fullmatch(raw)
    if match is None:
        return _Piece("", "", (f"{_shown(raw)} is no element we write",))
    name = match["name"].lower()
    if match["close"]:
        stray = bool(match["rest"] or match["end"])
        return _Piece(name, "close", (f"{_shown(raw)} has attributes",) if stray else ())
    pairs = [(m[1].lower(), html.unescape(m[2] or "")) for m in _ATTRIBUTE.finditer(match["rest"])]
    attributes = dict(pairs)
    faults = [f"<{name}> has an attribute twice"] if len(attributes) < len(pairs) else []
    faults += _attribute_faults(name, attributes)
    faults += _element_faults(name, attributes)
    kind = "void" if name in _VOID or (match["end"] and name in SVG_TAGS) else "open"
    if match["end"] and kind == "open":
        faults.append(f"<{name}/> closes itself")
    return _Piece(
        name,
        kind,
        tuple(faults),
        (attributes["id"],) if "id" in attributes else (),
        tuple(r for key in _REFERENCES & attributes.keys() for r in attributes[key].split()),
        tuple(attributes[key] for key in sorted(_ADDRESSES & attributes.keys())),
        attributes,
    )


def _shown(text: str) -> str:
    """What stands in a page, made harmless for a terminal."""
    return ascii(text[:60])[1:-1]


def _attribute_faults(name: str, attributes: Mapping[str, str]) -> Iterator[str]:
    if name not in TAGS and name not in SVG_TAGS:
        yield f"<{name}> is not on the list of elements"
        return
    allowed = TAGS.get(name, frozenset()) | (_SVG_ATTRIBUTES if name in SVG_TAGS else frozenset())
    for key, value in attributes.items():
        if key not in allowed and key not in _EVERYWHERE and not _ANY_NAME.fullmatch(key):
            yield f"<{name} {key}> is not on the list of attributes"
        elif key in _ADDRESSES:
            yield from (f"<{name} {key}> {fault}" for fault in address_faults(value))
        elif key == "id" and not _ID.fullmatch(value):
            yield f"the id {_shown(value)} is none we write"
        elif key in ("lang", "hreflang") and not _LANG.fullmatch(value):
            yield f"<{name} {key}> names no language: {_shown(value)}"
        elif (
            key in _SVG_ATTRIBUTES
            and "url(" in value
            and not re.fullmatch(r"url\(#[\w.:-]+\)", value)
        ):
            yield f"<{name} {key}> refers to something outside of the page"


def address_faults(url: str) -> Iterator[str]:
    """What is wrong with an address: it is relative, https:, http: or mailto:, and nothing else."""
    if re.search(r"[^!-~]|[\"<>\\^`{|}]", url):
        yield f"has an address with odd characters: {_shown(url)}"
    elif _SCHEME.match(url):
        if not (_ABROAD.fullmatch(url) or _MAIL.fullmatch(url)):
            yield f"leads to {_shown(url)}"
    elif url.startswith("//"):
        yield f"leads to {_shown(url)}"


def _element_faults(name: str, attributes: Mapping[str, str]) -> Iterator[str]:
    match name:
        case "a" if _is_abroad(attributes.get("href", "")):
            rel = set(attributes.get("rel", "").split())
            if not (rel >= _DISOWNED or rel & _OWN_LINKS):
                yield f"a link to {_shown(attributes['href'])} without rel=noopener noreferrer"
        case "img" | "script" | "form" | "use":
            for key in ("src", "action", "href"):
                if _SCHEME.match(attributes.get(key, "")):
                    yield f"<{name} {key}> reaches outside: {_shown(attributes[key])}"
            if name == "use" and not attributes.get("href", "").startswith("#"):
                yield "<use> takes a drawing from elsewhere"
        case "link":
            rels = set(attributes.get("rel", "").split())
            if not rels or rels - _LINKS_ABROAD - _LINKS_HERE:
                yield f"<link rel={_shown(attributes.get('rel', ''))}> is not on the list"
            elif rels & _LINKS_HERE and _is_abroad(attributes.get("href", "")):
                yield f"<link> fetches {_shown(attributes['href'])}"
        case "input" if attributes.get("type", "text") not in _INPUTS:
            yield f"<input type={_shown(attributes['type'])}> is not on the list"
        case "button" if attributes.get("type") not in _BUTTONS:
            yield "<button> without a type of ours"
        case "meta":
            yield from _meta_faults(attributes)


def _meta_faults(attributes: Mapping[str, str]) -> Iterator[str]:
    content = attributes.get("content", "")
    equivalent = attributes.get("http-equiv", "").lower()
    if equivalent == "refresh":
        wait, _, url = content.partition("; url=")
        if wait != "0" or _is_abroad(url) or any(address_faults(url)):
            yield f"<meta http-equiv=refresh> leads to {_shown(content)}"
    elif equivalent == "content-security-policy":
        if content != POLICY:
            yield "the Content-Security-Policy is not the one of generator/seal.py"
    elif "http-equiv" in attributes:
        yield f"<meta http-equiv={_shown(equivalent)}> is not on the list"
    elif attributes.get("name", "").lower() == "referrer" and content != REFERRER:
        yield f"<meta name=referrer> says {_shown(content)}"


def _is_abroad(url: str) -> bool:
    return bool(_ABROAD.match(url)) or url.startswith("//")


# -- a page -------------------------------------------------------------------------------------


@dataclass
class _Page:
    """One page while it is read."""

    path: str
    root: Path | None
    faults: list[tuple[int, str]] = field(default_factory=list)  # number of the piece, what
    stack: list[_Piece] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    references: list[tuple[int, str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    svg: int = 0  # how many <svg> are open
    quiet: int = 0  # how many elements are open whose text is none of the record's
    policies: int = 0
    fetched: bool = False

    def read(self, pieces: list[str]) -> None:
        """Alternately text and tag, beginning with text."""
        for number, raw in enumerate(pieces):
            if number % 2 == 0:
                self._text(number, raw)
                continue
            piece = _piece(raw)
            for fault in piece.faults:
                self.faults.append((number, fault))
            if piece.kind == "close":
                self._close(number, piece.name)
            elif piece.kind:
                self._element(number, piece)
                if piece.kind == "open":
                    self._open(piece)
        if self.stack:
            names = ", ".join(f"<{p.name}>" for p in self.stack)
            self.faults.append((len(pieces) - 1, f"never closed: {names}"))
        for number, name in self.references:
            if name not in self.ids:
                self.faults.append((number, f"refers to the id {_shown(name)}, which is not there"))
        if not self.policies:
            self.faults.append((0, "there is no Content-Security-Policy"))

    def _text(self, number: int, raw: str) -> None:
        if "<" in raw:
            self.faults.append((number, f"a stray {_shown(raw[raw.index('<') :])}"))
        if self.stack and self.stack[-1].name == "script":
            self._inside_script(number, raw)
        elif raw and not self.quiet:
            self.words.append(raw)
        if _CONTROL.search(raw):
            self.faults.append((number, f"a control character in {_shown(raw.strip())}"))

    def _inside_script(self, number: int, raw: str) -> None:
        attributes = self.stack[-1].attributes
        if attributes.get("type") != "application/ld+json":
            if raw.strip():
                self.faults.append((number, "a script inside the page"))
            return
        try:
            json.loads(raw)
        except ValueError:
            self.faults.append((number, "JSON-LD that cannot be read"))

    def _open(self, piece: _Piece) -> None:
        self.stack.append(piece)
        self.svg += piece.name == "svg"
        self.quiet += _is_quiet(piece)

    def _close(self, number: int, name: str) -> None:
        if not self.stack or self.stack[-1].name != name:
            inside = f"<{self.stack[-1].name}>" if self.stack else "nothing"
            self.faults.append((number, f"</{name}> ends {inside}"))
            return
        piece = self.stack.pop()
        self.svg -= name == "svg"
        self.quiet -= _is_quiet(piece)

    def _element(self, number: int, piece: _Piece) -> None:
        name, attributes = piece.name, piece.attributes
        foreign = name in SVG_TAGS and (self.svg or name == "svg")
        if not foreign and (self.svg or name not in TAGS):
            self.faults.append((number, f"<{name}> {'inside' if self.svg else 'outside of'} <svg>"))
        for found in piece.ids:
            if found in self.ids:
                self.faults.append((number, f"the id {_shown(found)} stands twice"))
            self.ids.add(found)
        self.references += [(number, name) for name in piece.references]
        for url in piece.addresses:
            self._address(number, url)
        if name == "script":
            self._script(number, attributes)
        if name == "meta" and attributes.get("http-equiv", "").lower() == "content-security-policy":
            self.policies += 1
            if self.fetched or self.policies > 1:
                self.faults.append((number, "the Content-Security-Policy does not come first"))
        self.fetched = self.fetched or name in ("script", "link", "img", "body")

    def _address(self, number: int, url: str) -> None:
        if url.startswith("#") and len(url) > 1:
            self.references.append((number, unquote(url[1:])))
        elif not _SCHEME.match(url) and not url.startswith("/"):
            path = unquote(re.split(r"[?#]", url)[0])
            joined = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), path))
            if joined == ".." or joined.startswith("../"):
                self.faults.append((number, f"{_shown(url)} leads out of the site"))

    def _script(self, number: int, attributes: Mapping[str, str]) -> None:
        source = attributes.get("src")
        if source is None:
            if attributes.get("type") != "application/ld+json":
                self.faults.append((number, "a script inside the page"))
            return
        source = re.split(r"[?#]", source)[0]
        if source.startswith("/"):  # the page for wrong addresses, which lies anywhere
            path = source[source.find("/assets/") + 1 :]
        else:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), source))
        if not _SCRIPT.fullmatch(path) or attributes.get("type", "module") != "module":
            self.faults.append((number, f"the script {_shown(source)} is none of ours"))
        elif self.root and not (self.root / path).is_file():
            self.faults.append((number, f"the script {_shown(source)} is not there"))


def _is_quiet(piece: _Piece) -> bool:
    """Whether the text of an element stands in the middle of a record's own without being part of
    it: the number of a source note, the definition of a term."""
    classes = piece.attributes.get("class", "").split()
    return (piece.name == "sup" and "noteref" in classes) or "tip" in classes


def faults_of(
    markup: str, path: str, wording: Iterable[str] = (), root: Path | None = None
) -> list[str]:
    """What is wrong with one page at `path`: a line for each fault, with its place.

    `wording` are texts that must stand in the page, word for word; white space does not count.
    """
    start = re.match(r"\s*<!doctype html>", markup, re.IGNORECASE)
    begin = start.end() if start else 0
    pieces = _PIECES.split(markup[begin:])
    page = _Page(path, root)
    if not start:
        page.faults.append((0, "does not begin with <!doctype html>"))
    page.read(pieces)
    found = []
    for number, fault in sorted(page.faults):
        line = 1 + markup.count("\n", 0, begin + sum(map(len, pieces[:number])))
        found.append(f"{path}:{line}: {fault}")
    missing = _missing(page.words, wording)
    return found + [f"{path}:1: this text of the record is not there: {_shown(t)}" for t in missing]


def _missing(words: list[str], wording: Iterable[str]) -> list[str]:
    wanted = [squashed for text in wording if (squashed := _squashed(text))]
    if not wanted:
        return []
    there = _squashed(html.unescape("".join(words)))
    return [text for text in wanted if text not in there]


def _squashed(text: str) -> str:
    """Text without white space, which HTML does not keep."""
    return re.sub(r"[ \t\n\r\f]+", "", text)


class NotSealed(Exception):
    """Pages hold something that must not be published. Says what and where."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        more = [f"… and {len(faults) - MAX_SHOWN:,} more"] if len(faults) > MAX_SHOWN else []
        head = "The finished pages hold what they must not; the site stays as it was."
        super().__init__("\n".join([head, *faults[:MAX_SHOWN], *more]))


def gate(
    root: Path, pages: Iterable[str], wording: Mapping[str, Iterable[str]] | None = None
) -> list[str]:
    """What is wrong with `pages`, files below `root`: nothing, if they may be published.

    `wording` gives, for a page, the texts that must stand in it. Each page is judged on its own,
    so the work can be shared out, and only pages that changed need to be judged again.
    """
    known = wording or {}
    return [
        fault
        for page in pages
        for fault in faults_of(
            (root / page).read_text(encoding="utf-8"), page, known.get(page, ()), root
        )
    ]
