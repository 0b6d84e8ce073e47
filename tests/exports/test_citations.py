"""Citations read back by the formats' own readers, and the head of a page read as Zotero does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jsonschema
import lxml.html
import pytest
import rispy
from pybtex.database import parse_string

from generator import cite, pages
from generator.corpus import Corpus
from generator.exports import citations
from generator.formats import BY_NAME, CITING, list_path, path_of
from generator.lists import gathered
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


def test_three_files_for_each_record_and_page(library_of: Corpus) -> None:
    written = files(citations, library_of)
    expected = {
        BY_NAME[name].of(record.folder, key)
        for record in library_of.records.values()
        for key in (record.id, *record.former_ids)
        for name in CITING
    }
    expected |= {list_path(n, p) for p in gathered(library_of).values() for n in CITING}
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


#: What CSL 1.0.2 says of an item, as far as we use it: the type of each variable, by its name.
#: Names it does not know are refused. `test_csl_keeps_its_schema` asks the schema itself.
CSL_VARIABLES: dict[str, type] = {
    "id": str, "type": str, "title": str, "author": list, "issued": dict, "accessed": dict,
    "container-title": str, "publisher": str, "genre": str, "number": str, "abstract": str,
    "keyword": str, "language": str, "note": str, "URL": str,
}  # fmt: skip
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


def csl_items(corpus: Corpus) -> list[dict[str, Any]]:
    """Every item in every CSL-JSON file."""
    written = files(citations, corpus)
    return [item for p, data in written.items() if p.endswith(".json") for item in json.loads(data)]


def test_csl_keeps_its_rules(library_of: Corpus) -> None:
    """Known variables of the right type; names and dates in the forms that the schema allows."""
    for item in csl_items(library_of):
        assert {name: type(value) for name, value in item.items()}.items() <= CSL_VARIABLES.items()
        assert item["type"] in CSL_TYPES
        for name in item.get("author", []):
            assert set(name) in ({"family", "given"}, {"literal"})
            assert all(isinstance(part, str) and part for part in name.values())
        for day in (item["issued"], item.get("accessed", item["issued"])):
            assert set(day) == {"date-parts"}
            (parts,) = day["date-parts"]
            assert 1 <= len(parts) <= 3
            assert all(isinstance(part, int) for part in parts)


def test_csl_keeps_its_schema(library_of: Corpus) -> None:
    """The official schema, which the package commonmeta-py carries, accepts every file."""
    found = find_spec("commonmeta")
    folders = list(found.submodule_search_locations or ()) if found else []
    where = [Path(folder) / "resources" / "csl-data.json" for folder in folders]
    if not where or not where[0].is_file():
        pytest.skip("no official schema of CSL-JSON: pip install --no-deps commonmeta-py")
    schema = json.loads(where[0].read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(csl_items(library_of))


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


# -- pages that gather records --------------------------------------------------------------------


def list_page(corpus: Corpus, url: str) -> tuple[dict[str, list[str]], str]:
    """The head of such a page, by names, and its text."""
    written = dict(pages.write(corpus))
    text = written[f"{url}index.md"].decode()
    front = json.loads(text.split("---\n")[1])
    return metas(lxml.html.fragment_fromstring(f"<div>{front['head']}</div>")), text


def test_every_page_that_gathers_can_be_cited(library_of: Corpus) -> None:
    """Home, lists, grouped lists, pairs, tracker …: the head, the panel and the files agree, and
    the day is that of the newest record on the page."""
    written = {path: data.decode() for path, data in pages.write(library_of)}
    for page in gathered(library_of).values():
        text = written[f"{page.url}index.md"]
        front = json.loads(text.split("---\n")[1])
        found = metas(lxml.html.fragment_fromstring(f"<div>{front['head']}</div>"))
        assert zotero_type(set(found)) == "report"
        assert found["citation_title"] == found["og:title"] == [page.title]
        assert found["citation_date"] == [page.updated] == [front["updated"]]
        assert found["og:description"] == [page.about]
        assert found.get("og:url", [""]) == [library_of.absolute(page.url) or ""]
        panel = re.search(r'<details class="cite".*?</details>', text, re.DOTALL)
        assert panel
        tree = lxml.html.fromstring(panel[0])
        made = cite.cited_page(library_of, page)
        (said,) = tree.xpath("//p[@class='cite__text']")
        assert said.text_content() == " ".join(made.text.split())
        blocks = [pre.text_content() for pre in tree.iter("pre")]
        assert blocks == [t.replace("\r\n", "\n").rstrip("\n") for _, t in made.files]


def test_the_day_of_a_list_is_that_of_its_newest_record(corpus_with: Callable[..., Corpus]) -> None:
    name = "sources/press"
    corpus = corpus_with({name: "revisions:\n  - date: 2025-12-30\n    note: Another title.\n"})
    days = {url: page.updated for url, page in gathered(corpus).items()}
    assert days["sources/"] == days["sources/by-kind/press-report/"] == "2025-12-30"
    assert days["sources/by-kind/analysis/"] < "2025-12-30"


def test_pages_of_help_are_not_for_reference_managers(mini: Corpus) -> None:
    found, text = list_page(mini, "rules/")
    assert found["og:title"] == ["Rules"]
    assert not [name for name in found if name.startswith("citation_")]
    assert 'class="cite"' not in text


def test_suggested_citation_of_a_page(mini: Corpus, real: Corpus) -> None:
    assert cite.cited_page(mini, gathered(mini)["pairs/jp-kr/"]).text == (
        "Summit Briefings, “Japan – South Korea”, List of records, updated 15 October 2025, "
        "pairs/jp-kr."
    )
    assert cite.cited_page(real, gathered(real)[""]).text.startswith(
        "Summit Briefings, Website, updated "
    )


def coins_on(text: str) -> list[dict[str, list[str]]]:
    return [
        parse_qs(span.get("title"), strict_parsing=True)
        for span in lxml.html.fromstring(text).xpath("//span[@class='Z3988']")
    ]


def test_lists_of_sources_offer_all_to_zotero(library_of: Corpus) -> None:
    """Each source of a list once, with what Zotero reads; on no other page any, because Zotero
    would take them for the page itself."""
    offering = {"sources/"}
    for path, data in pages.write(library_of):
        url, text = path.removesuffix("index.md"), data.decode()
        if "Z3988" not in text:
            continue
        assert url == "sources/" or url.startswith("sources/by-")
        offering.add(url)
        listed = [
            r for r in library_of.those(gathered(library_of)[url].ids) if isinstance(r, Source)
        ]
        found = coins_on(text.partition("\n---\n")[2])
        assert [c["rft.title"] for c in found] == [[s.title] for s in listed]
        for source, c in zip(listed, found, strict=True):
            assert c["ctx_ver"] == ["Z39.88-2004"]
            assert c["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:dc"]
            assert c["rft.date"] == [str(source.issued)[:10]]
            assert c["rft.publisher"] == [source.publisher]
            assert c.get("rft.identifier", [""]) == [source.url or ""]
            reference = cite.source_reference(library_of, source)
            assert c.get("rft.au", []) == [a.inverted for a in reference.authors]
    groups = {u for u in gathered(library_of) if re.fullmatch("sources/by-[^/]+/[^/]+/", u)}
    assert offering == {"sources/", *groups}


def test_every_type_has_a_name_in_zotero() -> None:
    assert {csl for csl, _, _ in cite.SOURCE_TYPES.values()} <= set(cite._ZOTERO)


# -- tombstones -----------------------------------------------------------------------------------


def test_a_withdrawn_record_says_so(mini: Corpus) -> None:
    """Its citation files stay, and say that and why it was withdrawn; lists leave it out."""
    written = files(citations, mini)
    record = mini.records["withdrawn-topic"]
    said = "This record was withdrawn on 1 October 2025. It was the same as Trade."
    library = parse_string(written[path_of("bibtex", record)].decode(), "bibtex")
    assert library.entries[record.id].fields["note"] == said
    assert rispy.loads(written[path_of("ris", record)].decode())[0]["notes"] == [said]
    assert json.loads(written[path_of("csl", record)])[0]["note"] == said
