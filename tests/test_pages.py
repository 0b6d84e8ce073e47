"""The Markdown of every page of the small library, whole, and hostile text in it.

`goldens/pages` holds each page exactly as it is written; after a change of templates or words,
write them anew with `pytest tests/test_pages.py --update-goldens` and read the difference.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import markdown
import pytest
from ruamel.yaml import YAML

from generator import pages
from generator.corpus import Corpus
from generator.load import load
from generator.model import RECORD_TYPES, Source
from generator.words import WORDS, shortened
from tests.conftest import MINI, ROOT, TODAY
from tests.html import Element, parse, read, untagged

GOLDENS = ROOT / "tests" / "goldens" / "pages"
HOSTILE = "A|B *c* <d> [e](f) {{ g }} {% h %} </title>"


@cache
def written() -> dict[str, str]:
    """Every page of the small library: its path and its Markdown."""
    corpus = Corpus(load(MINI).records, TODAY)
    return {path: data.decode() for path, data in pages.write(corpus)}


def test_a_mark_says_its_source() -> None:
    """Who pointed at the mark of a note sees whose text it is; so does who follows it."""
    text = written()["takeaways/2025-08-25-investment-terms/index.md"]
    marks = re.findall(r'<a id="mark-(\d+)-\d+" title="([^"]*)" href="#note-\1"', text)
    assert len(marks) == text.count('class="noteref"') > 1
    assert all(html.unescape(title).strip() for _, title in marks)


def test_a_list_is_as_new_as_what_it_lists() -> None:
    """Lists carry the newest date of their records, for the sitemap and for citing."""
    corpus = Corpus(load(MINI).records, TODAY)

    def newest(ids: list[str]) -> str:
        return max(corpus.updated(corpus.records[record_id]) for record_id in ids)

    heads = {
        path: json.loads(text.removeprefix("---\n").partition("\n---\n")[0])
        for path, text in written().items()
    }
    for kind in RECORD_TYPES:
        if f"{kind.folder}/index.md" in heads:
            ids = [record.id for record in corpus.all(kind)]
            assert heads[f"{kind.folder}/index.md"].get("updated") == newest(ids)
    assert heads["index.md"]["updated"] == newest(list(corpus.records))
    assert heads["topics/trade/index.md"]["updated"] == newest(["trade"])
    groups = [path for path in heads if re.search(r"/by-\w+/[^/]+/index\.md$", path)]
    assert groups
    assert all(heads[path].get("updated") for path in groups)


def test_goldens(golden: Callable[[Path, str], None], request: pytest.FixtureRequest) -> None:
    """Every page is written exactly as it stands in its golden, and there are no others."""
    names = {path.relative_to(GOLDENS).as_posix() for path in GOLDENS.rglob("*.md")}
    if request.config.getoption("--update-goldens"):
        for name in names - written().keys():
            (GOLDENS / name).unlink()
        names &= written().keys()
    for path, text in written().items():
        golden(GOLDENS / path, text)
    assert names <= written().keys()


def test_every_record_has_a_page(mini: Corpus) -> None:
    """Each record has a page where its address says, each type an index of its own."""
    for record in mini.records.values():
        assert f"{mini.url(record)}index.md" in written()
    for kind in RECORD_TYPES:
        assert kind.folder == "pages" or f"{kind.folder}/index.md" in written()


def test_twice_is_the_same() -> None:
    """Writing again, from records loaded again, gives the same pages."""
    corpus = Corpus(load(MINI).records, TODAY)
    assert {path: data.decode() for path, data in pages.write(corpus)} == written()


def head_of(text: str) -> dict[str, Any]:
    """The data at the top of a page."""
    match = re.match(r"---\n(\{.*?\n\})\n---\n", text, re.DOTALL)
    assert match
    head: dict[str, Any] = json.loads(match[1])
    return head


def test_front_matter_is_safe_data() -> None:
    """The data at the top of every page has a title, and its texts are safe in HTML as they are;
    `head` is finished markup of elements that stand in the head of a page."""
    for path, text in written().items():
        data = head_of(text)
        markup = data.pop("head", "")
        assert {e.tag for e in parse(markup).walk()} <= {"document", "meta", "link", "script"}, path
        assert data["title"], path
        texts = [value for value in data.values() if isinstance(value, str)]
        assert [v for v in texts if re.search(r"[<>\"'*\[{|]|&(?!#\d+;)", v)] == [], path


# -- hostile text ---------------------------------------------------------------------------------


def converted(text: str) -> Element:
    """A page as Python-Markdown makes it, with the data at its top."""
    names, settings = extensions()
    converter = markdown.Markdown(extensions=names, extension_configs=settings)
    head = head_of(text)
    body = converter.convert(text.partition("\n---\n")[2])
    return parse(f"<title>{head['title']}</title>{head.get('head', '')}{body}")


def strings(page: Element) -> Iterator[str]:
    """Every text and every attribute of a page; not what stands there in another format."""
    yield from (text for element, text in page.texts() if element.tag != "pre")
    for element in page.walk():
        yield from element.attributes.values()


def test_hostile_text_stays_whole() -> None:
    """Wherever the hostile title begins in a page, all of it follows, letter by letter."""
    shown = set()
    for path, text in written().items():
        for string in strings(converted(text)):
            if "A|B" in string or "{{" in string or "</title" in string:
                assert HOSTILE in string, (path, string)
                shown.add(path)
    assert shown >= {
        "takeaways/2025-08-23-task-force/index.md",
        "takeaways/index.md",
        "takeaways/by-kind/commitment/index.md",
        "takeaways/by-topic/trade/index.md",
        "summits/2025-08-23-lee-ishiba-tokyo/index.md",
        "tracker/index.md",
        "deadlines/index.md",
        "changes/index.md",
        "countries/kr/index.md",
        "people/ishiba-shigeru/index.md",
        "topics/trade/index.md",
        "pairs/jp-kr/index.md",
        "briefings/2025-09-01-two-summits/index.md",
        "sources/joint-text/index.md",
    }


def test_hostile_html_is_never_raw() -> None:
    """Its HTML stands in no page as it was typed, not even in a script."""
    for path, text in written().items():
        assert "<d>" not in text, path
        assert text.count("</title>") == len(re.findall(r"<title\b", text)), path


def test_hostile_text_in_built_pages(mini_project: Path) -> None:
    """In the built pages it is the text of title, heading, description, links and tables."""
    site = mini_project / "site"
    own = read(site / "takeaways" / "2025-08-23-task-force" / "index.html")
    assert own.all("title")[0].text.startswith(HOSTILE)
    assert [h1.text for h1 in own.all("h1")] == [HOSTILE]
    described = [m.attributes["content"] for m in own.all("meta")
                 if m.attributes.get("name") == "description"]  # fmt: skip
    assert described == [HOSTILE]
    for folder in ("tracker", "takeaways", "countries/kr", "summits/2025-08-23-lee-ishiba-tokyo"):
        page = read(site / folder / "index.html")
        target = "2025-08-23-task-force/"
        links = [a for a in page.all("a") if a.attributes.get("href", "").endswith(target)]
        assert links, folder
        assert HOSTILE in {link.text for link in links}, folder
        assert page.all("d") == []


def test_no_built_page_has_elements_of_contributors(mini_project: Path) -> None:
    """No page of the site has the element of the hostile title, nor ends its title early."""
    for path in sorted((mini_project / "site").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        assert "<d>" not in text, path
        assert text.count("</title>") == len(re.findall(r"<title\b", text)), path


def test_titles_in_other_scripts_have_their_language(corpus_with: Callable[..., Corpus]) -> None:
    """Wherever the title or a quotation of a source is shown, it carries the source's language."""
    title = "日韓首脳会談の結果に関する共同プレスリリース"
    corpus = corpus_with(
        {
            "sources/joint-text": f"title: {title}",
            "takeaways/2025-08-23-task-force": (
                f"sources:\n  - source: joint-text\n    quote: {title}"
            ),
        }
    )
    shown = 0
    for path, data in pages.write(corpus):
        page = converted(data.decode())
        assert untagged(page) == [], path
        shown += title in page.text
    assert shown > 10


