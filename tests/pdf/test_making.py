"""Making documents: the store, the same bytes, the command, the site."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from generator import pages
from generator.build import _paper, write_docs
from generator.corpus import Corpus
from generator.pdf import CannotMake, TypesettingFailed, press, shelf, typeset
from generator.pdf.fonts import Rack
from tests.conftest import Run
from tests.pdf.conftest import SITE, every, find, job_of

TOKYO = "2025-08-23-lee-ishiba-tokyo"


# -- the store ------------------------------------------------------------------------------------


def test_the_store(tmp_path: Path, small: Corpus, rack: Rack) -> None:
    """Made once; made again only where something changed, a file is damaged or gone."""
    documents = [find(small, "glance", TOKYO), find(small, "topic", "trade")]
    seen: list[tuple[int, int, str]] = []

    def make(corpus: Corpus) -> press.Made:
        wanted = [find(corpus, "glance", TOKYO), find(corpus, "topic", "trade")]
        return press.make(wanted, tmp_path, rack, lambda *step: seen.append(step))

    made = make(small)
    assert made.anew == 2
    assert seen[-1][:2] == (2, 2)
    assert [(p.path, p.page, p.pages) for p in made.papers] == [
        (documents[0].path, f"summits/{TOKYO}/", 1),
        (documents[1].path, "topics/trade/", made.papers[1].pages),
    ]
    first = made.papers[0].file.read_bytes()
    assert len(first) == made.papers[0].size
    assert make(small).anew == 0
    made.papers[0].file.write_bytes(first[:-1])
    assert make(small).anew == 1
    assert made.papers[0].file.read_bytes() == first
    made.papers[1].file.unlink()
    assert make(small).anew == 1
    records = dict(small.records)
    records[TOKYO] = records[TOKYO].model_copy(update={"venue": "Elsewhere"})
    assert make(Corpus(records, small.today, small.site_url)).anew == 1  # the topic says no venue
    (tmp_path / "made.json").write_text("]", encoding="utf-8")
    assert make(small).anew == 2


def test_fonts_are_on_record(tmp_path: Path, small: Corpus, korean: Rack) -> None:
    press.make([find(small, "glance", TOKYO)], tmp_path, korean)
    rows = json.loads((tmp_path / "fonts.json").read_text(encoding="utf-8"))
    assert rows[0]["family"] == "Libertinus Serif"
    assert all(len(row["sha256"]) == 64 for row in rows[1:])
    assert len(rows) > 1


def test_prune(tmp_path: Path, small: Corpus, rack: Rack) -> None:
    both = press.make([find(small, "glance", TOKYO), find(small, "pair", "jp-kr")], tmp_path, rack)
    press.prune(tmp_path, both.papers[:1])
    assert [p.file.exists() for p in both.papers] == [True, False]
    assert press.make([find(small, "glance", TOKYO)], tmp_path, rack).anew == 0


def test_too_long_is_said_and_not_made(tmp_path: Path, small: Corpus, rack: Rack) -> None:
    records = dict(small.records)
    records[TOKYO] = records[TOKYO].model_copy(update={"title": "word " * 300})
    wanted = [find(Corpus(records, small.today), "glance", TOKYO)]
    for _ in range(2):  # the second time from the store
        made = press.make(wanted, tmp_path, rack)
        assert (made.papers, made.too_long) == ([], wanted)
    assert list(tmp_path.rglob("*.pdf")) == []


def test_same_bytes_whoever_makes_it(small: Corpus, rack: Rack) -> None:
    """Here or in other processes, in whatever order."""
    jobs = [job_of(document, rack) for document in every(small)[:8]]
    here = {job.name: typeset.typeset(job) for job in jobs}
    there = {sheets.name: sheets for sheets in typeset.typeset_all(jobs[::-1], processes=2)}
    assert here == there


def test_a_document_that_typst_refuses(tmp_path: Path, small: Corpus, rack: Rack) -> None:
    """A bug of ours is named with its document; what was made before is kept."""
    job = job_of(find(small, "glance", TOKYO), rack)
    broken = typeset.Job("broken", job.template, {**job.tree, "facts": "none"})
    with pytest.raises(TypesettingFailed, match="broken"):
        list(typeset.typeset_all([job, broken], processes=1))


# -- choosing -------------------------------------------------------------------------------------


def test_choosing(small: Corpus) -> None:
    paths = [d.path for d in shelf.chosen(small, {"pair": ("kr-jp", "jp-kr"), "country": ("KR",)})]
    assert paths == ["pair/jp-kr-pair.pdf", "country/kr-country.pdf"]


@pytest.mark.parametrize(
    ("option", "wanted", "says"),
    [
        ("summit", "2025-08-23-lee-ishiba-tokio", f"Did you mean {TOKYO}?"),
        ("summit", "lee-trump", "Did you mean 2025-08-25-lee-trump-washington?"),
        ("person", "Lee Jae Myung", "Did you mean lee-jae-myung?"),
        ("topic", "lee-jae-myung", "There is a record of that id among the people."),
        ("country", "zz", 'There is no country "zz".'),
    ],
)
def test_an_id_there_is_none_of(small: Corpus, option: str, wanted: str, says: str) -> None:
    with pytest.raises(CannotMake) as error:
        shelf.chosen(small, {option: (wanted,)})
    assert says in str(error.value)


# -- the command ----------------------------------------------------------------------------------


def test_the_command(run: Run, root: Path, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "x.pdf"
    done = run("pdf", "--glance", TOKYO, "-o", str(target))
    assert (done.code, done.out) == (0, "")
    assert f"{target}: 1 page, " in done.err
    with pikepdf.open(target) as file:
        assert len(file.pages) == 1
    assert run("pdf", "--summit", TOKYO, "--open", "-o", str(tmp_path)).code == 0
    assert {p.name for p in tmp_path.glob("*.pdf")} == {f"{TOKYO}-brief.pdf", "open-items.pdf"}
    assert run("pdf", "--since", "2025-08-24", "--paper", "letter", "-o", str(tmp_path)).code == 0
    with pikepdf.open(tmp_path / "from-2025-08-24.pdf") as file:
        assert [float(v) for v in file.pages[0].mediabox] == [0, 0, 612, 792]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ((), 2, "Say what to make"),
        (("--summit", "nowhere"), 2, 'There is no summit "nowhere".'),
        (("--since", "1999-01-01", "--until", "1999-02-01"), 2, "Nothing is recorded between"),
        (("--since", "yesterday"), 2, "is not a date"),
        (("--open", "--paper", "a5"), 2, "a5"),
        (("--open", "--fonts", "nowhere"), 2, "does not exist"),
        (("--open", "--compendium", "-o", "x.pdf"), 2, "2 documents need a folder"),
        (("--open", "-o", "/dev/null/x.pdf"), 4, "/dev/null"),
    ],
)
def test_refusals(run: Run, root: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    """One plain message, the right code, and no file."""
    done = run("pdf", *arguments)
    assert done.code == code
    assert says in done.err
    assert "Traceback" not in done.err
    assert not list(root.rglob("*.pdf"))


def test_an_empty_folder_of_fonts(run: Run, root: Path, tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    done = run("pdf", "--open", "--fonts", str(tmp_path / "fonts"))
    assert (done.code, "There is no font in" in done.err) == (2, True)


def test_content_with_errors(run: Run, root: Path, tmp_path: Path) -> None:
    (root / "content" / "topics" / "trade.yml").write_text("name: x\nx: y\n", encoding="utf-8")
    done = run("pdf", "--open", "-o", str(tmp_path / "x.pdf"))
    assert done.code == 1
    assert not (tmp_path / "x.pdf").exists()


def test_nothing_half_written(
    run: Run, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document Typst refuses leaves the file that was there, and no other."""

    def refuse(job: object, room: int) -> bytes:
        raise TypesettingFailed("x: no")

    target = tmp_path / "x.pdf"
    target.write_bytes(b"old")
    monkeypatch.setattr(typeset, "_pdf", refuse)
    done = run("pdf", "--open", "-o", str(target))
    assert (done.code, target.read_bytes()) == (3, b"old")
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["x.pdf"]


