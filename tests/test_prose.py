"""Contributors' Markdown: what it turns into, and that nothing hostile survives in it."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from generator import prose

TITLES = {"kr": "South Korea", "trade": "Trade & tariffs"}


def resolve(record_id: str) -> prose.Target | None:
    """Two records exist; their pages lie one level up."""
    title = TITLES.get(record_id)
    return prose.Target(f"../{record_id}/", title) if title else None


class Notes:
    """Numbers source notes in the order of their first use."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def __call__(self, source: str, locator: str) -> tuple[int, str, str]:
        if (source, locator) not in self.seen:
            self.seen.append((source, locator))
        number = self.seen.index((source, locator)) + 1
        return number, f"note-{number}", f"mark-{number}-1"


def to_html(text: str, rich: bool = False) -> str:
    return prose.to_html(prose.parse(text, rich), resolve, Notes())


def to_plain(text: str) -> str:
    return prose.plain(prose.parse(text), TITLES.get)


def to_markdown(text: str) -> str:
    return prose.to_markdown(prose.parse(text), resolve, Notes())


def mark(number: int) -> str:
    """The mark of a source note in HTML."""
    return (
        f'<sup class="noteref" data-pagefind-ignore="">'
        f'<a id="mark-{number}-1" href="#note-{number}" '
        f'aria-label="Source note {number}">{number}</a></sup>'
    )


# -- what prose turns into ------------------------------------------------------------------------

#: What every link to another site says of itself.
EXTERNAL = 'class="external" rel="noopener noreferrer nofollow"'

FORMS = [
    # typed, HTML, plain text, Markdown
    ("one", "<p>one</p>", "one", "one"),
    ("one\ntwo", "<p>one\ntwo</p>", "one two", "one two"),
    ("one\n\n\ntwo", "<p>one</p>\n<p>two</p>", "one\ntwo", "one\n\ntwo"),
    ("one  \ntwo", "<p>one<br>two</p>", "one two", "one  \ntwo"),
    ("*a* **b**", "<p><em>a</em> <strong>b</strong></p>", "a b", "*a* **b**"),
    ("- a\n- b", "<ul><li>a</li><li>b</li></ul>", "a\nb", "- a\n- b"),
    ("* a\n  * b", "<ul><li><p>a</p><ul><li>b</li></ul></li></ul>", "a\nb", "- a\n  - b"),
    ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>', "a\nb", "3. a\n4. b"),
    ("> a\n> b", "<blockquote><p>a\nb</p></blockquote>", "a b", "> a b"),
    (
        "[x](https://e.org/?a=1&b=2)",
        f'<p><a href="https://e.org/?a=1&amp;b=2" {EXTERNAL}>x</a></p>',
        "x",
        "[x](<https://e.org/?a=1&b=2>)",
    ),
    (
        "[x](mailto:a@e.org)",
        f'<p><a href="mailto:a@e.org" {EXTERNAL}>x</a></p>',
        "x",
        "[x](<mailto:a@e.org>)",
    ),
    ("[[kr]]", '<p><a href="../kr/">South Korea</a></p>', "South Korea", "[South Korea](<../kr/>)"),
    ("[[kr|Seoul]]", '<p><a href="../kr/">Seoul</a></p>', "Seoul", "[Seoul](<../kr/>)"),
    (
        "*[[trade]]*",
        '<p><em><a href="../trade/">Trade &amp; tariffs</a></em></p>',
        "Trade & tariffs",
        "*[Trade \\& tariffs](<../trade/>)*",
    ),
    ("[[kr|*a*]]", '<p><a href="../kr/">*a*</a></p>', "*a*", "[\\*a\\*](<../kr/>)"),
    ("[[nobody]]", "<p>nobody</p>", "nobody", "nobody"),
    ("done [@s].", f"<p>done{mark(1)}.</p>", "done.", "done[^1]."),
    ("done. [@s, p. 2]", f"<p>done.{mark(1)}</p>", "done.", "done.[^1]"),
    ("a\n[@s]", f"<p>a{mark(1)}</p>", "a", "a[^1]"),
    ("**a** [@s] [@t]", f"<p><strong>a</strong>{mark(1)}{mark(2)}</p>", "a", "**a**[^1][^2]"),
    ("a [@s] b [@s]", f"<p>a{mark(1)} b{mark(1)}</p>", "a b", "a[^1] b[^1]"),
    ("“a” – b…", "<p>“a” – b…</p>", "“a” – b…", "“a” – b…"),
    ("a | b ~c~", "<p>a | b &#126;c&#126;</p>", "a | b ~c~", "a \\| b \\~c\\~"),
    ("\\*a\\*", "<p>*a*</p>", "*a*", "\\*a\\*"),
    ("\\- a", "<p>- a</p>", "- a", "\\- a"),
    ("1\\. a", "<p>1. a</p>", "1. a", "&#49;. a"),
    ("&lt;b&gt; &copy;", "<p>&lt;b&gt; ©</p>", "<b> ©", "\\<b\\> ©"),
    ("{{ x }} {% y %}", "<p>{{ x }} {% y %}</p>", "{{ x }} {% y %}", "\\{\\{ x \\}\\} \\{% y %\\}"),
    ("{: .x }", "<p>{: .x }</p>", "{: .x }", "\\{: .x \\}"),
    ("http://e.org", "<p>http://e.org</p>", "http://e.org", "http://e.org"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "markup", "plain", "markdown"), FORMS, ids=[f[0] for f in FORMS])
