"""The words of the interface in one table, and dates, amounts and counts as people write them.

A second language is a second table: templates and writers name words by key only.
"""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

from generator.fields import When
from generator.model import Amount

MONTHS = (
    "January February March April May June July August September October November December"
).split()

WORDS = {
    "site": "Summit Briefings",
    "tagline": "What leaders agreed, announced and left open, and what became of it.",
    # sections of the site
    "home": "Home",
    "briefings": "Briefings",
    "summits": "Summits",
    "takeaways": "Takeaways",
    "tracker": "Tracker",
    "deadlines": "Deadlines",
    "timeline": "Timeline",
    "people": "People",
    "countries": "Countries",
    "pairs": "Country pairs",
    "organisations": "Organisations",
    "topics": "Topics",
    "terms": "Glossary",
    "sources": "Sources",
    "changes": "What changed",
    "search": "Search",
    "pages": "About",
    # facts
    "bottom_line": "Bottom line",
    "key_facts": "Key facts",
    "summary": "Summary",
    "date": "Date",
    "place": "Place",
    "host": "Host",
    "venue": "Venue",
    "format": "Format",
    "setting": "Setting",
    "visit": "Visit",
    "state": "State",
    "forum": "Forum",
    "part_of": "Part of",
    "participants": "Participants",
    "length": "Length of the talks",
    "documents": "Documents",
    "no_joint_document": "No joint document",
    "no_joint_document_text": "No joint text was issued; last looked on",
    "disputed": "Where the sources differ",
    "open_issues": "Left open",
    "status": "Status",
    "since": "Since",
    "from_then": "since",
    "last_step": "Last step",
    "last_looked": "Last looked",
    "never_looked": "not recorded",
    "look_again": "Look again",
    "deadline": "Deadline",
    "overdue": "Overdue",
    "quiet": "Quiet",
    "days_since": "Days since the last step",
    "not_tracked": "Not tracked",
    "by": "By",
    "concerns": "Concerning",
    "topic": "Topic",
    "kind": "Kind",
    "type": "Type",
    "amounts": "Amounts",
    "assessment_of": "Assessment by",
    "basis": "Rests on",
    "basis_assessment": "Assessment by",
    "basis_agreed_text": "Agreed text",
    "basis_official": "Official text",
    "basis_official_secondary": "Official source",
    "basis_press": "Press report",
    "basis_analysis": "Analysis",
    "basis_none": "No source",
    "history": "What became of it",
    "history_follows": "It restates an earlier takeaway and is followed there:",
    "accounts": "What each text says",
    "says": "says",
    "silent": "is silent on it",
    "according_to": "According to",
    "related": "Related takeaways",
    "restates": "Says again",
    "restated_by": "Said again in",
    "supersedes": "Replaces",
    "superseded_by": "Replaced by",
    "addresses": "Bears on",
    "addressed_by": "Taken up in",
    "messages": "Key messages",
    "since_then": "What became of each point",
    "author": "Author",
    "authors": "Authors",
    "publisher": "Publisher",
    "published_by": "Published by",
    "digest_of": "Digest of",
    "digest_note": "A digest in our own words of an analysis by somebody else. "
    "Its judgements are the author's.",
    "disclaimer": "Disclaimer",
    "licence": "Licence",
    "number": "Number",
    "offices": "Offices",
    "affiliation": "Affiliation",
    "country": "Country",
    "names": "Names",
    "aliases": "Also written",
    "native": "In its own script",
    "summits_attended": "Summits",
    "counterparts": "Met whom",
    "meetings": "Meetings",
    "abbreviation": "Abbreviation",
    "members": "Members",
    "definition": "Definition",
    "broader": "Broader topic",
    "narrower": "Narrower topics",
    "see": "See also",
    "iso3": "ISO code",
    "demonym": "Adjective",
    "issued": "Issued",
    "issuers": "Issued by",
    "accessed": "Read on",
    "language": "Language",
    "translation": "Translation",
    "tier": "Tier",
    "read": "Read",
    "address": "Address",
    "archived": "Archived copy",
    "title_en": "Title in English",
    "supports": "What it supports",
    "referred_to_by": "Referred to by",
    "source_notes": "Sources and notes",
    "note_back": "Back to the text",
    "previous": "Previous",
    "next": "Next",
    "published": "Published",
    "updated": "Updated",
    "revisions": "Changes to this record",
    "withdrawn": "Withdrawn",
    "withdrawn_text": "This record was withdrawn on",
    "edit": "Edit this record",
    "here": "You are here",
    "and_others": "and others",
    "in_language": "in",
    "quote_open": "“",
    "quote_close": "”",
    # indexes
    "latest_meetings": "Latest meetings",
    "latest_briefings": "Latest briefings",
    "tracked_items": "Tracked items",
    "coming_up": "Coming up",
    "ways_in": "Ways in",
    "all_of_them": "All",
    "by_year": "By year",
    "by_kind": "By kind",
    "by_topic": "By topic",
    "by_country": "By country",
    "by_person": "By person",
    "by_status": "By status",
    "by_tier": "By tier",
    "by_publisher": "By publisher",
    "by_format": "By format",
    "by_language": "By language",
    "lists": "Lists",
    "nothing_yet": "Nothing yet.",
    "what": "What",
    "who": "Who",
    "open_items": "Open items",
    "closed_items": "Closed items",
    "tracker_intro": "Every promise and every open question with its last known step. "
    "A status is only as fresh as the day somebody last looked.",
    "deadlines_intro": "What is due, and what is to be looked at again.",
    "changes_intro": "Records published, changed or withdrawn, and every step of every tracked item, "
    "newest first.",
    "pairs_intro": "Every meeting and every open item between two countries.",
    "due": "Due",
    "review_due": "Look again",
    "passed": "Passed",
    "ahead": "Ahead",
    "undated": "Undated",
    "before_and_between": "Besides these meetings",
    "new_records": "New records",
    "change_published": "Published",
    "change_revised": "Changed",
    "change_withdrawn": "Withdrawn",
    "change_step": "Step",
    "as_counted_on": "Days counted on",
    "everything": "Everything",
    "days": "days",
    "minutes": "minutes",
    "search_intro": "Search every record",
}

