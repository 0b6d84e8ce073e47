"""Rules on sources, quotations and silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.checks import (
    TERMS,
    Check,
    Found,
    spoken,
)
from generator.corpus import Corpus
from generator.model import (
    HowRead,
    Record,
    Source,
    Summit,
    Takeaway,
    Tier,
)
from generator.problems import FieldPath, Rule

QUOTE_WORDS = 25


def _citation_lists(record: Record) -> Iterator[tuple[FieldPath, tuple[Any, ...]]]:
    """Every list of citations in a record, with the way to it."""
    if isinstance(record, Summit | Takeaway) and record.sources:
        yield ("sources",), record.sources
    if isinstance(record, Summit):
        if record.no_joint_document:
            yield ("no_joint_document", "sources"), record.no_joint_document.sources
        for n, dispute in enumerate(record.disputed):
            for m, account in enumerate(dispute.accounts):
                yield ("disputed", n, "accounts", m, "sources"), account.sources
    if isinstance(record, Takeaway):
        for n, step in enumerate(record.history):
            yield ("history", n, "sources"), step.sources
        for n, account in enumerate(record.accounts):
            yield ("accounts", n, "sources"), account.sources


def only_tier_five(corpus: Corpus) -> Iterator[Found]:
    for record in corpus.records.values():
        for way, citations in _citation_lists(record):
            tiers = [s.tier for c in citations if (s := corpus.get(c.source, Source))]
            if len(tiers) == len(citations) and all(tier is Tier.FIVE for tier in tiers):
                yield Found(
                    record,
                    way,
                    f"{spoken(way)}: rests on an aggregator or a generated text alone",
                    "Find the text it draws on, or leave the statement out.",
                )


def long_quote(corpus: Corpus) -> Iterator[Found]:
    for record in corpus.records.values():
        for way, quote in _quotes(record):
            words = len(quote.split())
            if words > QUOTE_WORDS:
                yield Found(
                    record,
                    way,
                    f"{spoken(way)}: has {words} words, more than {QUOTE_WORDS}",
                    "Quote the decisive words; the rest goes into your own.",
                )


def _quotes(record: Record) -> Iterator[tuple[FieldPath, str]]:
    for way, citations in _citation_lists(record):
        for n, citation in enumerate(citations):
            if citation.quote:
                yield (*way, n, "quote"), citation.quote
    for n, account in enumerate(getattr(record, "accounts", ())):
        if account.quote:
            yield ("accounts", n, "quote"), account.quote
    for n, dispute in enumerate(getattr(record, "disputed", ())):
        for m, account in enumerate(dispute.accounts):
            if account.quote:
                yield ("disputed", n, "accounts", m, "quote"), account.quote


def silent_but_not_read(corpus: Corpus) -> Iterator[Found]:
    for record in corpus.records.values():
        accounts: list[tuple[FieldPath, Any]] = [
            (("accounts", n), a) for n, a in enumerate(getattr(record, "accounts", ()))
        ]
        for n, dispute in enumerate(getattr(record, "disputed", ())):
            accounts += [
                (("disputed", n, "accounts", m), a) for m, a in enumerate(dispute.accounts)
            ]
        for way, account in accounts:
            for citation in account.sources if account.silent else ():
                source = corpus.get(citation.source, Source)
                if source and source.read is not HowRead.WHOLE:
                    yield Found(
                        record,
                        (*way, "silent"),
                        f'silent: "{source.id}" is not marked as read whole',
                        "Only a text read whole can be called silent; leave the account out.",
                    )


RULES: tuple[Check, ...] = (
    Check(
        Rule(
            "SB601",
            "error",
            "An aggregator is never the only source.",
            TERMS + "sources:\n  - web-summary",
            TERMS + "sources:\n  - web-summary\n  - press",
        ),
        only_tier_five,
    ),
    Check(
        Rule(
            "SB602",
            "error",
            f"A quotation has at most {QUOTE_WORDS} words.",
            TERMS + "sources:\n  - source: press\n    quote: " + "word " * 26,
            TERMS + "sources:\n  - source: press\n    quote: future-oriented",
        ),
        long_quote,
    ),
    Check(
        Rule(
            "SB603",
            "error",
            "Only a text that was read whole can be called silent.",
            TERMS + "accounts:\n  - silent: true\n    sources:\n      - press",
            TERMS + "accounts:\n  - silent: true\n    sources:\n      - joint-text",
        ),
        silent_but_not_read,
    ),
)
