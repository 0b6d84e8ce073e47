"""The thin shell that lets plain `mkdocs build` and `mkdocs serve` work.

`brief build` writes the Markdown itself and tells this hook to keep still.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from mkdocs.exceptions import Abort  # noqa: E402 - the path above comes first

from generator import host, seal, search  # noqa: E402
from generator.build import check_content, write_data, write_docs  # noqa: E402
from generator.corpus import Corpus  # noqa: E402
from generator.problems import as_text, counted, has_errors  # noqa: E402

log = logging.getLogger("mkdocs.hooks.summit-briefings")
_serving = False
_made: dict[str, Corpus] = {}


def _inside_build() -> bool:
    return host.INSIDE_BUILD in os.environ


def on_startup(*, command: str, dirty: bool) -> None:
    """Remember whether this is a server, which must survive a mistake in the content."""
    global _serving
    _serving = command == "serve"


def on_pre_build(config: Any) -> None:
    """Write the Markdown from the content; while serving, keep the last good pages on errors."""
    if _inside_build():
        return
    checked = check_content(ROOT, dt.date.today())
    if has_errors(checked.problems):
        shown = "\n".join(as_text(p) for p in checked.problems if p.level == "error")
        if _serving and any(Path(config.docs_dir).glob("*.md")):
            log.error("The content has errors; the last good pages stay.\n%s", shown)
            return
        print(shown, file=sys.stderr)
        raise Abort(f"The content has {counted(checked.problems)}.")
    write_docs(checked.corpus, Path(config.docs_dir))
    _made["corpus"] = checked.corpus


def on_post_page(output: str, page: Any, config: Any) -> str:
    """While serving, a page may run the script MkDocs puts into it to follow edits."""
    return output.replace(seal.POLICY_TAG, "") if _serving else output


def on_serve(server: Any, config: Any, builder: Any) -> Any:
    """The Markdown is written, not edited: watching it would build everything twice."""
    server.unwatch(config.docs_dir)
    return server


def on_post_build(config: Any) -> None:
    """Bring out what stands beside the pages, and index the pages for search."""
    if _inside_build():
        return
    html = Path(config.site_dir)
    for stray in host.STRAY:
        (html / stray).unlink(missing_ok=True)
    host.lean(html)
    if corpus := _made.get("corpus"):
        write_data(corpus, html)
    search.write(html)
