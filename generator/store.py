"""What a build keeps for the next one, below `.build/cache/build`; and the folders it works in."""

from __future__ import annotations

import hashlib
import shutil
from importlib import metadata
from pathlib import Path

from generator import host, memory
from generator.files import clear_temporary, files_below, remove_all_but
from generator.ledger import Ledger, Pieces

STORE = ".build/cache/build"
RECORDS = f"{STORE}/records"
PIECES = f"{STORE}/pieces"
SHELVES = f"{STORE}/search"
LEDGER = f"{STORE}/ledger.pickle"
#: What was found wrong with the content that was checked last.
VERDICT = f"{STORE}/verdict.pickle"
#: Keeps the folder of Markdown in git, for MkDocs wants it to exist.
KEPT = ".gitkeep"
#: Folders for the time of a build, by what their names begin with.
PASSING = ("pages-", "shelf-", "shard-")

#: Packages whose version shows in what is made.
_PACKAGES = ("mkdocs-material", "markdown", "jinja2", "pagefind", "cbor2")


class Store:
    """What the last build of `root` kept, if of the same version of everything but content."""

    def __init__(self, root: Path, engine: str) -> None:
        self.root = root
        self.version = version(root, engine)

    def clear(self) -> None:
        """Remove what a build left that was ended from outside."""
        clear_temporary(self.root / STORE)
        for path in (self.root / ".build").glob("*-*"):
            if path.name.startswith(PASSING):
                shutil.rmtree(path, ignore_errors=True)

    def last(self) -> Ledger | None:
        """The ledger of the last build, if that came to its end."""
        return memory.recall(self.root / LEDGER, self.version)  # type: ignore[no-any-return]

    def begin(self) -> None:
        """From now on there is no ledger, so that the build after one that fails is whole."""
        (self.root / LEDGER).unlink(missing_ok=True)

    def keep(self, ledger: Ledger) -> None:
        """Keep the ledger of a build that came to its end."""
        memory.keep(self.root / LEDGER, self.version, ledger)

    def pieces(self) -> Pieces:
        """What each record adds to files about all, from the last build."""
        return memory.recall_rows(self.root / PIECES, self.version)

    def keep_pieces(self, pieces: Pieces, touched: set[str]) -> None:
        """Keep all pieces, of which those `touched` were made or removed."""
        memory.keep_rows(self.root / PIECES, self.version, pieces, touched)

    def empty(self) -> None:
        """Remove everything that was made, but the folder MkDocs wants to exist."""
        work = self.root / ".build"
        for folder in (work / "html", work / "standby", self.root / SHELVES, self.root / PIECES):
            shutil.rmtree(folder, ignore_errors=True)
        docs = work / "docs"
        docs.mkdir(parents=True, exist_ok=True)
        remove_all_but(docs, {KEPT} & set(files_below(docs)))


def version(root: Path, engine: str) -> str:
    """Changes with everything a site is made from besides the content."""
    digest = hashlib.sha256(memory.version_of_code().encode())
    digest.update(f"{engine} {host.version_of(engine)}".encode())
    for path in (root / "mkdocs.yml", *sorted((root / "templates").rglob("*"))):
        if path.is_file():
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    for package in _PACKAGES:
        digest.update(f"{package} {metadata.version(package)}".encode())
    return digest.hexdigest()
