"""Every record type, field and vocabulary, each with its description; `RECORD_TYPES` at the end.

One YAML file holds one record, `content/<folder>/<id>.yml`; the id is the file's name. The
descriptions are written for the people who fill the fields in: they become the field reference,
the hover texts of editors and the questions of the forms.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from generator.fields import (
    Day,
    Id,
    Language,
    LongMark,
    LongText,
    Number,
    PartialDay,
    Prose,
    ProseMark,
    Ref,
    RichProse,
    Text,
    TimeZone,
    Url,
    Vocabulary,
    When,
    WholeNumber,
    Yes,
    check_id,
    wrong,
)

#: Ids that would collide with something else, besides everything that begins with "by-": first
#: with a folder of the site.
RESERVED_IDS = frozenset(
    "index search api pagefind assets pdf feeds as-of en ko ja zh tags 404 sitemap robots "
    "briefings summits takeaways people countries organisations topics terms sources pages pairs "
    "tracker deadlines changes timeline glossary data cite calendar rules fields llms sha256sums "
    # ids of parts of our pages, which scripts and styles go by
    "main q scheme narrow finder top "
    # names that Windows keeps for its devices
    "con prn aux nul com0 com1 com2 com3 com4 com5 com6 com7 com8 com9 "
    "lpt0 lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9".split()
)

# -- vocabulary ---------------------------------------------------------------------------------


class Status(Vocabulary):
    """Where a promise or an open question stands. One scale serves both."""

    OPEN = "open", "Open", "raised, no agreed way forward"
    NEGOTIATING = "negotiating", "Negotiating", "talks on it are under way"
    AGREED = "agreed", "Agreed", "terms are agreed or published"
    UNDER_WAY = "under-way", "Under way", "a dated, sourced step toward it was taken"
    PARTLY_DELIVERED = (
        "partly-delivered",
        "Partly delivered",
        "a named element is done, another is not",
    )
    DELIVERED = (
        "delivered",
        "Delivered",
        "the promised act is done or the question settled; a plan or a pilot is not delivery",
    )
    STALLED = "stalled", "Stalled", "a source reports a block or a suspension"
    MISSED = (
        "missed",
        "Missed",
        "a source after the deadline or the occasion shows that it did not happen",
    )
    DROPPED = "dropped", "Dropped", "renounced, reversed or struck down; the note says which"
    SUPERSEDED = "superseded", "Superseded", "replaced by exactly one other takeaway"
    NOT_ASSESSABLE = (
        "not-assessable",
        "Not assessable",
        "too vague to test; the note says why",
    )

    @property
    def closed(self) -> bool:
        """Nothing more is expected to happen."""
        return self in CLOSED_STATUSES


CLOSED_STATUSES = frozenset(
    {
        Status.DELIVERED,
        Status.MISSED,
        Status.DROPPED,
        Status.SUPERSEDED,
        Status.NOT_ASSESSABLE,
    }
)


class TakeawayKind(Vocabulary):
    SIGNAL = "signal", "Signal", "a message somebody meant to send, and others read"
    ASSESSMENT = "assessment", "Assessment", "a judgement, with the name of who judges"
    OUTCOME = "outcome", "Outcome", "something the meeting itself brought about"
    COMMITMENT = "commitment", "Commitment", "a promise to do something that can be checked"
    ANNOUNCEMENT = "announcement", "Announcement", "something made public as decided or planned"
    REAFFIRMATION = "reaffirmation", "Reaffirmation", "an earlier position or promise stated again"
    POSITION = "position", "Position", "what one side holds or wants"
    DISAGREEMENT = "disagreement", "Disagreement", "a point on which the sides differ in public"
    OPEN_ISSUE = "open-issue", "Open issue", "a question left to be settled"
    OMISSION = "omission", "Omission", "something one would expect and did not find"
    CONTEXT = "context", "Context", "background needed to read the rest"


class SummitFormat(Vocabulary):
    BILATERAL = "bilateral", "Bilateral", "two sides"
    TRILATERAL = "trilateral", "Trilateral", "three sides"
    MINILATERAL = "minilateral", "Minilateral", "four to nine sides"
    MULTILATERAL = "multilateral", "Multilateral", "ten sides or more, or a standing forum"


class SummitSetting(Vocabulary):
    STANDALONE = "standalone", "Stand-alone meeting", "the leaders met for this meeting"
    SIDELINE = "sideline", "Beside another event", "a meeting held beside a larger event"
    PULL_ASIDE = "pull-aside", "Pull-aside", "a few minutes in passing"
    VIRTUAL = "virtual", "Video meeting", "by video"
    PHONE_CALL = "phone-call", "Telephone call", "by telephone"


class VisitProtocol(Vocabulary):
    STATE = "state", "State visit", "the highest protocol, at the invitation of a head of state"
    OFFICIAL = "official", "Official visit", "official visit"
    OFFICIAL_WORKING = "official-working", "Official working visit", "official working visit"
    WORKING = "working", "Working visit", "working visit"
    PRIVATE = "private", "Private visit", "private visit"
    NONE = "none", "No visit", "nobody visited the host as a guest of state"


class SummitState(Vocabulary):
    PROPOSED = "proposed", "Proposed", "somebody proposed it; no date is agreed"
    SCHEDULED = "scheduled", "Scheduled", "a date is agreed"
    HELD = "held", "Held", "it took place"
    CUT_SHORT = "cut-short", "Cut short", "it ended before its planned end"
    POSTPONED = "postponed", "Postponed", "put off, with or without a new date"
    CANCELLED = "cancelled", "Cancelled", "called off"


class BriefingKind(Vocabulary):
    PREVIEW = "preview", "Preview", "written before the meeting"
    OUTCOME = "outcome", "Outcome note", "what the meeting brought"
    TAKEAWAYS = "takeaways", "Takeaways", "the main points and what they mean"
    UPDATE = "update", "Update", "what became of earlier points"
    EXPLAINER = "explainer", "Explainer", "background on one question"


class OrganisationKind(Vocabulary):
    FORUM = "forum", "Forum", "a standing meeting of states, such as APEC or the G7"
    ALLIANCE = "alliance", "Alliance", "a defence organisation"
    GOVERNMENT_BODY = "government-body", "Government body", "a ministry, office, court or agency"
    INSTITUTION = "institution", "Institution", "a university, think tank or association"
    PUBLISHER = "publisher", "Publisher", "a newspaper, agency or broadcaster"
    COMPANY = "company", "Company", "a firm"


class SourceKind(Vocabulary):
    JOINT_STATEMENT = "joint-statement", "Joint statement", "agreed text of all sides"
    JOINT_PRESS_RELEASE = "joint-press-release", "Joint press release", "agreed text of all sides"
    JOINT_DECLARATION = "joint-declaration", "Joint declaration", "agreed text of all sides"
    COMMUNIQUE = "communique", "Communiqué", "agreed text of a forum"
    JOINT_FACT_SHEET = "joint-fact-sheet", "Joint fact sheet", "agreed list of all sides"
    FACT_SHEET = "fact-sheet", "Fact sheet", "one side's own list of results"
    READOUT = "readout", "Readout", "one side's own summary of a meeting"
    REMARKS = "remarks", "Remarks", "what a leader or official said"
    PRESS_CONFERENCE = "press-conference", "Press conference", "statement with questions"
    STATEMENT = "statement", "Statement", "one side's or one body's formal statement"
    MOU = "mou", "Memorandum of understanding", "a signed memorandum"
    AGREEMENT = "agreement", "Agreement", "a signed agreement short of a treaty"
    TREATY = "treaty", "Treaty", "a treaty"
    LEGISLATION = "legislation", "Legislation", "a law, bill, order or proclamation"
    COURT_RULING = "court-ruling", "Court ruling", "a judgement"
    DATASET = "dataset", "Dataset", "a register or collection of data"
    PRESS_REPORT = "press-report", "Press report", "a report by a newspaper, agency or broadcaster"
    ANALYSIS = "analysis", "Analysis", "a study, brief, commentary or editorial"


#: Kinds of text all sides agreed on.
JOINT_KINDS = frozenset(
    {
        SourceKind.JOINT_STATEMENT,
        SourceKind.JOINT_PRESS_RELEASE,
        SourceKind.JOINT_DECLARATION,
        SourceKind.COMMUNIQUE,
        SourceKind.JOINT_FACT_SHEET,
        SourceKind.MOU,
        SourceKind.AGREEMENT,
        SourceKind.TREATY,
    }
)


class Tier(Vocabulary):
    """How close a source stands to the event."""

    ONE = "1", "Official, primary", "the issuing body's own text"
    TWO = "2", "Official, secondary", "a government portal, public broadcaster or academic copy"
    THREE = "3", "Press", "a news agency or newspaper"
    FOUR = "4", "Analysis", "a study or commentary"
    FIVE = "5", "Aggregator", "an aggregator or generated text; never the only source of anything"


class Translation(Vocabulary):
    OFFICIAL = "official", "Official translation", "issued as the official translation"
    PROVISIONAL = "provisional", "Provisional translation", "marked as provisional by its issuer"
    UNOFFICIAL = "unofficial", "Unofficial translation", "made by somebody else"
    MACHINE = "machine", "Machine translation", "made by a machine"


class HowRead(Vocabulary):
    WHOLE = "whole", "Read whole", "somebody read all of it for this record"
    PART = "part", "Read in part", "only part of it was read; silence cannot be concluded"


class Bound(Vocabulary):
    EXACT = "exact", "", "exactly this number"
    ABOUT = "about", "about", "about this number"
    UP_TO = "up-to", "up to", "at most this number"
    AT_LEAST = "at-least", "at least", "at least this number"


class Role(Vocabulary):
    GUEST = "guest", "Guest", "invited, not a member"
    OBSERVER = "observer", "Observer", "present without taking part"


# -- shapes -------------------------------------------------------------------------------------


class Shape(BaseModel):
    """Frozen, and nothing is let in that is not listed."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


