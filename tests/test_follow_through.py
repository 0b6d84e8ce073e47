"""What became of each tracked point of the brief stays in the record, step by step."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from generator.build import check_content
from generator.corpus import Corpus
from generator.model import Source, Takeaway
from tests.conftest import ROOT, TODAY

#: The tracked points of the brief: record to the day and status of each step it had on
#: 23 November 2026. Steps are added, never taken away; an inserted or corrected one is added here.
STEPS = {
    "2025-08-25-no-joint-statement": (
        ("2025-08-25", "open"),
        ("2025-09-01", "open"),
        ("2025-11-14", "delivered"),
    ),
    "2025-08-25-strategic-flexibility": (
        ("2025-08-25", "open"),
        ("2025-11-14", "partly-delivered"),
    ),
    "2025-08-25-troop-numbers": (
        ("2025-08-25", "open"),
        ("2025-11-14", "open"),
    ),
    "2025-08-25-deterrence-lead": (
        ("2025-08-25", "open"),
        ("2025-11-14", "under-way"),
    ),
    "2025-08-25-special-measures-agreement": (
        ("2024-11-04", "agreed"),
        ("2025-07-09", "agreed"),
        ("2025-08-25", "open"),
        ("2025-11-14", "agreed"),
    ),
    "2025-08-25-investment-terms": (
        ("2025-07-30", "open"),
        ("2025-08-25", "negotiating"),
        ("2025-10-29", "agreed"),
        ("2025-11-14", "agreed"),
        ("2025-11-26", "under-way"),
        ("2026-01-26", "stalled"),
        ("2026-02-13", "under-way"),
        ("2026-03-12", "partly-delivered"),
    ),
    "2025-08-25-shipbuilding": (
        ("2025-07-30", "open"),
        ("2025-08-25", "open"),
        ("2025-10-29", "agreed"),
        ("2025-11-14", "under-way"),
        ("2026-03-12", "under-way"),
    ),
    "2025-08-25-trump-kim-dialogue": (
        ("2025-08-25", "open"),
        ("2025-10-29", "open"),
        ("2025-11-14", "open"),
        ("2026-05-17", "open"),
    ),
    "2025-08-25-apec-trump-attendance": (
        ("2025-08-25", "open"),
        ("2025-10-29", "under-way"),
        ("2025-11-01", "missed"),
    ),
    "2025-08-25-apec-xi-attendance": (
        ("2025-08-25", "open"),
        ("2025-11-01", "delivered"),
    ),
    "2025-08-25-kim-meeting-at-apec": (
        ("2025-08-25", "open"),
        ("2025-10-29", "open"),
        ("2025-11-01", "missed"),
    ),
    "2025-08-23-consultative-body": (
        ("2025-08-23", "agreed"),
        ("2025-09-30", "partly-delivered"),
    ),
}


@pytest.fixture(scope="module")
def real() -> Corpus:
    return check_content(ROOT, TODAY).corpus


@pytest.mark.parametrize("record", STEPS)
def test_steps_stay(real: Corpus, record: str) -> None:
    """No tracked point of the brief loses a step, its status, or the day somebody last looked."""
    takeaway = real.get(record, Takeaway)
    assert takeaway is not None
    assert set(STEPS[record]) <= {(str(s.date), str(s.status)) for s in takeaway.history}
    assert takeaway.checked is not None


@pytest.mark.parametrize("record", STEPS)
def test_steps_have_a_better_source_than_an_aggregator(real: Corpus, record: str) -> None:
    """No step of the brief's points rests on an aggregator alone."""
    takeaway = real.get(record, Takeaway)
    assert takeaway is not None
    for step in takeaway.history:
        tiers = [s.tier for c in step.sources if (s := real.get(c.source, Source))]
        assert min(tiers) <= "4", step.date


def test_every_tracked_point_is_here() -> None:
    """Every record in which a point of the brief is tracked stands in the table above."""
    points = YAML(typ="safe").load(ROOT / "tests" / "brief_points.yml")
    tracked = [point for point in points if point.get("tracked")]
    assert len(tracked) == 9
    for point in tracked:
        assert STEPS.keys() >= set(point["tracked"]), point["what"]


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
