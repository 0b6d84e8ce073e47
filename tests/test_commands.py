"""The editing commands as somebody types them: what they print, write and refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.bibliography import CannotRead, guessed_format, sources_in
from generator.build import check_content
from generator.load import load
from generator.model import RECORD_TYPES
from generator.scaffold import questions, slug
from tests.conftest import TODAY, Run


def no_errors(root: Path) -> bool:
    return not [p for p in check_content(root, TODAY).problems if p.level == "error"]


# -- fmt ----------------------------------------------------------------------------------------


def test_fmt(run: Run, root: Path) -> None:
    path = root / "content/topics/trade.yml"
    path.write_text(
        "# mine\nname: 'Trade'\n\ndefinition: Buying and selling.\npublished: 2025-9-1\n",
        encoding="utf-8",
    )
    run("fmt")
    assert path.read_text(encoding="utf-8") == (
        "# mine\nname: Trade\n\ndefinition: |\n  Buying and selling.\npublished: 2025-09-01\n"
    )
    assert run("fmt", "--check").code == 0
    path.write_text("name: Trade\nname: x\n", encoding="utf-8")
    refused = run("fmt", str(path))
    assert refused.code == 1
    assert "content/topics/trade.yml:2:1: SB109" in refused.err


def test_fmt_check_and_dry_run_change_nothing(run: Run, root: Path) -> None:
    path = root / "content/topics/trade.yml"
    text = path.read_text(encoding="utf-8") + "notes: x\n"
    path.write_text(text, encoding="utf-8")
    checked = run("fmt", "--check", str(path))
    assert (checked.code, checked.out) == (1, "content/topics/trade.yml\n")
    shown = run("fmt", "--dry-run", str(path))
    assert (shown.code, shown.out.splitlines()[-1]) == (0, "+  x")
    assert path.read_text(encoding="utf-8") == text


# -- rename, merge, withdraw, status, xref ------------------------------------------------------


def test_rename(run: Run, root: Path) -> None:
    assert run("rename", "ishiba-shigeru", "shigeru-ishiba", "--dry-run").out.count("+++ ") > 2
    assert (root / "content/people/ishiba-shigeru.yml").exists()
    assert run("rename", "ishiba-shigeru", "shigeru-ishiba").code == 0
    assert not (root / "content/people/ishiba-shigeru.yml").exists()
    assert no_errors(root)
    refused = run("rename", "ishiba-shigeruu", "x")
    assert (refused.code, refused.err) == (1, 'there is no record "ishiba-shigeruu".\n')


def test_status(run: Run, root: Path) -> None:
    done = run(
        "status",
        "2025-08-25-investment-terms",
        "stalled",
        "--date",
        "2025-12-20",
        "--note",
        "Talks: stopped.",
        "--source",
        "later-press, p. 3",
        "--checked",
        "2025-12-31",
    )
    assert done.code == 0 or "SB513" in done.err
    assert (
        run(
            "status",
            "2025-08-25-investment-terms",
            "agred",
            "--date",
            "2025",
            "--note",
            "x",
            "--source",
            "press",
        ).code
        == 2
    )
    odd = run(
        "status",
        "2025-08-25-investment-terms",
        "agreed",
        "--date",
        "20/12/2025",
        "--note",
        "x",
        "--source",
        "press",
    )
    assert odd.code == 2
    assert "Write 2025-12-20." in odd.err


def test_nothing_is_written_that_has_errors(run: Run, root: Path) -> None:
    path = root / "content/takeaways/2025-08-25-investment-terms.yml"
    before = path.read_bytes()
    done = run(
        "status", path.stem, "agreed", "--date", "2025-12-20", "--note", "x", "--source", "presss"
    )
    assert done.code == 1
    assert "SB401" in done.err
    assert "Did you mean press?" in done.err
    assert path.read_bytes() == before


def test_withdraw(run: Run, root: Path) -> None:
    done = run("withdraw", "trade", "--reason", "Twice.", "--date", "2025-12-01")
    assert done.code == 0
    assert "To be put right in other records now" in done.err
    assert load(root).records["trade"].withdrawn
    assert run("withdraw", "trade", "--reason", "Twice.").code == 1


def test_xref(run: Run) -> None:
    found = run("xref", "trade")
    assert found.code == 0
    assert "content/topics/tariffs.yml" in found.out


def test_stats(run: Run) -> None:
    assert "To look at" in run("stats").out
    assert json.loads(run("stats", "--json").out)["Records"]["Summits"] == 2


# -- new ----------------------------------------------------------------------------------------

TAKEAWAY = (
    "summits=2025-08-25-lee-trump-washington",
    "headline=Korea will buy fifty aircraft",
    "kind=commitment",
    "body=It will. [@press]",
    "by=South Korea",
    "topics=trade",
    "sources=press",
)


def test_new(run: Run, root: Path) -> None:
    """Names become ids, the history begins, the order follows, the id is suggested."""
    done = run("new", "takeaway", *TAKEAWAY, "--no-input", "--today", TODAY.isoformat())
    assert (done.code, done.err.splitlines()[0][:8]) == (0, "Written.")
    assert done.out == "content/takeaways/2025-08-25-korea-will-buy-fifty.yml\n"
    assert no_errors(root)
    assert run("fmt", "--check", str(root / done.out.strip())).code == 0


def test_new_asks(run: Run, root: Path) -> None:
    """What is missing is asked for, and asked again until it fits."""
    typed = "Steel\nDuties on\n\n"
    done = run("new", "topic", "--today", TODAY.isoformat(), typed=typed)
    assert done.code == 0, done.err
    assert (root / "content/topics/steel.yml").exists()
    typed = "lees\nlee-jae-myung\nx\n\n"
    again = run("new", "organisation", "name=X", "kind=forums", "--no-input")
    assert again.code == 2
    assert "forum" in again.err


def test_new_asks_for_what_is_worth_having(run: Run, root: Path) -> None:
    """An address, a deadline: asked as well, and Enter leaves them out; half a deadline is none."""
    given = ["title=A deal", "kind=press-report", "publisher=X", "issued=2025-09-01", "language=en"]
    typed = "\nhttps:/x\nhttps://example.org/a-deal\n\nJane Doe; Kim Min-su\n\n\n"
    done = run("new", "source", *given, "--today", TODAY.isoformat(), typed=typed)
    assert done.code == 0, done.err
    assert "Enter leaves it out." in done.err
    text = (root / done.out.strip().splitlines()[-1]).read_text(encoding="utf-8")
    assert "url: https://example.org/a-deal\n" in text
    assert "authors:\n  - Jane Doe\n  - Kim Min-su\n" in text
    assert "archived_url" not in text
    done = run("new", "takeaway", *TAKEAWAY, "--today", TODAY.isoformat(), typed="\n\n\n")
    assert done.code == 0, done.err
    assert "deadline.text" not in done.err
    typed = "\n2025-12\nbefore the end of the year\n\n"
    more = [v.replace("fifty", "sixty") for v in TAKEAWAY]
    done = run("new", "takeaway", *more, "--today", TODAY.isoformat(), typed=typed)
    assert done.code == 0, done.err
    text = (root / done.out.strip().splitlines()[-1]).read_text(encoding="utf-8")
    assert "deadline:\n  date: 2025-12\n  text: before the end of the year\n" in text


def test_a_path_or_an_address_stands_for_an_id(run: Run) -> None:
    """What a command printed, or what stands in the browser, can be pasted."""
    found = run("xref", "trade")
    assert run("xref", "content/topics/trade.yml").out == found.out
    assert run("xref", "https://example.org/topics/trade/").out == found.out


def test_new_missing(run: Run) -> None:
    done = run("new", "source", "title=X", "--no-input")
    assert done.code == 2
    assert "kind is missing: What sort of text it is." in done.err


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("kindd=outcome", "Did you mean kind?"),
        ("by=Korea South Pole", "there is no record"),
        ("by=Ishiba", "Did you mean ishiba-shigeru?"),
        ("deadline.date=31/12/2025", "Write 2025-12-31."),
        ("headline", "write FIELD=VALUE"),
    ],
)
def test_new_wrong(run: Run, value: str, words: str) -> None:
    done = run("new", "takeaway", value, "--no-input")
    assert done.code == 2
    assert words in done.err


def test_questions_cover_what_is_required() -> None:
    """Each type can be made from its questions alone."""
    for kind in RECORD_TYPES:
        ways = {q.way for q in questions(kind)}
        required = {n for n, i in kind.model_fields.items() if i.is_required()} - {
            "id",
            "published",
        }
        assert {way.partition(".")[0] for way in ways} == required
        assert all(q.about for q in questions(kind))


def test_slug() -> None:
    assert slug("São Paulo–Seoul: “the” deal’s é") == "sao-paulo-seoul-the-deals-e"


# -- sources from other programs ----------------------------------------------------------------

BIBTEX = """\
@article{x, title = {The {Korea}--US Deal: A \\& B}, author = {Doe, Jane and {Kim Min-su}},
  journal = {The Diplomat}, date = {2025-08-05}, url = {https://example.org/a}, langid = {english}}
@misc{y, title = {Readout}, year = 2025, month = aug, url = {https://example.org/b}}
"""
RIS = """\
TY  - NEWS
TI  - Summit over
AU  - Doe, Jane
T2  - Reuters
DA  - 2025/08/26/
UR  - https://example.org/c
LA  - en
ER  -
"""
CSL = json.dumps(
    [
        {
            "type": "article-newspaper",
            "title": "Summit over",
            "container-title": "AP",
            "author": [{"given": "Jane", "family": "Doe"}],
            "issued": {"date-parts": [[2025, 8]]},
            "URL": "https://example.org/d",
            "language": "en-US",
        }
    ]
)


def test_bibtex() -> None:
    first, second = sources_in(BIBTEX, "bibtex")
    assert first == {
        "title": "The Korea–US Deal: A & B",
        "kind": "analysis",
        "authors": ["Jane Doe", "Kim Min-su"],
        "publisher": "The Diplomat",
        "issued": "2025-08-05",
        "url": "https://example.org/a",
        "language": "en",
    }
    assert (second["title"], second["issued"]) == ("Readout", "2025-08")


def test_ris() -> None:
    assert sources_in(RIS, "ris") == [
        {
            "title": "Summit over",
            "kind": "press-report",
            "authors": ["Jane Doe"],
            "publisher": "Reuters",
            "issued": "2025-08-26",
            "url": "https://example.org/c",
            "language": "en",
        }
    ]


def test_csl() -> None:
    (found,) = sources_in(CSL, "csl-json")
    assert (found["issued"], found["language"], found["authors"]) == ("2025-08", "en", ["Jane Doe"])


@pytest.mark.parametrize("form", ["bibtex", "ris", "csl-json"])
@pytest.mark.parametrize(
    "text", ["", "junk", "{", "[1]", "@a{", "TY  - X", '[{"issued": 3}]', "null"]
)
def test_junk(form: str, text: str) -> None:
    try:
        rows = sources_in(text, form)
    except CannotRead:
        return
    assert isinstance(rows, list)


def test_format_is_guessed() -> None:
    assert guessed_format("x.bib", "") == "bibtex"
    assert guessed_format("-", BIBTEX) == "bibtex"
    assert guessed_format("-", RIS) == "ris"
    assert guessed_format("-", CSL) == "csl-json"


def test_add_source(run: Run, root: Path) -> None:
    """Complete ones are written; incomplete ones are named with what they lack."""
    lists = root / "list.bib"
    lists.write_text(BIBTEX, encoding="utf-8")
    today = ("--today", TODAY.isoformat())
    done = run("add-source", str(lists), *today)
    assert done.code == 1
    assert '"Readout" lacks kind, publisher, language' in done.err.replace("tier, ", "").replace(
        ", tier", ""
    )
    assert len(done.out.splitlines()) == 1
    assert no_errors(root)
    given = ("--set", "kind=readout", "--set", "publisher=X", "--set", "language=ko")
    again = run("add-source", str(lists), *given, *today)
    assert again.code == 0, again.err
    assert "is there already" in again.err
    assert no_errors(root)
