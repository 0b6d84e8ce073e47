"""Counts of the library: what there is, where it stands, what is lacking."""

from __future__ import annotations

import json
from collections import Counter

from generator.corpus import Corpus
from generator.model import RECORD_TYPES, Source, Status, Summit, Takeaway, TakeawayKind, Tier

Table = tuple[str, list[tuple[str, int]]]


def tables(corpus: Corpus) -> list[Table]:
    """Tables of counts; rows without anything are left out, but for those of what is lacking."""
    takeaways = corpus.all(Takeaway)
    sources = corpus.all(Source)
    statuses = Counter(t.history[-1].status for t in corpus.tracked())
    kinds = Counter(t.kind for t in takeaways)
    tiers = Counter(s.tier for s in sources)
    return [
        ("Records", [(kind.nouns, len(corpus.all(kind))) for kind in RECORD_TYPES]),
        ("Takeaways by kind", [(k.label, kinds[k]) for k in TakeawayKind if kinds[k]]),
        ("Tracked, by status", [(s.label, statuses[s]) for s in Status if statuses[s]]),
        ("Sources by tier", [(f"{t} {t.label}", tiers[t]) for t in Tier if tiers[t]]),
        ("To look at", _lacking(corpus)),
    ]


def _lacking(corpus: Corpus) -> list[tuple[str, int]]:
    tracked = corpus.tracked()
    cited = {r.target for r in corpus.references}
    sources = corpus.all(Source)
    return [
        ("open and overdue", sum(corpus.is_overdue(t) for t in tracked)),
        ("open and quiet", sum(corpus.is_quiet(t) for t in tracked)),
        ("review is due", sum(bool(t.review and t.review.first <= corpus.today) for t in tracked)),
        (
            "open and never looked at again",
            sum(corpus.is_open(t) and not t.checked for t in tracked),
        ),
        ("sources nobody cites", sum(s.id not in cited for s in sources)),
        ("sources without an address", sum(not s.url for s in sources)),
        (
            "sources without an archived copy",
            sum(bool(s.url and not s.archived_url) for s in sources),
        ),
        ("summits without a takeaway", sum(not corpus.takeaways_of(s) for s in corpus.all(Summit))),
    ]


def as_json(corpus: Corpus) -> str:
    return json.dumps({title: dict(rows) for title, rows in tables(corpus)}, indent=2)
