"""What `mkdocs.yml` says about the site: its address and the address of its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError


@dataclass(frozen=True)
class Site:
    """Both are empty while `mkdocs.yml` does not name them; an address ends with a slash."""

    url: str = ""
    repository: str = ""
    menu: tuple[str, ...] = ()  # the Markdown files of the menu


def read(root: Path) -> Site:
    """The site of the project in `root`. A value MkDocs computes (`!ENV`) counts as not named."""
    path = root / "mkdocs.yml"
    if not path.is_file():
        return Site()
    try:
        values = YAML(typ="rt").load(path.read_text(encoding="utf-8")) or {}
    except YAMLError:
        return Site()  # MkDocs will say what is wrong with it
    menu = tuple(_files(values.get("nav")))
    return Site(_address(values.get("site_url")), _address(values.get("repo_url")), menu)


def _files(menu: Any) -> Iterator[str]:
    """The files in a menu of any depth."""
    if isinstance(menu, str):
        yield menu
    elif isinstance(menu, dict | list):
        for item in menu.values() if isinstance(menu, dict) else menu:
            yield from _files(item)


def _address(value: Any) -> str:
    """An http(s) address with a slash at its end, or nothing."""
    text = str(value).strip() if isinstance(value, str) else ""
    return f"{text.rstrip('/')}/" if text.startswith(("http://", "https://")) else ""