_is_id = BeforeValidator(check_id)
SummitId = Annotated[str, _is_id, Ref(("summits",))]
TakeawayId = Annotated[str, _is_id, Ref(("takeaways",))]
PersonId = Annotated[str, _is_id, Ref(("people",))]
CountryId = Annotated[str, _is_id, Ref(("countries",))]
OrganisationId = Annotated[str, _is_id, Ref(("organisations",))]
TopicId = Annotated[str, _is_id, Ref(("topics",))]
SourceId = Annotated[str, _is_id, Ref(("sources",))]
#: Who can undertake, announce or claim something.
PartyId = Annotated[str, _is_id, Ref(("countries", "organisations", "people"))]
#: Who can judge.
JudgeId = Annotated[str, _is_id, Ref(("organisations", "people"))]
AnyId = Annotated[str, _is_id, Ref()]


def _bare_id(value: Any) -> Any:
    return {"source": value} if isinstance(value, str) else value


class CitedSource(Shape):
    source: SourceId = Field(description="Id of the source record.")
    locator: Text | None = Field(
        None, description="Where in the source: p. 2, para. 4, item 3, 12:40."
    )
    quote: Text | None = Field(
        None, description="The exact words, at most 25 of them, in the language of the source."
    )


#: A source, by its bare id or with a place in it and a quotation.
Citation = Annotated[CitedSource, BeforeValidator(_bare_id)]
Sources = tuple[Citation, ...]
Unit = Annotated[Text, Field(pattern=r"^([A-Z]{3}|[a-z][a-z0-9-]*)$")]