# -- the site -------------------------------------------------------------------------------------


def test_pages_name_their_papers(tmp_path: Path, small: Corpus, rack: Rack) -> None:
    """With pages and size; without PDFs there is no link."""
    wanted = [find(small, "glance", TOKYO), shelf.open_items(small)]
    papers = press.make(wanted, tmp_path / "store", rack).papers
    docs = tmp_path / "docs"
    write_docs(small, docs, papers)
    page = (docs / "summits" / TOKYO / "index.md").read_text(encoding="utf-8")
    size = f"{round(papers[0].size / 1000)} kB"
    assert f'href="../../pdf/{papers[0].path}" type="application/pdf">At a glance</a>' in page
    assert f"(PDF, 1 page, {size})" in page
    assert "open-items.pdf" in (docs / "tracker" / "index.md").read_text(encoding="utf-8")
    write_docs(small, docs)
    assert "application/pdf" not in dict(pages.write(small))[f"summits/{TOKYO}/index.md"].decode()


def test_zotero_finds_the_paper(tmp_path: Path, small: Corpus, rack: Rack) -> None:
    """The head of a page names the fullest PDF of it, where the site has an address; so does no
    page without a PDF."""
    summit = small.records[TOKYO]
    wanted = [find(small, option, TOKYO) for option in ("glance", "summit")]
    papers = pages.by_page(press.make(wanted, tmp_path / "store", rack).papers)
    name = "citation_pdf_url"
    _, page = pages.record_page(small, summit, papers)
    address = f"{SITE}pdf/brief/{TOKYO}-brief.pdf"
    assert page.decode().count(name) == 1
    assert f'<meta name=\\"{name}\\" content=\\"{address}\\">' in html.unescape(page.decode())
    assert name not in pages.record_page(small, summit)[1].decode()
    nowhere = Corpus(small.records, small.today)
    assert name not in pages.record_page(nowhere, summit, papers)[1].decode()


def test_a_paper_of_the_same_length_is_published(tmp_path: Path, small: Corpus, rack: Rack) -> None:
    """A site whose PDF changed in one letter gets the new one, though it may be as large."""
    records = dict(small.records)
    summit = records[TOKYO]
    said = summit.bottom_line.replace("two", "six")  # type: ignore[attr-defined]
    records[TOKYO] = summit.model_copy(update={"bottom_line": said})
    parts = []
    for corpus in (small, Corpus(records, small.today, SITE)):
        [paper] = press.make([find(corpus, "glance", TOKYO)], tmp_path / "store", rack).papers
        parts.append(_paper(replace(paper, size=0)).given)
    assert parts[0] != parts[1]


def test_every_standard_document_has_its_page(small: Corpus) -> None:
    """Each is named on some page of the site: no file that nobody finds."""
    written = dict(pages.write(small))
    addresses = {p.removesuffix("index.md") for p in written}
    for document in shelf.standard(small):
        assert document.page in addresses, document.path
