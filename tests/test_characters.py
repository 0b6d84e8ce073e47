"""Which characters pass and which do not: hidden ones, turned ones, odd ones, look-alikes."""
# ruff: noqa: RUF001 - letters that look like others are what this is about

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import characters, tree
from generator.build import check_content
from tests.conftest import TODAY, changed
from tests.pace import growth

#: What must pass untouched.
FINE = {
    "korean": "이재명 대통령, 한미 정상회담",
    "japanese": "石破茂首相とトランプ大統領の会談、ヨーロッパ",
    "old-form": "葛\U000e0100城市、辻\U000e0101",
    "chinese": "习近平同特朗普会谈 習近平與川普會談",
    "persian-joiner": "می\u200cخواهم",
    "hindi-joiners": "क्\u200dष क्\u200cष",
    "sinhala": "ශ්\u200dරී ලංකා",
    "malayalam": "ന\u0d4d\u200d",
    "arabic": "مُحَمَّد بن سلمان ﷺ",
    "hebrew-points": "בִּנְיָמִין נְתַנְיָהוּ".replace("\ufb1f", ""),
    "thai": "นายกรัฐมนตรี",
    "tibetan": "བོད་ལྗོངས",
    "vietnamese": "Việt Nam, Nguyễn Phú Trọng",
    "mark-without-letter-of-its-own": "x\u0302 n\u0303\u0302".replace("n\u0303", "\u00f1"),
    "cyrillic": "Владимир Путин, Москва",
    "greek": "Κυριάκος Μητσοτάκης",
    "georgian": "საქართველო",
    "two-scripts-in-two-words": "Москва and Seoul, β-version",
    "micro": "5 μm, 3 µm, Ω, α-helix",
    "family": "👨\u200d👩\u200d👧",
    "profession": "👩🏽\u200d⚕\ufe0f",
    "flag": "🇰🇷 🇯🇵",
    "rainbow": "🏳\ufe0f\u200d🌈",
    "region": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "keycap": "1\ufe0f\u20e3#\ufe0f\u20e3",
    "heart": "❤\ufe0f ☎\ufe0e",
    "heart-on-fire": "❤\ufe0f\u200d🔥",
    "eye": "👁\ufe0f\u200d🗨\ufe0f",
    "wide": "ＡＢＣ１２３",
    "signs": "½ ① № ™ § ¶ † ‡ • … – — “ ” ‘ ’ € ₩ ¥ ≈ → ⇒ ∞ 〒 ㈱",
    "beyond-the-first-plane": "𠮷野家 𝒜 🀄",
}


@pytest.mark.parametrize("text", FINE.values(), ids=FINE)
def test_y10_what_people_write_passes(text: str) -> None:
    """Scripts, marks, joiners in their place, emoji."""
    text = unicodedata.normalize("NFC", text)
    assert characters.odd(text) == []
    assert characters.plain(text) == text
    record, problems = tree.parse(f"name: x {text} y\n".encode(), "x.yml")
    assert problems == []
    assert record is not None
    assert tree.to_data(record)["name"] == f"x {text} y"


#: What must not pass: text, the place of the character, the code.
REFUSED = [
    *((f"ab{c}cd", 2, "SB118") for c in "\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2064\u00ad"),
    *((f"ab{c}cd", 2, "SB118") for c in "\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068"),
    *((f"ab{c}cd", 2, "SB118") for c in "\u2069\u206a\u206f\ufeff\u034f\u115f\u1160\u3164\uffa0"),
    *((f"ab{c}cd", 2, "SB118") for c in "\u17b4\u180e\u180b\u2800\ufe00\ufe0f\ufff9\ufffb"),
    *((f"ab{c}cd", 2, "SB118") for c in "\U0001d173\U0001bca0\U000e0001\U000e0041\U000e0100"),
    ("Lee\u200d Jae", 3, "SB118"),
    ("م\u200c ", 1, "SB118"),
    ("👩\u200d", 1, "SB118"),
    ("\u200d👩", 0, "SB118"),
    ("🏴\U000e0067", 1, "SB118"),
    ("가\ufe0f", 1, "SB118"),
    *((f"ab{c}cd", 2, "SB119") for c in "\u00a0\u1680\u2002\u2009\u200a\u202f\u205f\u3000"),
    ("Jose\u0301", 3, "SB120"),
    ("\u1112\u1161\u11ab", 0, "SB120"),
    ("a\u0323\u0307 a\u0307\u0323", 0, "SB120"),
    ("\u212b", 0, "SB120"),
    ("\uf900", 0, "SB120"),
    *((f"ab{c}cd", 2, "SB121") for c in "\x00\x07\x08\x1b\x7f\x85\x9b\u2028\u2029\ufdd0\ufffe"),
    *((f"ab{c}cd", 2, "SB121") for c in "\uffff\ue000\uf8ff\ufffc\ufffd\ud800\udfff"),
    *((f"ab{c}cd", 2, "SB121") for c in "\U0001fffe\U0010ffff\U000f0000\U0010fffd"),
    ("Tr\u0430de", 2, "SB122"),
    ("\u0410PEC", 0, "SB122"),
    ("\u041cosc\u043ew", 0, "SB122"),
    ("T\u03bfkyo", 1, "SB122"),
    ("Seo\u0578l", 3, "SB122"),
]


@pytest.mark.parametrize(("text", "index", "code"), REFUSED, ids=range(len(REFUSED)))
def test_y10_what_deceives_is_refused(text: str, index: int, code: str) -> None:
    """Each with its place, in words a terminal can show."""
    found = characters.odd(text)
    assert [(o.index, o.code) for o in found][:1] == [(index, code)]
    assert all(o.message and o.hint for o in found)