class Cap(Shape):
    value: Number = Field(description="The most that may be spent, delivered …")
    per: Literal["year", "month", "quarter"] = Field(description="In each: year, month, quarter.")


class Amount(Shape):
    value: Number = Field(description="The full number: 350000000000, never 350bn.")
    unit: Unit = Field(
        description="A currency code (USD, KRW), percent, percent-of-gdp, or a plain word in "
        "lower case: ships, aircraft, tonnes."
    )
    what: Text = Field(description="What the number counts, in a few words.")
    bound: Bound = Field(Bound.EXACT, description="Whether the number is exact.")
    per: Literal["year", "month", "quarter"] | None = Field(
        None, description="If the amount comes again each year, month or quarter."
    )
    cap: Cap | None = Field(None, description="A limit that comes with the amount.")
    quoted_as: Text | None = Field(
        None, description="How the source writes it, where that differs: US$350bn."
    )


class NativeName(Shape):
    lang: Language = Field(description="Language of the name: ko, ja, zh-Hans …")
    text: Text = Field(description="The name in its own script, as its owner writes it.")


class Names(Shape):
    display: Text = Field(description="As the site prints it, in the person's own order.")
    family: Text | None = Field(None, description="Family name.")
    given: Text | None = Field(None, description="Given name.")
    native: tuple[NativeName, ...] = Field((), description="The name in its own scripts.")


