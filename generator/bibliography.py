"""References from other programs (BibTeX, RIS, CSL-JSON) as the data of source records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import rispy  # type: ignore[import-untyped]
from pybtex.database import parse_string  # type: ignore[import-untyped]
from pybtex.scanner import PybtexError  # type: ignore[import-untyped]

from generator.fields import When
from generator.fmt import normal_date

FORMATS = ("bibtex", "ris", "csl-json")


class CannotRead(Exception):
    """The file is not what it is taken for. Says what is wrong."""


def guessed_format(name: str, text: str) -> str:
    """The format of a file, from its name or else from how it begins."""
    ending = name.rpartition(".")[2].lower()
    by_ending = {"bib": "bibtex", "ris": "ris", "json": "csl-json"}
    if ending in by_ending:
        return by_ending[ending]
    start = text.lstrip()[:1]
    return {"@": "bibtex", "[": "csl-json", "{": "csl-json"}.get(start, "ris")


def sources_in(text: str, form: str) -> list[dict[str, Any]]:
    """The data of each reference, with the fields that are known. Raises `CannotRead`."""
    reader = {"bibtex": _bibtex, "ris": _ris, "csl-json": _csl}[form]
    try:
        found = [{k: v for k, v in row.items() if v} for row in reader(text)]
    except (PybtexError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        said = " ".join(str(error).split())[:160]
        raise CannotRead(f"this is not {form} that can be read: {said}") from None
    if not found:
        raise CannotRead(f"there is no reference in it (read as {form}).")
    return found


# -- the three formats --------------------------------------------------------------------------

_BIBTEX_KINDS = {
    "techreport": "analysis",
    "report": "analysis",
    "book": "analysis",
    "phdthesis": "analysis",
    "article": "analysis",
    "misc": "",
    "online": "",
    "dataset": "dataset",
    "legislation": "legislation",
}
_RIS_KINDS = {
    "NEWS": "press-report",
    "RPRT": "analysis",
    "JOUR": "analysis",
    "BOOK": "analysis",
    "DATA": "dataset",
    "BILL": "legislation",
    "STAT": "legislation",
    "CASE": "court-ruling",
    "MGZN": "press-report",
    "PRESS": "statement",
    "GOVDOC": "",
}
_CSL_KINDS = {
    "article-newspaper": "press-report",
    "article-magazine": "press-report",
    "broadcast": "press-report",
    "report": "analysis",
    "article-journal": "analysis",
    "book": "analysis",
    "dataset": "dataset",
    "legislation": "legislation",
    "bill": "legislation",
    "legal_case": "court-ruling",
    "treaty": "treaty",
    "speech": "remarks",
    "interview": "remarks",
}


def _bibtex(text: str) -> Iterator[dict[str, Any]]:
    for entry in parse_string(text, "bibtex").entries.values():
        fields: Mapping[str, str] = entry.fields
        people = [str(_plain(" ".join(_names(p)))) for p in entry.persons.get("author", ())]
        date = fields.get("date") or "-".join(
            p for p in (fields.get("year"), _month(fields.get("month", "")), fields.get("day")) if p
        )
        yield _row(
            title=_plain(fields.get("title", "")),
            kind=_BIBTEX_KINDS.get(entry.type.lower(), ""),
            authors=people,
            publisher=_plain(
                next(
                    (
                        fields[k]
                        for k in (
                            "journal",
                            "newspaper",
                            "institution",
                            "organization",
                            "publisher",
                            "howpublished",
                        )
                        if k in fields
                    ),
                    "",
                )
            ),
            issued=date,
            accessed=fields.get("urldate", ""),
            url=fields.get("url") or _doi(fields.get("doi", "")),
            language=fields.get("langid", "") or fields.get("language", ""),
        )


def _names(person: Any) -> list[str]:
    return [*person.first_names, *person.middle_names, *person.prelast_names, *person.last_names]


def _ris(text: str) -> Iterator[dict[str, Any]]:
    for entry in rispy.loads(text):
        yield _row(
            title=entry.get("title") or entry.get("primary_title", ""),
            kind=_RIS_KINDS.get(entry.get("type_of_reference", ""), ""),
            authors=[_turned(a) for a in entry.get("authors") or entry.get("first_authors") or ()],
            publisher=next(
                (
                    entry[k]
                    for k in ("journal_name", "secondary_title", "alternate_title3", "publisher")
                    if entry.get(k)
                ),
                "",
            ),
            issued=(entry.get("date") or entry.get("year") or entry.get("publication_year", "")),
            accessed=entry.get("access_date", ""),
            url=next(iter(entry.get("urls", ())), "") or _doi(entry.get("doi", "")),
            language=entry.get("language", ""),
        )


def _csl(text: str) -> Iterator[dict[str, Any]]:
    data = json.loads(text)
    for entry in data if isinstance(data, list) else [data]:
        people = [
            a.get("literal") or " ".join(filter(None, (a.get("given"), a.get("family"))))
            for a in entry.get("author", ())
        ]
        yield _row(
            title=entry.get("title", ""),
            kind=_CSL_KINDS.get(entry.get("type", ""), ""),
            authors=people,
            publisher=entry.get("container-title") or entry.get("publisher", ""),
            issued=_csl_date(entry.get("issued")),
            accessed=_csl_date(entry.get("accessed")),
            url=entry.get("URL") or _doi(entry.get("DOI", "")),
            language=entry.get("language", ""),
        )


# -- pieces -------------------------------------------------------------------------------------


def _row(authors: Iterable[str], **found: str) -> dict[str, Any]:
    row = {name: " ".join(value.split()) for name, value in found.items()}
    row["issued"] = _when(row["issued"])
    row["accessed"] = _when(row["accessed"])
    code = re.match(r"[a-z]{2,3}(?![a-z])", row["language"].lower())
    row["language"] = code[0] if code else _LANGUAGES.get(row["language"].lower(), "")
    return {**row, "authors": [" ".join(name.split()) for name in authors]}


_LANGUAGES = {
    "english": "en",
    "american": "en",
    "british": "en",
    "korean": "ko",
    "japanese": "ja",
    "chinese": "zh",
    "french": "fr",
    "german": "de",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _month(text: str) -> str:
    text = text.strip().lower()
    if text[:3] in _MONTHS:
        return f"{_MONTHS.index(text[:3]) + 1:02d}"
    return f"{int(text):02d}" if text.isdigit() else ""


def _when(text: str) -> str:
    """A date in our form, as precise as it is; empty if it cannot be told."""
    text = text.strip().strip("/").replace("/", "-")
    parts = text.split("-")[:3]
    if len(parts[0]) == 4 and all(p.isdigit() for p in parts):
        text = "-".join([parts[0], *(p.zfill(2) for p in parts[1:])])
    try:
        return str(When(normal_date(text)))
    except ValueError:
        return ""


def _csl_date(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    parts = next(iter(value.get("date-parts", ())), ())
    return "-".join(str(p).zfill(2) for p in parts) or str(value.get("raw", ""))


def _turned(name: str) -> str:
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma else name


def _plain(text: str) -> str:
    """BibTeX without braces and its commonest signs."""
    text = re.sub(r"[{}]", "", text)
    return text.replace(r"\&", "&").replace("--", "–").replace("~", " ").replace(r"\%", "%")


def _doi(text: str) -> str:
    return f"https://doi.org/{text.removeprefix('https://doi.org/')}" if text else ""
