"""What became of each tracked point of the brief stays in the record, step by step."""

from __future__ import annotations

import pytest

from generator.build import check_content
from generator.corpus import Corpus
from generator.model import Source, Takeaway
from tests.conftest import ROOT, TODAY

#: The tracked points of the brief: record to the day of each step it had on 23 November 2026.
#: Steps are added, never taken away; an inserted or corrected one is added here with it.
STEPS = {
    "2025-08-25-no-joint-statement": ("2025-08-25", "2025-11-14"),
    "2025-08-25-strategic-flexibility": ("2025-08-25", "2025-11-14"),
    "2025-08-25-troop-numbers": ("2025-08-25", "2025-11-14"),
    "2025-08-25-deterrence-lead": ("2025-08-25", "2025-11-14"),
    "2025-08-25-special-measures-agreement": ("2024-11-04", "2025-11-14"),
    "2025-08-25-investment-terms": (
        "2025-07-30",
        "2025-08-25",
        "2025-10-29",
        "2025-11-14",
        "2025-11-26",
        "2026-01-26",
        "2026-02-13",
        "2026-03-12",
    ),
    "2025-08-25-shipbuilding": ("2025-07-30", "2025-11-14", "2026-03-12"),
    "2025-08-25-trump-kim-dialogue": ("2025-08-25", "2026-05-17"),
    "2025-08-25-apec-trump-attendance": ("2025-08-25", "2025-11-01"),
    "2025-08-25-apec-xi-attendance": ("2025-08-25", "2025-11-01"),
    "2025-08-25-kim-meeting-at-apec": ("2025-08-25", "2025-11-01"),
    "2025-08-23-consultative-body": ("2025-08-23", "2025-09-30"),
}


@pytest.fixture(scope="module")
def real() -> Corpus:
    return check_content(ROOT, TODAY).corpus


@pytest.mark.parametrize("record", STEPS)
def test_steps_stay(real: Corpus, record: str) -> None:
    """No tracked point of the brief loses a step, or the day somebody last looked."""
    takeaway = real.get(record, Takeaway)
    assert takeaway is not None
    assert set(STEPS[record]) <= {str(step.date) for step in takeaway.history}
    assert takeaway.checked is not None


@pytest.mark.parametrize("record", STEPS)
def test_steps_have_a_better_source_than_an_aggregator(real: Corpus, record: str) -> None:
    """Each step of the brief's points rests on a press report at the least."""
    takeaway = real.get(record, Takeaway)
    assert takeaway is not None
    for step in takeaway.history:
        tiers = [s.tier for c in step.sources if (s := real.get(c.source, Source))]
        assert min(tiers) <= "4", step.date


def test_korean_air_is_one_order(real: Corpus) -> None:
    """The order announced three times is one commitment, said again twice."""
    first = real.get("2025-08-25-korean-air-boeing", Takeaway)
    assert first is not None
    again = real.restated_by(first)
    assert len(again) == 2
    assert all(real.followed(takeaway) is first for takeaway in again)


def test_pairs_have_a_history(real: Corpus) -> None:
    """The pairs readers ask for are there, each with its meetings in time."""
    for pair, least in {"kr-us": 6, "jp-kr": 9, "cn-kr": 3, "kp-us": 3}.items():
        starts = [summit.start for summit in real.pairs[pair].summits]
        assert len(starts) >= least, pair
        assert starts == sorted(starts)
