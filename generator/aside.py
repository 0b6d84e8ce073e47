"""Finished HTML in Markdown: set aside before an engine reads a page, and put back behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

#: What the front matter has for the head of a page, as JSON.
_HEAD = re.compile(r'\A(---\n\{\n(?: .*\n)*? "head": )(".*")')
_BLOCK = re.compile(r"<([a-z]+)[ >]")
_MARK = '<div data-aside="{}"></div>'
_MARKS = re.compile(r'<div data-aside="(\d+)"></div>')


def set_aside(text: str) -> tuple[str, list[str]]:
    """A page of Markdown with marks in place of its finished HTML, and that: what goes into the
    head, then blocks, those that follow one another as one.

    Markdown passes such a block through as it is, but goes through each of its tags first, which
    takes most of the time a page needs.
    """
    blocks: list[str] = []

    def mark(block: str) -> str:
        blocks.append(block)
        return _MARK.format(len(blocks) - 1)

    text = _HEAD.sub(lambda head: head[1] + json.dumps(mark(json.loads(head[2]))), text)
    pieces: list[str] = []
    for piece in text.split("\n\n"):
        if not _is_block(piece):
            pieces.append(piece)
        elif pieces and pieces[-1] == _MARK.format(len(blocks) - 1):
            blocks[-1] += "\n\n" + piece.rstrip("\n")
        else:
            pieces.append(mark(piece.rstrip("\n")))
    return "\n\n".join(pieces), blocks


def _is_block(piece: str) -> bool:
    tag = _BLOCK.match(piece)
    # The theme asks for the heading of a page.
    return bool(tag and _is_whole(piece, tag[1]) and "<h1" not in piece)


def _is_whole(piece: str, tag: str) -> bool:
    """Whether an element begins a piece and ends with it."""
    ends = piece.rstrip("\n").endswith(f"</{tag}>")
    return ends and piece.count(f"<{tag} ") + piece.count(f"<{tag}>") == piece.count(f"</{tag}>")


def put_back(html: str, blocks: Sequence[str]) -> str:
    """A finished page with its blocks in place of the marks."""
    return _MARKS.sub(lambda mark: blocks[int(mark[1])], html)
