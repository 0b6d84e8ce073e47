"""The kinds of value a field can hold: text, prose, dates, numbers, references, vocabulary.

Every scalar arrives as the text the contributor typed; nothing here guesses. A value that does
not fit raises a `PydanticCustomError` whose message says what must be true and whose context may
carry a `hint`.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, GetCoreSchemaHandler, PlainSerializer
from pydantic_core import PydanticCustomError, core_schema

from generator.characters import host_fault

MAX_TEXT = 2_000
MAX_PROSE = 16_384
MAX_ID = 64
ID_PATTERN = r"[a-z0-9]+(-[a-z0-9]+)*"
_ID = re.compile(ID_PATTERN)


def wrong(code: str, message: str, hint: str = "") -> PydanticCustomError:
    """An error for one value. Braces in `message` are kept as they are."""
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


# -- text ---------------------------------------------------------------------------------------


#: What people write where nothing is known. Other programs read some of it as "no value".
PLACEHOLDERS = frozenset("~ null n/a tbc tbd ? - xxx todo".split())


def _one_line(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text:
        raise wrong("empty", "is empty", "Write a value, or take the line out.")
    if text.casefold() in PLACEHOLDERS:
        raise wrong(
            "empty", f'"{text}" says that nothing is known', "Write a value, or take the line out."
        )
    if "\n" in text:
        raise wrong("one-line", "must be one line of text", "Put the words on a single line.")
    if len(text) > MAX_TEXT:
        raise wrong("too-long", f"is longer than {MAX_TEXT:,} characters")
    return text


def _prose(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.strip("\n").rstrip()
    if not text.strip():
        raise wrong("empty", "is empty", "Write a value, or take the line out.")
    if len(text) > MAX_PROSE:
        raise wrong("too-long", f"is longer than {MAX_PROSE:,} characters", "Split it up.")
    return text


@dataclass(frozen=True)
class ProseMark:
    """Marks a field as Markdown prose; `rich` allows headings and tables."""

    rich: bool = False


#: One line of plain text: no Markdown, printed exactly as typed.
Text = Annotated[str, BeforeValidator(_one_line)]
#: Restricted Markdown: paragraphs, emphasis, lists, quotations, links, notes.
Prose = Annotated[str, BeforeValidator(_prose), ProseMark()]
#: The same with headings and tables.
RichProse = Annotated[str, BeforeValidator(_prose), ProseMark(rich=True)]


class LongMark:
    """Marks a field as plain text that may have several lines."""


#: Several lines of plain text, printed nowhere.
LongText = Annotated[str, BeforeValidator(_prose), LongMark()]


# -- ids and references -------------------------------------------------------------------------


def is_id(text: str) -> bool:
    """Whether a record may have this id."""
    return len(text) <= MAX_ID and _ID.fullmatch(text) is not None


def check_id(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if len(value) > MAX_ID:
        raise wrong("bad-id", f'"{value[:70]}" is longer than {MAX_ID} characters')
    if not _ID.fullmatch(value):
        hint = (
            "Ids have lower-case letters a to z, digits and single hyphens, such as lee-jae-myung."
        )
        name = value.rpartition("/")[2].removesuffix(".yml")
        if name != value and _ID.fullmatch(name):
            hint = f"Write {name}: the name of the file, without folder and ending."
        raise wrong("bad-id", f'"{value}" is not an id', hint)
    return value


Id = Annotated[str, BeforeValidator(check_id)]


@dataclass(frozen=True)
class Ref:
    """Marks a field as the id of another record, in one of `folders` (none named: in any)."""

    folders: tuple[str, ...] = ()


# -- dates --------------------------------------------------------------------------------------

_DATE = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d{2})(-(?P<day>\d{2})"
    r"(T(?P<hour>\d{2}):(?P<minute>\d{2}))?)?)?(\[(?P<zone>[A-Za-z_/+\-0-9]+)\])?"
)
_SLASHED = re.compile(r"(\d{1,4})[./](\d{1,2})[./](\d{1,4})")


@lru_cache
def time_zone(name: str) -> zoneinfo.ZoneInfo:
    """The IANA time zone `name`; raises `ValueError` where there is none."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(name) from error


