"""Defects planted in our own guards: each is caught by the check that is named for it."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nh3
import pytest
from markupsafe import Markup

from generator import characters, files, jsonld, pages, prose, seal
from generator import tree as yaml_tree

# -- the checks: each passes, and fails where its guard has a defect ------------------------------


def check_sanitiser(tmp: Path) -> None:
    """The sanitiser lets through what is on its list and nothing else."""
    hostile = (
        '<script>x</script><p onclick="x" style="x" id="main" class="c">t</p><img src="x">'
        '<a href="javascript:x">j</a><a href="data:x">d</a><a href="http://e.org">h</a>'
        '<a href="https://e.org" target="_blank" rel="opener">s</a><span id="tip-a">k</span>'
        '<iframe src="x"></iframe><svg onload="x"></svg><span id="q">q</span><form></form>'
    )
    assert prose.sanitise(hostile) == (
        "<p>t</p><a>j</a><a>d</a><a>h</a>"
        '<a href="https://e.org">s</a><span id="tip-a">k</span><span>q</span>'
    )


def check_prose_escapes(tmp: Path) -> None:
    """Text in prose stays text, without the sanitiser too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prose, "sanitise", lambda markup: markup)
        tree = prose.parse("a <b onclick='x'> & \"c\" [[x|<i>]]")
        html = prose.to_html(tree, lambda _: prose.Target('"><u>', "t"), lambda *_: (0, "", ""))
    assert "<b" not in html
    assert "<i" not in html
    assert "<u" not in html
    assert "&amp; &quot;c&quot;" in html


def check_links(tmp: Path) -> None:
    """A link leads to https: or by mail."""
    for url in ("javascript:x", "data:x", "http://e.org", "//e.org", "https://a@e.org@", "/x"):
        assert prose.parse(f"[x](<{url}>)").faults, url
    assert not prose.parse("[x](https://e.org)").faults


def check_page_encoder(tmp: Path) -> None:
    """Text on pages is neither markup nor Markdown, in elements and attributes."""
    getattr(pages.safe, "cache_clear", lambda: None)()  # it may remember what it made before
    text = str(pages.safe("<b a=\"c\" d='e'>&*_`{}[]()#!|~^=$:@"))
    assert re.fullmatch(r"(?:[a-z ]|&#\d+;)+", text), text


def check_page_default(tmp: Path) -> None:
    """What a template prints is encoded unless it is markup already."""
    template = pages.environment().from_string("{{ a }}|{{ b }}")
    assert template.render(a="<b>", b=Markup("<i>")) == "&#60;b&#62;|<i>"


def check_json_ld(tmp: Path) -> None:
    """JSON in a page cannot end its element."""
    text = str(jsonld.script({"name": "</script><!--<script>&'\u2028"}))
    assert not re.search(r"[<>&]", text)
    assert json.loads(text)["name"].startswith("</script>")


def check_gate(tmp: Path) -> None:
    """The gate names each kind of defect."""
    head = f"<!doctype html><html><head>{seal.POLICY_TAG}</head><body>"
    for body in (
        "<script>x</script>",
        "<p onclick='x'>y</p>",
        '<p onclick="x">y</p>',
        '<a href="javascript:x">y</a>',
        '<img src="https://e.org/x" alt="">',
        '<p id="a"></p><p id="a"></p>',
        "<iframe></iframe>",
        '<script src="../x.js"></script>',
        '<a href="../../x">y</a>',
        '<a href="https://e.org/">y</a>',
        '<meta http-equiv="refresh" content="0; url=https://e.org/">',
        '<script type="application/ld+json">{</script>',
    ):
        assert seal.faults_of(f"{head}{body}</body></html>", "x/index.html"), body
    assert seal.faults_of(f"{head}<p>y</p></body></html>", "x/index.html", ["z"])
    assert seal.faults_of("<!doctype html><html><body></body></html>", "x/index.html")
    assert not seal.faults_of(f"{head}<p>y z</p></body></html>", "x/index.html", ["z"])


