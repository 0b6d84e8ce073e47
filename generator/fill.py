"""Prose filled to a width, with the same meaning: what may be broken, and what may not."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from generator import prose

#: A word; a link to a record or a source note counts as one, spaces and all.
_WORD = re.compile(r"(?:\[\[[^\[\]]*\]\]|\[@[^\[\]]*\]|\S)+")
#: What would begin a list, heading, quotation, table or rule at the start of a line.
_STARTS_A_BLOCK = re.compile(r"[-+*]$|\d{1,9}[.)]$|#{1,6}$|[>|<]|[-=:|]+$|`{3}|~{3}|\*\*\*+$|___+$")


def wrapped(text: str, width: int) -> list[str]:
    """The lines of a piece of prose with its paragraphs filled to `width`.

    Lists and quotations stay as they are built; headings and tables are not touched. Where
    filling would change what the Markdown means, the lines stay as they were.
    """
    text = re.sub(r"\A\n+|\s+\Z", "", text)
    lines = text.split("\n")
    out: list[str] = []
    done = 0
    tokens = prose.tokens(text)
    for token, inline in pairwise(tokens):
        if token.type == "paragraph_open" and token.map and token.map[0] >= done:
            start, end = token.map
            out += lines[done:start]
            out += _filled(lines[start:end], inline.content, width)
            done = end
    out += lines[done:]
    rows: list[str] = []
    for row in (row.rstrip() for row in out):
        if row or (rows and rows[-1]):
            rows.append(row)
    before = meaning(prose.parse(text, rich=True).blocks)
    if meaning(prose.parse("\n".join(rows), rich=True).blocks) == before:
        return rows
    return [row.rstrip() if not row.endswith("  ") else row.rstrip() + "\\" for row in lines]


def _filled(lines: list[str], content: str, width: int) -> list[str]:
    """One paragraph, behind the hyphens and signs its first line begins with."""
    first = content.split("\n", maxsplit=1)[0].rstrip()
    row = lines[0].rstrip()
    if not row.endswith(first):
        return lines
    prefix = row[: len(row) - len(first)]
    next_prefix = re.sub(r"[^>\s]", " ", prefix)
    out: list[str] = []
    segments = re.split(r"(?: {2,}|(?<!\\)\\)\n", content)
    for n, segment in enumerate(segments):
        words: list[str] = []
        for word in (" ".join(w.split()) for w in _WORD.findall(segment)):
            if words and _STARTS_A_BLOCK.match(word):
                words[-1] += " " + word
            else:
                words.append(word)
        line = ""
        for word in words:
            lead = next_prefix if out else prefix
            if line and len(lead) + len(line) + 1 + len(word) > width:
                out.append(lead + line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        out.append(
            (next_prefix if out else prefix) + line + ("\\" if n < len(segments) - 1 else "")
        )
    return out


def meaning(nodes: list[prose.Node]) -> list[Any]:
    """Prose as nested lists, in which a line break and a space are the same."""
    out: list[Any] = []
    for node in nodes:
        if node.kind in ("text", "space"):
            text = " " if node.kind == "space" else node.value
            if out and isinstance(out[-1], str):
                text = out.pop() + text
            out.append(re.sub(r"\s+", " ", text))
        else:
            extra = " ".join(node.extra.split())
            out.append((node.kind, node.value, extra, meaning(node.children)))
    return out
