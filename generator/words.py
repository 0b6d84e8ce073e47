"""The words of the interface in one table, and dates, amounts and counts as people write them.

A second language is a second table: templates and writers name words by key only.
"""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

from generator.fields import When
from generator.model import Amount, Summit, SummitSetting, SummitState

MONTHS = (
    "January February March April May June July August September October November December"
).split()

WORDS = {
    "site": "Summit Briefings",
    "tagline": "What leaders agreed, announced and left open, and what became of it",
    "home_intro": "An open record of summit diplomacy: every statement with its source, "
    "every promise "
    "and every open question followed through time.",
    # sections of the site
    "home": "Home",
    "briefings": "Briefings",
    "summit": "Summit",
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
    "rules": "Rules",
    "fields": "Fields",
    "pages": "About",
    # facts
    "bottom_line": "Bottom line",
    "key_facts": "Key facts",
    "summary": "Summary",
    "date": "Date",
    "place": "Place",
    "venue": "Venue",
    "format": "Format",
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
    "open_issues": "Still open",
    "status": "Status",
    "since": "Since",
    "first_step": "First step",
    "from_then": "since",
    "last_step": "Last step",
    "last_looked": "Last looked",
    "never_looked": "not recorded",
    "look_again": "Look again",
    "deadline": "Deadline",
    "overdue": "Overdue",
    "quiet": "Quiet",
    "not_tracked": "Not tracked",
    "by": "By",
    "concerns": "Concerning",
    "topic": "Topic",
    "kind": "Kind",
    "type": "Type",
    "amounts": "Amounts",
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
    "and": "and",
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
    "digest_of": "Digest of",
    "digest_note": "A digest in our own words of an analysis by somebody else. "
    "Its judgements are the author's.",
    "disclaimer": "Disclaimer",
    "licence": "Licence",
    "number": "Number",
    "office": "Office",
    "offices": "Offices",
    "affiliation": "Affiliation",
    "country": "Country",
    "hosted": "Meetings held here",
    "place_of": "Place of",
    "names": "Names",
    "aliases": "Also written",
    "native": "In its own script",
    "counterparts": "Met whom",
    "meetings": "Meetings",
    "abbreviation": "Abbreviation",
    "members": "Members recorded here",
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
    "in_language": "in",
    "quote_open": "“",
    "quote_close": "”",
    # indexes
    "latest_meetings": "Latest meetings",
    "latest_briefings": "Latest briefings",
    "tracked_items": "Tracked items",
    "coming_up": "Coming up",
    "to_timeline": "All meetings in time",
    "to_tracker": "Every tracked item, with dates and sources",
    "to_deadlines": "All deadlines and days to look again",
    "to_data": "Everything as CSV, SQLite, JSON, feeds and calendars",
    "pair": "Country pair",
    "ways_in": "Ways in",
    "all_of_them": "All",
    # lists that are cut into pages
    "all_by_date": "All {number}, by date",
    "all_by_name": "All {number}, by name",
    "newest_of_all": "The newest",
    "other_parts": "Parts of this list",
    "page_number": "{list}, page {number}",
    "undated": "Not exactly dated",
    "mentions": "Mentions",
    "whole_as": "The whole list as",
    "tracker_cut": "This page has the items with the newest steps. Every item is in the list of "
    "its status, above.",
    "pairs_cut": "These pairs met most often. All pairs of a country are on its page:",
    "and_earlier": "and earlier",
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
    "deadlines_intro": "What is due, what is to be looked at again, and which deadlines passed "
    "while the matter stayed open.",
    "changes_intro": "Records published, changed or withdrawn, and every step of every "
    "tracked item, "
    "newest first.",
    "pairs_intro": "Every meeting and every open item between two countries.",
    "due": "Due",
    "review_due": "Look again",
    "passed": "Passed",
    "ahead": "Ahead",
    "passed_open": "Passed, and still open",
    "before_and_between": "Besides these meetings",
    "new_records": "New records",
    "change_published": "Published",
    "change_revised": "Changed",
    "change_withdrawn": "Withdrawn",
    "change_step": "Step",
    "as_counted_on": "Days counted on",
    "rules_intro": "What must be true of the records, one page for each code that brief check "
    "prints.",
    "rule_bad": "Not so",
    "rule_good": "But so",
    "rule_terminal": "In a terminal",
    "error": "Error",
    "warning": "Warning",
    "error_means": "Nothing is published while this is broken.",
    "warning_means": "To be looked at; the site is published all the same.",
    "fields_intro": "Every field of every type of record, in the order in which a file has them. "
    "This page is made from the program itself.",
    "field": "Field",
    "holds": "Holds",
    "required": "required",
    "optional": "optional",
    "meaning": "What it says",
    "shapes": "Parts of records",
    "vocabulary": "Values to choose from",
    "value": "Value",
    "label": "Shown as",
    "everything": "Everything",
    "days_since_step": "Days since",
    "narrow_words": "Filter by words",
    "what_marks_mean": "What the statuses mean, and when an item is overdue or quiet",
    "narrow_one": "item shown",
    "narrow_many": "items shown",
    "minutes": "minutes",
    "search_intro": "Search every record",
    # citing and other forms
    "term": "Term",
    "cite": "Cite this",
    "cite_page": "Cite this page",
    "cite_source": "Cite this source",
    "suggested_citation": "Suggested citation",
    "copy": "Copy with citation",
    "copied": "Copied.",
    "copy_failed": "The browser did not allow it.",
    "cite_original": "Cite the original sources too: they are under “Sources and notes”.",
    "download": "Download",
    "rights": "CC BY 4.0",
    "also_as": "This record as",
    "page_as": "This page as",
    "genre_site": "Website",
    "genre_list": "List of records",
    "genre_data": "Data",
    "moved": "This page has moved:",
    "data": "Data",
    "data_intro": "The whole record in open formats, made from the same files as the pages. "
    "Text and data are under CC BY 4.0; cite the original sources too.",
    "data_how": "Where to find the data of one page",
    "data_each": "The foot of every page names its other forms: JSON, Markdown, BibTeX, RIS and "
    "CSL-JSON of each record, feeds of countries, pairs, people, topics and tracked items, "
    "calendars of countries and topics.",
    "data_csv": "Tables",
    "data_database": "Database",
    "data_api": "JSON",
    "data_feeds": "Feeds",
    "data_calendar": "Calendar",
    "data_citations": "Sources to cite",
    "data_markdown": "Plain text",
    "data_by_type": "By type",
    "llms_note": "Every page has a Markdown twin, linked here. Statuses have a date; a claim has "
    "its sources in notes. The same data: api/v1/index.json.",
    # figures: the findings are sentences with slots; endings go by the number
    "as_of": "as of",
    "data_table": "Data table",
    "csv": "CSV file",
    "meetings_in_time": "Meetings in time",
    "who_met": "Who met whom",
    "topics_by_meeting": "Topics by meeting",
    "status_over_time": "Status over time",
    "in_figures": "In figures",
    "side_by_side": "Side by side",
    "figure_meetings": "Meetings by country, in order of time",
    "figure_meetings_with": "Meetings by counterpart, in order of time",
    "figure_years": "Meetings that took place, by year",
    "figure_status": "Status of each tracked item, as of {day}",
    "figure_pairs": "Meetings that took place, by two countries; below, the year of the last",
    "figure_topics": "Takeaways by topic and meeting",
    "meeting": "Meeting",
    "year": "Year",
    "last_met": "Last met",
    "first_country": "Country",
    "second_country": "Other country",
    "from": "From",
    "to": "To",
    "all_takeaways": "All",
    "others": "Others",
    "took_part": "took part",
    "look_many": "large meeting or forum",
    "look_planned": "planned",
    "look_off": "called off",
    "so_far": "so far",
    "years_between": "{first} to {last}",
    "found_meetings_none": "No meeting has taken place yet.",
    "found_meetings_one": "One meeting took place, in {first}.",
    "found_meetings_month": "{number} meetings took place in {first}.",
    "found_meetings_many": "{number} meetings took place between {first} and {last}.",
    "found_meetings_year": "{number} meetings took place between {first} and {last}, "
    "{most} of them in {year}.",
    "common_present_one": "Most often present: {names}, at {number}.",
    "common_present_tie": "Most often present: {names}, at {number} each.",
    "common_counterpart_one": "Commonest counterpart: {names}, {times}.",
    "common_counterpart_tie": "Commonest counterparts: {names}, {times} each.",
    "some_planned_one": "One more is planned.",
    "some_planned_many": "{number} more are planned.",
    "some_off_one": "One was called off.",
    "some_off_many": "{number} were called off.",
    "busiest_one": "One meeting took place, in {years}.",
    "busiest_all": "{meetings} took place, all in {years}.",
    "busiest_best": "The busiest year was {years}, with {meetings}.",
    "busiest_tie": "The busiest years were {years}, with {meetings} in each.",
    "found_topic_none": "It has come up at no meeting yet.",
    "found_topic_one": "It came up at one meeting, in {first}.",
    "found_topic_month": "It came up at {number} meetings in {first}.",
    "found_topic_many": "It came up at {number} meetings between {first} and {last}.",
    "found_topic_year": "It came up at {number} meetings between {first} and {last}, "
    "{most} of them in {year}.",
    "finding_status_none": "Nothing is tracked yet.",
    "finding_status_one_open": "The one item tracked is still open, at “{status}”.",
    "finding_status_one_closed": "The one item tracked is closed, as “{status}”.",
    "closed_neither": "Neither of the two items tracked is closed.",
    "closed_both": "Both items tracked are closed.",
    "closed_none": "None of the {total} items tracked is closed.",
    "closed_all": "All {total} items tracked are closed.",
    "closed_one": "One of the {total} items tracked is closed.",
    "closed_many": "{number} of the {total} items tracked are closed.",
    "finding_standing_both": "Both stand at “{status}”.",
    "finding_standing_all": "All stand at “{status}”.",
    "finding_standing": "Most stand at “{status}”: {number}.",
    "finding_commonest": "The commonest status is “{status}”: {number}.",
    "some_quiet_one": "One that is open has seen no new step for more than {days} days.",
    "some_quiet_many": "{number} that are open have seen no new step for more than {days} days.",
    "finding_pairs_none": "No two countries have met yet.",
    "finding_pairs": "{names} met most often: {number}, last in {year}.",
    "finding_pairs_same": "{pairs} pairs of countries met, {number} each.",
    "finding_pairs_tie": "{pairs} pairs of countries met most often: {number} each.",
    "finding_topics_none": "No takeaway has a topic yet.",
    "finding_topics": "{name} comes up most often: in {takeaways} from {meetings}.",
    "finding_topics_tie": "{name} come up most often: in {takeaways} each.",
    "finding_topics_same": "{topics} topics come up, in {takeaways} each.",
    "note_scale": "Years are as wide as their meetings need.",
    "note_scale_gaps": "Years are as wide as their meetings need; shaded stretches are years "
    "without one.",
    "note_years": "Earlier years: see the CSV file.",
    "note_topics_kept": "Shown: the {shown} commonest topics, of {total}.",
    "bar_said": "{status} from {day}",
    "bar_since": "since {day}",
    "note_latest": "Shown: the latest {shown} of {total}.",
    "note_rows": "Shown: the {shown} with the latest steps, of {total}.",
    "note_countries": "Shown: the {shown} countries that met most often, of {total}.",
    "note_topics": "The commonest topics and the latest meetings come first. "
    "A takeaway with two topics counts under both.",
    "note_columns": "Shown: the latest {shown} meetings with takeaways, of {total}.",
    "note_pairs": "Meetings of three or more sides count for each two of them, "
    "large meetings and forums for none. Calls and video meetings are counted.",
    "note_bars": "Dots are the steps recorded; a bar is thin once the matter is closed.",
    "note_cut": "Bars that begin before {start} are cut at the left.",
    "note_rest": "Show {number} more",
    # texts side by side
    "side_intro": "What each text says on the same question. “Not recorded” means that nobody "
    "entered it here, not that the text is silent.",
    "side_question": "Question",
    "side_joint": "Joint text",
    "side_own": "{country}: own text",
    "side_press": "Press and others",
    "side_analysis": "Analysis",
    "side_not_recorded": "Not recorded",
    "side_silent": "Silent",
    "voice_joint": "the {kind}",
    "voice_own": "the {whose} {kind}",
    # on paper
    "pdf_glance": "At a glance",
    "pdf_brief": "Brief",
    "pdf_briefing": "Briefing",
    "pdf_country": "Country dossier",
    "pdf_pair": "Dossier of two countries",
    "pdf_topic": "Topic dossier",
    "pdf_person": "Dossier of a person",
    "pdf_open_list": "Open items",
    "pdf_selection": "Selection",
    "pdf_compendium": "Compendium",
    "pdf_cite_as": "{authors}“{title}”, {kind}, {site}, as of {day}, edition {edition}.",
    "pdf_meeting_one": "meeting",
    "pdf_meeting_many": "meetings",
    "pdf_open_item_one": "open item",
    "pdf_open_item_many": "open items",
    "pdf_item_one": "item",
    "pdf_item_many": "items",
    "pdf_step_one": "step",
    "pdf_step_many": "steps",
    "pdf_steps": "What happened",
    "pdf_to_print": "To print",
    "pdf_takeaway_one": "takeaway",
    "pdf_takeaway_many": "takeaways",
    "pdf_source_one": "source",
    "pdf_source_many": "sources",
    "pdf_volume": "volume {number} of {of}",
    "pdf_holds": "This book holds {counted}, as they stood on {day}.",
    "pdf_licence": "Text and data: Creative Commons Attribution 4.0 International (CC BY 4.0). "
    "Assessments are those of the authors named.",
    "pdf_hash": "SHA-256 of the attached records.json: {digest}",
    "pdf_places": "Countries and places",
    "pdf_by_pair": "Meetings that took place, by two countries",
    "pdf_between": "{first} to {last}",
    "pdf_from": "From {first}",
    "pdf_until": "Until {last}",
    "data_csv_about": "One CSV file for each type, with a Frictionless Data "
    "Package that explains every "
    "column. A cell that would begin a formula in a spreadsheet, or that begins with an "
    "apostrophe, has an apostrophe put before it: take it off when reading the files with"
    " a program. Lists are JSON inside their cell.",
    "data_database_about": "All tables in one SQLite file with full-text search, and "
    "views such as tracker and "
    "participants; ready for Datasette.",
    "data_api_about": "One file for each type and each record, with addresses, "
    "backlinks and the facts that"
    " follow; the JSON Schemas lie beside it. Nothing is renamed or removed within v1.",
    "data_feeds_about": "New records, steps and revisions of the whole site.",
    "data_calendar_about": "Meetings, deadlines and days to look again, to subscribe to.",
    "data_citations_about": "All sources for a reference manager.",
    "data_markdown_about": "A Markdown twin of every page, listed in llms.txt. All records whole "
    "are one file, llms-full.txt.",
    "pdf_as_of": "As of",
    "pdf_edition": "edition",
    "pdf_came_of_it": "What came of it",
    "pdf_still_open": "Still open",
    "pdf_matter": "Matter",
    "pdf_stands": "Where it stands",
    "pdf_next": "Next step",
    "pdf_more": "more on the site",
    "pdf_cite": "How to cite",
    "pdf_attached": "The records behind this document are attached to it as JSON and CSV.",
    "pdf_qr": "QR code of the address of this record",
    "pdf_page": "Page",
    "pdf_of": "of",
    "pdf_see_page": "p.",
    "pdf_as_note": "As note",
    "pdf_contents": "Contents",
    "pdf_scale": "How to read a status",
    "pdf_figures": "The record at a glance",
    "pdf_tracked": "Promises and open questions, by where they stand",
    "pdf_sources": "Sources",
    "pdf_index": "Index",
    "pdf_notes": "Notes",
    "pdf_also": "See also",
    "pdf_accounts": "What each text says",
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
    """`350 billion`, `1.52 trillion`, `50,000`, `3.5`. Nothing is rounded: a number that does not
    fit three places after the point of its scale stands in full."""
    for size, name in _SCALES:
        if abs(value) >= size:
            scaled = value / size
            if scaled != scaled.quantize(Decimal("0.001")):
                break
            return f"{scaled.normalize():,f} {name}"
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
    if value < 0:  # a minus stands before the sign of the currency
        return f"\N{MINUS SIGN}{_with_unit(-value, unit)}"
    number = spoken_number(value).replace(" ", "\N{NO-BREAK SPACE}")
    if unit in _UNITS:
        return f"{number}{_UNITS[unit]}"
    if unit in _CURRENCIES:
        return f"{_CURRENCIES[unit]}{number}"
    if unit.isupper():
        return f"{unit}\N{NO-BREAK SPACE}{number}"
    return f"{number} {unit.replace('-', ' ')}"


_ONES = (
    "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def number_word(number: int) -> str:
    """`nine`, `thirty-one`; from a hundred on in digits."""
    if number < 20:
        return _ONES[number]
    if number >= 100:
        return f"{number:,}"
    tens, ones = divmod(number, 10)
    return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")


def times(number: int) -> str:
    """`once`, `twice`, `twelve times`."""
    return {1: "once", 2: "twice"}.get(number, f"{number_word(number)} times")


def sentence(key: str, **slots: object) -> str:
    """The words of `key` with its slots filled (numbers as words), beginning with a capital."""
    filled = {k: number_word(v) if isinstance(v, int) else v for k, v in slots.items()}
    text = WORDS[key].format(**filled)
    return text[:1].upper() + text[1:]


def meeting(summit: Summit) -> str:
    """What kind of meeting: `Bilateral summit`, `Bilateral telephone call`, with its state where it
    was not simply held: `Bilateral summit, cut short`."""
    apart = summit.setting in (SummitSetting.PHONE_CALL, SummitSetting.VIRTUAL)
    kind = summit.setting.label.lower() if apart else WORDS["summit"].lower()
    state = "" if summit.state is SummitState.HELD else f", {summit.state.label.lower()}"
    return f"{summit.format.label} {kind}{state}"


def count(number: int, one: str, many: str) -> str:
    """`1 summit`, `2 summits`."""
    return f"{number:,} {one if number == 1 else many}"


def spoken_size(size: int) -> str:
    """`92 kB`, `3.1 MB`, from a number of bytes."""
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{max(round(size / 1e3), 1)} kB"


def duration(minutes: int) -> str:
    """`76 minutes`, `1 hour 40 minutes`, `2 hours`."""
    hours, rest = divmod(minutes, 60)
    if not hours or minutes <= 90:
        return count(minutes, "minute", "minutes")
    text = count(hours, "hour", "hours")
    return f"{text} {count(rest, 'minute', 'minutes')}" if rest else text


def shortened(text: str, limit: int) -> str:
    """`text` cut at a word to at most `limit` characters, with an ellipsis if it was cut."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