@pytest.mark.parametrize(
    ("title", "language", "of_the_title"),
    [
        ("日韓首脳会談", "ja", "ja"),
        ("MOU 서명", "ko", "ko"),
        ("Act passes", "ko", "en"),  # read in a machine translation
        ("“Act” passes – 2026", "zh-Hans", "en"),
        ("Il vertice", "it", "it"),
        ("Act passes", "en", "en"),
    ],
)
def test_the_language_of_a_title(
    mini: Corpus, title: str, language: str, of_the_title: str
) -> None:
    """A title in Latin letters is not read out as Korean, whatever the text is written in."""
    source = mini.records["press"].model_copy(update={"title": title, "language": language})
    assert isinstance(source, Source)
    assert source.title_language == of_the_title


def test_a_host_lists_its_meetings(corpus_with: Callable[..., Corpus]) -> None:
    """A country that took no part in a meeting has the meetings held there on its page."""
    corpus = corpus_with({"summits/2025-08-23-lee-ishiba-tokyo": "country: us"})
    shown = {path: data.decode() for path, data in pages.write(corpus)}
    assert WORDS["hosted"] in shown["countries/us/index.md"]
    assert WORDS["hosted"] not in shown["countries/jp/index.md"]


# -- finished HTML in Markdown --------------------------------------------------------------------


