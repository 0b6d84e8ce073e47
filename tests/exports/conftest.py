"""What the tests of the exports share: libraries to write, and the files they turn into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generator.corpus import Corpus
from generator.load import load
from tests.conftest import ROOT, TODAY

SITE = "https://example.org/summits/"
#: Text that means something to one format or another, and must stay text in all of them.
HOSTILE = (
    "=SUM(A1) </script> <!-- ]]> & {} } { \\ % # $ _ ^ ~ \" ' ` | ; , [[x]] @article{ "
    "Lee Jae-myung 이재명 石破 é € 😀"
)


@pytest.fixture(scope="session")
def real() -> Corpus:
    """The library itself, with an address."""
    return Corpus(load(ROOT).records, TODAY, SITE)


@pytest.fixture
def hostile(corpus_with: Callable[..., Corpus]) -> Corpus:
    """The small library with hostile text wherever a line of text can stand."""
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    return corpus_with(
        {
            "sources/press": f"title: {quoted}\npublisher: {quoted}\nauthors:\n  - {quoted}\n",
            "summits/2025-08-23-lee-ishiba-tokyo": f"title: {quoted}\nvenue: {quoted}\n"
            f"bottom_line: {quoted}\n",
            "takeaways/2025-08-25-investment-terms": f"headline: {quoted}\n",
            "topics/trade": f"name: {quoted}\nformer_ids:\n  - commerce\n",
        }
    )


@pytest.fixture(params=["mini", "real", "hostile"])
def library_of(request: pytest.FixtureRequest) -> Corpus:
    """Each library in turn: the small one, the real one, the hostile one."""
    corpus: Corpus = request.getfixturevalue(request.param)
    return corpus


def files(export: Any, corpus: Corpus) -> dict[str, bytes]:
    """Everything an export writes, by path; no path twice."""
    written = list(export.write(corpus))
    assert len({path for path, _ in written}) == len(written)
    return dict(written)