class Office(Shape):
    office: Text = Field(description="The office held: President, Prime Minister.")
    country: CountryId | None = Field(None, description="The country of the office.")
    organisation: OrganisationId | None = Field(
        None, description="The organisation of the office, where it is not a country's."
    )
    start: PartialDay = Field(description="First day in office, as precisely as known.")
    end: PartialDay | None = Field(None, description="Last day in office; leave out while held.")

    @model_validator(mode="after")
    def _one_body(self) -> Office:
        if (self.country is None) == (self.organisation is None):
            raise wrong("office-body", "needs either a country or an organisation, and not both")
        return self


class Participant(Shape):
    person: PersonId = Field(description="Id of the leader who took part.")
    role: Role | None = Field(None, description="Only for a guest or an observer.")
    as_: Text | None = Field(
        None,
        alias="as",
        description="The office the person took part in, where two were held that day.",
    )


class Account(Shape):
    says: Text | None = Field(None, description="What the text says, in your own words.")
    silent: Yes | None = Field(
        None, description="true where the text says nothing on it; only for a source read whole."
    )
    quote: Text | None = Field(None, description="The exact words, at most 25 of them.")
    sources: Sources = Field(min_length=1, description="The text or texts meant.")

    @model_validator(mode="after")
    def _says_or_silent(self) -> Account:
        if (self.says is None) == (self.silent is None):
            raise wrong("says-or-silent", "needs either says or silent, and not both")
        return self


class Dispute(Shape):
    question: Text = Field(description="What the sources disagree about: length of the talks.")
    accounts: tuple[Account, ...] = Field(min_length=2, description="Who says what.")


class NoJointDocument(Shape):
    checked: Day = Field(description="The day somebody last looked for one.")
    sources: Sources = Field(min_length=1, description="Sources that report there is none.")


class Deadline(Shape):
    date: PartialDay = Field(description="The day, month or year it is due.")
    text: Text = Field(description="The deadline in words: before the end of the year.")


class Step(Shape):
    date: PartialDay = Field(description="When it happened.")
    status: Status = Field(description="Where the matter stood from then on.")
    note: Prose = Field(description="What happened, in one or two sentences.")
    sources: Sources = Field(min_length=1, description="At least one source.")


class Section(Shape):
    heading: Text = Field(description="Heading of the section.")
    body: RichProse | None = Field(None, description="Text before the takeaways.")
    takeaways: tuple[TakeawayId, ...] = Field(
        (), description="The takeaways the section sets out, in order."
    )


class Revision(Shape):
    date: Day = Field(description="The day of the change.")
    note: Text = Field(description="What changed, in words a reader understands.")


class Withdrawal(Shape):
    date: Day = Field(description="The day it was withdrawn.")
    reason: Text = Field(description="Why, in words a reader understands.")


# -- records ------------------------------------------------------------------------------------


class Record(Shape):
    """What every record has. `id` is the name of the file, not a field in it."""

    folder: ClassVar[str]
    #: One record and many, as readers see them.
    noun: ClassVar[str]
    nouns: ClassVar[str]

    id: Id = Field(exclude=True, repr=True)
    published: Day = Field(description="The day the record first appeared here.")
    revisions: tuple[Revision, ...] = Field(
        (), description="Significant changes only, oldest first; a typing error needs none."
    )
    former_ids: tuple[Id, ...] = Field((), description="Earlier ids; they lead here for ever.")
    withdrawn: Withdrawal | None = Field(
        None, description="Set instead of deleting the file: the page then says why it is gone."
    )
    notes: LongText | None = Field(None, description="For editors; never published.")

    @property
    def title_text(self) -> str:
        """What the record is called wherever it is named."""
        raise NotImplementedError


class Briefing(Record):
    """An authored analysis: bottom line, messages, sections that put takeaways in order."""

    folder, noun, nouns = "briefings", "Briefing", "Briefings"

    title: Text = Field(description="Title of the briefing.")
    number: Text | None = Field(None, description="Its number in a series.")
    kind: BriefingKind = Field(description="What sort of briefing it is.")
    authors: tuple[PersonId, ...] = Field(min_length=1, description="Who made the analysis.")
    publisher: OrganisationId = Field(description="Who published the analysis.")
    digest_of: SourceId | None = Field(
        None, description="The published analysis that this is our own digest of."
    )
    summits: tuple[SummitId, ...] = Field(min_length=1, description="Summits it is about.")
    bottom_line: Text = Field(description="The gist in at most 40 words.")
    introduction: Prose = Field(description="Opening text.")
    messages: tuple[Prose, ...] = Field((), description="The key messages, in order.")
    sections: tuple[Section, ...] = Field((), description="The body, in order.")
    disclaimer: Prose | None = Field(None, description="The author's or publisher's disclaimer.")
    licence: Text | None = Field(None, description="Licence, where it is not the site's own.")

    @property
    def title_text(self) -> str:
        return self.title