def check_join(tmp: Path) -> None:
    """No path leads out of its folder."""
    root = tmp / "root"
    root.mkdir(exist_ok=True)
    (tmp / "root-beside").mkdir(exist_ok=True)
    with contextlib.suppress(FileExistsError):
        (root / "link").symlink_to(tmp)
    for part in ("../x", "/etc/passwd", "../root-beside/x", "a/../../x", "link/x"):
        with pytest.raises(ValueError, match="leads out"):
            files.safe_join(root, part)


def check_reader(tmp: Path) -> None:
    """Only regular files of a size are read."""
    (tmp / "file").write_bytes(b"x")
    with contextlib.suppress(FileExistsError):
        (tmp / "link-to-file").symlink_to("file")
    with pytest.raises(OSError, match=r"."):
        files.read_plain(tmp / "link-to-file")
    with pytest.raises(OSError, match=r"."):
        files.read_plain(tmp)
    with (tmp / "large").open("wb") as large:
        large.truncate(5 * 1024 * 1024)
    with pytest.raises(OSError, match="larger"):
        files.read_plain(tmp / "large")


def check_writer(tmp: Path) -> None:
    """A file holds the old or the new, the new is on the disk first, nothing is left over."""
    folder = tmp / "written"
    folder.mkdir(exist_ok=True)
    path = folder / "x"
    path.write_bytes(b"old")
    calls: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        fsync, replace = os.fsync, Path.replace

        def syncing(handle: int) -> None:
            calls.append("sync")
            assert path.read_bytes() == (b"old" if len(calls) == 1 else b"new")
            fsync(handle)

        def replacing(self: Path, target: Path) -> Path:
            calls.append("rename")
            assert self.read_bytes() == b"new"
            return replace(self, target)

        patch.setattr(files.os, "fsync", syncing)
        patch.setattr(Path, "replace", replacing)
        files.write_atomic(path, b"new", b"old")
    assert calls == ["sync", "rename", "sync"]
    assert path.read_bytes() == b"new"
    with pytest.raises(files.Changed):
        files.write_atomic(path, b"newer", b"old")
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in folder.iterdir()] == ["x"]


def check_lock(tmp: Path) -> None:
    """A lock is held by one."""
    with (
        files.locked(tmp / "lock", "x"),
        pytest.raises(files.MachineError),
        files.locked(tmp / "lock", "x"),
    ):
        pass


def check_characters(tmp: Path) -> None:
    """Characters that hide, turn or deceive are problems."""
    for text in ("a\u200bb", "a\u202eb", "a\u00a0b", "e\u0301", "a\ue000", "Tr\u0430de"):
        for typed in (text, '"' + "".join(f"\\U{ord(c):08x}" for c in text) + '"'):
            record, problems = yaml_tree.parse(f"a: {typed}\n".encode(), "x.yml")
            assert problems, (record, typed)


def check_limits(tmp: Path) -> None:
    """Size, depth, number, tags, anchors and second documents are refused."""
    for text in (
        "a: " + "x" * 300_000,
        "".join(f"{' ' * n}a:\n" for n in range(20)),
        "a:\n" + "  - x\n" * 6_000,
        "a: !x y",
        "a: &x y",
        "a: x\n---\na: y",
        "a: x\na: y",
    ):
        assert yaml_tree.parse(text.encode(), "x.yml")[1], text[:20]


# -- the defects ----------------------------------------------------------------------------------

Plant = Callable[[pytest.MonkeyPatch], None]


def attribute(owner: Any, name: str, value: Any) -> Plant:
    """A defect that replaces something."""
    return lambda patch: patch.setattr(owner, name, value)


def entry(owner: Any, key: str, value: Any) -> Plant:
    """A defect that changes an entry of a table."""
    return lambda patch: patch.setitem(owner, key, value)


def sanitiser(**more: Any) -> Plant:
    """A defect in how the sanitiser is called."""
    clean = nh3.clean

    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(nh3, "clean", lambda markup, **given: clean(markup, **{**given, **more}))

    return plant