@pytest.mark.parametrize(("text", "index", "code"), REFUSED, ids=range(len(REFUSED)))
def test_y10_nor_does_it_come_in_by_an_escape(text: str, index: int, code: str) -> None:
    """A backslash in double quotes is no way round, in a value or in the name of a field."""
    hexed = "".join(f"\\U{ord(c):08x}" for c in text)
    for row in (f'name: "{hexed}"', f'"{hexed}": x', f'a:\n  - "{hexed}"'):
        record, problems = tree.parse(f"{row}\n".encode(), "x.yml")
        assert record is None or code in [p.code for p in problems], (row, problems)
        assert problems
        assert all(p.line and p.column for p in problems)


def test_y10_places_are_lines_and_columns() -> None:
    """The place is that of the character, in comments too."""
    text = "name: Trade\n# see\u200b here\ndefinition: |\n  One.\n\n  Tw\u0430o\u00a0words.\n"
    _, problems = tree.parse(text.encode(), "x.yml")
    places = [(p.line, p.column, p.code) for p in sorted(problems, key=lambda p: p.sort_key)]
    assert places == [(2, 6, "SB118"), (6, 5, "SB122"), (6, 7, "SB119")]


def test_a_file_full_of_them_is_not_endless() -> None:
    """Only the first places are named."""
    assert len(characters.odd("\u200b" * 10_000)) == characters.MOST


def test_g07_time_is_linear() -> None:
    """Ten times the text takes ten times as long, not a hundred times."""
    worst = [
        "\u200b",
        "\U0001f3f4\U000e0067",
        "a\u0430",
        "e\u0301",
        "\ufe0f",
        "\U000e007f",
        "\ue000 ",
    ]
    for piece in worst:

        def looked_over(count: int, piece: str = piece) -> None:
            characters.odd(piece * count)

        assert growth(looked_over, (3_000, 30_000), below=30) < 30, piece


# -- looking alike --------------------------------------------------------------------------------

HOSTS = [
    ("www.mofa.go.jp", ""),
    ("xn--h1akeme.ru", ""),  # почта
    ("xn--3e0b707e.kr", ""),  # 한국
    ("xn--bcher-kva.example", ""),  # bücher
    ("xn--wgv71a119e.jp", ""),  # 日本語
    ("xn--80ak6aa92e.com", 'looks like "apple"'),
    ("www.xn--pple-43d.com", "mixes scripts"),
    ("xn--mf-6kc.go.jp", "mixes scripts"),
    ("xn--ab-lpw.example", ""),
    ("xn--.com", "no host has"),
    ("xn--a.com", "no host has"),
    ("xn--99999999999.com", "host"),
]


@pytest.mark.parametrize(("host", "said"), HOSTS, ids=lambda value: value[:20])
def test_x14_hosts(host: str, said: str) -> None:
    """Hosts in other scripts are fine; hosts that pass for others are not."""
    fault = characters.host_fault(host)
    assert (said in fault) if said else (fault == "" or "no host has" in fault)


def test_x14_hosts_in_fields_and_in_prose(library: Callable[..., Path]) -> None:
    """In the address of a source, and in a link, typed in letters or in its ASCII form."""
    root = library(
        {
            "sources/press": changed("sources/press", "url: https://xn--80ak6aa92e.com/x"),
            "topics/tariffs": changed(
                "topics/tariffs",
                "definition: See [this](https://xn--80ak6aa92e.com/x) and "
                "[that](https://\u0430\u0440\u0440\u04cf\u0435.com/x).",
            ),
        }
    )
    found = [(p.path, p.code) for p in check_content(root, TODAY).problems]
    assert ("content/sources/press.yml", "SB208") in found
    assert found.count(("content/topics/tariffs.yml", "SB303")) == 2


def test_y11_names_that_look_alike(library: Callable[..., Path]) -> None:
    """A name in other letters that looks like a known one is pointed out where it stands."""
    alias = "aliases:\n  - \u0406\u0420\u0401"
    root = library({"people/ishiba-shigeru": changed("people/ishiba-shigeru", alias)})
    assert all(p.code != "SB705" for p in check_content(root, TODAY).problems)
    same = "abbreviation: \u0410\u0420\u0415\u0421"  # APEC in Cyrillic
    root = library({"organisations/csds": changed("organisations/csds", same)})
    found = [p for p in check_content(root, TODAY).problems if p.code == "SB705"]
    assert [(p.path, p.line, p.level) for p in found] == [
        ("content/organisations/csds.yml", 2, "warning")
    ]


# -- anything -------------------------------------------------------------------------------------


@given(st.text(max_size=60))
def test_any_text_is_judged(text: str) -> None:
    """Whatever comes, there is a verdict with places; what is put right stays right."""
    for odd in characters.odd(text):
        assert 0 <= odd.index < len(text)
        assert odd.code in {rule.code for rule in characters.RULES}
    once = characters.plain(text)
    assert characters.plain(once) == once
    assert {o.code for o in characters.odd(once)} <= {"SB118", "SB121", "SB122"}
    if not characters.odd(text):
        assert once == text
        assert text.encode().decode() == text
        assert unicodedata.is_normalized("NFC", text)


def test_verdicts_do_not_depend_on_the_version_of_unicode() -> None:
    """A character that is not assigned yet is let through: a newer Python may know it."""
    assert characters.odd("\u0378 \U0001fadf") == []
