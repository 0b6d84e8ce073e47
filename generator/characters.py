"""Which characters a text may have: those that every reader sees as they are, and no others.

What is refused either does not show (zero-width and other format characters, odd spaces), turns
the direction of what follows, has no meaning everybody shares (private use, noncharacters), or
looks like another (letters of two scripts in one word). Native scripts, combining marks, joiners
where a script needs them and emoji are let through untouched. Verdicts rest on properties that no
version of Unicode changes, so that every version of Python comes to the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from fontTools.unicodedata import script  # type: ignore[import-untyped]

from generator.problems import Rule

RULES = (
    Rule(
        "SB118",
        "error",
        "No characters that do not show: zero-width spaces, soft hyphens, marks of direction.",
        "title: Lee<U+200B>Trump summit",
        "title: Lee–Trump summit",
    ),
    Rule(
        "SB119",
        "error",
        "Spaces are plain spaces, not those of another width or without a line break.",
        "what: investment of<U+00A0>South Korea",
        "what: investment of South Korea",
    ),
    Rule(
        "SB120",
        "error",
        "Letters with marks are one character where there is one (Unicode's form NFC).",
        "display: Jose<U+0301> García",
        "display: José García",
    ),
    Rule(
        "SB121",
        "error",
        "No control characters, no private ones, and no signs for lost ones.",
        "title: Joint <U+FFFD>statement",
        "title: Joint statement",
    ),
    Rule(
        "SB122",
        "error",
        "A word is written in one script; letters of another that look the same are not.",
        "name: Tr<U+0430>de",
        "name: Trade",
    ),
)

#: At most so many places of one text are named.
MOST = 10


@dataclass(frozen=True)
class Odd:
    """A place in a text: where it begins, the rule, what is there, what to do."""

    index: int
    code: str
    message: str
    hint: str


def odd(text: str) -> list[Odd]:
    """The places of `text` that break a rule, the first `MOST` of them, in order."""
    if text.isascii() and not _SUSPECT_ASCII.search(text):
        return []
    found = [*_suspects(text), *_decomposed(text), *_mixed(text)]
    return sorted(found, key=lambda place: place.index)[:MOST]


# -- single characters --------------------------------------------------------------------------

_SUSPECT_ASCII = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
#: Not seen, or seen as nothing: format characters, fillers, invisible operators.
_HIDDEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_LOST = "\ufffc\ufffd"
_NO_TEXT = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef"
    + "".join(f"{chr(p << 16 | 0xFFFE)}{chr(p << 16 | 0xFFFF)}" for p in range(17))
    + "\U000f0000-\U000ffffd\U00100000-\U0010fffd"
)
_SUSPECT = re.compile(f"[{_SPACES}{_HIDDEN}{_LOST}{_NO_TEXT}]")
_SPACE = re.compile(f"[{_SPACES}]")
_HIDES = re.compile(f"[{_HIDDEN}]")
_IS_LOST = re.compile(f"[{_LOST}]")

#: The combining class of signs that take the vowel from a letter.
_VIRAMA = 9
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: Those that turn whole passages, which may read otherwise without them.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: Scripts whose letters join, or form other letters with those beside them.
_JOINING = frozenset(
    "Arab Syrc Mong Nkoo Mand Phag Rohg Adlm Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh "
    "Khmr Mymr Tibt Java Bali Laoo Thai Cham Lana Tale Newa Brah Gran Mtei Saur Sund Thaa".split()
)
#: A flag of a region: a black flag, letters and digits in tags, an end.
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f")
_IDEOGRAPHIC_SELECTORS = range(0xE0100, 0xE01F0)


def _suspects(text: str) -> Iterator[Odd]:
    flags = _flags(text)
    for match in _SUSPECT.finditer(text):
        if match.start() not in flags and not _is_in_place(text, match.start()):
            yield _suspect(match.start(), match[0])


def _flags(text: str) -> frozenset[int]:
    """The places of the tags in flags of regions."""
    if "\U000e007f" not in text:
        return frozenset()
    return frozenset(n for match in _FLAG.finditer(text) for n in range(*match.span()))


def _suspect(index: int, character: str) -> Odd:
    name = named(character)
    if _SPACE.match(character):
        return Odd(index, "SB119", f"{name}, which is not a plain space", "Write a plain space.")
    if _HIDES.match(character):
        why = "turns the direction of writing" if _DIRECTIONS.match(character) else "does not show"
        hint = "Delete it; it often comes in when text is pasted."
        if character in (_ZWJ, _ZWNJ):
            why, hint = "joins or parts nothing here", "Delete it."
        return Odd(index, "SB118", f"{name}, which {why}", hint)
    if _IS_LOST.match(character):
        hint = "Look up what stood there, and write it."
        return Odd(index, "SB121", f"{name}: something was lost here", hint)
    hint = "Delete it, or write what it stands for."
    return Odd(index, "SB121", f"{name}, which means nothing to other readers", hint)


def plain(text: str) -> str:
    """`text` with what can be put right in one way only put right: odd spaces, what does not show
    and turns nothing, letters and marks that are apart."""

    flags = _flags(text)

    def put_right(match: re.Match[str]) -> str:
        character, index = match[0], match.start()
        if _SPACE.match(character):
            return " "
        if _TURNS.match(character) or not _HIDES.match(character):
            return character
        return character if index in flags or _is_in_place(text, index) else ""

    return unicodedata.normalize("NFC", _SUSPECT.sub(put_right, text))


def named(character: str) -> str:
    """A character by its code point and name: U+200B (zero width space)."""
    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def _is_in_place(text: str, index: int) -> bool:
    """Whether a character that does not show does its work where it stands."""
    character, before, after = text[index], text[:index][-1:], text[index + 1 : index + 2]
    code = ord(character)
    if character in (_ZWJ, _ZWNJ):
        scripts = _script(before), _script(after)
        after_virama = before and unicodedata.combining(before) == _VIRAMA
        if after_virama or all(s in _JOINING for s in scripts):
            return True
        bare = text[:index].rstrip("\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")[-1:]
        return character == _ZWJ and _is_pictogram(bare) and _is_pictogram(after)
    if character in "\ufe0e\ufe0f":  # as text, as a picture
        return _is_pictogram(before) or (before in tuple("0123456789#*") and after == "\u20e3")
    if code in range(0xFE00, 0xFE03) or code in _IDEOGRAPHIC_SELECTORS:
        return _script(before) == "Hani"
    if code in range(0x180B, 0x1810):
        return _script(before) == "Mong"
    return False


def _script(character: str) -> str:
    """The script of a character; of a mark without one of its own, none."""
    return str(script(character)) if character else ""


def _is_pictogram(character: str) -> bool:
    """Whether a character can be a picture: a symbol, but not one of mathematics or money."""
    return bool(character) and (
        unicodedata.category(character) == "So" or ord(character) in _PICTURED_SIGNS
    )


#: Pictures of a category other than "other symbol": arrows, ‼, ⁉, 〰, triangles.
_PICTURED_SIGNS = frozenset(
    (0x203C, 0x2049, 0x2194, 0x25B6, 0x25C0, 0x25FB, 0x25FC, 0x25FD, 0x25FE, 0x3030, 0x2B05, 0x2934)
)


# -- form NFC -----------------------------------------------------------------------------------


def _decomposed(text: str) -> Iterator[Odd]:
    """The first place in each line that is not in form NFC."""
    if unicodedata.is_normalized("NFC", text):
        return
    start = 0
    for line in text.split("\n"):
        composed = unicodedata.normalize("NFC", line)
        if composed != line:
            pairs = zip(line, composed, strict=False)
            at = next(
                (n for n, (a, b) in enumerate(pairs) if a != b), min(len(line), len(composed))
            )
            place = min(at, len(line) - 1)
            typed, wanted = line[place], composed[place : place + 1] or composed[-1:]
            yield Odd(
                start + place,
                "SB120",
                f'"{wanted}" is written in parts, beginning with {named(typed)}',
                "brief check --fix puts them together.",
            )
        start += len(line) + 1


# -- letters of two scripts ---------------------------------------------------------------------

#: Letters of Latin, and those of Cyrillic, Greek, Armenian and Cherokee that look the same, after
#: Unicode's list of confusables.
_LIKE = {
    "a": "\u0430\u03b1",
    "c": "\u0441\u03f2",
    "d": "\u0501",
    "e": "\u0435",
    "g": "\u0581",
    "h": "\u04bb\u0570",
    "i": "\u0456\u03b9",
    "j": "\u0458\u03f3",
    "l": "\u04cf",
    "n": "\u0578",
    "o": "\u043e\u03bf\u0585",
    "p": "\u0440\u03c1",
    "q": "\u051b",
    "s": "\u0455",
    "u": "\u03c5\u057d",
    "v": "\u0475\u03bd",
    "w": "\u051d",
    "x": "\u0445",
    "y": "\u0443\u04af\u03b3",
    "A": "\u0410\u0391\u13aa",
    "B": "\u0412\u0392\u13f4",
    "C": "\u0421\u03f9\u13df",
    "E": "\u0415\u0395\u13ac",
    "G": "\u050c\u13c0",
    "H": "\u041d\u0397\u13bb",
    "I": "\u0406\u0399\u04c0",
    "J": "\u0408\u13ab",
    "K": "\u041a\u039a\u13e6",
    "L": "\u13de",
    "M": "\u041c\u039c\u13b7",
    "N": "\u039d",
    "O": "\u041e\u039f\u0555",
    "P": "\u0420\u03a1\u13e2",
    "Q": "\u051a",
    "R": "\u13a1",
    "S": "\u0405\u054f\u13da",
    "T": "\u0422\u03a4\u13a2",
    "U": "\u054d",
    "V": "\u13d9",
    "W": "\u051c\u13b3",
    "X": "\u0425\u03a7",
    "Y": "\u0423\u04ae\u03a5",
    "Z": "\u0396\u13c3",
}
LOOK_ALIKES = {other: latin for latin, others in _LIKE.items() for other in others}
_TO_LATIN = str.maketrans(LOOK_ALIKES)
_ALIKE = re.compile(f"[{''.join(LOOK_ALIKES)}]")
_LATIN = re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]")
_WORD = re.compile("(?:[^\\W\\d_]|[\u0300-\u036f])+")
_SCRIPTS = {"Cyrl": "Cyrillic", "Grek": "Greek", "Armn": "Armenian", "Cher": "Cherokee"}


def _mixed(text: str) -> Iterator[Odd]:
    """Words with letters of Latin and letters of another script that look like Latin."""
    if not _ALIKE.search(text):
        return
    for match in _WORD.finditer(text):
        word = match[0]
        alike = _ALIKE.search(word)
        if alike and _LATIN.search(word):
            latin = word.translate(_TO_LATIN)
            hint = f"Write {latin} in Latin letters." if latin.isascii() else "Write it in one."
            other = _SCRIPTS.get(_script(alike[0]), "other")
            yield Odd(
                match.start() + alike.start(),
                "SB122",
                f'"{word}" has Latin and {other} letters: {named(alike[0])}',
                hint,
            )


def skeleton(text: str) -> str:
    """What `text` looks like: two texts with one skeleton are easily taken for each other."""
    return unicodedata.normalize("NFKC", text).translate(_TO_LATIN).casefold()


# -- hosts --------------------------------------------------------------------------------------

#: Sets of scripts that may stand in one part of a host.
_TOGETHER = (
    {"Latn", "Hani", "Hira", "Kana"},
    {"Latn", "Hani", "Hang"},
    {"Latn", "Hani", "Bopo"},
)


def host_fault(host: str) -> str:
    """What is wrong with a host in ASCII whose parts stand for other letters; nothing if it is
    fine. `xn--…` is how such parts are written."""
    for label in host.lower().split("."):
        if not label.startswith("xn--"):
            continue
        try:
            shown = label[4:].encode("ascii").decode("punycode")
        except (UnicodeError, ValueError, IndexError):
            return f'the part "{label}" of the host stands for no text'
        scripts = {_script(c) for c in shown} - {"Zyyy", "Zinh"}
        if len(scripts) > 1 and not any(scripts <= allowed for allowed in _TOGETHER):
            return f'the part "{shown}" of the host ("{label}") mixes scripts'
        if shown.isascii() or odd(shown) or unicodedata.normalize("NFKC", shown) != shown:
            return f'the part "{label}" of the host stands for characters no host has'
        latin = shown.translate(_TO_LATIN)
        if latin.isascii():
            return f'the part "{shown}" of the host ("{label}") looks like "{latin}"'
    return ""