def wrong_join(root: Path, *parts: str) -> Path:
    path = root.resolve().joinpath(*parts).resolve()
    if not str(path).startswith(str(root.resolve())):
        raise ValueError(f"{parts} leads out of {root}")
    return path


def join_without_links(root: Path, *parts: str) -> Path:
    path = Path(os.path.normpath(root.joinpath(*parts)))
    if not path.is_relative_to(root):
        raise ValueError(f"{parts} leads out of {root}")
    return path


def write_in_place(path: Path, data: bytes, before: object = None) -> None:
    if before is not None and path.read_bytes() != before:
        raise files.Changed
    path.write_bytes(data)


def write_unsynced(path: Path, data: bytes, before: object = None) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(data)
    temporary.replace(path)


def without(text: str, owner: Any, name: str) -> Plant:
    """A defect that takes something out of the lists of a pattern."""
    pattern = getattr(owner, name)
    changed = re.compile(pattern.pattern.replace(text, "", 1), pattern.flags)
    assert changed.pattern != pattern.pattern
    return attribute(owner, name, changed)


@contextlib.contextmanager
def no_lock(path: Path, purpose: str) -> Iterator[None]:
    yield


MUTANTS: dict[str, tuple[Callable[[Path], None], Plant]] = {
    "sanitiser off": (check_sanitiser, attribute(prose, "sanitise", lambda m: m)),
    "sanitiser lets img": (check_sanitiser, attribute(prose, "TAGS", prose.TAGS | {"img"})),
    "sanitiser lets script": (
        check_sanitiser,
        sanitiser(tags={*prose.TAGS, "script"}, clean_content_tags=set()),
    ),
    "sanitiser lets form": (check_sanitiser, attribute(prose, "TAGS", prose.TAGS | {"form"})),
    "sanitiser lets onclick": (
        check_sanitiser,
        sanitiser(attributes={"p": {"onclick"}, "a": {"href"}, "span": {"id"}}),
    ),
    "sanitiser lets style": (check_sanitiser, entry(prose.ATTRIBUTES, "p", {"style"})),
    "sanitiser lets javascript": (
        check_sanitiser,
        sanitiser(url_schemes={"https", "mailto", "javascript"}),
    ),
    "sanitiser lets data": (check_sanitiser, sanitiser(url_schemes={"https", "mailto", "data"})),
    "sanitiser lets http": (check_sanitiser, sanitiser(url_schemes={"https", "mailto", "http"})),
    "sanitiser lets any id": (check_sanitiser, sanitiser(attribute_filter=None)),
    "sanitiser lets target": (
        check_sanitiser,
        entry(prose.ATTRIBUTES, "a", {"href", "target"}),
    ),
    "prose does not escape": (check_prose_escapes, attribute(prose, "escape", lambda t: t)),
    "prose lets links": (
        check_links,
        attribute(prose._Builder, "_link", lambda self, token: prose.Node("link")),
    ),
    "pages do not encode": (check_page_encoder, attribute(pages, "safe", Markup)),
    "pages forget quotes": (check_page_encoder, without("\"'", pages, "_SPECIAL")),
    "pages forget braces": (check_page_encoder, without("{}", pages, "_SPECIAL")),
    "pages forget brackets": (check_page_encoder, without("<>", pages, "_SPECIAL")),
    "pages forget ampersands": (check_page_encoder, without("&", pages, "_SPECIAL")),
    "pages print as it is": (
        check_page_default,
        lambda patch: patch.setattr(pages.environment(), "finalize", Markup),
    ),
    "json is not escaped": (
        check_json_ld,
        attribute(jsonld, "htmlsafe_json_dumps", lambda value, **_: Markup(json.dumps(value))),
    ),
    "gate lets handlers": (
        check_gate,
        entry(seal.TAGS, "p", frozenset({"onclick"})),
    ),
    "gate lets frames": (check_gate, entry(seal.TAGS, "iframe", frozenset())),
    "gate lets schemes": (check_gate, attribute(seal, "address_faults", lambda url: ())),
    "gate lets scripts": (
        check_gate,
        attribute(seal._Page, "_inside_script", lambda *_: None),
    ),
    "gate lets foreign scripts": (check_gate, attribute(seal, "_SCRIPT", re.compile(".*"))),
    "gate lets links undisowned": (check_gate, attribute(seal, "_DISOWNED", frozenset())),
    "gate lets elements": (check_gate, attribute(seal, "_element_faults", lambda *_: ())),
    "gate lets attributes": (check_gate, attribute(seal, "_attribute_faults", lambda *_: ())),
    "gate lets ways out": (check_gate, attribute(seal._Page, "_address", lambda *_: None)),
    "gate lets text go": (check_gate, attribute(seal, "_missing", lambda *_: [])),
    "gate lets refreshes": (check_gate, attribute(seal, "_meta_faults", lambda *_: ())),
    "gate reads carelessly": (
        check_gate,
        attribute(
            seal, "_TAG", re.compile(r"<(?P<close>/?)(?P<name>\w+)(?P<rest>)(?P<end>)[^>]*>")
        ),
    ),
    "join by prefix": (check_join, attribute(files, "safe_join", wrong_join)),
    "join without links": (check_join, attribute(files, "safe_join", join_without_links)),
    "join without a look": (check_join, attribute(files, "safe_join", Path.joinpath)),
    "reader follows links": (check_reader, attribute(files, "read_plain", Path.read_bytes)),
    "reader without an end": (check_reader, attribute(files, "MAX_PLAIN", 10**9)),
    "writer in place": (check_writer, attribute(files, "write_atomic", write_in_place)),
    "writer without sync": (check_writer, attribute(files, "write_atomic", write_unsynced)),
    "writer does not look again": (check_writer, attribute(files, "_as_before", lambda *_: None)),
    "writer forgets the folder": (check_writer, attribute(files, "sync_folder", lambda _: None)),
    "no lock": (check_lock, attribute(files, "locked", no_lock)),
    "characters off": (check_characters, attribute(characters, "odd", lambda _: [])),
    "hidden characters pass": (check_characters, attribute(characters, "_suspects", lambda _: [])),
    "letters in parts pass": (check_characters, attribute(characters, "_decomposed", lambda _: [])),
    "look-alikes pass": (check_characters, attribute(characters, "_mixed", lambda _: [])),
    "escapes pass": (
        check_characters,
        attribute(yaml_tree._Builder, "_no_odd_escapes", lambda *_: None),
    ),
    "no limit of size": (check_limits, attribute(yaml_tree, "MAX_BYTES", 10**9)),
    "no limit of depth": (check_limits, attribute(yaml_tree, "MAX_DEPTH", 10**9)),
    "no limit of number": (check_limits, attribute(yaml_tree, "MAX_NODES", 10**9)),
    "tags and anchors pass": (
        check_limits,
        attribute(yaml_tree, "_no_tags_or_anchors", lambda *_: None),
    ),
    "fields twice pass": (
        check_limits,
        attribute(
            yaml_tree._Builder,
            "_enter",
            lambda self, fields, key, node: fields.entries.update({key.text: (key, node)}),
        ),
    ),
    "documents pass": (check_limits, attribute(yaml_tree._Builder, "_document", lambda *_: None)),
}
CHECKS = sorted({check for check, _ in MUTANTS.values()}, key=lambda check: check.__name__)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """What the gate remembers of a tag is another thing with a defect."""
    seal._piece.cache_clear()
    yield
    seal._piece.cache_clear()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_g21_checks_pass(check: Callable[[Path], None], tmp_path: Path) -> None:
    """Without a defect each check passes, twice in a row."""
    check(tmp_path)
    check(tmp_path)


@pytest.mark.parametrize(("check", "plant"), MUTANTS.values(), ids=MUTANTS)
def test_g21_defects_are_caught(
    check: Callable[[Path], None], plant: Plant, tmp_path: Path
) -> None:
    """With a defect the check named for it fails."""
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        seal._piece.cache_clear()
        caught = False
        try:
            check(tmp_path)
        except (AssertionError, pytest.fail.Exception, TypeError):
            caught = True
    assert caught