class Summit(Record):
    """One meeting of leaders."""

    folder, noun, nouns = "summits", "Summit", "Summits"

    title: Text = Field(description="Such as Lee–Trump summit, Washington.")
    start: When = Field(description="First day, with the hour if known: 2025-08-23T16:55.")
    end: When | None = Field(None, description="Last day, where it is another one.")
    timezone: TimeZone = Field(description="Time zone of the place: Asia/Tokyo.")
    city: Text = Field(description="City, or the place names of a call.")
    venue: Text | None = Field(None, description="Building or site.")
    country: CountryId = Field(description="The country it was held in, the host.")
    format: SummitFormat = Field(description="How many sides took part.")
    setting: SummitSetting = Field(description="Where the meeting sat.")
    visit: VisitProtocol | None = Field(
        None, description="Protocol of the guest's visit; leave out if no source names it."
    )
    state: SummitState = Field(description="Whether it took place.")
    forum: OrganisationId | None = Field(
        None, description="The forum that met, or beside whose meeting it took place."
    )
    part_of: SummitId | None = Field(
        None, description="The larger summit it was held beside, if that has a record."
    )
    participants: tuple[Participant, ...] = Field(
        min_length=1, description="Leaders who took part, host first."
    )
    minutes: WholeNumber | None = Field(None, description="Length of the talks in minutes.")
    bottom_line: Text = Field(description="Who met, and what came of it, in at most 40 words.")
    summary: Prose = Field(description="A few paragraphs, each statement with its source.")
    documents: tuple[SourceId, ...] = Field((), description="Texts the meeting issued.")
    no_joint_document: NoJointDocument | None = Field(
        None, description="Set where no joint text was issued."
    )
    disputed: tuple[Dispute, ...] = Field(
        (), description="Points on which sources differ: counts, lengths, names of documents."
    )
    sources: Sources = Field((), description="Further sources of the record.")

    @property
    def took_place(self) -> bool:
        """The leaders met, if only for part of the time planned."""
        return self.state in (SummitState.HELD, SummitState.CUT_SHORT)

    @property
    def title_text(self) -> str:
        return self.title


class Takeaway(Record):
    """One thing a summit agreed, announced, signalled or left open."""

    folder, noun, nouns = "takeaways", "Takeaway", "Takeaways"

    summits: tuple[SummitId, ...] = Field(
        min_length=1, description="The summits it belongs to; the first is its home."
    )
    order: WholeNumber | None = Field(None, description="Its place on the page of its summit.")
    headline: Annotated[Text, Field(max_length=140)] = Field(
        description="The claim in one sentence of at most 140 characters."
    )
    kind: TakeawayKind = Field(description="What sort of statement it is.")
    body: Prose = Field(description="The statement in full, with its sources.")
    by: tuple[PartyId, ...] = Field(
        min_length=1, description="Who undertakes, announces or claims it."
    )
    concerns: tuple[PartyId, ...] = Field((), description="Who else it is about.")
    topics: tuple[TopicId, ...] = Field(min_length=1, description="What it is about.")
    attributed_to: tuple[JudgeId, ...] = Field(
        (), description="Whose assessment it is; required for one."
    )
    amounts: tuple[Amount, ...] = Field((), description="Numbers in it.")
    deadline: Deadline | None = Field(None, description="When it is due.")
    accounts: tuple[Account, ...] = Field(
        (), description="What the joint text, each side's readout and the press say on it."
    )
    restates: tuple[TakeawayId, ...] = Field(
        (), description="Earlier takeaways that this one says again; it then follows the first."
    )
    supersedes: tuple[TakeawayId, ...] = Field(
        (), description="Earlier takeaways that this one replaces."
    )
    addresses: tuple[TakeawayId, ...] = Field(
        (), description="Earlier open questions or promises that this one bears on."
    )
    history: tuple[Step, ...] = Field(
        (), description="What became of it, oldest first. With a history it is tracked."
    )
    checked: Day | None = Field(None, description="The day somebody last looked for news.")
    review: Day | None = Field(None, description="The day to look again.")
    sources: Sources = Field(min_length=1, description="At least one source.")

    @property
    def title_text(self) -> str:
        return self.headline


