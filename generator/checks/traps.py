"""Rules against traps found in real sources: variants, units, time zones, re-announcements."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from generator.checks import DAY_AHEAD, TASK_FORCE, TERMS, TOKYO, Check, Found, spoken
from generator.corpus import Corpus
from generator.model import Amount, Person, Record, Source, Summit, Takeaway, TakeawayKind
from generator.problems import FieldPath, Rule

#: Above this a sum in dollars is more likely a slip of the unit: machine translations of Korean
#: press print 3,500 billion for 350 billion.
SUSPICIOUS_DOLLARS = Decimal(10) ** 12

_QUOTED = re.compile(
    r"([\d,]+(?:\.\d+)?)\s*(bn|billion|tn|trillion|mn|m|million|조|억)?\b", re.IGNORECASE
)
_SCALES = {
    "m": 6,
    "mn": 6,
    "million": 6,
    "억": 8,
    "bn": 9,
    "billion": 9,
    "tn": 12,
    "trillion": 12,
    "조": 12,
}


#: Words that praise, blame or doubt, and what to write instead; the style guide has more.
_LOADED = {
    "admitted that": "said that",
    "admits that": "says that",
    "blasted": "criticised",
    "boasted": "said",
    "caved": "agreed",
    "groundbreaking": "new",
    "hailed": "welcomed",
    "historic": "what makes it so: the first since 2008",
    "lambasted": "criticised",
    "landmark": "what makes it so: the first since 2008",
    "slammed": "criticised",
    "so-called": "the word without it, or a term of the glossary",
    "touted": "described",
    "unprecedented": "what makes it so: the first since 2008",
}
_LOADED_WORD = re.compile(rf"\b(?:{'|'.join(_LOADED)})\b", re.IGNORECASE)
_IN_QUOTES = re.compile(r"“[^”]*”|\"[^\"]*\"")


def _prose_and_text(corpus: Corpus, record: Record) -> Iterator[tuple[FieldPath, str]]:
    yield from ((way, text) for way, text, _ in corpus.prose_of(record))
    for name in ("headline", "bottom_line"):
        if hasattr(record, name):
            yield (name,), getattr(record, name)


def variant_of_a_name(corpus: Corpus) -> Iterator[Found]:
    """Readers and search meet one spelling of a person; the others are aliases."""
    variants: dict[str, Person] = {}
    names = {person.names.display for person in corpus.all(Person)}
    for person in corpus.all(Person):
        for alias in person.aliases:
            if len(alias.split()) > 1 and alias not in names:
                variants[alias] = person
    if not variants:
        return
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(variants))) + r")\b")
    for record in (*corpus.all(Summit), *corpus.all(Takeaway)):
        for way, text in _prose_and_text(corpus, record):
            for match in pattern.finditer(text):
                person = variants[match[0]]
                yield Found(
                    record,
                    way,
                    f'{spoken(way)}: "{match[0]}" is a variant of a name',
                    f"Write {person.names.display}, as everywhere else.",
                    match[0],
                )


def time_without_zone(corpus: Corpus) -> Iterator[Found]:
    """20:28 in Washington is the next day in Seoul."""
    for source in corpus.everything(Source):
        if source.issued.time and not source.issued.zone:
            yield Found(
                source,
                ("issued",),
                f"issued: {source.issued} has a time of day but no time zone",
                f"Write {source.issued}[America/New_York], or the day alone.",
            )


def dispute_with_one_voice(corpus: Corpus) -> Iterator[Found]:
    """A dispute shows who says what: the accounts come from different texts."""
    for summit in corpus.everything(Summit):
        for n, dispute in enumerate(summit.disputed):
            voices = {frozenset(c.source for c in a.sources) for a in dispute.accounts}
            if len(voices) < 2:
                yield Found(
                    summit,
                    ("disputed", n, "accounts"),
                    f'disputed: every account of "{dispute.question}" has the same sources',
                    "Give each account the text that says so.",
                )


def settled_by_fiat(corpus: Corpus) -> Iterator[Found]:
    """Where the length of the talks is disputed, no field settles it."""
    for summit in corpus.everything(Summit):
        lengths = [
            d.question
            for d in summit.disputed
            if re.search(r"(?i)length|long|minutes|hours", d.question)
        ]
        if summit.minutes and lengths:
            yield Found(
                summit,
                ("minutes",),
                f'minutes: {summit.minutes}, but "{lengths[0]}" is disputed',
                "Leave minutes out; the accounts say who counts what.",
            )


def document_before_the_summit(corpus: Corpus) -> Iterator[Found]:
    """A text a meeting issued is not older than the meeting: pages often carry a wrong date."""
    for summit in corpus.everything(Summit):
        for n, document in enumerate(summit.documents):
            source = corpus.get(document, Source)
            if source and source.issued.last < summit.start.first - DAY_AHEAD:
                yield Found(
                    summit,
                    ("documents", n),
                    f'documents: "{source.id}" was issued on {source.issued}, before the meeting',
                    "Check the date of the source; the metadata of a page can be wrong.",
                )


def _amounts(corpus: Corpus) -> Iterator[tuple[Takeaway, int, Amount]]:
    for takeaway in corpus.all(Takeaway):
        for n, amount in enumerate(takeaway.amounts):
            yield takeaway, n, amount


def suspicious_dollars(corpus: Corpus) -> Iterator[Found]:
    for takeaway, n, amount in _amounts(corpus):
        if amount.unit == "USD" and amount.value >= SUSPICIOUS_DOLLARS:
            yield Found(
                takeaway,
                ("amounts", n, "value"),
                f"amounts: {amount.value:,f} dollars is a trillion or more",
                "Check the unit: machine translations print 3,500 billion for 350 billion.",
            )


def quoted_otherwise(corpus: Corpus) -> Iterator[Found]:
    for takeaway, n, amount in _amounts(corpus):
        quoted = _quoted_value(amount.quoted_as or "")
        if quoted and quoted != amount.value and quoted != amount.value / 100:
            yield Found(
                takeaway,
                ("amounts", n, "value"),
                f'amounts: the value is {amount.value:,f}, but "{amount.quoted_as}" reads '
                f"as {quoted:,f}",
                "Correct the one that is wrong; the value is the full number.",
            )


def _quoted_value(text: str) -> Decimal | None:
    """The number a quotation such as `US$350bn` stands for, where it holds just one."""
    found = _QUOTED.findall(text)
    if len(found) != 1:
        return None
    digits, scale = found[0]
    try:
        return Decimal(digits.replace(",", "")).scaleb(_SCALES.get(scale.lower(), 0))
    except InvalidOperation:
        return None


def announced_again(corpus: Corpus) -> Iterator[Found]:
    """One order announced three times is one commitment, restated twice."""
    seen: dict[tuple[object, ...], list[Takeaway]] = defaultdict(list)
    for takeaway, n, amount in _amounts(corpus):
        if amount.unit.startswith("percent"):
            continue
        key = (amount.value, amount.unit, takeaway.kind, *sorted(takeaway.topics))
        for earlier in seen[key]:
            if set(takeaway.by) == set(earlier.by) and not _linked(corpus, takeaway, earlier):
                yield Found(
                    takeaway,
                    ("amounts", n, "value"),
                    f'amounts: the same sum stands in "{earlier.id}"',
                    "If it is the same promise, name that one in restates; if it bears on it, in "
                    "addresses.",
                )
                break
        seen[key].append(takeaway)


def _linked(corpus: Corpus, left: Takeaway, right: Takeaway) -> bool:
    """One is the other, names the other, or both say the same third one again."""
    named = {i for t in (left, right) for i in (*t.restates, *t.supersedes, *t.addresses)}
    return bool(named & {left.id, right.id}) or corpus.followed(left) is corpus.followed(right)


def loaded_word(corpus: Corpus) -> Iterator[Found]:
    """What is said in our own words takes no side; quotations and judgements may."""
    for record in corpus.records.values():
        if isinstance(record, Takeaway) and record.kind is TakeawayKind.ASSESSMENT:
            continue
        for way, text in _prose_and_text(corpus, record):
            for match in _LOADED_WORD.finditer(_IN_QUOTES.sub("", text)):
                yield Found(
                    record,
                    way,
                    f'{spoken(way)}: "{match[0]}" takes a side',
                    f"Write {_LOADED[match[0].lower()]}.",
                    match[0],
                )


_DISPUTE = (
    "disputed:\n  - question: {}\n    accounts:\n"
    "      - says: one thing\n        sources:\n          - press\n"
    "      - says: another\n        sources:\n          - readout-kr"
)
_AMOUNT = "amounts:\n  - value: {}\n    unit: USD\n    what: Investment\n"

RULES: tuple[Check, ...] = (
    Check(
        Rule(
            "SB801",
            "warning",
            "A person has one spelling; others are aliases.",
            TOKYO + "bottom_line: Shigeru Ishiba received Lee Jae-myung in Tokyo.",
            TOKYO + "bottom_line: Ishiba Shigeru received Lee Jae-myung in Tokyo.",
        ),
        variant_of_a_name,
    ),
    Check(
        Rule(
            "SB802",
            "error",
            "A time of day has a time zone.",
            "# sources/press\nissued: 2025-08-26T09:00",
            "# sources/press\nissued: 2025-08-26T09:00[Asia/Seoul]",
        ),
        time_without_zone,
    ),
    Check(
        Rule(
            "SB803",
            "error",
            "A dispute shows who says what, each with a text of its own.",
            TOKYO + "disputed:\n  - question: Number of agreements\n    accounts:\n"
            "      - says: six\n        sources:\n          - press\n"
            "      - says: seven\n        sources:\n          - press",
            TOKYO + "disputed:\n  - question: Number of agreements\n    accounts:\n"
            "      - says: six\n        sources:\n          - press\n"
            "      - says: seven\n        sources:\n          - readout-kr",
        ),
        dispute_with_one_voice,
    ),
    Check(
        Rule(
            "SB804",
            "error",
            "What sources dispute is not settled in another field.",
            TOKYO + "minutes: 60\n" + _DISPUTE.format("Length of the talks"),
            TOKYO + "minutes: 60\n" + _DISPUTE.format("Name of the document"),
        ),
        settled_by_fiat,
    ),
    Check(
        Rule(
            "SB805",
            "error",
            "A document of a meeting is not older than the meeting.",
            "# sources/joint-text\nissued: 2025-08-01",
            "# sources/joint-text\nissued: 2025-08-23",
        ),
        document_before_the_summit,
    ),
    Check(
        Rule(
            "SB806",
            "warning",
            "Sums of a trillion dollars and more are looked at twice.",
            TERMS + _AMOUNT.format("3500000000000"),
            TERMS + _AMOUNT.format("350000000000"),
        ),
        suspicious_dollars,
    ),
    Check(
        Rule(
            "SB807",
            "error",
            "A value and how the source writes it say the same.",
            TERMS + _AMOUNT.format("35000000000") + "    quoted_as: US$350bn",
            TERMS + _AMOUNT.format("350000000000") + "    quoted_as: US$350bn",
        ),
        quoted_otherwise,
    ),
    Check(
        Rule(
            "SB808",
            "warning",
            "A promise that is announced again restates the first one.",
            "# takeaways/2025-08-25-new-promise\ntopics:\n  - investment\nkind: open-issue\n"
            "by:\n  - kr\n"
            "concerns:\n  - kr\n" + _AMOUNT.format("350000000000"),
            "# takeaways/2025-08-25-new-promise\ntopics:\n  - investment\nkind: open-issue\n"
            "by:\n  - kr\n"
            "concerns:\n  - kr\naddresses:\n  - 2025-08-25-investment-terms\n"
            + _AMOUNT.format("350000000000"),
        ),
        announced_again,
    ),
    Check(
        Rule(
            "SB809",
            "warning",
            "Words take no side; a judgement has a takeaway of its own.",
            TASK_FORCE + "headline: Japan and South Korea set up a historic task force",
            TASK_FORCE + "headline: Japan and South Korea set up their first task force",
        ),
        loaded_word,
    ),
)
