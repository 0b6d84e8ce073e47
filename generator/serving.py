"""Serves the site while it is written: each edit of a record is built, and open pages reload."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mkdocs.livereload import LiveReloadServer

from generator import seal

#: What a change of which is built.
WATCHED = ("content", "templates", "mkdocs.yml")


class _Server(LiveReloadServer):
    """MkDocs' server. The script it puts into a page to follow edits is none of the page's own, so
    here, and only here, the page's policy is taken out."""

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        plain = content.replace(seal.POLICY_TAG.encode(), b"")
        return super()._inject_js_into_html(plain, epoch)  # type: ignore[no-any-return, no-untyped-call]


def serve(root: Path, host: str, port: int, again: Callable[[], None]) -> None:
    """Serve `root`/site until interrupted; `again` builds it after each edit.

    What `again` raises ends the server. Raises `OSError` if the address cannot be had.
    """
    server = _Server(again, host, port, str(root / "site"))
    for name in WATCHED:
        if (root / name).exists():
            server.watch(str(root / name))
    try:
        server.serve()  # type: ignore[no-untyped-call]
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()