#: For templates: `words.tracker`. An unknown key is an error.
words = SimpleNamespace(**WORDS)

LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "id": "Indonesian",
    "ja": "Japanese",
    "ko": "Korean",
    "pt": "Portuguese",
    "ru": "Russian",
    "vi": "Vietnamese",
    "zh": "Chinese",
    "zh-Hans": "Chinese (simplified)",
    "zh-Hant": "Chinese (traditional)",
}

_CURRENCIES = {"USD": "US$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_UNITS = {"percent": "%", "percent-of-gdp": "% of GDP"}
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))


def language(code: str) -> str:
    """The name of a language; the code itself where the table has none."""
    return LANGUAGES.get(code, code)


def spoken_date(when: When) -> str:
    """`23 August 2025`, `August 2025` or `2025`, with the hour where there is one."""
    year, month, day = when[:4], when[5:7], when[8:10]
    if not month:
        return year
    name = MONTHS[int(month) - 1]
    text = f"{int(day)} {name} {year}" if day else f"{name} {year}"
    return f"{text}, {when.time}" if when.time else text


def spoken_day(when: When) -> str:
    """The same without the hour."""
    return spoken_date(When(str(when)[:10]))


def spoken_range(start: When, end: When | None) -> str:
    """`27 to 28 February 2019`, `31 October to 1 November 2025`."""
    if end is None or (end.day or end) == (start.day or start):
        return spoken_day(start)
    if start.day and end.day and start[:7] == end[:7]:
        return f"{int(start[8:10])} to {spoken_day(end)}"
    if start.day and end.day and start[:4] == end[:4]:
        return f"{int(start[8:10])} {MONTHS[int(start[5:7]) - 1]} to {spoken_day(end)}"
    return f"{spoken_day(start)} to {spoken_day(end)}"


def spoken_number(value: Decimal) -> str:
    """`350 billion`, `1.52 trillion`, `50,000`, `3.5`."""
    for size, name in _SCALES:
        if abs(value) >= size:
            scaled = (value / size).quantize(Decimal("0.001")).normalize()
            return f"{scaled:,f} {name}"
    return f"{value:,f}"


def spoken_amount(amount: Amount) -> str:
    """`up to US$350 billion`, `3.5% of GDP`, `103 aircraft`, with rate and cap."""
    text = _with_unit(amount.value, amount.unit)
    if amount.bound.label:
        text = f"{amount.bound.label} {text}"
    if amount.per:
        text += f" a {amount.per}"
    if amount.cap:
        text += f", at most {_with_unit(amount.cap.value, amount.unit)} a {amount.cap.per}"
    return text


def _with_unit(value: Decimal, unit: str) -> str:
    number = spoken_number(value).replace(" ", "\N{NO-BREAK SPACE}")
    if unit in _UNITS:
        return f"{number}{_UNITS[unit]}"
    if unit in _CURRENCIES:
        return f"{_CURRENCIES[unit]}{number}"
    if unit.isupper():
        return f"{unit}\N{NO-BREAK SPACE}{number}"
    return f"{number} {unit.replace('-', ' ')}"


def count(number: int, one: str, many: str) -> str:
    """`1 summit`, `2 summits`."""
    return f"{number:,} {one if number == 1 else many}"


def duration(minutes: int) -> str:
    """`76 minutes`, `1 hour 40 minutes`, `2 hours`."""
    hours, rest = divmod(minutes, 60)
    if not hours or minutes <= 90:
        return count(minutes, "minute", "minutes")
    text = count(hours, "hour", "hours")
    return f"{text} {count(rest, 'minute', 'minutes')}" if rest else text
