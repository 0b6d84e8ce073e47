"""Serves the site while it is written: each edit of a record is built, and open pages reload.

The page of a record that was edited comes first and alone, then all that the edit touches.
"""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from mkdocs.livereload import LiveReloadServer
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from generator import memory, seal

#: What a change of which is built.
WATCHED = ("content", "templates", "mkdocs.yml")
#: Where pages lie that are shown before the site has them, below the root.
FIRST = ".build/first"

#: Builds the pages of the records in some files into a folder, and says how many.
Preview = Callable[[Iterable[str], Path], int]


class _Server(LiveReloadServer):
    """MkDocs' server, with three differences. The script it puts into a page to follow edits is
    none of the page's own, so here, and only here, the page's policy is taken out. A page is
    answered while the site is built, for the site changes all at once. Changes of files are told by
    the system; asking about each of many takes long.
    """

    def __init__(
        self, root: Path, host: str, port: int, again: Callable[[], None], preview: Preview
    ) -> None:
        super().__init__(self._build, host, port, str(root / "site"))
        self.observer = Observer()  # type: ignore[assignment]
        self.project, self.first = root, root / FIRST
        self.again, self.preview = again, preview
        self.edited: set[str] = set()

    def watch_all(self) -> None:
        """Build when one of the files `WATCHED` changes, or one below them."""
        for name in WATCHED:
            path = self.project / name
            if path.exists():
                folder = path if path.is_dir() else path.parent
                self._watched_paths[str(path)] = 1
                self.observer.schedule(_Watch(self, name), str(folder), recursive=folder is path)

    def noticed(self, path: str) -> None:
        """A file changed; `path` is that from the root."""
        with self._rebuild_cond:
            self.edited.add(path)
            self._want_rebuild = True
            self._rebuild_cond.notify_all()

    def _build(self) -> None:
        with self._rebuild_cond:
            edited, self.edited = self.edited, set()
        self._let_pages(reload=False)
        if self.preview(sorted(edited), self.first):
            self._let_pages(reload=True)
        self.again()
        memory.tidy()
        shutil.rmtree(self.first, ignore_errors=True)
        with self._epoch_cond:
            self._wanted_epoch = self._visible_epoch + 1  # what the parent shows next

    def _let_pages(self, reload: bool) -> None:
        """Answer for pages, and let open ones load again."""
        with self._epoch_cond:
            self._wanted_epoch = self._visible_epoch = self._visible_epoch + reload
            self._epoch_cond.notify_all()

    def _serve_request(self, environ: Any, start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        name = posixpath.normpath(f"/{path}index.html").lstrip("/")
        if path.endswith("/") and (self.first / name).is_file():
            with self._epoch_cond:
                epoch = self._visible_epoch
            content = self._inject_js_into_html((self.first / name).read_bytes(), epoch)
            start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
            return [content]
        return super()._serve_request(environ, start_response)

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        plain = content.replace(seal.POLICY_TAG.encode(), b"")
        return super()._inject_js_into_html(plain, epoch)  # type: ignore[no-any-return, no-untyped-call]


class _Watch(FileSystemEventHandler):
    """Tells the server what changed at or below a path; that a file was read is no change."""

    def __init__(self, server: _Server, name: str) -> None:
        self.server, self.name = server, name

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.is_directory or event.event_type not in (
            "created",
            "modified",
            "moved",
            "deleted",
        ):
            return
        for place in (event.src_path, event.dest_path):
            if place:
                path = Path(str(place)).relative_to(self.server.project).as_posix()
                hidden = path.rpartition("/")[2].startswith(".")
                if (path == self.name or path.startswith(f"{self.name}/")) and not hidden:
                    self.server.noticed(path)


def serve(root: Path, host: str, port: int, again: Callable[[], None], preview: Preview) -> None:
    """Serve `root`/site until interrupted. After each edit `preview` makes the pages of the edited
    records and `again` the site.

    What they raise ends the server. Raises `OSError` if the address cannot be had.
    """
    server = _Server(root, host, port, again, preview)
    server.watch_all()
    try:
        server.serve()  # type: ignore[no-untyped-call]
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()
        shutil.rmtree(root / FIRST, ignore_errors=True)
