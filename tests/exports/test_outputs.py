"""What holds for all outputs together: the Data page, links to files, old addresses, twins."""

from __future__ import annotations

import json
import pickle
import posixpath
import re
from functools import cache

import lxml.html
import pytest
from markdown_it import MarkdownIt

from generator import pages, shape
from generator.corpus import Corpus
from generator.exports import (
    api,
    calendar,
    citations,
    csvs,
    database,
    feeds,
    markdown,
    redirects,
)
from generator.formats import (
    BY_NAME,
    CITING,
    DOWNLOADS,
    FORMATS,
    forms_of,
    list_forms,
    list_path,
    relative,
)
from generator.lists import gathered
from generator.model import RECORD_TYPES
from generator.outputs import OUTPUTS, pieces_of
from generator.tables import tables_of
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
    """A withdrawn record leaves a notice in each form."""
    record = mini.records["withdrawn-topic"]
    forms = {form.name: form.of("topics", record.id) for form in forms_of(record)}
    assert {"json", "markdown", "atom", "feed", "calendar", *CITING} == set(forms)
    for path in forms.values():
        assert b"It was the same as Trade." in _all(mini)[path]
        assert (
            posixpath.relpath(path, "topics/withdrawn-topic").encode()
            in _all(mini)["topics/withdrawn-topic/index.md"]
        )
    gone = {"id": "withdrawn-topic", "type": "topics", "withdrawn": "2025-10-01"}
    (row,) = [r for r in tables_of(mini)[-1].rows if r["id"] == record.id]
    assert row == {**gone, "reason": "It was the same as Trade."}
    lists = [path for path, data in _all(mini).items() if b"withdrawn-topic" in data]
    assert not [path for path in lists if path.startswith(("llms", "cite/sources", "api/v1/lists"))]


@pytest.mark.parametrize("kind", ["summits", "takeaways", "sources", "people"])
def test_a_withdrawn_record_of_any_type_leaves_a_tombstone(mini: Corpus, kind: str) -> None:
    """In each form of its own, under former ids as well, and in the tables."""
    key = {
        "summits": "2025-08-25-lee-trump-washington",
        "takeaways": "2025-08-25-new-promise",
        "sources": "digest",
        "people": "pacheco-pardo",
    }[kind]
    gone = {"date": "2025-12-20", "reason": "It was another."}
    fields = mini.records[key].model_dump(mode="json", by_alias=True, exclude_none=True)
    changed = {"id": key, **fields, "former_ids": ["once"], "withdrawn": gone}
    again = type(mini.records[key]).model_validate(changed)
    corpus = Corpus({**mini.records, key: again}, mini.today)
    record = corpus.records[key]
    written: dict[str, bytes] = {}
    for name, output in OUTPUTS.items():
        if name != "pages":
            written |= dict(output.write(corpus))
    for form in forms_of(record):
        for own in (key, "once"):
            data = written[form.of(kind, own)]
            moved = form.name == "json" and own == "once"
            assert (b'"moved_to"' if moved else b"It was another.") in data.replace(b"\r\n ", b"")
    assert {"once", key} <= {row["id"] for row in tables_of(corpus)[-1].rows}
    if kind in ("summits", "takeaways"):
        everything = written["calendar/all.ics"].replace(b"\r\n ", b"").decode()
        events = [e for e in everything.split("BEGIN:VEVENT") if "It was another." in e]
        assert events or kind == "takeaways"
        assert all("STATUS:CANCELLED" in event for event in events)


def test_every_form_of_every_list_is_there_and_linked(mini: Corpus) -> None:
    """The same for pages that gather records: lists, grouped lists, pairs, tracker, home …"""
    for page in gathered(mini).values():
        text = _all(mini)[f"{page.url}index.md"].decode()
        front = json.loads(text.split("---\n")[1])
        head = lxml.html.fragment_fromstring(f"<div>{front['head']}</div>")
        linked = {link.get("href"): link.get("type") for link in head.iter("link")}
        foot = re.search(r'<p class="dates formats".*?</p>', text, re.DOTALL)
        assert foot
        named = {a.get("href") for a in lxml.html.fromstring(foot[0]).iter("a")}
        forms = list_forms(page)
        assert {"BibTeX", "RIS", "CSL-JSON"} < {label for label, _, _ in forms}
        for _, kind, path in forms:
            assert path in _all(mini)
            href = relative(path, page.url.rstrip("/"))
            everywhere = path.startswith("feeds/site.")  # named by the theme
            assert everywhere or linked[href] == kind
            assert href in named


