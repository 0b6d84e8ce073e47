"""Dates, amounts and lengths of time as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from generator import words
from generator.fields import When
from generator.load import load
from generator.model import Amount, Summit
from tests.conftest import ROOT

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("when", "date", "day"),
    [
        ("2025", "2025", "2025"),
        ("2025-08", "August 2025", "August 2025"),
        ("2025-08-23", "23 August 2025", "23 August 2025"),
        ("2025-08-03", "3 August 2025", "3 August 2025"),
        ("2025-08-23T16:55", "23 August 2025, 16:55", "23 August 2025"),
        ("2025-11-13T20:28[America/New_York]", "13 November 2025, 20:28", "13 November 2025"),
    ],
)
def test_dates(when: str, date: str, day: str) -> None:
    """A date in words is as precise as it is known, with the hour only where it is asked for."""
    assert words.spoken_date(When(when)) == date
    assert words.spoken_day(When(when)) == day


@pytest.mark.parametrize(
    ("start", "end", "spoken"),
    [
        ("2025-08-23", None, "23 August 2025"),
        ("2025-08-23T16:55", None, "23 August 2025"),
        ("2025-08-23", "2025-08-23", "23 August 2025"),
        ("2025-08-23T16:55", "2025-08-23T18:00", "23 August 2025"),
        ("2019-02-27", "2019-02-28", "27 to 28 February 2019"),
        ("2019-02-27T18:30", "2019-02-28", "27 to 28 February 2019"),
        ("2025-10-31", "2025-11-01", "31 October to 1 November 2025"),
        ("2025-12-31", "2026-01-02", "31 December 2025 to 2 January 2026"),
        ("2025-08", "2025-09", "August 2025 to September 2025"),
        ("2025-08", "2025-09-02", "August 2025 to 2 September 2025"),
        ("2025", "2026", "2025 to 2026"),
    ],
)
def test_ranges(start: str, end: str | None, spoken: str) -> None:
    """What start and end share is said once."""
    assert words.spoken_range(When(start), When(end) if end else None) == spoken


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        ("0", "0"),
        ("3.5", "3.5"),
        ("999999", "999,999"),
        ("1000000", "1 million"),
        ("28500000", "28.5 million"),
        ("350000000000", "350 billion"),
        ("1520000000000", "1.52 trillion"),
        ("1000000000000000", "1,000 trillion"),
        ("1234567", "1,234,567"),
        ("999999999", "999,999,999"),
        ("1234000", "1.234 million"),
        ("-5000000", "-5 million"),
    ],
)
def test_numbers(value: str, spoken: str) -> None:
    """Large numbers get their scale in words; none is rounded."""
    assert words.spoken_number(Decimal(value)) == spoken


@pytest.mark.parametrize(
    ("fields", "spoken"),
    [
        ({"value": "350000000000", "unit": "USD"}, f"US$350{NBSP}billion"),
        ({"value": "350000000000", "unit": "USD", "bound": "up-to"}, f"up to US$350{NBSP}billion"),
        ({"value": "100", "unit": "JPY"}, "¥100"),
        ({"value": "-5", "unit": "USD"}, "\N{MINUS SIGN}US$5"),
        ({"value": "-2000000", "unit": "KRW"}, f"\N{MINUS SIGN}KRW{NBSP}2{NBSP}million"),
        ({"value": "-0.5", "unit": "percent"}, "\N{MINUS SIGN}0.5%"),
        ({"value": "1520000000000", "unit": "KRW"}, f"KRW{NBSP}1.52{NBSP}trillion"),
        ({"value": "15", "unit": "percent"}, "15%"),
        ({"value": "3.5", "unit": "percent-of-gdp", "bound": "at-least"}, "at least 3.5% of GDP"),
        ({"value": "103", "unit": "aircraft", "bound": "about"}, "about 103 aircraft"),
        ({"value": "5", "unit": "nuclear-submarines"}, "5 nuclear submarines"),
        ({"value": "7200", "unit": "places", "per": "year"}, "7,200 places a year"),
        (
            {
                "value": "200000000000",
                "unit": "USD",
                "cap": {"value": "20000000000", "per": "year"},
            },
            f"US$200{NBSP}billion, at most US$20{NBSP}billion a year",
        ),
    ],
)
def test_amounts(fields: dict[str, object], spoken: str) -> None:
    """An amount with its unit, its bound, its rate and its cap."""
    assert words.spoken_amount(Amount.model_validate({"what": "x", **fields})) == spoken


@pytest.mark.parametrize(
    ("minutes", "spoken"),
    [
        (1, "1 minute"),
        (76, "76 minutes"),
        (90, "90 minutes"),
        (100, "1 hour 40 minutes"),
        (113, "1 hour 53 minutes"),
        (120, "2 hours"),
        (121, "2 hours 1 minute"),
        (180, "3 hours"),
    ],
)
def test_lengths_of_time(minutes: int, spoken: str) -> None:
    """Minutes up to an hour and a half, then hours and minutes."""
    assert words.duration(minutes) == spoken


@pytest.mark.parametrize(
    ("number", "spoken"), [(0, "0 days"), (1, "1 day"), (2, "2 days"), (1_200, "1,200 days")]
)
def test_counts(number: int, spoken: str) -> None:
    """One of a thing is singular, all else plural."""
    assert words.count(number, "day", "days") == spoken


def test_languages() -> None:
    """Languages go by their English names; one that is not in the table by its code."""
    assert words.language("ko") == "Korean"
    assert words.language("zh-Hans") == "Chinese (simplified)"
    assert words.language("xx") == "xx"


@pytest.mark.parametrize(
    ("summit_id", "said"),
    [
        ("2025-08-25-lee-trump-washington", "Bilateral summit"),
        ("2023-08-18-camp-david", "Trilateral summit"),
        ("2025-06-06-lee-trump-call", "Bilateral telephone call"),
        ("2019-02-27-trump-kim-hanoi", "Bilateral summit, cut short"),
        ("2025-06-lee-trump-kananaskis", "Bilateral summit, cancelled"),
    ],
)
def test_kinds_of_meetings(summit_id: str, said: str) -> None:
    """A telephone call is no summit; what did not simply take place says so."""
    summit = load(ROOT).records[summit_id]
    assert isinstance(summit, Summit)
    assert words.meeting(summit) == said