def test_forms(text: str, markup: str, plain: str, markdown: str) -> None:
    """Prose as HTML, as plain text and as Markdown; none of it is a fault."""
    assert prose.parse(text).faults == []
    assert (to_html(text), to_plain(text), to_markdown(text)) == (markup, plain, markdown)


@pytest.mark.parametrize("text", [f[0] for f in FORMS if "[[" not in f[0] and "[@" not in f[0]])
def test_markdown_reads_the_same_again(text: str) -> None:
    """The Markdown that comes out, read again, gives the same HTML."""
    assert to_html(to_markdown(text)).split() == to_html(text).split()


def test_tables() -> None:
    """Tables in rich prose, with headers for each column."""
    text = "| x | y |\n| - | - |\n| 1 | 2 |"
    assert prose.parse(text, rich=True).faults == []
    assert Tags(to_html(text, rich=True)).text == "xy12"
    assert (
        '<thead><tr><th scope="col">x</th><th scope="col">y</th></tr></thead>'
        "<tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    ) in to_html(text, rich=True)


@pytest.mark.parametrize(
    ("typed", "base", "levels"),
    [
        ("# A", 0, [2]),
        ("## A\n### B", 0, [2, 3]),
        ("### A", 0, [2]),
        ("### A", 1, [3]),
        ("# A\n## B\n###### C", 0, [2, 3, 4]),
        ("# A\n## B\n###### C", 1, [3, 4, 4]),
        ("## A\n#### B\n## C", 1, [3, 4, 3]),
    ],
)
def test_headings(typed: str, base: int, levels: list[int]) -> None:
    """Headings begin below the one above, whatever was typed, and skip no level."""
    parsed = prose.parse(typed, rich=True)
    assert parsed.faults == []
    markup = prose.to_html(parsed, resolve, Notes(), heading_base=base)
    assert [int(level) for level in re.findall(r"<h(\d)>", markup)] == levels


# -- what is not allowed --------------------------------------------------------------------------

FAULTS = [
    # typed, code, the words it stands at
    ("a <b>c</b>", "SB301", "<b>"),
    ("<div>\nx\n</div>", "SB301", "<div>"),
    ("a </title> b", "SB301", "</title>"),
    ("<!-- c -->", "SB301", "<!-- c -->"),
    ("![x](https://e.org/i.png)", "SB301", "!["),
    ("a `b`", "SB301", "`"),
    ("```\nx\n```", "SB301", "```"),
    ("a\n\n---\n\nb", "SB301", "---"),
    ("# a", "SB302", "# "),
    ("a\n---", "SB302", "--"),
    ("|a|b|\n|-|-|", "SB302", "|"),
    ("[x](http://e.org)", "SB303", "http://e.org"),
    ("[x](www.e.org)", "SB303", "www.e.org"),
    ("[x](//e.org)", "SB303", "//e.org"),
    ("[x](/y)", "SB303", "/y"),
    ("[x](ftp://e.org)", "SB303", "ftp://e.org"),
    ("[x](https://a:b@e.org)", "SB303", "https://a:b@e.org"),
    ("[x](https://e)", "SB303", "https://e"),
    ("[x](javascript:alert%281%29)", "SB303", "javascript:alert%281%29"),
    ("[[Lee Jae-myung]]", "SB304", "[[Lee Jae-myung]]"),
    ("[@Press]", "SB304", "[@Press]"),
    ("[[kr]", "SB304", "[["),
    ("kr]]", "SB304", "]]"),
    ("[@s, p. 2", "SB304", "[@"),
]


@pytest.mark.parametrize(("text", "code", "find"), FAULTS, ids=[f[0] for f in FAULTS])
def test_faults(text: str, code: str, find: str) -> None:
    """What prose may not hold is one fault, at words that stand in it."""
    faults = prose.parse(text).faults
    assert [(fault.code, fault.find) for fault in faults] == [(code, find)]
    assert find in text
    assert faults[0].message
    assert faults[0].hint


# -- hostile input --------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "</p></div></body><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>*{display:none}</style>",
    "<math><mtext><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=1&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox(1))",
    "[x](https://e.org\" onclick=\"alert(1))",
    "[x](<https://e.org' onclick=alert(1)>)",
    "[x](https://e.org \"t\\\" onclick=\\\"alert(1)\")",
    "<https://e.org/\"onmouseover=alert(1)>",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x\" onerror=\"alert(1)](https://e.org/a)",
    "![](https://tracker.example/pixel.png)",
    "[x]\n\n[x]: javascript:alert(1)",
    "{: onclick=alert(1) }",
    "# x {: onclick=alert(1) }",
    "```html onclick=alert(1)\n<script>\n```",
    "`<script>`",
    "[[kr|<script>alert(1)</script>]]",
    "[[kr|x\" onclick=\"alert(1)]]",
    "[[\"><script>alert(1)</script>]]",
    "[@s, <script>alert(1)</script>]",
    "[@s, \" onclick=\"alert(1)]",
    "[@\"><script>]",
    "| a | <script>alert(1)</script> |\n| - | - |\n| <b>x</b> | y |",
    "> <script>alert(1)</script>",
    "- <script>alert(1)</script>",
    "1. [x](javascript:alert(1))",
    "*<script>*alert(1)*</script>*",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "{{ config.site_name }} {% include '/etc/passwd' %} ${7*7} #{7*7}",
    "--8<-- '/etc/passwd'",
    "\x01\u202e<b>",
]  # fmt: skip