@pytest.mark.parametrize(
    ("target", "folder", "way"),
    [
        ("a.txt", "", "a.txt"),
        ("a/b.txt", "a", "b.txt"),
        ("a/b.txt", "c/d", "../../a/b.txt"),
        ("a/x/b.txt", "a/y", "../x/b.txt"),
        ("a/b/c", "a", "b/c"),
    ],
)
def test_relative(target: str, folder: str, way: str) -> None:
    assert relative(target, folder) == way == posixpath.relpath(target, folder or ".")


def test_files_of_one_record_follow_from_it_alone(mini: Corpus) -> None:
    """A part of an output writes the same files whether or not anything else was made before, so a
    build may skip what has not changed."""
    for output in (api, citations, feeds, markdown):
        written = dict(output.write(mini))
        for key in ("2025-08-25-investment-terms", "trade"):
            alone = Corpus(mini.records, mini.today)  # nothing was made before
            (part,) = [p for p in output.parts(alone) if p.key.split(" ")[-1] == key]
            own = dict(part.make())
            assert own
            assert own.items() <= written.items()


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


def test_llms_full(library_of: Corpus) -> None:
    """Every record that stands, whole, once; notes numbered through; links from the top."""
    text = files(markdown, library_of)["llms-full.txt"].decode()
    tree = MarkdownIt().parse(text)
    titles = [token for token in tree if token.type == "heading_open" and token.tag == "h1"]
    standing = [r for r in library_of.records.values() if not r.withdrawn]
    assert len(titles) == len(standing) + 1
    marks = re.findall(r"\[\^(\d+)\](?!:)", text)
    notes = re.findall(r"^\[\^(\d+)\]:", text, re.MULTILINE)
    assert notes == [str(n + 1) for n in range(len(notes))]
    assert set(marks) == set(notes)
    twins = set(files(markdown, library_of))
    links = [t for token in tree for t in token.children or [] if t.type == "link_open"]
    within = [h for link in links if "://" not in (h := str(link.attrGet("href")))]
    assert within
    assert set(within) <= twins


def test_twins_of_lists(mini: Corpus) -> None:
    """Each page that lists records has a twin with a link to the twin of each."""
    written = files(markdown, mini)
    for page in gathered(mini).values():
        if page.ids:
            path = list_path("markdown", page)
            tree = MarkdownIt().parse(written[path].decode())
            links = [t for token in tree for t in token.children or [] if t.type == "link_open"]
            folder = posixpath.dirname(path)
            ways = [posixpath.join(folder, str(link.attrGet("href"))) for link in links]
            found = [posixpath.normpath(way) for way in ways]
            assert found == [BY_NAME["markdown"].of(r.folder, r.id) for r in mini.those(page.ids)]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_forms_have_types(form) -> None:
    assert re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", form.media_type)


def test_notes_for_editors_are_in_no_output(mini: Corpus) -> None:
    notes = [r.notes.encode() for r in mini.records.values() if r.notes]
    assert notes
    assert not [p for p, data in _all(mini).items() for note in notes if note in data]
    assert "notes" in shape.INTERNAL


def test_pieces_make_the_same(library_of: Corpus) -> None:
    """Files about all records are the same from pieces that were kept as from the records."""
    outputs = [api, markdown, csvs, database, calendar]
    before = {output.TITLE: files(output, library_of) for output in outputs}
    pieces = {piece.key: piece.make() for piece in pieces_of(library_of)}
    kept = pickle.loads(pickle.dumps(pieces))
    try:
        library_of.notes.pieces = kept
        for output in outputs:
            assert files(output, library_of) == before[output.TITLE], output.TITLE
    finally:
        library_of.notes.pieces = {}


def test_pieces_are_used(library_of: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all pieces at hand no record is written again for a file about all."""
    library_of.notes.pieces = {piece.key: piece.make() for piece in pieces_of(library_of)}
    try:
        monkeypatch.setattr(api, "entry_of", lambda *_: pytest.fail("an entry is made again"))
        monkeypatch.setattr(csvs, "rows_of", lambda *_: pytest.fail("a row is made again"))
        monkeypatch.setattr(database, "rows_of", lambda *_: pytest.fail("a row is made again"))
        assert files(csvs, library_of)
        assert files(database, library_of)
        assert [list(part.make()) for part in api.parts(library_of) if part.whole]
    finally:
        library_of.notes.pieces = {}