@cache
def extensions() -> tuple[list[str], dict[str, Any]]:
    """The extensions of Markdown that mkdocs.yml names, with their settings."""
    config = YAML(typ="safe").load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    names: list[str] = []
    settings: dict[str, Any] = {}
    for entry in config["markdown_extensions"]:
        named = entry if isinstance(entry, dict) else {entry: {}}
        names += named
        settings |= {name: values or {} for name, values in named.items()}
    return names, settings


@pytest.mark.parametrize(
    "path", [p for p, text in written().items() if '<div class="prose">' in text]
)
def test_prose_passes_markdown_byte_for_byte(path: str) -> None:
    """Python-Markdown leaves every finished block of prose as it is."""
    text = written()[path]
    names, settings = extensions()
    out = markdown.Markdown(extensions=names, extension_configs=settings).convert(
        text.partition("\n---\n")[2]
    )
    blocks = re.findall(r'^<div class="prose">\n.*?\n</div>$', text, re.DOTALL | re.MULTILINE)
    assert blocks
    assert [block for block in blocks if block not in out] == []


def test_only_these_extensions() -> None:
    """No extension that reads files, runs code or turns text into more than structure."""
    assert set(extensions()[0]) <= {"attr_list", "tables", "toc"}


# -- small pieces ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE, "- a", "+ a", "1. a", "1) a", "# a", "a\nb", "a `b` ~c~ ^d^ ==e==", "$x$ :smile:",
        "a & b &amp; &#60;", "\"a\" 'b'", "_a_ __b__", "![x](y)", "<!-- x -->", "a\\*b", "{: .x }",
        "https://example.org", "a@b.org", "이재명 石破茂", "a  b", "|a|b|", "    code", "> quote",
    ],
)  # fmt: skip
def test_safe_text_reads_the_same_everywhere(text: str) -> None:
    """Plain text is the same words in Markdown, in a block of HTML, and in an attribute."""
    names, settings = extensions()
    converter = markdown.Markdown(extensions=names, extension_configs=settings)
    words = " ".join(text.split())
    safe = str(pages.safe(text))
    paragraph = converter.reset().convert(safe)
    assert html.unescape(re.sub(r"^<p>|</p>$", "", paragraph)) == words
    assert "<" not in re.sub(r"^<p>|</p>$", "", paragraph)
    block = converter.reset().convert(f'<div title="{safe}">{safe}</div>')
    assert block == f'<div title="{safe}">{safe}</div>'
    heading = converter.reset().convert(f"# {safe} {{: #top }}")
    assert heading.startswith('<h1 id="top">')
    assert html.unescape(re.sub(r"<[^>]+>", "", heading)) == words


@pytest.mark.parametrize(
    ("page", "target", "href"),
    [
        ("", "tracker/", "tracker/"),
        ("", "", "./"),
        ("tracker/", "", "../"),
        ("tracker/", "tracker/", "./"),
        ("topics/trade/", "topics/trade/#x", "#x"),
        ("topics/trade/", "takeaways/by-topic/trade/", "../../takeaways/by-topic/trade/"),
        ("topics/trade/", "topics/tariffs/", "../tariffs/"),
        ("topics/trade/", "people/x/#y", "../../people/x/#y"),
        ("topics/trade/", "api/v1/x.json", "../../api/v1/x.json"),
        ("about/", "topics/trade/", "../topics/trade/"),
    ],
)
def test_relative_addresses(mini: Corpus, page: str, target: str, href: str) -> None:
    """Links are relative, so that the site works under any address and from a folder."""
    assert pages.Sheet(mini, page).href(target) == href


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("one two", 10, "one two"),
        ("one two three", 10, "one two…"),
        ("one two,  three", 11, "one two…"),
        ("onetwothree", 5, "onet…"),
    ],
)
def test_shortened(text: str, limit: int, short: str) -> None:
    """A long text is cut between words and says so."""
    assert shortened(text, limit) == short
    assert len(shortened(text, limit)) <= limit