class Person(Record):
    """A leader, an official or an author."""

    folder, noun, nouns = "people", "Person", "People"

    names: Names = Field(description="The name, in the person's own order and scripts.")
    aliases: tuple[Text, ...] = Field((), description="Other spellings, so that search finds them.")
    country: CountryId | None = Field(None, description="The person's country.")
    offices: tuple[Office, ...] = Field((), description="Offices held, oldest first.")
    affiliation: OrganisationId | None = Field(None, description="Where an author works.")

    @property
    def title_text(self) -> str:
        return self.names.display


class Country(Record):
    """A state. Its id is its ISO 3166 code of two letters."""

    folder, noun, nouns = "countries", "Country", "Countries"

    name: Text = Field(description="Short name in English.")
    iso3: Annotated[Text, Field(pattern=r"^[A-Z]{3}$")] = Field(
        description="ISO 3166 code of three letters: KOR."
    )
    demonym: Text | None = Field(None, description="Adjective: South Korean.")
    native: tuple[NativeName, ...] = Field((), description="The name in its own languages.")
    aliases: tuple[Text, ...] = Field((), description="Other names: ROK, Republic of Korea.")

    @property
    def title_text(self) -> str:
        return self.name


class Organisation(Record):
    """A forum, publisher, company or institution."""

    folder, noun, nouns = "organisations", "Organisation", "Organisations"

    name: Text = Field(description="Full name.")
    abbreviation: Text | None = Field(None, description="Abbreviation: APEC.")
    kind: OrganisationKind = Field(description="What sort of organisation it is.")
    country: CountryId | None = Field(None, description="Its country, if it has one.")
    members: tuple[CountryId, ...] = Field((), description="Members with a record here.")

    @property
    def title_text(self) -> str:
        return self.name


class Topic(Record):
    """A subject, with at most one broader one."""

    folder, noun, nouns = "topics", "Topic", "Topics"

    name: Text = Field(description="Name of the subject.")
    definition: Prose = Field(description="What belongs to it.")
    broader: TopicId | None = Field(None, description="The broader subject.")

    @property
    def title_text(self) -> str:
        return self.name


class Term(Record):
    """An entry of the glossary."""

    folder, noun, nouns = "terms", "Term", "Glossary"

    name: Text = Field(description="The term.")
    abbreviation: Text | None = Field(None, description="Its abbreviation: SMA.")
    definition: Prose = Field(description="What it means, in one to three sentences.")
    see: tuple[AnyId, ...] = Field((), description="Ids of any records worth reading with it.")

    @property
    def title_text(self) -> str:
        return self.name


#: Languages that are not written in Latin letters.
NOT_LATIN = frozenset({"ar", "ja", "ko", "ru", "zh"})


class Source(Record):
    """Any published text a statement rests on."""

    folder, noun, nouns = "sources", "Source", "Sources"

    title: Text = Field(description="Title as published.")
    title_en: Text | None = Field(None, description="Title in English, where it is not.")
    kind: SourceKind = Field(description="What sort of text it is.")
    authors: tuple[Text, ...] = Field((), description="Names of the authors.")
    publisher: Text = Field(description="Who published it.")
    issued: When = Field(
        description="When it was issued, as precisely as known: 2025-08, 2025-08-25, "
        "2025-11-13T20:28[America/New_York]."
    )
    accessed: Day | None = Field(None, description="The day it was read.")
    url: Url | None = Field(None, description="Its address.")
    archived_url: Url | None = Field(None, description="Address of an archived copy.")
    language: Language = Field(description="Its language: en, ko, ja.")
    translation: Translation | None = Field(None, description="If it is a translation, whose.")
    read: HowRead | None = Field(None, description="Whether all of it was read.")
    issuers: tuple[CountryId, ...] = Field(
        (), description="Countries that issued it; two or more for a joint text."
    )
    tier: Tier = Field(
        description="1 official primary, 2 official secondary, 3 press, 4 analysis, "
        "5 aggregator or generated."
    )

    @property
    def title_text(self) -> str:
        return self.title

    @property
    def title_language(self) -> str:
        """The language of the title: English where a text in another script goes by a title of
        Latin letters, as one that was read in a machine translation does."""
        latin = not any(c.isalpha() and c > "\u024f" for c in self.title)
        return "en" if latin and self.language.partition("-")[0] in NOT_LATIN else self.language


