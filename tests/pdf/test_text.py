"""What a contributor wrote comes out as it was written, whatever it means to Typst."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.corpus import Corpus
from generator.pdf import CannotMake
from generator.pdf.fonts import BUILT_IN, Rack, broken_up, warnings
from generator.pdf.nodes import Tree, words_of
from generator.pdf.typeset import TEMPLATES, Job, typeset
from tests.pdf.conftest import (
    HOSTILE,
    bare,
    every,
    find,
    hostile_library,
    printed,
)

#: Fields that are printed nowhere: for editors, or about the page itself.
NOT_PRINTED = re.compile(
    r"notes|revisions\.\d+\.note|withdrawn\.reason|demonym|iso3|names\.(family|given)"
    r"|amounts\.\d+\.quoted_as|participants\.\d+\.as|.*native.*"
)
#: Types that have no place on paper but as names.
NAMES_ONLY = {"pages", "organisations", "sources"}


@pytest.fixture(scope="module")
def hostile() -> tuple[Corpus, dict[str, dict[str, str]]]:
    return hostile_library()


def test_hostile_text_stays_whole(
    hostile: tuple[Corpus, dict[str, dict[str, str]]], rack: Rack
) -> None:
    """Every text of every record stands in some document, whole, letter by letter; and wherever
    one begins in a document of one page, all of it follows."""
    corpus, texts = hostile
    expected = {
        bare(text).split("q")[1]: bare(corpus.plain(text) if _is_prose(corpus, key, way) else text)
        for key, fields in texts.items()
        for way, text in fields.items()
    }
    seen: set[str] = set()
    for document in every(corpus):
        pages = printed(document, rack).pages
        for page in pages:
            for match in re.finditer(r"q(\d{3})q", page):
                if page[match.start() :].startswith(expected[match[1]]):
                    seen.add(match[1])
                else:  # only the end of a page may cut a text in two
                    assert len(pages) > 1, document.path
    missing = {
        f"{key}: {way}"
        for key, fields in texts.items()
        for way, text in fields.items()
        if bare(text).split("q")[1] not in seen
        and not NOT_PRINTED.fullmatch(way)
        and corpus.records[key].folder not in NAMES_ONLY
        and (corpus.records[key].folder != "topics" or key == "trade")  # others have no takeaways
    }
    assert missing == set()


def _is_prose(corpus: Corpus, key: str, way: str) -> bool:
    return way in {
        ".".join(str(part) for part in found)
        for found, _, _ in corpus.prose_of(corpus.records[key])
    }


def test_nothing_is_evaluated(rack: Rack) -> None:
    """Text that is code to Typst is printed: were it run, setting it would stop with an error."""
    corpus, _ = hostile_library()
    text = printed(find(corpus, "glance", "2025-08-23-lee-ishiba-tokyo"), rack).text
    assert bare(HOSTILE) in text
    assert "#panic()" in text


def test_templates_bring_nothing_in() -> None:
    """No template imports a package, reads a file or evaluates text as code."""
    templates = list(TEMPLATES.glob("*.typ"))
    assert len(templates) > 4
    for path in templates:
        code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        assert not re.search(r"@preview|@local|\beval\(|\bread\(|\bplugin\(", code), path
        assert set(re.findall(r'#import "([^"]+)"', code)) <= {"shared.typ"}, path


# -- fonts ----------------------------------------------------------------------------------------


def _line(text: str, families: list[str] | None = None) -> Tree:
    return {"text": text, "fonts": families or ["Libertinus Serif"], "date": [2026, 1, 1]}


def test_the_text_face_has_what_the_table_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typst prints every character of `BUILT_IN` in all four styles and finds none missing."""
    (tmp_path / "all.typ").write_text(
        "#let data = json(bytes(sys.inputs.data))\n"
        '#set document(title: "x")\n#set text(font: data.fonts, fallback: false)\n'
        '#for (weight, style) in ((400, "normal"), (600, "normal"), (400, "italic"), '
        '(600, "italic")) { text(weight: weight, style: style, data.text) + parbreak() }\n'
        "#context [#metadata(here().page())<pages>]\n",
        encoding="utf-8",
    )
    monkeypatch.setattr("generator.pdf.typeset.TEMPLATES", tmp_path)
    characters = [chr(n) for n in range(0x20, 0x2700) if BUILT_IN.match(chr(n))]
    assert len(characters) > 1000
    assert typeset(Job("all", "all.typ", _line(" ".join(characters)))).fits


def test_a_character_without_a_font_is_named(small: Corpus, bare_rack: Rack) -> None:
    fit = bare_rack.fitted({"title": "a \U0001f600 b \u202e c \ue000 d \U000e0041"})
    assert fit.tree["title"] == "a <U+1F600> b <U+202E> c <U+E000> d <U+E0041>"
    assert fit.families == ["Libertinus Serif"]
    [warning] = warnings([fit])
    assert warning == "No font covers U+202E, U+E000, U+1F600, U+E0041; printed as code points."


def test_names_without_a_font_are_left_out(small: Corpus, bare_rack: Rack) -> None:
    """The romanised name stands alone, without empty brackets, and one warning says why."""
    document = find(small, "person", "lee-jae-myung")
    fit = bare_rack.fitted({**document.tree(), "paper": "a4"})
    [warning] = warnings([fit, fit])
    assert warning.startswith(
        "No font covers names in Japanese, Korean; they are left out. Install"
    )
    assert "native" not in {fact["label"] for fact in fit.tree["facts"]}
    glance = printed(find(small, "glance", "2025-08-23-lee-ishiba-tokyo"), bare_rack)
    assert bare("Lee Jae-myung, President (South Korea), guest") in glance.text
    assert "()" not in glance.text


def test_names_in_their_own_script(small: Corpus, korean: Rack) -> None:
    """They are printed, in the font of their language, and say which language they are."""
    glance = printed(find(small, "glance", "2025-08-23-lee-ishiba-tokyo"), korean)
    assert bare("Lee Jae-myung (이재명), President") in glance.text
    drawn = b"".join(page.Contents.read_bytes() for page in glance.file.pages)
    assert set(re.findall(rb"/Lang\((.*?)\)", drawn)) == {b"en-GB", b"ja", b"ko"}


def test_a_folder_without_fonts(tmp_path: Path) -> None:
    with pytest.raises(CannotMake, match="There is no font in"):
        Rack((tmp_path,))


def test_long_words_can_break() -> None:
    """Only the place to break comes in; addresses are left to Typst."""
    assert broken_up("short words stay") == "short words stay"
    assert broken_up("x" * 50) == "x" * 20 + "\u200b" + "x" * 20 + "\u200b" + "x" * 10
    url = "https://example.org/" + "x" * 50
    assert broken_up(url) == url


def test_no_text_runs_off_the_page(small: Corpus, rack: Rack) -> None:
    """A title of one word as long as a field may be stays inside the margins."""
    records = dict(small.records)
    summit = records["2025-08-23-lee-ishiba-tokyo"]
    records[summit.id] = summit.model_copy(update={"bottom_line": "x" * 1_000})
    corpus = Corpus(records, small.today, small.site_url)
    text = printed(find(corpus, "glance", summit.id), rack).text
    assert "x" * 1_000 in text


# -- nodes ----------------------------------------------------------------------------------------


def test_words_of() -> None:
    nodes = ["a ", {"k": "em", "c": ["b"]}, {"k": "br"}, {"k": "notes", "in": "", "to": [1]}, "c"]
    assert words_of(nodes) == "a b c"
