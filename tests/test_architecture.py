"""The house as drawn: who may import whom, where the clock may be read, what every type must have.

`ROOMS` is the table of README's section on architecture as data; change both together.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from generator.model import RECORD_TYPES, Record, field_order, shapes_in
from generator.words import WORDS
from tests.conftest import ROOT

GENERATOR = ROOT / "generator"
TEMPLATES = ROOT / "templates"

#: Room to what it may import: other rooms, and packages that are not in the standard library. A
#: folder is one room; its modules may import each other, but for `exports/`, where none may.
ROOMS: dict[str, str] = {
    # the bottom: no knowledge of records
    "problems": "",
    "files": "",
    "git": "",
    "site": "ruamel",
    "seal": "",
    "trouble": "ruamel",
    "characters": "problems fontTools",
    "tree": "problems trouble characters ruamel _ruamel_yaml",
    # records, one by one
    "fields": "characters pydantic pydantic_core",
    "model": "fields pydantic",
    "layout": "problems fields model pydantic_core",
    "objections": "problems trouble fields model pydantic pydantic_core",
    "parallel": "files",
    "limits": "problems",
    "load": "problems files tree model layout objections parallel limits pydantic",
    "prose": "problems characters fields markdown_it nh3",
    "linked": "problems fields model prose pydantic",
    "trace": "",
    # all records, linked and checked
    "corpus": "problems fields model prose linked trace",
    "checks": "problems characters fields model linked corpus",
    "check": "problems fields model prose parallel linked corpus checks",
    "diff": "problems tree model",
    "gate": "problems diff",
    "rules": "problems load prose check gate",
    # records in other words and forms
    "words": "fields model",
    "accounts": "model corpus words",
    "cut": "fields words",
    "indexes": "fields model corpus words",
    "lists": "fields model corpus words cut indexes",
    "cite": "fields model corpus words lists pybtex rispy pydantic_core",
    "figures": "fields model corpus words markupsafe",
    "formats": "model corpus lists",
    "shape": "model prose corpus pydantic",
    "tables": "fields model corpus shape pydantic",
    "jsonld": "fields model corpus words lists shape formats jinja2 markupsafe",
    "reference": "problems fields model pydantic",
    "ledger": "files parallel trace",
    "pages": (
        "model prose corpus rules words accounts cut indexes lists cite figures formats "
        "jsonld reference ledger jinja2 markupsafe"
    ),
    "exports": (
        "seal fields model prose corpus words lists cite figures formats shape tables ledger "
        "feedgenerator icalendar jinja2 pydantic pydantic_core"
    ),
    "sitemap": "corpus lists pages",
    "outputs": "corpus ledger pages exports sitemap",
    "selection": "model corpus lists cite tables exports pydantic_core",
    "pdf": (
        "problems files fields model prose corpus words figures formats shape tables exports "
        "typst fontTools segno"
    ),
    # the whole job
    "running": "files",
    "aside": "",
    "host": "files parallel site running aside mkdocs pagefind_bin_extended",
    "memory": "files model parallel load linked",
    "pagefind": "cbor2",
    "search": "files parallel ledger running host memory pagefind",
    "store": "files ledger host memory",
    "shards": "files memory seal ledger build",
    "publish": "files",
    "build": (
        "problems files site seal parallel load corpus check formats ledger pages outputs "
        "lists pdf host memory search store publish texts trace"
    ),
    # edits of records
    "comments": "problems tree",
    "fill": "prose",
    "fmt": "problems tree comments fill fields model prose pydantic pydantic_core",
    "splice": "problems files tree fields model linked fmt",
    "edit": "problems files git tree fields model load linked corpus check fmt splice",
    "repair": "characters tree model load fmt splice edit",
    "scaffold": "problems fields model corpus fmt pydantic",
    "forms": "problems tree fields model corpus scaffold ruamel",
    "bibliography": "fields fmt pybtex rispy",
    "editors": "fields model reference pydantic",
    "published": "files git model load diff",
    "stats": "model corpus",
    "texts": "fields model prose corpus pydantic",
    # the command line and the hook
    "excerpts": "problems rich",
    "terminal": "problems host click rich",
    "links": "problems model corpus",
    "commands": (
        "problems files git parallel fields model load corpus diff gate rules formats pages "
        "selection pdf build fmt splice edit repair scaffold forms bibliography editors published "
        "stats excerpts terminal links click rich"
    ),
    "preview": "files corpus host linked load memory model pages site",
    "serving": "seal memory mkdocs watchdog",
    "verify": "files seal parallel host build texts",
    "cli": (
        "problems files git seal parallel pdf running host build shards splice published terminal "
        "commands serving verify preview memory click jinja2 rich"
    ),
    "mkdocs_hook": "problems seal corpus host search build mkdocs",
    "__main__": "cli",
    "__init__": "",
}

#: What reaches outside the content, and the rooms that may do it.
OUTSIDE = {
    # files: a lock says since when it is held
    r"\.(today|now|utcnow|localtime|gmtime|time_ns|fromtimestamp)\(|time\.time\(": (
        "cli commands terminal mkdocs_hook files"
    ),
    r"\bst_[mac]time\b|getmtime": "",
    r"\bsubprocess\b": "running git",
    r"\bos\.environ\b|getenv": "running host git commands mkdocs_hook",
    r"\b(socket|urllib\.request|http\.client|requests|httpx)\b": "published links",
    r"\b(random|uuid[14]|secrets|gethostname|getpass|getuser)\b": "",
    r"\bimport locale\b|setlocale": "",
}


def modules() -> list[Path]:
    return sorted(p for p in GENERATOR.rglob("*.py"))


def room_of(path: Path) -> str:
    """The room a file of the generator is in: its folder, or its own name."""
    return path.relative_to(GENERATOR).with_suffix("").parts[0]


def imports(path: Path) -> Iterator[str]:
    """What a module imports, with full names: `generator.model`, `generator.exports.api`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = GENERATOR.parent / node.module.replace(".", "/") / alias.name
                is_module = inner.with_suffix(".py").exists() or inner.is_dir()
                yield f"{node.module}.{alias.name}" if is_module else node.module


