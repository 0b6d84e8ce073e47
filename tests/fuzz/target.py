"""What must hold for any bytes, wherever they come from: a fuzzer, hypothesis, a list."""

from __future__ import annotations

import unicodedata

from generator import characters, prose, seal
from generator.exports.csvs import cell
from generator.fmt import CannotFormat, formatted
from generator.indexes import slug
from generator.jsonld import script
from generator.load import record_from
from generator.model import BY_FOLDER
from generator.pages import safe

FOLDERS = tuple(BY_FOLDER)


def one_input(data: bytes) -> None:
    """No traceback, every problem with a place, everything that comes out on its list."""
    folder = FOLDERS[data[0] % len(FOLDERS)] if data else "topics"
    loads(data, folder)
    text = data.decode("utf-8", "replace")
    for odd in characters.odd(text):
        assert 0 <= odd.index < len(text)
    if not characters.odd(text):
        writes(text)


def loads(data: bytes, folder: str) -> None:
    """The loader and `fmt`."""
    path = f"content/{folder}/x.yml"
    record, problems = record_from(data, path)
    assert (record is None) == any(p.level == "error" for p in problems) or problems == []
    for problem in problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message
    try:
        form = formatted(data, path, BY_FOLDER[folder])
    except CannotFormat:
        return
    assert formatted(form, path, BY_FOLDER[folder]) == form
    again, _ = record_from(form, path)
    assert (again is None) == (record is None)


def writes(text: str) -> None:
    """Prose and the encoders, for text that may stand in a record."""
    for rich in (False, True):
        tree = prose.parse(text, rich)
        markup = prose.to_html(tree, lambda _: prose.Target("../x/", "x"), lambda *_: (1, "n", "m"))
        page = f"<!doctype html><main>{markup}<i id='n'></i></main>".replace(
            "<i id='n'>", '<i id="n">'
        )
        faults = [
            f
            for f in seal.faults_of(page, "topics/x/index.html")
            if "stands twice" not in f and "Security-Policy" not in f
        ]
        assert faults == [], (text, markup, faults)
        prose.plain(tree, {}.get)
        prose.to_markdown(tree, lambda _: None, lambda *_: (1, "n", "m"))
    assert not set(str(safe(text))) & set("<>\"'")
    assert not set(str(script({"x": text}))) & set("<>&")
    assert cell(text)[:1] not in ("=", "+", "@", "\t")
    assert len(slug(text)) <= 64
    assert unicodedata.is_normalized("NFC", text)
