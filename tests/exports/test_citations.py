"""Citations read back by the formats' own readers, and the head of a page read as Zotero does."""

from __future__ import annotations

import json
import re

import lxml.html
import pytest
import rispy
from pybtex.database import parse_string

from generator import cite, pages
from generator.corpus import Corpus
from generator.exports import citations
from generator.formats import BY_NAME, path_of
from generator.model import RECORD_TYPES, Record, Source, SourceKind
from tests.exports.conftest import HOSTILE, files

#: What LaTeX's own signs look like once written, for reading them back.
UNLATEX = {
    r"{\textbackslash}": "\\",
    r"{\textbraceleft}": "{",
    r"{\textbraceright}": "}",
    r"{\textasciicircum}": "^",
    r"\textasciitilde\ ": "~ ",
    r"\textasciitilde ": "~",
    r"\$": "$",
    r"\&": "&",
    r"\%": "%",
    r"\#": "#",
    r"\_": "_",
}
_SIGNS = re.compile("|".join(re.escape(key) for key in UNLATEX) + "|[{}]")


def unlatex(text: str) -> str:
    """BibTeX as plain text: signs back, the braces around names gone."""
    return _SIGNS.sub(lambda m: UNLATEX.get(m[0], ""), text)


def standing(corpus: Corpus) -> list[Record]:
    return [r for r in corpus.records.values() if not r.withdrawn]


def test_three_files_for_each_record(library_of: Corpus) -> None:
    written = files(citations, library_of)
    expected = {
        BY_NAME[name].of(record.folder, key)
        for record in standing(library_of)
        for key in (record.id, *record.former_ids)
        for name in ("bibtex", "ris", "csl")
    }
    assert expected == set(written) - {f"cite/sources.{end}" for end in ("bib", "ris", "json")}


def test_bibtex_comes_back(library_of: Corpus) -> None:
    """Parsed by pybtex: key, title, authors, date and address are those of the record."""
    written = files(citations, library_of)
    for record in standing(library_of):
        library = parse_string(written[path_of("bibtex", record)].decode(), "bibtex")
        assert list(library.entries) == [record.id]
        entry = library.entries[record.id]
        reference = cite.reference_of(library_of, record)
        assert unlatex(entry.fields["title"]) == " ".join(reference.title.split())
        assert entry.fields["date"] == str(reference.issued)[:10]
        assert entry.fields.get("url", "") == reference.url
        found = [unlatex(str(person)) for person in entry.persons.get("author", [])]
        expected = [a.inverted for a in reference.authors]
        assert found == (expected or ([reference.publisher] if reference.path else []))


def test_ris_comes_back(library_of: Corpus) -> None:
    """Parsed by rispy: one record, its title, authors, day, publisher and address."""
    written = files(citations, library_of)
    for record in standing(library_of):
        data = written[path_of("ris", record)].decode()
        assert data.startswith("TY  - ")
        assert set(re.findall(r"(?<!\r)\n", data)) == set()
        (entry,) = rispy.loads(data)
        reference = cite.reference_of(library_of, record)
        assert entry["id"] == record.id
        assert entry["title"] == reference.title
        assert entry["publisher"] == reference.publisher
        assert entry["date"].replace("/", "-").startswith(str(reference.issued)[:10])
        assert entry.get("urls", []) == ([reference.url] if reference.url else [])
        expected = [a.inverted for a in reference.authors]
        assert entry.get("authors", []) == (
            expected or ([reference.publisher] if reference.path else [])
        )


#: The types of CSL 1.0.2 that are used here.
CSL_TYPES = {
    "article-newspaper",
    "dataset",
    "document",
    "legal_case",
    "legislation",
    "report",
    "speech",
    "treaty",
}


def test_csl_comes_back(library_of: Corpus) -> None:
    written = files(citations, library_of)
    for record in standing(library_of):
        (item,) = json.loads(written[path_of("csl", record)])
        reference = cite.reference_of(library_of, record)
        assert item["id"] == record.id
        assert item["type"] in CSL_TYPES
        assert re.sub(r'<span class="nocase">(.*?)</span>', r"\1", item["title"]) == reference.title
        parts = item["issued"]["date-parts"][0]
        assert all(isinstance(part, int) for part in parts)
        assert "-".join(f"{part:02d}" for part in parts) == str(reference.issued)[:10]


def test_all_sources_in_one_file(library_of: Corpus) -> None:
    written = files(citations, library_of)
    ids = [source.id for source in library_of.all(Source)]
    assert list(parse_string(written["cite/sources.bib"].decode(), "bibtex").entries) == ids
    assert [e["id"] for e in rispy.loads(written["cite/sources.ris"].decode())] == ids
    assert [i["id"] for i in json.loads(written["cite/sources.json"])] == ids


def test_every_kind_of_source_has_types() -> None:
    assert set(cite.SOURCE_TYPES) == set(SourceKind)
    assert all(ris in rispy.TYPE_OF_REFERENCE_MAPPING for _, _, ris in cite.SOURCE_TYPES.values())