class Tags(HTMLParser):
    """Everything in a piece of HTML that is not text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.odd: list[str] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    def handle_decl(self, decl: str) -> None:
        self.odd.append(decl)

    def handle_pi(self, data: str) -> None:
        self.odd.append(data)

    def unknown_decl(self, data: str) -> None:
        self.odd.append(data)


def is_harmless(markup: str) -> bool:
    """Only tags and attributes of the lists, and only links that lead to pages or by mail."""
    parsed = Tags(markup)
    for tag, attributes in parsed.tags:
        if attributes.get("rel") == prose.EXTERNAL_REL:
            del attributes["rel"]
        if tag not in prose.TAGS or not attributes.keys() <= prose.ATTRIBUTES.get(tag, set()):
            return False
        href = attributes.get("href", "#note-") or ""
        if not re.match(r"https://[a-z0-9.-]+|mailto:|#note-|\.\./(kr|trade)/$", href):
            return False
    return not parsed.odd


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_input_is_text(text: str) -> None:
    """Attacks come out as text or not at all, with the sanitiser and without it."""
    for rich in (False, True):
        assert is_harmless(to_html(text, rich))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(prose, "sanitise", lambda markup: markup)
            assert is_harmless(to_html(text, rich))


@pytest.mark.parametrize("tag", ["<script>", "</title>", "<img src=x>", "<b>", "<!-- x -->"])
def test_html_is_shown_as_typed(tag: str) -> None:
    """HTML is shown letter by letter, in every form."""
    assert Tags(to_html(f"a {tag} b")).text == f"a {tag} b"
    assert to_plain(f"a {tag} b") == f"a {tag} b"
    assert Tags(to_html(to_markdown(f"a {tag} b"))).text == f"a {tag} b"


@given(st.text(st.sampled_from("<>/\"'&;:=()[]{}|!@#*_`~\\- \nabscriptkr1.hxp"), max_size=80))
def test_anything_is_harmless(text: str) -> None:
    """No text whatever turns into more than prose may turn into."""
    for rich in (False, True):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(prose, "sanitise", lambda markup: markup)
            assert is_harmless(to_html(text, rich))


PLANTED = [
    "<script>alert(1)</script>",
    "<p onclick='alert(1)'>x</p>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='data:text/html,x'>x</a>",
    "<a href='http://e.org'>x</a>",
    "<p id='__search' style='color:red' name='x'>y</p>",
    "<span id='__search'>y</span>",
    "<img src='https://e.org/i.png'>",
    "<iframe src='https://e.org'></iframe>",
    "<style>p{}</style>",
    "<!-- x --><p>y</p>",
    "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<form action='https://e.org'><input></form>",
]


@pytest.mark.parametrize("markup", PLANTED, ids=range(len(PLANTED)))
def test_sanitiser_alone(markup: str) -> None:
    """The sanitiser stops what a mistake in our own writer might let through."""
    clean = prose.sanitise(f"<p>before</p>{markup}<p>after</p>")
    parsed = Tags(clean)
    for tag, attributes in parsed.tags:
        assert tag in prose.TAGS
        assert attributes.keys() <= prose.ATTRIBUTES.get(tag, set())
        assert re.match(r"https://|mailto:|#", attributes.get("href") or "#")
        assert attributes.get("id", "mark-1-1") != "__search"
    assert parsed.odd == []
    assert clean.startswith("<p>before</p>")
    assert clean.endswith("<p>after</p>")


@pytest.mark.parametrize("text", [f[0] for f in FORMS], ids=[f[0] for f in FORMS])
def test_sanitiser_changes_nothing_of_ours(text: str) -> None:
    """What the writer makes passes the sanitiser as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prose, "sanitise", lambda markup: markup)
        raw = to_html(text)
    assert html.unescape(to_html(text)) == html.unescape(raw)


