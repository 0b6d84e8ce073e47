"""Which characters can be printed: the fonts at hand, what they cover, which a document needs.

Latin, Greek and Cyrillic text is set in Libertinus Serif, which is built into Typst, so that a
document looks the same everywhere. Names in other scripts need a font of the system, or of folders
named by the reader. Typst stops where no font has a character; so the text is fitted to the fonts
first, and what was left out or replaced is said.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]

from generator.pdf import CannotMake
from generator.pdf.nodes import Node, Tree, words_of
from generator.words import language

TEXT_FAMILY = "Libertinus Serif"

#: What Libertinus Serif covers in each of the styles in use. The test of this module prints all of
#: it under PDF/A, which fails on any gap; so a new version of Typst cannot change it unseen.
BUILT_IN = re.compile(
    "[\x20-\x7e\u00a0-\u023f\u0250-\u02e4\u0300-\u0331\u0388-\u038a\u038c\u038e-\u03a1"
    "\u03a3-\u03ce\u0400-\u045f\u0490-\u04c4\u05d0-\u05ea\u1e00-\u1e9b\u1ea0-\u1ef9"
    "\u2000-\u200d\u2010-\u2027\u202f-\u2037\u2039-\u203a\u2044\u2074-\u208e\u20a4\u20ac"
    "\u2116\u2122\u2153-\u2184\u2190-\u219b\u2202\u2206\u220f\u2211-\u2212\u221e\u2248"
    "\u2260-\u2262\u2264-\u2265\u25cf\u25cb]"
)

#: Characters that steer the text instead of standing in it, or that PDF/A forbids in text.
_NEVER = re.compile(
    "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\U000e0000-\U000e0fff]"
)

#: Families preferred for a language, serif first: Linux, macOS, Windows.
PREFERRED = {
    "ko": "Noto Serif CJK KR|Noto Serif KR|Source Han Serif K|Nanum Myeongjo|AppleMyungjo|Batang|"
    "Noto Sans CJK KR|Noto Sans KR|Apple SD Gothic Neo|Malgun Gothic",
    "ja": "Noto Serif CJK JP|Noto Serif JP|Source Han Serif|Hiragino Mincho ProN|Yu Mincho|"
    "MS Mincho|Noto Sans CJK JP|Noto Sans JP|Hiragino Sans|Yu Gothic|MS Gothic",
    "zh-Hans": "Noto Serif CJK SC|Noto Serif SC|Source Han Serif SC|Songti SC|SimSun|"
    "Noto Sans CJK SC|Noto Sans SC|PingFang SC|Microsoft YaHei",
    "zh-Hant": "Noto Serif CJK TC|Noto Serif TC|Source Han Serif TC|Songti TC|PMingLiU|"
    "Noto Sans CJK TC|Noto Sans TC|PingFang TC|Microsoft JhengHei",
    "": "Noto Serif|Noto Sans|DejaVu Serif|DejaVu Sans|Liberation Serif|Times New Roman|"
    "Segoe UI Symbol|Arial Unicode MS",
}
#: What to do about names no font covers.
INSTALL = (
    "Install Noto Serif CJK (Debian and Ubuntu: apt install fonts-noto-cjk; elsewhere see the "
    "README), or name a folder of fonts with --fonts."
)


@dataclass
class Family:
    """The faces of one family, in the styles text is set in."""

    name: str
    faces: list[Any]  # typst.FontInfo

    @cached_property
    def characters(self) -> frozenset[int]:
        """What every face in use covers."""
        found: frozenset[int] | None = None
        for face in self.faces:
            covered = _characters(Path(face.path), face.index)
            found = covered if found is None else found & covered
        return found or frozenset()

    @property
    def files(self) -> list[Path]:
        return sorted({Path(face.path) for face in self.faces})


def _characters(path: Path, index: int) -> frozenset[int]:
    """The characters a font file covers; none if it cannot be read."""
    try:
        with TTFont(path, fontNumber=index, lazy=True) as font:
            return frozenset(font["cmap"].getBestCmap() or ())
    except (TTLibError, OSError, KeyError, AssertionError, ValueError):
        return frozenset()


@dataclass
class Fitted:
    """A document whose text the fonts cover, and the families it needs."""

    tree: Tree
    families: list[str]
    dropped: set[str] = field(default_factory=set)  # languages of names left out
    replaced: set[str] = field(default_factory=set)  # characters printed as code points


class Rack:
    """The fonts at hand: of the system, or of `folders` alone if any are named.

    Raises `CannotMake` if the folders hold no font.
    """

    def __init__(self, folders: tuple[Path, ...] = ()) -> None:
        self.folders = folders
        self._chosen: dict[tuple[str, str], str | None] = {}
        self._digests: dict[Path, str] = {}
        if folders and not self.families:
            names = ", ".join(str(folder) for folder in folders)
            raise CannotMake(f"There is no font in {names}.")

    @cached_property
    def families(self) -> dict[str, Family]:
        """By name; looked up only when a text needs more than the text face."""
        listed = typst.Fonts(
            include_system_fonts=not self.folders,
            include_embedded_fonts=False,
            font_paths=[str(folder) for folder in self.folders],
        ).fonts()
        found: dict[str, Family] = {}
        for face in listed:
            if face.path and face.stretch == 1 and 300 <= face.weight <= 700:
                found.setdefault(face.family, Family(face.family, [])).faces.append(face)
        return found

    # -- choosing -------------------------------------------------------------------------------

    def family_for(self, text: str, lang: str = "") -> str | None:
        """The family that covers all of `text`: the text face, one preferred for the language,
        then any other; None if there is none."""
        needed = {ord(c) for c in text if not BUILT_IN.match(c)}
        if not needed:
            return TEXT_FAMILY
        key = (lang, "".join(map(chr, sorted(needed))))
        if key not in self._chosen:
            found = (f.name for f in self._in_order(lang) if needed <= f.characters)
            self._chosen[key] = next(found, None)
        return self._chosen[key]

    def _in_order(self, lang: str) -> Iterable[Family]:
        named = [PREFERRED.get(lang, ""), *PREFERRED.values()]
        first = [n for names in named for n in names.split("|") if n in self.families]
        rest = sorted(self.families, key=lambda n: ("Serif" not in n, "Noto" not in n, n))
        return (self.families[name] for name in dict.fromkeys([*first, *rest]))

    def fitted(self, tree: Tree) -> Fitted:
        """The document with only such text as the fonts can print."""
        fit = Fitted({}, [TEXT_FAMILY])
        languages: dict[str, list[str]] = {}
        for name, value in tree.items():
            text = name not in _NOT_PRINTED
            fit.tree[name] = self._fit(value, fit, languages) if text else value
        fit.tree |= {"fonts": fit.families, "by_lang": languages}
        return fit

    def _fit(self, value: Any, fit: Fitted, languages: dict[str, list[str]]) -> Any:
        if isinstance(value, str):
            return self._text(value, fit)
        if isinstance(value, list):
            items = [self._fit(item, fit, languages) for item in value]
            return [i for i in items if not (isinstance(i, dict) and i.get("lines") == [])]
        if not isinstance(value, dict):
            return value
        if value.get("k") == "natives":
            names = [n for n in value["c"] if self._native(n, fit, languages)]
            return {**value, "c": names}
        found = {
            key: item if key in _ADDRESSES else self._fit(item, fit, languages)
            for key, item in value.items()
        }
        if "lines" in found:  # a fact that consisted of such names goes with them
            found["lines"] = [line for line in found["lines"] if words_of(line)]
        return found

    def _native(self, name: Node, fit: Fitted, languages: dict[str, list[str]]) -> bool:
        """Whether a font covers a name in its own script; if so, the document will use it."""
        lang, text = name["lang"], name["text"]
        family = self.family_for(text, lang)
        if family is None or _NEVER.search(text):
            fit.dropped.add(lang)
            return False
        if family != TEXT_FAMILY:
            _add(fit.families, family)
            _add(languages.setdefault(lang, []), family)
        return True

    def _text(self, text: str, fit: Fitted) -> str:
        if text.isascii() or BUILT_IN.sub("", text) == "":
            return broken_up(text)
        return broken_up("".join(self._character(c, fit) for c in text))

    def _character(self, c: str, fit: Fitted) -> str:
        if BUILT_IN.match(c):
            return c
        no_glyph = _NEVER.match(c) or unicodedata.category(c) in _NO_GLYPH
        family = None if no_glyph else self.family_for(c)
        if family is None:
            fit.replaced.add(c)
            return f"<U+{ord(c):04X}>"
        _add(fit.families, family)
        return c

    # -- the record -----------------------------------------------------------------------------

    def files(self, families: Iterable[str]) -> list[Path]:
        """The files of the families that are not built in."""
        found = [self.families[n].files for n in families if n in self.families]
        return sorted({path for files in found for path in files})

    def record(self, families: Iterable[str]) -> list[dict[str, str]]:
        """Family, file name and SHA-256 of each font file, and the version of what is built in."""
        rows = [
            {
                "family": TEXT_FAMILY,
                "file": "built into Typst",
                "sha256": f"typst {version('typst')}",
            }
        ]
        for name in sorted(set(families) & set(self.families)):
            rows += [
                {"family": name, "file": path.name, "sha256": self._digest(path)}
                for path in self.families[name].files
            ]
        return rows

    def _digest(self, path: Path) -> str:
        if path not in self._digests:
            self._digests[path] = hashlib.sha256(path.read_bytes()).hexdigest()
        return self._digests[path]


#: Branches of a tree that are not text on the page.
_NOT_PRINTED = frozenset({"attached", "qr", "url", "date"})
_ADDRESSES = frozenset({"k", "id", "href", "to", "status", "lang", "source"})
_NO_GLYPH = frozenset({"Cc", "Cs", "Co", "Cn", "Cf"})

#: Longer words are given places to break, or they would run off the page.
_LONG_WORD = re.compile(r"[^\s\u200b]{40,}")


def broken_up(text: str) -> str:
    """The text with invisible places to break in words of forty characters and more.

    Web addresses are left alone: Typst breaks them itself."""
    if len(text) < 40:
        return text
    return _LONG_WORD.sub(
        lambda m: (
            m[0]
            if m[0].startswith(("http://", "https://"))
            else "\u200b".join(m[0][n : n + 20] for n in range(0, len(m[0]), 20))
        ),
        text,
    )


def _add(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def warnings(fits: Iterable[Fitted]) -> list[str]:
    """One sentence on names left out, one on characters replaced."""
    dropped: set[str] = set()
    replaced: set[str] = set()
    for fit in fits:
        dropped |= fit.dropped
        replaced |= fit.replaced
    said = []
    if dropped:
        names = ", ".join(sorted(language(code) for code in dropped))
        said.append(f"No font covers names in {names}; they are left out. {INSTALL}")
    if replaced:
        names = ", ".join(f"U+{ord(c):04X}" for c in sorted(replaced)[:12])
        rest = f" and {len(replaced) - 12} more" if len(replaced) > 12 else ""
        said.append(f"No font covers {names}{rest}; printed as code points.")
    return said
