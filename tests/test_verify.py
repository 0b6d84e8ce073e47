"""`brief verify`: a site that is what its sources make, and one in which something was changed."""

from __future__ import annotations

import shutil
from pathlib import Path

from generator.verify import built_on, verify
from tests.conftest import TODAY


def test_g10_verify(mini_project: Path, tmp_path: Path) -> None:
    """Nothing is said of the site as it was built; every change of it is found."""
    root = tmp_path / "project"
    shutil.copytree(mini_project, root, symlinks=True)
    site = root / "site"
    assert built_on(site) == TODAY
    assert verify(root, TODAY).faults == ()
    page = site / "topics" / "trade" / "index.html"
    page.write_text(
        page.read_text(encoding="utf-8").replace("</main>", "<script>x</script></main>"),
        encoding="utf-8",
    )
    (site / "stray.txt").write_text("x", encoding="utf-8")
    (site / "robots.txt").unlink()
    found = "\n".join(verify(root, TODAY).faults)
    for said in (
        "topics/trade/index.html: is not what its sources make",
        "topics/trade/index.html: its sum is not the one",
        "a script inside the page",
        "stray.txt: no source makes it",
        "robots.txt: is missing",
        "robots.txt: is not both",
    ):
        assert said in found