# -- sentences ------------------------------------------------------------------------------------

SENTENCES = [
    # prose, target, the sentences it stands in
    ("One. Two [[kr]] here. Three.", "kr", ["Two South Korea here."]),
    ("One. Two [[kr|Seoul]]. Three.", "kr", ["Two Seoul."]),
    ("One. Two [@s]. Three.", "s", ["Two."]),
    ("One. Two. [@s] Three.", "s", ["Two."]),
    ("In Washington, D.C. [[kr]] agreed. Then left.", "kr",
     ["In Washington, D.C. South Korea agreed."]),
    ("Mr. J. Smith of [[kr]] spoke.", "kr", ["Mr. J. Smith of South Korea spoke."]),
    ("About 3.5 percent for [[kr]]. More.", "kr", ["About 3.5 percent for South Korea."]),
    ("- [[kr]] a\n- b\n- c [[kr]]", "kr", ["South Korea a", "c South Korea"]),
    ("> [[kr]] quoted.\n\nOut.", "kr", ["South Korea quoted."]),
    ("*Both [[kr]]* and more! Next?", "kr", ["Both South Korea and more!"]),
    ("One [[kr]] and [[kr]] again.", "kr", ["One South Korea and South Korea again."]),
    ("Said [[kr]]. Said [[kr]].", "kr", ["Said South Korea."]),
    ("No mention.", "kr", []),
    ("A [[kr-x]].", "kr", []),
    ("Line one\n[[kr]] goes on. Next.", "kr", ["Line one South Korea goes on."]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "target", "expected"), SENTENCES, ids=[s[0] for s in SENTENCES])
def test_sentences_with(text: str, target: str, expected: list[str]) -> None:
    """The sentence around a link or a note, whole, as plain text, each once."""
    assert prose.sentences_with(prose.parse(text), target, TITLES.get) == expected


# -- inputs meant to take long --------------------------------------------------------------------

LONG = """
[ ] [a]( [a](<b ![ *a **a _a_ ` `a < <a <!-- &amp \\ [[ [[a [[a| [@ [@a, [[a]] [@a] |a |-
a_ *** ***a [a]: http:// ( - > 1. # ~~~ --- " ' “ 이
""".split()


def steps(work: Callable[[], Any]) -> int:
    """How many lines of Python a piece of work takes: a clock that always tells the same."""
    count = 0

    def tick(_frame: FrameType, _event: str, _arg: object) -> Any:
        nonlocal count
        count += 1
        return tick

    before = sys.gettrace()
    sys.settrace(tick)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def every_form(text: str) -> None:
    parsed = prose.parse(text, rich=True)
    prose.to_html(parsed, resolve, Notes())
    prose.to_markdown(parsed, resolve, Notes())
    prose.plain(parsed, TITLES.get)
    prose.sentences_with(parsed, "kr", TITLES.get)


@pytest.mark.parametrize("piece", LONG)
def test_work_grows_with_the_text(piece: str) -> None:
    """Twice the text is about twice the work, and the longest prose allowed comes to an end."""
    text = (piece + " ") * 1_000
    short, twice = (steps(lambda n=n: every_form(text[:n])) for n in (500, 1_000))
    assert twice < 3 * short
    every_form((piece * 16_384)[:16_384])


@pytest.mark.parametrize("fence", ["```", "~~~", "~~~~ {: onclick=x}"])
def test_no_fence_of_code(fence: str) -> None:
    """Finished prose begins no block of code for MkDocs, which looks for them inside HTML, too."""
    text = f"One\n\\{fence}\ntwo\n\\{fence}\n"
    markup = to_html(text)
    assert "`" not in markup
    assert "~" not in markup
    made = Markdown(extensions=["fenced_code", "attr_list"]).convert(f"<div>\n{markup}\n</div>")
    assert made == f"<div>\n{markup}\n</div>"
