"""What the program is measured beside: the same Markdown by plain MkDocs, Zensical and Hugo.

Each gets a project of its own. None does the whole job: Zensical and Hugo use looks of their own,
and Hugo reads the attributes behind headings (`{: #sources }`) as text.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from ruamel.yaml import YAML

from generator.files import files_below
from tests.bench.make_library import ROOT
from tests.bench.measuring import Failed, Run, measured

#: Where `make bench` installs Zensical and Hugo.
PLACE = ROOT / ".build" / "cache" / "bench"

QUIET = {"NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1", "TZ": "UTC"}

HUGO_SETTINGS = """\
baseURL = "/"
title = "Summit Briefings"
disableKinds = ["taxonomy", "term", "RSS", "sitemap", "robotsTXT"]
[markup.goldmark.renderer]
unsafe = true
"""

HUGO_BASE = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{ .Title }}</title>
{{ with .Params.head }}{{ . | safeHTML }}{{ end }}</head>
<body>
<nav>{{ range site.Home.Sections }}<a href="{{ .RelPermalink }}">{{ .Title }}</a> {{ end }}</nav>
<main>{{ block "main" . }}{{ end }}</main>
</body>
</html>
"""
HUGO_PAGE = '{{ define "main" }}{{ .Content }}{{ end }}\n'


def pages_below(folder: Path) -> int:
    """How many pages a finished site has."""
    return sum(name.endswith("/index.html") or name == "index.html" for name in files_below(folder))


def digests(html: Path) -> dict[str, str]:
    """The pages of a finished site, with the digests of their bytes."""
    return {
        name: hashlib.sha256((html / name).read_bytes()).hexdigest()
        for name in files_below(html)
        if name.endswith(".html")
    }


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _copy(docs: Path, target: Path) -> None:
    shutil.copytree(docs, target, ignore=shutil.ignore_patterns(".gitkeep"))


# -- MkDocs ---------------------------------------------------------------------------------------


def write_mkdocs(folder: Path, docs: Path, settings: Path) -> None:
    """The Markdown as plain MkDocs would have it: the settings of `settings` but its hook."""
    _copy(docs, _fresh(folder) / "docs")
    own = {
        "INHERIT": os.path.relpath(settings, folder),
        "docs_dir": "docs",
        "site_dir": "site",
        "theme": {"custom_dir": os.path.relpath(ROOT / "templates" / "theme", folder)},
        "hooks": [],
        "watch": [],
    }
    (folder / "mkdocs.yml").write_text(json.dumps(own, indent=1), encoding="utf-8")


def mkdocs(folder: Path, limit: float) -> Run:
    """`mkdocs build`, as one would type it."""
    shutil.rmtree(folder / "site", ignore_errors=True)
    return measured([sys.executable, "-m", "mkdocs", "build", "-q"], folder, limit=limit, **QUIET)


def pagefind(folder: Path, limit: float) -> Run:
    """`pagefind`, as one would run it behind MkDocs."""
    command = [sys.executable, "-m", "pagefind", "--site", "site", "--force-language", "en"]
    return measured(command, folder, limit=limit)


# -- Zensical -------------------------------------------------------------------------------------


def write_zensical(folder: Path, docs: Path, settings: Path) -> None:
    """The Markdown as Zensical would have it: its own look, our menu and extensions."""
    _copy(docs, _fresh(folder) / "docs")
    ours = YAML(typ="safe").load(settings.read_text(encoding="utf-8"))
    shared = ("site_name", "use_directory_urls", "nav", "markdown_extensions")
    own = {
        **{name: ours[name] for name in shared},
        "docs_dir": "docs",
        "site_dir": "site",
        "theme": {"name": "material", "font": False},
        "plugins": [],
    }
    (folder / "mkdocs.yml").write_text(json.dumps(own, indent=1), encoding="utf-8")


def zensical(folder: Path, limit: float, *, clean: bool) -> Run:
    """`zensical build`: from nothing, or again after one page was touched."""
    if clean:
        for name in ("site", ".cache"):
            shutil.rmtree(folder / name, ignore_errors=True)
    else:
        pages = sorted((folder / "docs" / "takeaways").glob("2*/index.md"))
        page = pages[len(pages) // 2]
        page.write_text(page.read_text(encoding="utf-8") + "\nOne more line.\n", encoding="utf-8")
    return measured([str(zensical_program()), "build"], folder, limit=limit)


def zensical_program() -> Path:
    """Raises `Failed` if there is none."""
    found = PLACE / "bin" / "zensical"
    if not found.exists():
        raise Failed("Zensical is not installed")
    return found


# -- Hugo -----------------------------------------------------------------------------------------


def write_hugo(folder: Path, docs: Path, settings: Path) -> None:
    """The Markdown as Hugo would have it, with a theme of a few lines.

    None of our settings means anything to it. An `index.md` would swallow the pages beside
    and below it, so where there are some it is called `_index.md`; elsewhere that would be a
    section of its own, of which Hugo does not get ten thousand done.
    """
    layouts = _fresh(folder) / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (folder / "hugo.toml").write_text(HUGO_SETTINGS, encoding="utf-8")
    (layouts / "baseof.html").write_text(HUGO_BASE, encoding="utf-8")
    for name in ("single.html", "list.html"):
        (layouts / name).write_text(HUGO_PAGE, encoding="utf-8")
    _copy(docs, folder / "content")
    for index in sorted((folder / "content").rglob("index.md")):
        if len(list(index.parent.iterdir())) > 1:
            index.rename(index.with_name("_index.md"))


def hugo(folder: Path, limit: float) -> Run:
    """A full `hugo` build. The program itself is run, not the Python script around it."""
    for name in ("public", "resources"):
        shutil.rmtree(folder / name, ignore_errors=True)
    return measured([str(hugo_program()), "--quiet"], folder, limit=limit)


def hugo_program() -> Path:
    """Raises `Failed` if there is none."""
    found = [*PLACE.glob("lib/python*/site-packages/hugo/binaries/hugo*")]
    if not found:
        raise Failed("Hugo is not installed")
    return min(found)


#: How the project of each is written: its folder, the folder of Markdown, our `mkdocs.yml`.
PROJECTS: dict[str, Callable[[Path, Path, Path], None]] = {
    "mkdocs": write_mkdocs,
    "zensical": write_zensical,
    "hugo": write_hugo,
}

# -- versions -------------------------------------------------------------------------------------


def versions() -> dict[str, str]:
    """The versions of those that are installed; "not installed" for the others."""
    return {
        "Zensical": _version(lambda: [str(zensical_program()), "--version"]),
        "Hugo": _version(lambda: [str(hugo_program()), "version"]),
    }


def _version(command: Callable[[], list[str]]) -> str:
    try:
        number = re.search(r"\d+\.\d+\.\d+", measured(command()).printed)
    except (Failed, OSError):
        number = None
    return number[0] if number else "not installed"