class When(str):
    """A date as precise as it is known: `2025`, `2025-11`, `2025-11-13`, `2025-11-13T20:28`.

    A moment may name its time zone, `2025-11-13T20:28[America/New_York]`. It compares and sorts
    as the text it is; as an interval of days it runs from `first` to `last`, both included.
    """

    first: dt.date
    last: dt.date

    def __new__(cls, text: str) -> Self:
        match = _DATE.fullmatch(text)
        if not match:
            raise wrong("bad-date", f'"{text}" is not a date', _date_hint(text))
        year, month, day, hour, minute = (
            int(match[key]) if match[key] else None
            for key in ("year", "month", "day", "hour", "minute")
        )
        self = super().__new__(cls, text)
        try:
            self.first = dt.date(year or 0, month or 1, day or 1)
            if day:
                self.last = self.first
            else:
                end_month = month or 12
                following = dt.date((year or 0) + end_month // 12, end_month % 12 + 1, 1)
                self.last = following - dt.timedelta(days=1)
            if hour is not None:
                dt.time(hour, minute or 0)
        except (ValueError, OverflowError):
            swapped = f"{match['year']}-{match['day']}-{match['month']}"
            hint = "Check month, day and time."
            if 1 <= (day or 0) <= 12 < (month or 0) <= 31:
                hint = f"Year, month, day, in this order: perhaps {swapped}."
            raise wrong("bad-date", f'"{text}" is not a day in the calendar', hint) from None
        if not 1800 <= self.first.year <= 2200:
            raise wrong("bad-date", f'the year of "{text}" is not between 1800 and 2200')
        if match["zone"]:
            if hour is None:
                raise wrong("bad-date", f'"{text}" names a time zone but no time')
            try:
                time_zone(match["zone"])
            except ValueError:
                raise wrong(
                    "bad-zone", f'"{match["zone"]}" is not a time zone', "Such as Asia/Seoul."
                ) from None
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        # Records are kept with their dates, of which there are few and each many times.
        return _known, (type(self), str(self))

    @property
    def day(self) -> str | None:
        """The day without the time, `2025-11-13`, where the day is known."""
        return str(self)[:10] if len(self) >= 10 else None

    @property
    def time(self) -> str | None:
        """The time of day, `20:28`, where it is known."""
        return str(self)[11:16] if len(self) >= 16 else None

    @property
    def zone(self) -> str | None:
        """The IANA time zone that stands behind the time, if one does."""
        return str(self)[17:-1] if self.endswith("]") else None

    def moment(self, zone: dt.tzinfo) -> dt.datetime:
        """The moment in the time zone `zone`; midnight where no time is known."""
        time = dt.time.fromisoformat(self.time or "00:00")
        return dt.datetime.combine(self.first, time, tzinfo=zone)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(strict=True)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        plain = re.sub(r"\?P<\w+>", "", _DATE.pattern)  # not every reader knows named groups
        return {"type": "string", "pattern": f"^{plain}$"}


@lru_cache(maxsize=1 << 16)
def _known(kind: type[When], text: str) -> When:
    """A date that was one before."""
    return kind(text)


def _date_hint(text: str) -> str:
    slashed = _SLASHED.fullmatch(text.strip())
    if slashed:
        a, b, c = slashed.groups()
        if len(a) == 4:
            return f"Write {a}-{int(b):02d}-{int(c):02d}."
        if len(c) == 4 and (int(a) > 12) != (int(b) > 12):
            day, month = (a, b) if int(a) > 12 else (b, a)
            return f"Write {c}-{int(month):02d}-{int(day):02d}."
        return "Write year, month, day, such as 2025-08-25."
    if re.fullmatch(r"\d{8}", text):
        return f"Write {text[:4]}-{text[4:6]}-{text[6:]}."
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text):
        year, month, day = text.split("-")
        return f"Write {year}-{int(month):02d}-{int(day):02d}."
    if re.fullmatch(r"\d{4}-\d{2}-\d{2} \d{1,2}:\d{2}", text):
        return f"Write a T between day and time: {text.replace(' ', 'T')}."
    for pattern in ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%B %d %Y"):
        try:
            return f"Write {dt.datetime.strptime(text, pattern).date().isoformat()}."
        except ValueError:
            continue
    for pattern in ("%B %Y", "%b %Y", "%Y %B", "%m/%Y", "%Y/%m", "%Y-%B"):
        try:
            return f"Write {dt.datetime.strptime(text, pattern).date().isoformat()[:7]}."
        except ValueError:
            continue
    return "Write 2025-08-25, or as much of it as is known: 2025-08, 2025."


def _whole_day(value: When) -> When:
    if value.day is None:
        raise wrong("bad-date", f'"{value}" is not a full date', "Write year, month and day.")
    if value.time is not None:
        raise wrong("bad-date", f'"{value}" has a time of day', f"Write {value.day}.")
    return value


def _without_time(value: When) -> When:
    if value.time is not None:
        raise wrong("bad-date", f'"{value}" has a time of day', f"Write {value.day}.")
    return value


