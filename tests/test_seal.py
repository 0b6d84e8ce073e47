"""The gate: what is planted in a finished page is found, and the pages we make pass."""

from __future__ import annotations

import html
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import lxml.html
import pytest

from generator import seal, texts
from generator.build import seal_pages
from generator.corpus import Corpus
from generator.files import files_below
from tests.conftest import TODAY
from tests.pace import growth

HEAD = f'<meta charset="utf-8">{seal.POLICY_TAG}<title>A title</title>'


def page(body: str = "", head: str = HEAD) -> str:
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}</head>'
        f"<body>\n<main>{body}</main></body></html>\n"
    )


def faults(markup: str, *wording: str, path: str = "topics/trade/index.html") -> list[str]:
    return seal.faults_of(markup, path, wording)


#: What must not stand in a page: one defect each, and a word of what is said about it.
PLANTED = {
    "script": ("<script>alert(1)</script>", "a script inside"),
    "script-of-another-host": ('<script src="https://e.org/x.js"></script>', "reaches outside"),
    "script-protocol-relative": ('<script src="//e.org/x.js"></script>', "leads to"),
    "script-not-ours": ('<script src="../../people/x.js"></script>', "none of ours"),
    "script-upwards": ('<script src="../../../assets/x.js"></script>', "none of ours"),
    "script-import-map": ('<script type="importmap">{}</script>', "a script inside"),
    "script-speculation": ('<script type="speculationrules">{}</script>', "a script inside"),
    "script-json": ('<script type="application/json">{}</script>', "a script inside"),
    "json-ld-broken": ('<script type="application/ld+json">{"a":</script>', "JSON-LD"),
    "json-ld-ended-early": (
        '<script type="application/ld+json">{"a": "</script><b>"}</script>',
        "JSON-LD",
    ),
    "json-ld-comment": ('<script type="application/ld+json">"<!--<script>"</script>', "stray"),
    "style-element": ("<style>p{color:red}</style>", "not on the list"),
    "style-attribute": ('<p style="color:red">x</p>', "not on the list"),
    "handler": ('<p onclick="alert(1)">x</p>', "not on the list"),
    "handler-capitals": ('<p ONCLICK="alert(1)">x</p>', "not on the list"),
    "handler-svg": ('<svg onload="alert(1)"></svg>', "not on the list"),
    "handler-newline": ('<p\nonclick="alert(1)">x</p>', "not on the list"),
    "handler-slash": ('<p/onclick="alert(1)">x</p>', "no element we write"),
    "handler-unquoted": ("<p onclick=alert(1)>x</p>", "no element we write"),
    "handler-apostrophes": ("<p onclick='alert(1)'>x</p>", "no element we write"),
    "handler-backticks": ("<p onclick=`alert(1)`>x</p>", "no element we write"),
    "javascript": ('<a href="javascript:alert(1)">x</a>', "leads to"),
    "javascript-capitals": ('<a href="JaVaScript:alert(1)">x</a>', "leads to"),
    "javascript-entity": ('<a href="java&#115;cript:alert(1)">x</a>', "leads to"),
    "javascript-tab": ('<a href="java&#9;script:alert(1)">x</a>', "odd characters"),
    "javascript-space": ('<a href=" javascript:alert(1)">x</a>', "odd characters"),
    "data": ('<a href="data:text/html,x">x</a>', "leads to"),
    "vbscript": ('<a href="vbscript:x">x</a>', "leads to"),
    "blob": ('<a href="blob:https://e.org/1">x</a>', "leads to"),
    "file": ('<a href="file:///etc/passwd">x</a>', "leads to"),
    "user-name": (
        '<a href="https://mofa.go.jp@e.org/" rel="noopener noreferrer">x</a>',
        "leads to",
    ),
    "host-in-another-script": (
        '<a href="https://m\u043efa.go.jp/" rel="noopener noreferrer">x</a>',
        "odd characters",
    ),
    "protocol-relative": ('<a href="//e.org/">x</a>', "leads to"),
    "backslashes": ('<a href="\\\\e.org/">x</a>', "odd characters"),
    "out-of-the-site": ('<a href="../../../etc/passwd">x</a>', "leads out"),
    "out-of-the-site-encoded": ('<a href="../../%2e%2e/x">x</a>', "leads out"),
    "link-abroad": ('<a href="https://e.org/">x</a>', "without rel"),
    "window": ('<a href="../" target="_blank">x</a>', "not on the list"),
    "ping": ('<a href="../" ping="../x">x</a>', "not on the list"),
    "picture-of-another-host": ('<img src="https://e.org/x.png" alt="">', "reaches outside"),
    "picture-data": ('<img src="data:image/svg+xml,x" alt="">', "leads to"),
    "frame": ('<iframe src="../"></iframe>', "not on the list"),
    "srcdoc": ('<iframe srcdoc="x"></iframe>', "not on the list"),
    "object": ('<object data="../x"></object>', "not on the list"),
    "embed": ('<embed src="../x">', "not on the list"),
    "base": ('<base href="https://e.org/">', "not on the list"),
    "form-abroad": ('<form action="https://e.org/"></form>', "reaches outside"),
    "form-action": ('<button type="submit" formaction="../x">x</button>', "not on the list"),
    "password": ('<input type="password">', "not on the list"),
    "input-image": ('<input type="image" src="../x">', "not on the list"),
    "button-without-type": ("<button>x</button>", "without a type"),
    "refresh-abroad": ('<meta http-equiv="refresh" content="0; url=https://e.org/">', "leads to"),
    "refresh-script": ('<meta http-equiv="refresh" content="0; url=javascript:x">', "leads to"),
    "cookie": ('<meta http-equiv="set-cookie" content="a=b">', "not on the list"),
    "referrer": ('<meta name="referrer" content="unsafe-url">', "referrer"),
    "style-sheet-abroad": ('<link rel="stylesheet" href="https://e.org/x.css">', "fetches"),
    "preconnect": ('<link rel="preconnect" href="https://e.org/">', "not on the list"),
    "import": ('<link rel="import" href="../x">', "not on the list"),
    "comment": ("<!-- x -->", "no element we write"),
    "comment-conditional": ("<!--[if IE]><b>x</b><![endif]-->", "no element we write"),
    "cdata": ("<![CDATA[x]]>", "no element we write"),
    "processing-instruction": ("<?php x ?>", "no element we write"),
    "second-doctype": ("<!doctype html>", "no element we write"),
    "stray": ("1 < 2", "stray"),
    "half-a-tag": ("<p", "stray"),
    "title-ended-early": ("</title>", "ends <main>"),
    "not-closed": ("<div><p>x</p>", "</main> ends <div>"),
    "crossed": ("<b><i>x</b></i>", "</b> ends <i>"),
    "math": ("<math><mi>x</mi></math>", "not on the list"),
    "foreign-object": ("<svg><foreignObject></foreignObject></svg>", "not on the list"),
    "animation": ('<svg><animate attributeName="href"/></svg>', "not on the list"),
    "set": ('<svg><set attributeName="href" to="x"/></svg>', "not on the list"),
    "html-inside-svg": ("<svg><p>x</p></svg>", "inside <svg>"),
    "svg-outside": ('<circle r="1"/>', "outside of <svg>"),
    "use-abroad": ('<svg><use href="../x.svg#a"/></svg>', "from elsewhere"),
    "paint-abroad": ('<svg><rect fill="url(https://e.org/#a)"/></svg>', "outside of the page"),
    "svg-link": ('<svg><a href="javascript:x"></a></svg>', "leads to"),
    "xlink": ('<svg><a xlink:href="javascript:x"></a></svg>', "not on the list"),
    "noscript": ("<noscript><p>x</p></noscript>", "not on the list"),
    "template": ("<template><p>x</p></template>", "not on the list"),
    "plaintext": ("<plaintext>", "not on the list"),
    "textarea": ("<textarea></textarea>", "not on the list"),
    "custom-element": ("<x-y>z</x-y>", "no element we write"),
    "id-twice": ('<p id="a">x</p><p id="a">y</p>', "stands twice"),
    "id-odd": ('<p id="a b">x</p>', "none we write"),
    "attribute-twice": ('<p class="a" class="b">x</p>', "an attribute twice"),
    "reference-to-nothing": ('<label for="nowhere">x</label>', "not there"),
    "anchor-to-nothing": ('<a href="#nowhere">x</a>', "not there"),
    "control-character": ("a\x08b", "control character"),
    "noncharacter": ("a\ufffeb", "control character"),
    "second-policy": (seal.POLICY_TAG, "does not come first"),
    "language": ('<p lang="en&quot;x">x</p>', "names no language"),
    "closes-itself": ("<div/>", "closes itself"),
    "end-with-attributes": ('<p>x</p class="y">', "has attributes"),
    "name": ('<p name="x">y</p>', "not on the list"),
    "is": ('<p is="x-y">y</p>', "not on the list"),
    "content-editable": ('<p contenteditable="">y</p>', "not on the list"),
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_g04_planted_defects_are_found(planted: tuple[str, str]) -> None:
    """Each defect is found and named, with the line it stands in."""
    body, said = planted
    found = faults(page(f"\n{body}"))
    assert any(said in fault for fault in found), found
    assert all(re.match(r"topics/trade/index\.html:\d+: ", fault) for fault in found)
    assert all(fault.isascii() and "\x1b" not in fault for fault in found)


def test_g04_there_are_many_mutants() -> None:
    assert len(PLANTED) >= 50


@pytest.mark.parametrize(
    "head",
    [
        "<title>x</title>",
        f'<link rel="icon" href="x.svg">{seal.POLICY_TAG}<title>x</title>',
        '<meta http-equiv="Content-Security-Policy" content="default-src *"><title>x</title>',
        f"{seal.POLICY_TAG.replace('self', 'none')}<title>x</title>",
    ],
    ids=["none", "too-late", "open", "another"],
)
def test_g15_pages_need_the_policy(head: str) -> None:
    """A page without the policy, or with another one, or with one that comes too late."""
    assert faults(page(head=head))


def test_pages_begin_as_html() -> None:
    """Without a doctype browsers read a page in another way."""
    assert faults(page().removeprefix("<!doctype html>"))


def test_what_we_write_passes() -> None:
    """Nothing is said of what pages are made of."""
    body = (
        '<p class="lede" id="a-1" lang="ko" data-v="x">이재명 &amp; co &#60;b&#62;<br></p>'
        '<a href="../kr/" hreflang="ja">x</a> <a href="#a-1">y</a> <a href="mailto:a@e.org">z</a>'
        '<a class="external" href="https://e.org/?a=1&amp;b=2" rel="noopener noreferrer">x</a>'
        '<svg viewBox="0 0 1 1" role="img"><title>t</title><path d="M0 0" fill="url(#p)"/>'
        '<pattern id="p"></pattern><a href="../jp/"><text x="1">t</text></a></svg>'
        '<script type="application/ld+json">{"a": "\\u003c/script\\u003e"}</script>'
        '<button type="button" popovertarget="tip-x">x</button>'
        '<span popover="" id="tip-x">d</span><input type="search" name="q" checked>'
    )
    assert faults(page(body)) == []


def test_g03_text_must_be_there() -> None:
    """A text of the record that is missing, or escaped twice, is named."""
    text = 'A & B <b>"x"</b>'
    assert faults(page(f"<p>{html.escape(text)}</p>"), text) == []
    assert faults(page(f"<p>{html.escape(html.escape(text))}</p>"), text)
    assert faults(page("<p>A B</p>"), text)
    marked = '<p>One<sup class="noteref"><a id="m">1</a></sup> text\n with <em>a</em> note.</p>'
    assert faults(page(marked), "One text with a note.") == []
    assert faults(page(marked), "One1 text with a note.")


def test_messages_are_safe_for_a_terminal() -> None:
    """What stands in a page reaches a terminal without its control characters."""
    found = faults(page("<\x1b[31mx\u202e>"))
    assert found
    assert all(fault.isascii() and fault.isprintable() for fault in found)


# -- the pages we make ----------------------------------------------------------------------------


def html_pages(root: Path) -> list[str]:
    return [name for name in files_below(root) if name.endswith(".html")]


def test_g04_every_page_passes(mini_project: Path, mini: Corpus) -> None:
    """The small library uses every field once, and every page of it passes."""
    site = mini_project / "site"
    pages = html_pages(site)
    assert len(pages) > 100
    assert seal.gate(site, pages, texts.by_page(mini)) == []


def test_g03_every_text_of_every_record_is_asked_for(mini: Corpus) -> None:
    """Nothing a contributor wrote is left out of the comparison but what pages put in other
    words."""
    asked = "".join(text for rows in texts.by_page(mini).values() for text in rows)
    for record in mini.records.values():
        if not record.withdrawn:
            assert record.title_text in asked


def test_a_missing_text_is_found(mini_project: Path, mini: Corpus) -> None:
    """Pages of other records do not have the texts of this one."""
    wanted = texts.by_page(mini)
    site = mini_project / "site"
    for path, rows in wanted.items():
        if rows:
            assert seal.gate(site, ["404.html"], {"404.html": rows}), path


def test_g04_the_gate_reads_as_a_browser_does(mini_project: Path) -> None:
    """The elements, attributes and texts the gate sees are those another parser sees."""
    site = mini_project / "site"
    for name in html_pages(site):
        markup = (site / name).read_text(encoding="utf-8")
        ours = [
            (piece.name, dict(piece.attributes))
            for raw in seal._PIECES.split(markup)[1::2]
            if (piece := seal._piece(raw)).kind in ("open", "void")
        ]
        document = lxml.html.document_fromstring(markup)
        theirs = [
            # an attribute without a value is its own value there
            (e.tag, {k: "" if v == k else v for k, v in e.attrib.items()})
            for e in document.iter()
            if isinstance(e.tag, str)
        ]
        assert ours == theirs, name


def test_the_gate_is_quick(mini_project: Path) -> None:
    """It takes as long as Python's own reader of HTML needs to read the pages, not twice that."""
    site = mini_project / "site"
    pages = html_pages(site)

    def read_by_python() -> None:
        for page in pages:
            HTMLParser().feed((site / page).read_text("utf-8"))

    def read_by_the_gate() -> None:
        seal._piece.cache_clear()  # nothing is known from the time before
        seal.gate(site, pages)

    ways = (read_by_python, read_by_the_gate)
    assert growth(lambda n: ways[n](), (0, 1), below=2) < 2


def test_a_build_stops_at_the_gate(mini_project: Path, mini: Corpus, tmp_path: Path) -> None:
    """A page that must not be published stops the build, with what and where."""
    (tmp_path / "index.html").write_text(page("<script>x</script>"), encoding="utf-8")
    with pytest.raises(seal.NotSealed) as stopped:
        seal_pages(tmp_path, Corpus({}, TODAY), files_below(tmp_path))
    assert "index.html:3: a script inside the page" in str(stopped.value)
    assert not (tmp_path / seal.SUMS).exists()


# -- the sums -------------------------------------------------------------------------------------


def test_g10_sums(mini_project: Path) -> None:
    """Every file but the list itself is in the list, and `sha256sum` agrees."""
    site = mini_project / "site"
    rows = (site / seal.SUMS).read_text(encoding="utf-8").splitlines()
    names = [row[66:] for row in rows]
    assert names == sorted(set(files_below(site)) - {seal.SUMS})
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", seal.SUMS],
        cwd=site,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
