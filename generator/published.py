"""The version of the content that is public: from git, a folder, a built site or its address."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from generator import diff, git, load
from generator.files import read_plain
from generator.model import BY_FOLDER

#: Where the API of a site keeps the list of each type.
API = "api/v1"
MAX_LIST = 64 * 1024 * 1024


class CannotCompare(Exception):
    """The other version cannot be read. Says why."""


def read(root: Path, name: str) -> dict[str, dict[str, Any]]:
    """The version that `name` stands for: an address, a folder, or a revision of git."""
    if name.startswith(("https://", "http://")):
        return _site(lambda path: _fetched(name, path))
    folder = Path(name)
    if (folder / "content").is_dir():
        return diff.version(files_in(folder))
    if (folder / API).is_dir():
        return _site(lambda path: (folder / path).read_bytes())
    if folder.is_dir():
        raise CannotCompare(f"{name} holds neither content/ nor {API}/.")
    return diff.version(git.contents(root, name))


def files_in(root: Path) -> dict[str, bytes]:
    """Every record file of a folder."""
    found = {}
    for path in load.record_paths(root):
        try:
            found[path] = read_plain(root / path)
        except OSError:
            continue
    return found


def _site(get: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for folder in BY_FOLDER:
        try:
            data = json.loads(get(f"{API}/{folder}.json"))
            entries = data["records"]
            for entry in entries:
                fields = entry.get("fields") or {
                    k: entry[k] for k in ("published", "former_ids", "withdrawn") if k in entry
                }
                found[entry["id"]] = {"folder": folder, "fields": fields}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CannotCompare(f"{API}/{folder}.json cannot be read: {error}") from None
    return found


def _fetched(address: str, path: str) -> bytes:
    url = urllib.parse.urljoin(address.rstrip("/") + "/", path)
    request = urllib.request.Request(url, headers={"User-Agent": "summit-briefings gate"})  # noqa: S310 - http and https only
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
        return bytes(answer.read(MAX_LIST))