class Day(When):
    """A full date, `2025-11-13`."""

    def __new__(cls, text: str) -> Self:
        self = super().__new__(cls, text)
        _whole_day(self)
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}


class PartialDay(When):
    """A date without a time of day: `2025`, `2025-11` or `2025-11-13`."""

    def __new__(cls, text: str) -> Self:
        self = super().__new__(cls, text)
        _without_time(self)
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}


def _zone(value: Any) -> Any:
    if isinstance(value, str):
        try:
            time_zone(value)
        except ValueError:
            raise wrong(
                "bad-zone",
                f'"{value}" is not a time zone',
                "Write continent and city, such as Asia/Seoul, Asia/Tokyo, America/New_York.",
            ) from None
    return value


TimeZone = Annotated[str, BeforeValidator(_zone)]


# -- numbers, switches, addresses, languages ----------------------------------------------------


def _whole_number(value: Any) -> Any:
    if isinstance(value, str):
        if not re.fullmatch(r"0|[1-9][0-9]{0,17}", value):
            raise wrong(
                "bad-number",
                f'"{value}" is not a whole number',
                "Digits only, without separators, unit or leading zero, such as 140.",
            )
        return int(value)
    return value


def _number(value: Any) -> Any:
    if isinstance(value, str):
        if not re.fullmatch(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,6})?", value):
            raise wrong(
                "bad-number",
                f'"{value}" is not a number',
                "Write all digits, without separators or leading zeros: 350000000000, not 350bn.",
            )
        return Decimal(value)
    return value


def plain_number(value: Decimal) -> int | float:
    """The number as JSON writes it."""
    return int(value) if value == value.to_integral_value() else float(value)


WholeNumber = Annotated[int, BeforeValidator(_whole_number)]
Number = Annotated[
    Decimal, BeforeValidator(_number), PlainSerializer(plain_number, return_type=float | int)
]


def _yes(value: Any) -> Any:
    if isinstance(value, str):
        if value != "true":
            raise wrong("bad-switch", f'"{value}" must be true', "Write true, or leave it out.")
        return True
    return value


#: A mark that is either there, as `true`, or left out.
Yes = Annotated[bool, BeforeValidator(_yes)]


def _url(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    hint = "Write the whole address, such as https://www.mofa.go.jp/page.html."
    if not re.fullmatch(r"https?://[!-~]+", value) or re.search(r'["<>\\^`{|}]', value):
        raise wrong("bad-url", f'"{value}" is not a web address', hint)
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise wrong("bad-url", f'"{value}" is not a web address', hint) from None
    if not host or not re.fullmatch(r"[a-z0-9.-]+\.[a-z0-9-]{2,}", host):
        raise wrong("bad-url", f'"{value}" names no host', hint)
    if parts.username is not None or parts.password is not None:
        raise wrong("bad-url", f'"{value}" holds a user name', "Take out what stands before the @.")
    if fault := host_fault(host):
        raise wrong("bad-url", fault, "Copy the address again from where it is known to be right.")
    return value


#: An http or https address in ASCII, without user name or password.
Url = Annotated[str, BeforeValidator(_url)]


#: Codes of countries that are easily taken for those of their languages.
_COUNTRY_FOR_LANGUAGE = {
    "cn": "zh-Hans",
    "gb": "en",
    "jp": "ja",
    "kr": "ko",
    "tw": "zh-Hant",
    "us": "en",
    "vn": "vi",
}


def _language(value: Any) -> Any:
    if isinstance(value, str) and value.lower() in _COUNTRY_FOR_LANGUAGE:
        hint = f"Write {_COUNTRY_FOR_LANGUAGE[value.lower()]}."
        raise wrong("bad-language", f'"{value}" is a country, not a language', hint)
    if isinstance(value, str) and not re.fullmatch(
        r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", value
    ):
        raise wrong(
            "bad-language", f'"{value}" is not a language', "Write a code: en, ko, ja, zh-Hans."
        )
    return value


#: A BCP 47 language tag of language, script and region at most.
Language = Annotated[str, BeforeValidator(_language)]


# -- vocabulary ---------------------------------------------------------------------------------


class Vocabulary(str, Enum):
    """A closed list of values. Each has a `label` for readers and says what it is `about`."""

    label: str
    about: str

    def __new__(cls, value: str, label: str, about: str) -> Self:
        self = str.__new__(cls, value)
        self._value_ = value
        self.label = label
        self.about = about
        return self

    def __str__(self) -> str:
        return str(self.value)
