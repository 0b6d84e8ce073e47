"""What holds for all outputs together: the Data page, links to files, old addresses, twins."""

from __future__ import annotations

import json
import posixpath
import re
from functools import cache

import lxml.html
import pytest
from markdown_it import MarkdownIt

from generator import pages, shape
from generator.corpus import Corpus
from generator.exports import markdown, redirects
from generator.formats import DOWNLOADS, FORMATS, forms_of, pair_forms
from generator.model import RECORD_TYPES
from generator.outputs import OUTPUTS
from tests.exports.conftest import HOSTILE, files

#: Outputs that are no download of their own.
NOT_LISTED = {"pages", "redirects", "headers", "sitemap", "figures", "pdf", "cards"}


@cache
def _all(corpus: Corpus) -> dict[str, bytes]:
    written: dict[str, bytes] = {}
    for name, output in OUTPUTS.items():
        for path, data in output.write(corpus):
            assert path not in written, f"{path} is written twice, by {name} as well"
            written[path] = data
    return written


def test_no_two_outputs_write_one_file(mini: Corpus) -> None:
    assert len(_all(mini)) > 300
    assert all(output.TITLE for output in OUTPUTS.values())


def test_the_data_page_lists_every_output(mini: Corpus) -> None:
    assert {row.output for row in DOWNLOADS} == set(OUTPUTS) - NOT_LISTED
    page = _all(mini)["data/index.md"].decode()
    for row in DOWNLOADS:
        paths = [path for _, path, _ in row.files]
        if row.by_type:
            paths += [row.by_type.format(folder=kind.folder) for kind in RECORD_TYPES]
        for path in paths:
            assert path in _all(mini)
            assert f'href="{posixpath.relpath(path, "data")}"' in page


def test_every_form_of_every_record_is_there_and_linked(mini: Corpus) -> None:
    """The foot of a page and its head name each file, and each file exists."""
    written = _all(mini)
    for record in mini.records.values():
        if record.withdrawn:
            continue
        _, page = pages.record_page(mini, record)
        text = page.decode()
        front = json.loads(text.split("---\n")[1])
        head = lxml.html.fragment_fromstring(f"<div>{front['head']}</div>")
        linked = {link.get("href") for link in head.iter("link")}
        foot = re.search(r'<p class="dates formats".*?</p>', text, re.DOTALL)
        assert foot
        for form in forms_of(record):
            path = form.of(record.folder, record.id)
            assert path in written
            href = posixpath.relpath(path, mini.url(record))
            assert href in linked
            assert f'href="{href}"' in foot[0].replace("&#95;", "_")


def test_a_former_id_works_in_every_form(mini: Corpus) -> None:
    written = _all(mini)
    record = mini.records["trade"]
    for form in forms_of(record):
        assert form.of("topics", "commerce") in written
    page = lxml.html.fromstring(written["topics/commerce/index.html"].decode())
    (refresh,) = page.xpath("//meta[@http-equiv='refresh']/@content")
    assert refresh == "0; url=../trade/"
    rules = written["_redirects"].decode().splitlines()
    assert "/topics/commerce/ /topics/trade/ 301" in rules
    assert len(rules) == 1 + len(forms_of(record))
    assert all(len(rule.split(" ")) == 3 for rule in rules)


def test_tombstones_are_there_and_linked(mini: Corpus) -> None:
    """A withdrawn record leaves a notice in each form its page names, and in no other."""
    record = mini.records["withdrawn-topic"]
    forms = {form.name: form.of("topics", record.id) for form in forms_of(record)}
    assert {"json", "markdown", "atom", "feed", "calendar"} <= set(forms)
    for name, path in forms.items():
        assert name == "calendar" or b"It was the same as Trade." in _all(mini)[path]
        assert (
            posixpath.relpath(path, "topics/withdrawn-topic").encode()
            in _all(mini)["topics/withdrawn-topic.md"]
        )
    assert not [p for p in _all(mini) if p.startswith("cite/topics/withdrawn-topic")]


def test_pairs_name_their_forms(mini: Corpus) -> None:
    for _, path in pair_forms("jp-kr"):
        assert path in _all(mini)
        href = f'href="{posixpath.relpath(path, "pairs/jp-kr")}"'
        assert href in _all(mini)["pairs/jp-kr/index.md"].decode()


def test_a_redirect_escapes_titles(hostile: Corpus) -> None:
    page = files(redirects, hostile)["topics/commerce/index.html"].decode()
    assert lxml.html.fromstring(page).findtext(".//h1") == HOSTILE


def test_robots(mini: Corpus, real: Corpus) -> None:
    assert b"Sitemap" not in files(redirects, mini)["robots.txt"]
    line = b"Sitemap: https://example.org/summits/sitemap.xml\n"
    assert files(redirects, real)["robots.txt"].endswith(line)


# -- Markdown twins -------------------------------------------------------------------------------


def test_twins_link_to_twins(mini: Corpus) -> None:
    """Every relative link leads to a file; every note has its text; read by a Markdown parser."""
    written = files(markdown, mini)
    for path, data in written.items():
        tree = MarkdownIt().parse(data.decode())
        links = [t for token in tree for t in token.children or [] if t.type == "link_open"]
        for link in links:
            href = str(link.attrGet("href"))
            if "://" not in href:
                assert posixpath.normpath(posixpath.join(posixpath.dirname(path), href)) in written
        marks = set(re.findall(r"\[\^(\d+)\](?!:)", data.decode()))
        assert marks == set(re.findall(r"^\[\^(\d+)\]:", data.decode(), re.MULTILINE))


def test_a_twin_has_the_prose_and_the_notes(mini: Corpus) -> None:
    twin = markdown.twin(mini, mini.records["2025-08-25-investment-terms"])
    assert "How the money is to be paid was not said[^1]. It goes back to [A" in twin
    assert "Agreed, since 2025-11." in twin
    withdrawn = markdown.twin(mini, mini.records["withdrawn-topic"])
    assert "It was the same as Trade." in withdrawn
    assert len(withdrawn.splitlines()) == 3


def test_hostile_text_is_no_markdown(hostile: Corpus) -> None:
    """The heading of a twin, rendered, is the text as typed."""
    twin = markdown.twin(hostile, hostile.records["2025-08-25-investment-terms"])
    html = MarkdownIt("commonmark", {"html": True}).render(twin)
    assert lxml.html.fromstring(html).findtext(".//h1") == HOSTILE


def test_llms(real: Corpus) -> None:
    text = files(markdown, real)["llms.txt"].decode()
    assert text.startswith("# Summit Briefings\n\n> ")
    standing = [r for r in real.records.values() if not r.withdrawn]
    assert text.count("\n- [") == len(standing)
    assert "(<https://example.org/summits/countries/kr/index.md.txt>)" in text


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_forms_have_types(form) -> None:
    assert re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", form.media_type)


def test_notes_for_editors_are_in_no_output(mini: Corpus) -> None:
    notes = [r.notes.encode() for r in mini.records.values() if r.notes]
    assert notes
    assert not [p for p, data in _all(mini).items() for note in notes if note in data]
    assert "notes" in shape.INTERNAL