class Page(Record):
    """A page of the site itself: about, method, corrections."""

    folder, noun, nouns = "pages", "Page", "Pages"

    title: Text = Field(description="Title of the page.")
    body: RichProse = Field(description="Its text; headings and tables are allowed.")

    @property
    def title_text(self) -> str:
        return self.title


#: What exists, in the order of the navigation. A new type: a class above, a row here, a template
#: `templates/page/<folder>.md.j2`.
RECORD_TYPES: tuple[type[Record], ...] = (
    Briefing,
    Summit,
    Takeaway,
    Person,
    Country,
    Organisation,
    Topic,
    Term,
    Source,
    Page,
)
BY_FOLDER: dict[str, type[Record]] = {kind.folder: kind for kind in RECORD_TYPES}


def known_names(records: Iterable[Record]) -> dict[str, str]:
    """Every id, name, code and spelling somebody might type, and the id it stands for."""
    names: dict[str, str] = {}
    for record in records:
        values = [record.title_text, *getattr(record, "aliases", ())]
        values += [native.text for native in getattr(record, "native", ())]
        values += [getattr(record, name, None) or "" for name in ("abbreviation", "iso3")]
        for value in filter(None, values):
            names.setdefault(value, record.id)
    return names | {record.id: record.id for record in records}


# -- what the fields say of themselves ----------------------------------------------------------


def field_order(shape: type[BaseModel]) -> list[str]:
    """The fields of a shape as YAML keys, in the order in which a file has them."""
    own = [name for name in shape.model_fields if name not in Record.model_fields]
    common = [name for name in Record.model_fields if name in shape.model_fields and name != "id"]
    return [shape.model_fields[name].alias or name for name in own + common]


def marks_in(shape: type[BaseModel], name: str) -> list[Any]:
    """The `Ref` and `ProseMark` marks anywhere in the type of a field."""
    info = shape.model_fields[name]
    return [m for m in (*info.metadata, *_marks(info.annotation)) if isinstance(m, Ref | ProseMark)]


def shapes_in(shape: type[BaseModel], name: str) -> list[type[BaseModel]]:
    """The shapes nested directly in the type of a field."""
    return [t for t in _marks(shape.model_fields[name].annotation) if isinstance(t, type)]


def is_list(shape: type[BaseModel], name: str) -> bool:
    """Whether a field holds a list."""
    return tuple in _origins(shape.model_fields[name].annotation)


def _origins(annotation: Any) -> list[Any]:
    own = get_origin(annotation)
    if own is tuple:
        return [tuple]
    return [o for part in get_args(annotation) for o in _origins(part)]


def is_long(shape: type[BaseModel], name: str) -> bool:
    """Whether a field holds plain text of several lines."""
    info = shape.model_fields[name]
    return any(isinstance(m, LongMark) for m in (*info.metadata, *_marks(info.annotation)))


def _all_shapes(kinds: Iterable[type[BaseModel]]) -> list[type[BaseModel]]:
    found: list[type[BaseModel]] = []
    ahead = list(kinds)
    while ahead:
        shape = ahead.pop(0)
        if shape not in found:
            found.append(shape)
            ahead += [s for name in shape.model_fields for s in shapes_in(shape, name)]
    return found


def types_in(shape: type[BaseModel], name: str) -> list[type]:
    """The plain types in the type of a field: `str`, `Day`, `Status` …"""
    return _types(shape.model_fields[name].annotation)


def attribute_of(shape: type[BaseModel], key: str) -> str:
    """The name in Python of a field, by its name in YAML."""
    for name, info in shape.model_fields.items():
        if info.alias == key:
            return name
    return key


def _types(annotation: Any) -> list[type]:
    if isinstance(annotation, type) and not get_args(annotation):
        return [annotation]
    return [t for part in get_args(annotation) for t in _types(part)]


def _marks(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        return [*metadata, *_marks(inner)]
    if get_origin(annotation) in (Union, tuple) or hasattr(annotation, "__args__"):
        return [mark for part in get_args(annotation) for mark in _marks(part)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return []


#: Every record type, and every shape that stands in one.
SHAPES: tuple[type[BaseModel], ...] = tuple(_all_shapes(RECORD_TYPES))
