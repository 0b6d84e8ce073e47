"""What a page is about in the words of schema.org, for machines that read pages.

Identifiers are our permanent ones, so they hold whatever the site's address is; addresses are left
out while the site has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from generator import shape
from generator import words as wording
from generator.corpus import Corpus
from generator.fields import When, time_zone
from generator.formats import Download
from generator.lists import Gathered
from generator.model import (
    Briefing,
    Country,
    NativeName,
    Organisation,
    Person,
    Record,
    Source,
    SourceKind,
    Summit,
    SummitSetting,
    SummitState,
    Takeaway,
    Term,
    Topic,
)

#: The schema.org type of our record of each type; of a source, by its kind.
_TYPES: dict[type[Record], str] = {
    Briefing: "Report",
    Summit: "Event",
    Takeaway: "Claim",
    Person: "Person",
    Country: "Country",
    Organisation: "Organization",
    Topic: "DefinedTerm",
    Term: "DefinedTerm",
}
_SOURCES = {
    SourceKind.PRESS_REPORT: "NewsArticle",
    SourceKind.ANALYSIS: "Report",
    SourceKind.DATASET: "Dataset",
    SourceKind.LEGISLATION: "Legislation",
}
_STATES = {
    SummitState.POSTPONED: "https://schema.org/EventPostponed",
    SummitState.CANCELLED: "https://schema.org/EventCancelled",
}
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def script(value: Any) -> Markup:
    """JSON for the inside of a `<script>`: nothing in it can end the element or open a comment."""
    return htmlsafe_json_dumps(value, ensure_ascii=False, separators=(",", ":"))


def graph_of(corpus: Corpus, record: Record, description: str) -> dict[str, Any]:
    """The record itself and the way to its page."""
    return {
        "@context": "https://schema.org",
        "@graph": [_about(corpus, record, description), _crumbs(corpus, record)],
    }


def page_of(corpus: Corpus, page: Gathered) -> dict[str, Any]:
    """A page that gathers records, and the way to it. Its records are on it and not repeated."""
    return {
        "@context": "https://schema.org",
        "@graph": [
            _present(
                {
                    "@type": "CollectionPage" if page.url else "WebSite",
                    "name": page.title,
                    "description": page.about,
                    "url": corpus.absolute(page.url),
                    "dateModified": page.updated,
                    "inLanguage": "en",
                    "license": LICENCE,
                    "publisher": _site(corpus),
                }
            ),
            *([_way([*page.way, (page.title, page.url)], corpus)] if page.url else []),
        ],
    }


def dataset_of(corpus: Corpus, downloads: Iterable[Download]) -> dict[str, Any]:
    """The library as a dataset, with its files where the site has an address."""
    words = wording.WORDS
    files = [
        {
            "@type": "DataDownload",
            "name": f"{words[row.about]}: {label}",
            "encodingFormat": media_type,
            "contentUrl": url,
        }
        for row in downloads
        for label, path, media_type in row.files
        if (url := corpus.absolute(path))
    ]
    return _present(
        {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "name": words["site"],
            "description": words["tagline"],
            "url": corpus.absolute("data/"),
            "license": LICENCE,
            "creator": _site(corpus),
            "dateModified": corpus.newest.isoformat(),
            "isAccessibleForFree": True,
            "distribution": files,
        }
    )


def _about(corpus: Corpus, record: Record, description: str) -> dict[str, Any]:
    kind = _SOURCES.get(record.kind, "CreativeWork") if isinstance(record, Source) else ""
    common = {
        "@type": kind or _TYPES.get(type(record), "WebPage"),
        "@id": shape.uuid_of(record.id, record.former_ids).urn,
        "name": record.title_text,
        "description": description,
        "url": corpus.absolute(corpus.url(record)),
    }
    return _present({**common, **_more(corpus, record)})


def _more(corpus: Corpus, record: Record) -> dict[str, Any]:
    match record:
        case Briefing():
            return _briefing(corpus, record)
        case Summit():
            return _summit(corpus, record)
        case Takeaway():
            return _takeaway(corpus, record)
        case Person():
            country = corpus.get(record.country, Country) if record.country else None
            return {
                "familyName": record.names.family,
                "givenName": record.names.given,
                "alternateName": [*record.aliases, *_native(record.names.native)],
                "nationality": _ref(corpus, country) if country else None,
            }
        case Country():
            names = [*record.aliases, *_native(record.native)]
            return {"alternateName": names, "identifier": [record.id.upper(), record.iso3]}
        case Organisation():
            return {"alternateName": record.abbreviation}
        case Topic() | Term():
            return {
                "inDefinedTermSet": {
                    "@type": "DefinedTermSet",
                    "name": wording.WORDS[record.folder],
                    "url": corpus.absolute(f"{record.folder}/"),
                },
                "termCode": record.id,
            }
        case Source():
            return _source(record)
    return {"inLanguage": "en", "license": LICENCE}


def _briefing(corpus: Corpus, briefing: Briefing) -> dict[str, Any]:
    authors = briefing.authors if not briefing.digest_of else ()
    return {
        "author": _refs(corpus, authors) or _site(corpus),
        "publisher": _site(corpus),
        "isBasedOn": _refs(corpus, [briefing.digest_of]) if briefing.digest_of else None,
        "datePublished": str(briefing.published),
        "dateModified": corpus.updated(briefing),
        "about": _refs(corpus, briefing.summits),
        "reportNumber": briefing.number,
        "inLanguage": "en",
        "license": LICENCE,
    }


def _summit(corpus: Corpus, summit: Summit) -> dict[str, Any]:
    country = corpus.get(summit.country, Country)
    away = summit.setting in (SummitSetting.VIRTUAL, SummitSetting.PHONE_CALL)
    mode = "Online" if away else "Offline"
    place = {
        "@type": "Place",
        "name": summit.venue or summit.city,
        "address": _present(
            {
                "@type": "PostalAddress",
                "addressLocality": summit.city,
                "addressCountry": country.id.upper() if country else None,
            }
        ),
    }
    return {
        "startDate": _moment(summit.start, summit.timezone),
        "endDate": _moment(summit.end, summit.timezone) if summit.end else None,
        "eventStatus": _STATES.get(summit.state, "https://schema.org/EventScheduled"),
        "eventAttendanceMode": f"https://schema.org/{mode}EventAttendanceMode",
        "location": place,
        "attendee": _refs(corpus, [p.person for p in summit.participants]),
        "organizer": _ref(corpus, country) if country else None,
        "superEvent": _refs(corpus, [summit.part_of]) if summit.part_of else None,
    }


def _takeaway(corpus: Corpus, takeaway: Takeaway) -> dict[str, Any]:
    return {
        "author": _refs(corpus, takeaway.attributed_to or takeaway.by),
        "text": takeaway.headline,
        "about": _refs(corpus, takeaway.topics),
        "appearance": _refs(corpus, dict.fromkeys(c.source for c in takeaway.sources)),
        "isPartOf": _refs(corpus, takeaway.summits[:1]),
        "datePublished": str(takeaway.published),
        "dateModified": corpus.updated(takeaway),
        "license": LICENCE,
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "alternateName": source.title_en,
        "author": [{"@type": "Person", "name": name} for name in source.authors],
        "publisher": {"@type": "Organization", "name": source.publisher},
        "datePublished": str(source.issued)[:10],
        "inLanguage": source.language,
        "sameAs": source.url,
        "archivedAt": source.archived_url,
    }


def _crumbs(corpus: Corpus, record: Record) -> dict[str, Any]:
    steps = [(record.title_text, corpus.url(record))]
    if record.folder != "pages":
        steps.insert(0, (wording.WORDS[record.folder], f"{record.folder}/"))
    return _way(steps, corpus)


def _way(steps: list[tuple[str, str]], corpus: Corpus) -> dict[str, Any]:
    """The steps from the home page, which comes first, to a page."""
    items = [
        _present({"@type": "ListItem", "position": n, "name": name, "item": corpus.absolute(path)})
        for n, (name, path) in enumerate([(wording.WORDS["home"], ""), *steps], 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _site(corpus: Corpus) -> dict[str, Any]:
    url = corpus.site_url or None
    return _present({"@type": "Organization", "name": wording.WORDS["site"], "url": url})


def _ref(corpus: Corpus, record: Record) -> dict[str, Any]:
    """Another record, by its identifier and name."""
    kind = _SOURCES.get(record.kind, "CreativeWork") if isinstance(record, Source) else ""
    return _present(
        {
            "@type": kind or _TYPES.get(type(record), "WebPage"),
            "@id": shape.uuid_of(record.id, record.former_ids).urn,
            "name": record.title_text,
            "url": corpus.absolute(corpus.url(record)),
        }
    )


def _refs(corpus: Corpus, ids: Iterable[str]) -> list[dict[str, Any]]:
    return [_ref(corpus, record) for key in ids if (record := corpus.records.get(key))]


def _native(names: Iterable[NativeName]) -> list[dict[str, str]]:
    return [{"@language": name.lang, "@value": name.text} for name in names]


def _moment(when: When, zone: str) -> str:
    """A date, or a moment with the offset it had at the place."""
    if not when.time:
        return str(when)[:10]
    return when.moment(time_zone(when.zone or zone)).isoformat()


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "", [], ())}
