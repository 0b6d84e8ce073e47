"""Contributors' Markdown to one safe tree, and the tree to HTML, Markdown and plain text.

Prose is a small part of Markdown: paragraphs, emphasis, lists, quotations, links, and in rich
prose headings and tables. Two things are added: `[[id]]` or `[[id|words]]` links to a record, and
`[@source]` or `[@source, p. 2]` makes a numbered source note. Raw HTML, images and code are
problems, and come out as the text that was typed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from generator.characters import host_fault
from generator.fields import ID_PATTERN, MAX_ID
from generator.problems import Rule

RULES = (
    Rule(
        "SB301",
        "error",
        "Prose has no HTML, images or code.",
        "body: a <b>bold</b> move",
        "body: a **bold** move",
    ),
    Rule(
        "SB302",
        "error",
        "Headings and tables stand only in pages and in briefing sections.",
        "summary: |\n  # The talks",
        "summary: |\n  The talks began at noon.",
    ),
    Rule(
        "SB303",
        "error",
        "Links in prose begin with https:// or mailto:.",
        "[the page](www.mofa.go.jp)",
        "[the page](https://www.mofa.go.jp)",
    ),
    Rule(
        "SB304",
        "error",
        "Links to records are [[id]] or [[id|words]]; notes are [@source, p. 2].",
        "[[Lee Jae-myung]]",
        "[[lee-jae-myung]]",
    ),
)

#: What the sanitiser lets through, and so all that prose can turn into.
TAGS = frozenset(
    "p em strong ul ol li blockquote a br sup h2 h3 h4 "
    "table thead tbody tr th td span button div".split()
)
ATTRIBUTES = {
    "a": {"href", "id", "class", "title", "aria-label", "hreflang"},
    "sup": {"class", "data-pagefind-ignore"},
    "ol": {"start"},
    "span": {"class", "lang", "id", "popover", "data-pagefind-ignore"},
    "button": {"type", "class", "popovertarget"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "th": {"scope"},
    "td": set(),
    "table": {"class"},
    "div": {"class", "tabindex", "role", "aria-label"},
}
#: What every link to another site says.
EXTERNAL_REL = "noopener noreferrer nofollow"
#: The only ids prose brings along: marks of source notes and definitions of terms.
_OWN_IDS = re.compile(r"(mark|tip)-[a-z0-9-]+")

_LINK = re.compile(r"\[\[([^\[\]|]{1,200})(?:\|([^\[\]]{1,300}))?\]\]")
#: What is left of a link or a note that was begun and not ended, or the reverse.
_HALF_LINK = re.compile(r"\[\[|\]\]|\[@")
_HOW_TO_LINK = "Links to records are [[id]] or [[id|words]]; notes are [@source, p. 2]."
_NOTE = re.compile(r"\[@([^\[\],]{1,200})(?:,\s*([^\[\]]{1,200}))?\]")
_ID = re.compile(ID_PATTERN)


@dataclass
class Node:
    """One piece of prose. `kind` is text, em, strong, link, ref, note, paragraph, list, item,
    quote, break, heading, table, row or cell; `value` holds its text, address, id or number."""

    kind: str
    value: str = ""
    extra: str = ""
    children: list[Node] = field(default_factory=list)


@dataclass(frozen=True)
class Fault:
    """Something in prose that is not allowed: rule, message, hint, and the words it stands at."""

    code: str
    message: str
    hint: str
    find: str
    target: str = ""
    """What stands where an id belongs, if that is what is wrong."""


@dataclass
class Prose:
    """Parsed prose: its blocks and what is wrong with it."""

    blocks: list[Node]
    faults: list[Fault]

    def walk(self) -> Iterator[Node]:
        yield from _walk(self.blocks)

    def refs(self) -> Iterator[Node]:
        """Links to records: `value` is the id, `extra` the words, if any."""
        return (node for node in self.walk() if node.kind == "ref")

    def notes(self) -> Iterator[Node]:
        """Source notes: `value` is the id of the source, `extra` the locator, if any."""
        return (node for node in self.walk() if node.kind == "note")


def _walk(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walk(node.children)


# -- parsing ------------------------------------------------------------------------------------


def _ref_rule(state: StateInline, silent: bool) -> bool:
    """`[[id|words]]` and `[@source, locator]`, before Markdown sees a link in them."""
    if state.src[state.pos] != "[":
        return False
    for kind, pattern in (("ref", _LINK), ("note", _NOTE)):
        match = pattern.match(state.src, state.pos, state.posMax)
        if match:
            if not silent:
                token = state.push(kind, "", 0)
                token.content = match[1].strip()
                token.meta = {"extra": (match[2] or "").strip(), "raw": match[0]}
            state.pos = match.end()
            return True
    return False


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("js-default", {"html": True, "linkify": False, "typographer": False})
    parser.inline.ruler.before("link", "record", _ref_rule)
    parser.disable(["strikethrough", "code", "reference"])
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


def tokens(text: str) -> list[Token]:
    """What markdown-it sees in a piece of prose, with the lines of each block."""
    return _markdown().parse(text)


def parse(text: str, rich: bool = False) -> Prose:
    """The tree of a piece of prose. Never raises: what is not allowed becomes a fault and text."""
    faults: list[Fault] = []
    blocks = _Builder(rich, faults).build(tokens(text))
    return Prose(blocks, faults)


class _Builder:
    """Tokens of markdown-it to nodes."""

    def __init__(self, rich: bool, faults: list[Fault]) -> None:
        self.rich = rich
        self.faults = faults

    def build(self, tokens: list[Token]) -> list[Node]:
        root = Node("root")
        stack = [root]
        for token in tokens:
            node = self._node(token)
            if token.nesting == 1:
                node = node or Node("group")
                stack[-1].children.append(node)
                stack.append(node)
            elif token.nesting == -1:
                stack.pop()
            elif token.type == "inline":
                stack[-1].children += self.build(token.children or [])
            elif node:
                stack[-1].children.append(node)
        return root.children

    def _fault(self, code: str, message: str, hint: str, find: str, target: str = "") -> None:
        self.faults.append(Fault(code, message, hint, find.partition("\n")[0][:60], target))

    def _node(self, token: Token) -> Node | None:
        kind = token.type
        if kind == "text" and (match := _HALF_LINK.search(token.content)):
            self._fault("SB304", f"{match[0]} without its other half", _HOW_TO_LINK, match[0])
        if kind in _PLAIN_KINDS:
            return Node(_PLAIN_KINDS[kind], value=token.content)
        if kind in ("ref", "note"):
            return self._record(token)
        if kind == "link_open":
            return self._link(token)
        if kind == "ordered_list_open":
            return Node("list", value=str(token.attrGet("start") or 1))
        if kind == "heading_open":
            if not self.rich:
                self._heading(token.markup)
            return Node("heading" if self.rich else "paragraph", value=token.tag[1:])
        if kind == "table_open":
            if not self.rich:
                self._fault("SB302", "a table", "Write it as a list.", "|")
            return Node("table")
        if kind in ("html_block", "html_inline"):
            self._html(token.content.strip())
            return Node("text", value=token.content)
        if kind in ("code_inline", "fence", "code_block"):
            self._fault("SB301", "code", "Take out the backticks.", token.markup or token.content)
            return Node("text", value=token.content)
        if kind == "image":
            self._fault("SB301", "an image", "Records hold text only.", "![")
            return Node("text", value=token.content)
        if kind == "hr":
            self._fault("SB301", "a horizontal line", "Take it out.", token.markup[:3])
            return Node("text")
        return None

    def _heading(self, markup: str) -> None:
        if markup.startswith("#"):
            self._fault("SB302", "a heading", "Take out the # signs.", f"{markup} ")
        else:
            hint = "Put an empty line above that line, or take it out."
            self._fault("SB302", f"a heading, made by a line of {markup}", hint, markup * 2)

    def _html(self, tag: str) -> None:
        """One fault for a tag and the one that closes it."""
        if not (tag.startswith("</") and any(fault.message == "HTML" for fault in self.faults)):
            hint = "Use *emphasis*, lists and [links](https://…) instead."
            if tag.startswith("<!--"):
                hint = "Remarks to colleagues go into the field notes, which is not published."
            self._fault("SB301", "HTML", hint, tag)

    def _record(self, token: Token) -> Node:
        target, extra = token.content, token.meta["extra"]
        if not _ID.fullmatch(target) or len(target) > MAX_ID:
            what = "a link" if token.type == "ref" else "a note"
            self._fault(
                "SB304",
                f'{what} to "{target}", which is not an id',
                "Write the id of a record.",
                token.meta["raw"],
                target,
            )
            return Node("text", value=token.meta["raw"])
        return Node(token.type, value=target, extra=extra)

    def _link(self, token: Token) -> Node:
        url = str(token.attrGet("href") or "")
        if not re.fullmatch(
            r"https://[a-z0-9.-]+\.[a-z0-9-]+(?:[/?#:][!-~]*)?|mailto:[!-~]+@[!-~]+",
            url,
            re.IGNORECASE,
        ) or re.search(r'["<>\\^`{|}]', url):
            self._fault("SB303", f'a link to "{url}"', "Write the whole address: https://…", url)
            return Node("group")
        if fault := host_fault(urlsplit(url).hostname or ""):
            self._fault("SB303", fault, "Copy the address again from a page you trust.", url)
            return Node("group")
        return Node("link", value=url)


_PLAIN_KINDS = {
    "text": "text",
    "text_special": "text",
    "paragraph_open": "paragraph",
    "em_open": "em",
    "strong_open": "strong",
    "bullet_list_open": "list",
    "list_item_open": "item",
    "blockquote_open": "quote",
    "softbreak": "space",
    "hardbreak": "break",
    "thead_open": "head",
    "tbody_open": "rows",
    "tr_open": "row",
    "th_open": "header",
    "td_open": "cell",
}


# -- plain text ---------------------------------------------------------------------------------

#: The words a link to a record shows where it brings none of its own; None if there is none.
Titles = Callable[[str], str | None]


def plain(prose: Prose, titles: Titles) -> str:
    """The words alone, one paragraph, item or cell a line, without notes."""
    return "\n".join(text for block in prose.blocks if (text := _plain_block(block, titles)))


def paragraphs(prose: Prose, titles: Titles) -> list[str]:
    """The words of each paragraph, heading and cell, without notes, spaces as they are."""
    blocks = _text_blocks(prose.blocks)
    return ["".join(plain_inline(child, titles) for child in block.children) for block in blocks]


def _plain_block(node: Node, titles: Titles) -> str:
    if node.kind in ("list", "quote", "table", "head", "rows", "item", "root"):
        parts = [_plain_block(child, titles) for child in node.children]
        return "\n".join(part for part in parts if part)
    if node.kind == "row":
        return " | ".join(_plain_block(child, titles) for child in node.children)
    return tidy("".join(plain_inline(child, titles) for child in node.children) or node.value)


def plain_inline(node: Node, titles: Titles) -> str:
    if node.kind == "note":
        return ""
    if node.kind == "ref":
        return node.extra or titles(node.value) or node.value
    if node.kind in ("space", "break"):
        return " "
    if node.kind == "text":
        return node.value
    return "".join(plain_inline(child, titles) for child in node.children)


def tidy(text: str) -> str:
    """Runs of white space as one space, and none before a full stop or comma."""
    return re.sub(r" +([.,;:!?])(?=\s|$)", r"\1", " ".join(text.split()))


_SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\b(?:Mr|Ms|Dr|St|No)\.)\s+(?=[\"“‘(]?\0?[A-Z0-9])"
)
#: A source note that stands after the full stop of the sentence it belongs to.
_NOTE_BEHIND = re.compile(r"([.!?][\"”’)]*)\s*\x01")


def sentences_with(prose: Prose, target: str, titles: Titles) -> list[str]:
    """The sentences in which a link or note leads to `target`, as plain text, each once."""
    found: list[str] = []
    for block in _text_blocks(prose.blocks):
        if not any(n.value == target and n.kind in ("ref", "note") for n in _walk(block.children)):
            continue
        marked = "".join(_marked_inline(child, target, titles) for child in block.children)
        marked = _NOTE_BEHIND.sub("\0\\1 ", marked).replace("\x01", "\0")
        for sentence in _SENTENCE_END.split(" ".join(marked.split())):
            if "\0" in sentence:
                text = tidy(sentence.replace("\0", ""))
                if text and text not in found:
                    found.append(text)
    return found


def _text_blocks(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        if node.kind in ("paragraph", "heading", "cell", "header"):
            yield node
        else:
            yield from _text_blocks(node.children)


def _marked_inline(node: Node, target: str, titles: Titles) -> str:
    if node.kind == "note":
        return "\x01" if node.value == target else ""
    if node.kind == "ref":
        words = plain_inline(node, titles)
        return f"\0{words}" if node.value == target else words
    if node.children:
        return "".join(_marked_inline(child, target, titles) for child in node.children)
    return plain_inline(node, titles)


# -- HTML ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """Where a link to a record leads from the page at hand."""

    href: str
    title: str
    tip: str = ""
    """A definition to show beside the link, where this is the first use of a term on its page."""
    tip_id: str = ""


#: A record's id to its target, or None where no such record exists.
Resolve = Callable[[str], Target | None]
#: Source id, locator and quotation to the number of the note and its HTML ids (note, mark).
AddNote = Callable[[str, str], tuple[int | str, str, str]]


def to_html(prose: Prose, resolve: Resolve, add_note: AddNote, heading_base: int = 0) -> str:
    """Finished, sanitised HTML. The highest heading is an h2, or `heading_base` levels below."""
    levels = sorted({node.value for node in prose.walk() if node.kind == "heading"})
    ranks = {level: min(2 + heading_base + n, 4) for n, level in enumerate(levels)}
    writer = _Html(resolve, add_note, ranks)
    return sanitise("\n".join(writer.block(block) for block in prose.blocks)).translate(_FENCES)


#: MkDocs looks for fences of code before it looks for HTML, inside of it as well: three of these at
#: the beginning of a line of finished prose would begin one.
_FENCES = {ord("`"): "&#96;", ord("~"): "&#126;"}


def sanitise(markup: str) -> str:
    """`markup` with nothing in it but what prose may turn into."""
    return str(
        nh3.clean(
            markup,
            tags=set(TAGS),
            attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
            url_schemes={"https", "mailto"},
            tag_attribute_values={"a": {"rel": {EXTERNAL_REL}}},
            link_rel=None,
            attribute_filter=_own_ids_only,
        )
    )


def _own_ids_only(tag: str, name: str, value: str) -> str | None:
    return value if name != "id" or _OWN_IDS.fullmatch(value) else None


def escape(text: str) -> str:
    return html.escape(text, quote=True)


def _notes_close_up(nodes: list[Node]) -> list[Node]:
    """The nodes without the space before a source note, which stands close to its word."""
    out: list[Node] = []
    for node in nodes:
        if node.kind == "note" and out:
            if out[-1].kind == "space":
                out.pop()
            elif out[-1].kind == "text":
                out[-1] = Node("text", out[-1].value.rstrip(" "))
        out.append(node)
    return out


class _Html:
    def __init__(self, resolve: Resolve, add_note: AddNote, levels: dict[str, int]) -> None:
        self.resolve = resolve
        self.add_note = add_note
        self.levels = levels  # of headings: as they are typed, as they are written
        self.under = ""  # the heading above what is written

    def inner(self, node: Node) -> str:
        return "".join(self.inline(child) for child in _notes_close_up(node.children))

    def blocks(self, node: Node) -> str:
        return "".join(self.block(child) for child in node.children)

    def block(self, node: Node) -> str:
        match node.kind:
            case "paragraph":
                return f"<p>{self.inner(node)}</p>"
            case "list" if node.value:
                return f'<ol start="{int(node.value)}">{self.blocks(node)}</ol>'
            case "list":
                return f"<ul>{self.blocks(node)}</ul>"
            case "item":
                return f"<li>{self._item(node)}</li>"
            case "quote":
                return f"<blockquote>{self.blocks(node)}</blockquote>"
            case "heading":
                level = self.levels[node.value]
                self.under = _plain_block(node, lambda _: None)
                return f"<h{level}>{self.inner(node)}</h{level}>"
            case "table":
                # Tables with the same columns are told apart by the headings they stand under.
                head = _plain_block(node.children[0], lambda _: None) if node.children else ""
                label = escape(": ".join(filter(None, [self.under, head])))
                return (
                    f'<div class="table-region" tabindex="0" role="region" aria-label="{label}">'
                    f'<table class="data">{self.blocks(node)}</table></div>'
                )
            case "head":
                return f"<thead>{self.blocks(node)}</thead>"
            case "rows":
                return f"<tbody>{self.blocks(node)}</tbody>"
            case "row":
                return f"<tr>{self.blocks(node)}</tr>"
            case "header":
                return f'<th scope="col">{self.inner(node)}</th>'
            case "cell":
                return f"<td>{self.inner(node)}</td>"
        return f"<p>{self.inline(node)}</p>"

    def _item(self, node: Node) -> str:
        """A list item; a single paragraph in it goes without its tags."""
        if len(node.children) == 1 and node.children[0].kind == "paragraph":
            return self.inner(node.children[0])
        return self.blocks(node)

    def inline(self, node: Node) -> str:
        match node.kind:
            case "text":
                return escape(node.value)
            case "space":
                return "\n"
            case "break":
                return "<br>"
            case "em" | "strong":
                return f"<{node.kind}>{self.inner(node)}</{node.kind}>"
            case "link":
                return (
                    f'<a href="{escape(node.value)}" class="external" rel="{EXTERNAL_REL}">'
                    f"{self.inner(node)}</a>"
                )
            case "ref":
                return self._ref(node)
            case "note":
                return self._note(node)
        return self.inner(node)

    def _ref(self, node: Node) -> str:
        target = self.resolve(node.value)
        words = escape(node.extra or (target.title if target else node.value))
        if target is None:
            return words
        link = f'<a href="{escape(target.href)}">'
        if not target.tip:
            return f"{link}{words}</a>"
        # A popover opens and closes by mouse, key and touch without a script.
        return (
            f'<button type="button" class="term" popovertarget="{target.tip_id}">{words}</button>'
            f'<span popover="" id="{target.tip_id}" class="tip" data-pagefind-ignore="">'
            f"{link}{escape(target.title)}</a>: {escape(target.tip)}</span>"
        )

    def _note(self, node: Node) -> str:
        number, note_id, mark_id = self.add_note(node.value, node.extra)
        return (
            f'<sup class="noteref" data-pagefind-ignore=""><a id="{mark_id}" href="#{note_id}" '
            f'aria-label="Source note {number}">{number}</a></sup>'
        )


# -- Markdown -----------------------------------------------------------------------------------


def to_markdown(prose: Prose, resolve: Resolve, add_note: AddNote) -> str:
    """Markdown for the plain twin of a page, with links resolved and notes as `[^n]`."""
    return "\n\n".join(_md_block(block, resolve, add_note) for block in prose.blocks)


@lru_cache(16_384)
def md_escape(text: str) -> str:
    """Text in which nothing is read as Markdown or HTML."""
    return re.sub(r"([\\`*_{}\[\]<>#|~!&])", r"\\\1", text)


def _md_block(node: Node, resolve: Resolve, add_note: AddNote, indent: str = "") -> str:
    def inner(of: Node) -> str:
        children = _notes_close_up(of.children)
        return "".join(_md_inline(child, resolve, add_note) for child in children)

    match node.kind:
        case "list":
            first = int(node.value or 0)
            items = []
            for n, item in enumerate(node.children):
                mark = f"{first + n}. " if node.value else "- "
                parts = [_md_block(c, resolve, add_note) for c in item.children]
                items.append(mark + "\n".join(parts).replace("\n", "\n" + " " * len(mark)))
            return "\n".join(items)
        case "quote":
            parts = [_md_block(c, resolve, add_note) for c in node.children]
            return "> " + "\n\n".join(parts).replace("\n", "\n> ")
        case "heading":
            return "#" * (int(node.value) + 1) + " " + inner(node)
        case "table":
            rows = [row for part in node.children for row in part.children]
            lines = ["| " + " | ".join(inner(cell) for cell in row.children) + " |" for row in rows]
            if rows:
                lines.insert(1, "|" + " --- |" * len(rows[0].children))
            return "\n".join(lines)
    text = inner(node) or md_escape(node.value)
    # What would begin a list or a heading's underline is text here.
    return re.sub(r"^([-+=]|\d{1,9}(?=[.)]))", lambda m: _md_start(m[0]), text)


def _md_start(mark: str) -> str:
    return f"&#{ord(mark[0])};{mark[1:]}" if mark.isdigit() else f"\\{mark}"


def _md_inline(node: Node, resolve: Resolve, add_note: AddNote) -> str:
    children = _notes_close_up(node.children)
    inner = "".join(_md_inline(child, resolve, add_note) for child in children)
    match node.kind:
        case "text":
            return md_escape(node.value)
        case "space":
            return " "
        case "break":
            return "  \n"
        case "em":
            return f"*{inner}*"
        case "strong":
            return f"**{inner}**"
        case "link":
            return f"[{inner}](<{node.value}>)"
        case "ref":
            target = resolve(node.value)
            words = md_escape(node.extra or (target.title if target else node.value))
            return f"[{words}](<{target.href}>)" if target else words
        case "note":
            return f"[^{add_note(node.value, node.extra)[0]}]"
    return inner