def foreign(path: Path) -> Iterator[str]:
    """The rooms and packages a module imports that are not its own and not of the language."""
    for name in imports(path):
        top, _, rest = name.partition(".")
        if top == "generator":
            room = rest.partition(".")[0]
            if room and (room != room_of(path) or room == "exports"):
                yield rest if room == room_of(path) else room
        elif top not in sys.stdlib_module_names:
            yield top


def test_every_room_is_in_the_table() -> None:
    """The table names every module there is, and no other."""
    assert {room_of(path) for path in modules()} == ROOMS.keys()


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(GENERATOR).as_posix())
def test_imports(path: Path) -> None:
    """A module imports only what the table allows its room."""
    assert set(foreign(path)) <= set(ROOMS[room_of(path)].split())


def test_no_room_imports_in_a_circle() -> None:
    """The rooms of the table can be put in an order in which each needs only earlier ones."""
    left = {room: set(allowed.split()) & ROOMS.keys() for room, allowed in ROOMS.items()}
    while free := [room for room, needs in left.items() if not needs & left.keys()]:
        for room in free:
            del left[room]
    assert left == {}


def test_the_readme_draws_the_same_house() -> None:
    """Each row of the table in the README allows exactly what the table here does."""
    readme = ROOT / "README.md"
    rows = re.findall(
        r"^\| `(\w+)(?:\.py|/)` \|.*\| ([^|]*) \|$",
        readme.read_text(encoding="utf-8") if readme.exists() else "",
        re.MULTILINE,
    )
    assert rows, "README.md has no table of rooms"
    drawn = {room: set(re.findall(r"\w+", text)) for room, text in rows}
    assert drawn == {room: set(to.split()) for room, to in ROOMS.items() if room != "__init__"}