@pytest.mark.parametrize(
    ("title", "names", "expected"),
    [
        ("Lee Jae-myung's visit", {"Lee", "Lee Jae-myung"}, "[Lee Jae-myung]'s visit"),
        ("Lee–Trump summit, Tokyo", {"Lee", "Trump", "Tokyo"}, "[Lee]–[Trump] summit, [Tokyo]"),
        ("Japan-ROK talks", {"ROK", "Japan"}, "[Japan]-[ROK] talks"),
        ("The Leeds talks", {"Lee"}, "The Leeds talks"),
        ("South Korea and Korea", {"South Korea", "Korea"}, "[South Korea] and [Korea]"),
        ("이재명 in Tokyo", {"Tokyo"}, "이재명 in [Tokyo]"),
        ("", {"Lee"}, ""),
        ("…", {"Lee"}, "…"),
    ],
)
def test_names_in_titles(title: str, names: set[str], expected: str) -> None:
    """The longest name wins, at word boundaries only, and no character is lost."""
    pieces = list(cite.spans(title, frozenset(names)))
    assert "".join(f"[{text}]" if is_name else text for text, is_name in pieces) == expected
    assert "".join(text for text, _ in pieces) == title


def test_names_are_protected(mini: Corpus) -> None:
    record = mini.records["2025-08-23-lee-ishiba-tokyo"]
    made = cite.cited(mini, record)
    assert "{Lee}–{Ishiba} summit, {Tokyo}" in made.bibtex
    assert '<span class=\\"nocase\\">Ishiba</span>' in made.csl


def test_suggested_citation(mini: Corpus, real: Corpus) -> None:
    """Plain text; the permanent id stands in for the address while the site has none."""
    terms = mini.records["2025-08-25-investment-terms"]
    assert cite.cited(mini, terms).text == (
        "Summit Briefings, “The terms of the investment are left open”, Takeaway: "
        "Lee–Trump summit, Washington (25 August 2025), updated 1 September 2025, "
        "takeaways/2025-08-25-investment-terms."
    )
    assert cite.cited(mini, mini.records["joint-text"]).text == (
        "“Joint press release on the talks” [Joint press release], Ministry of Foreign Affairs, "
        "23 August 2025, https://www.example.org/joint-text?a=1&b=2."
    )
    kr = cite.cited(real, real.records["kr"])
    assert kr.text.endswith("https://example.org/summits/countries/kr/.")


def test_a_digest_is_not_ascribed_to_the_author(mini: Corpus) -> None:
    """Our digest of an analysis is by the site, and says whose analysis it digests."""
    digest = cite.page_of(mini, mini.records["2025-09-01-two-summits"])
    assert digest.authors == ()
    assert "Ramon Pacheco Pardo" in digest.note


# -- the head of the page -------------------------------------------------------------------------


def head(corpus: Corpus, record: Record) -> lxml.html.HtmlElement:
    """The head as the page carries it, read as HTML."""
    _, page = pages.record_page(corpus, record)
    front = json.loads(page.decode().split("---\n")[1])
    return lxml.html.fragment_fromstring(f"<div>{front['head']}</div>")


def metas(tree: lxml.html.HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        found.setdefault(meta.get("name") or meta.get("property"), []).append(meta.get("content"))
    return found


def zotero_type(names: set[str]) -> str:
    """The rules of Zotero's Embedded Metadata translator for the type of an item, in its order."""
    rules = (
        ("citation_conference_title", "conferencePaper"),
        ("citation_conference", "conferencePaper"),
        ("citation_book_title", "bookSection"),
        ("citation_isbn", "book"),
        ("citation_dissertation_institution", "thesis"),
        ("citation_technical_report_institution", "report"),
        ("citation_technical_report_number", "report"),
        ("citation_patent_number", "patent"),
        ("citation_title", "journalArticle"),
    )
    if names & {"citation_journal_title", "citation_inbook_title"}:
        return "journalArticle"
    return next((kind for name, kind in rules if name in names), "webpage")


def test_zotero_sees_a_report(library_of: Corpus) -> None:
    """So it is for the first three records of each type."""
    for record in (r for kind in RECORD_TYPES for r in library_of.all(kind)[:3]):
        found = metas(head(library_of, record))
        assert zotero_type(set(found)) == "report"
        assert found["citation_title"] == [record.title_text]
        assert found["citation_technical_report_institution"] == ["Summit Briefings"]
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", found["citation_date"][0])
        assert not [n for n in found if re.search(r"journal|conference|isbn|book|issn", n)]
        assert all(name.count(",") == 1 for name in found.get("citation_author", []))
        assert found["og:title"] == [record.title_text]
        assert all(content for contents in found.values() for content in contents)


def test_an_author_is_family_and_given(corpus_with) -> None:
    corpus = corpus_with({"briefings/2025-09-01-two-summits": "digest_of:\n"})
    found = metas(head(corpus, corpus.records["2025-09-01-two-summits"]))
    assert found["citation_author"] == ["Pacheco Pardo, Ramon"]
    assert found["citation_technical_report_number"] == ["SB-1"]


def test_addresses_only_where_the_site_has_one(mini: Corpus, real: Corpus) -> None:
    assert "citation_public_url" not in metas(head(mini, mini.records["kr"]))
    found = metas(head(real, real.records["kr"]))
    assert found["citation_public_url"] == ["https://example.org/summits/countries/kr/"]


def test_hostile_text_stays_text(hostile: Corpus) -> None:
    """In the head, and in the panel on the page, every character of a title is read back."""
    for key in ("2025-08-25-investment-terms", "press"):
        record = hostile.records[key]
        assert metas(head(hostile, record))["citation_title"] == [HOSTILE]
        _, page = pages.record_page(hostile, record)
        panel = re.search(r'<details class="cite".*?</details>', page.decode(), re.DOTALL)
        assert panel
        blocks = [pre.text_content() for pre in lxml.html.fromstring(panel[0]).iter("pre")]
        made = cite.cited(hostile, record)
        expected = [text.replace("\r\n", "\n").rstrip("\n") for _, text in made.files]
        assert blocks == expected