@pytest.mark.parametrize("pattern", OUTSIDE)
def test_nothing_outside_is_read(pattern: str) -> None:
    """Clock, network, chance, programs and environment are left to the rooms named for them."""
    rooms = {
        room_of(path) for path in modules() if re.search(pattern, path.read_text(encoding="utf-8"))
    }
    assert rooms <= set(OUTSIDE[pattern].split())


def test_modules_say_what_they_are_for() -> None:
    """The first line of every module is one sentence on its purpose."""
    for path in [*modules(), *sorted((ROOT / "tests").rglob("test_*.py"))]:
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        first = docstring.partition("\n")[0]
        assert re.match(r"[A-Z`].{10,}", first), f"{path.name}: {first!r}"
        assert re.search(r"[.:]$", docstring.split("\n\n")[0].replace("\n", " ")), path.name


# -- records, templates, words --------------------------------------------------------------------


@pytest.mark.parametrize("kind", RECORD_TYPES, ids=lambda kind: kind.folder)
def test_record_type_is_complete(kind: type[Record]) -> None:
    """Each record type has the template of its page, that of its row, and that of its index."""
    assert (TEMPLATES / "page" / f"{kind.folder}.md.j2").is_file()
    assert (TEMPLATES / "row" / f"{kind.folder}.html.j2").is_file()
    if kind.folder != "pages":
        assert (TEMPLATES / "index" / f"{kind.folder}.md.j2").is_file()


def shapes() -> list[type[BaseModel]]:
    """Every record type and every shape in one, each once."""
    found: list[type[BaseModel]] = []
    ahead: list[type[BaseModel]] = list(RECORD_TYPES)
    while ahead:
        shape = ahead.pop()
        if shape not in found:
            found.append(shape)
            ahead += [inner for name in shape.model_fields for inner in shapes_in(shape, name)]
    return found


@pytest.mark.parametrize("shape", shapes(), ids=lambda shape: shape.__name__)
def test_every_field_is_described(shape: type[BaseModel]) -> None:
    """Each field has a description for research assistants, and a place in the order of keys."""
    fields = {name: info for name, info in shape.model_fields.items() if name != "id"}
    assert [n for n, i in fields.items() if not re.match(r"\S.{4,}\S$", i.description or "")] == []
    assert sorted(field_order(shape)) == sorted(i.alias or name for name, i in fields.items())


def templates(*endings: str) -> list[Path]:
    return sorted(p for ending in endings for p in TEMPLATES.rglob(f"*.{ending}"))


@pytest.mark.parametrize("path", templates("j2", "html"), ids=lambda path: path.name)
def test_template_opens_with_a_comment(path: Path) -> None:
    """Each template opens with a comment that says what it is and names its inputs."""
    assert re.match(r"\{#-? [^#]{10,}", path.read_text(encoding="utf-8"))


def test_words_of_templates_exist() -> None:
    """Templates name only words that are in the table."""
    named = {
        key
        for path in templates("j2", "html", "typ")
        for key in re.findall(r"\bwords\.(\w+)", path.read_text(encoding="utf-8"))
    }
    assert named <= WORDS.keys()
    assert len(named) > 50


def test_every_word_is_used() -> None:
    """No word in the table is left over."""
    files = [path for path in modules() if path.name != "words.py"]
    files += templates("j2", "html", "typ")
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    # f"pdf_{kind}_one", 'change_' ~ kind and kind ~ '_about' stand for all words of that form.
    patterns = [
        re.sub(r"\{[^}]*\}", r"\\w+", form)
        for form in re.findall(r"""f["']([a-z]+_\{[^"']*)""", source)
    ]
    patterns += [rf"{start}\w+" for start in re.findall(r"'([a-z]+_)' ~", source)]
    patterns += [rf"\w+{end}" for end in re.findall(r"~ '(_[a-z]+)'\]", source)]
    named = set(re.findall(r"\bwords\.(\w+)", source)) | set(
        re.findall(r"""["'](\w+)["']""", source)
    )
    unused = [
        key
        for key in WORDS
        if key not in named and not any(re.fullmatch(pattern, key) for pattern in patterns)
    ]
    assert unused == []
