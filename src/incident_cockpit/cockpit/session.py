"""One incident, open: act on it, follow what others do to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from incident_cockpit.actions.action import Action, Kind
from incident_cockpit.actions.invoke import invoke
from incident_cockpit.actions.refs import Here
from incident_cockpit.actions.registry import done
from incident_cockpit.clock import Clock
from incident_cockpit.cockpit.books import Books, LoadRunbook, read_all
from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.incident.brought import Brought, on_declaring
from incident_cockpit.incident.declare import Declaration
from incident_cockpit.incident.envelope import Draft, Event, Moment, check_times
from incident_cockpit.incident.pinning import along
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.topics.nature import types_of
from incident_cockpit.incident.topics.pins import PinnedFile, is_address
from incident_cockpit.incident.topics.report import Outcome
from incident_cockpit.incident.triage import declare_as
from incident_cockpit.journal.journal import Journal
from incident_cockpit.plan.model import Plan
from incident_cockpit.runbook.model import Runbook
from incident_cockpit.timewords import zone_label

LoadPlan = Callable[[str], Plan]
# A file by its path, copied to the evidence of the incident with this name.
KeepFile = Callable[[str, str], PinnedFile]


class Done(Struct, frozen=True):
    """What an action led to: its own events, all that is new (others' included), and what went not quite well."""

    own: tuple[Event, ...]
    news: tuple[Event, ...]
    warning: str = ""


class Session:
    """One incident as one person works it; used from one thread, like the journal it stands on."""

    def __init__(
        self,
        journal: Journal,
        record: Record,
        clock: Clock,
        who: str,
        zone: ZoneInfo,
        load_runbook: LoadRunbook,
        load_plan: LoadPlan,
        keep_file: KeepFile,
        warning: str = "",
    ) -> None:
        """Take the incident, what it takes to act on it, and what went not quite well when it was declared."""
        self.warning = warning
        self._journal = journal
        self.record = record
        self._clock = clock
        self.who = who
        self.zone = zone
        self._load_runbook = load_runbook
        self._load_plan = load_plan
        self._keep_file = keep_file
        self._told = record.seq
        # Of its own, so that several sessions on one journal all hear the news; the first look always reads.
        self._version: tuple[int, int] | None = None

    @property
    def here(self) -> Here:
        """Return the present and the zone, in which words are read."""
        return Here(self._clock.now(), self.zone)

    def act(
        self,
        name: str,
        values: Mapping[str, Any],
        when: datetime | None = None,
        *,
        links: Sequence[str] = (),
        files: Sequence[str] = (),
    ) -> Done:
        """Do an action of the registry; when this returns, its events are on the disk.

        `values` are words by argument name, `when` is the time it happened if that was not now; `links` and `files` are
        pinned to the line that it adds. Raises Refused with the rule that says no, StoreError when it could not be
        kept; in both cases nothing was written.
        """
        action = done(name)
        values, documents = self._with_files(action, values)
        books = read_all(action.brings(self.record.incident, values) if action.brings else (), self._load_runbook)
        here = self.here
        # Files by the words that name them.
        paths = _paths(action, values)
        kept: dict[str, PinnedFile] = {}

        def decide(record: Record, moment: Moment) -> Sequence[Draft]:
            others = {arg: self._other(named) for arg, named in _incidents(action, values)}
            pinned = {arg: kept[word] for arg, word in paths.items()}
            drafts = invoke(action, record, moment, here, {**values, **others, **pinned}, self._brought(books))
            return [*drafts, *along(record, moment, drafts, (*links, *(kept[word] for word in files)))]

        if paths or files:
            self._keep_files([*paths.values(), *files], kept, lambda: decide(self.record, self._moment(here, when)))
        return self._keep(decide, here, when, {**documents, **books.documents}, books.warning)

    def declare(self, said: Declaration, runbook: str | None = None, when: datetime | None = None) -> Done:
        """Declare a report, or take up again what was dismissed, with all that is said of it in one go.

        `runbook` goes before the plan's, an empty one means none. Raises as `act` does.
        """
        incident = self.record.incident
        types = (*types_of(incident), *(incident.plan.find_type(word) for word in said.types))
        books = read_all(on_declaring(incident, runbook, types), self._load_runbook)

        def decide(record: Record, moment: Moment) -> Sequence[Draft]:
            return [Draft(fact) for fact in declare_as(record.incident, moment, said, self._brought(books))]

        return self._keep(decide, self.here, when, books.documents, books.warning)

    def _keep(
        self,
        decide: Callable[[Record, Moment], Sequence[Draft]],
        here: Here,
        when: datetime | None,
        documents: Mapping[str, bytes],
        warning: str,
    ) -> Done:
        """Decide on what holds by now, keep it, and say what is new."""

        def decided(record: Record) -> Sequence[Draft]:
            return decide(record, self._moment(here, when))

        kept = self._journal.append(
            self.record, decided, who=self.who, happened=when or here.now, now=here.now, documents=documents
        )
        return Done(kept.events, self._news(), "; ".join(filter(None, (warning, kept.warning))))

    def _moment(self, here: Here, when: datetime | None) -> Moment:
        """Return the circumstances of an action on the record as it is known now; raises Refused for a wrong time."""
        moment = Moment(self.who, here.now, when or here.now, self.record.seq + 1)
        check_times(moment, self.record.incident.started, self._said(moment.happened))
        return moment

    def _keep_files(self, words: Sequence[str], kept: dict[str, PinnedFile], rehearse: Callable[[], object]) -> None:
        """Copy files to the evidence, once every one can be read and the rules would take them; raises Refused.

        What was copied for nothing would lie there for good: another process may rely on the same copy.
        """
        from incident_cockpit.cockpit.evidence import UNKEPT, look

        for word in words:
            look(word)
        kept.update(dict.fromkeys(words, UNKEPT))
        rehearse()
        for word in words:
            kept[word] = self._keep_file(word, self.record.incident.name)

    def channels(self) -> frozenset[str]:
        """Return the names of channels that other incidents have or had."""
        return self._journal.channels(self.record.id)

    def _brought(self, books: Books) -> Brought:
        """Return what comes along; the lock is held, so that no other incident takes the same channel meanwhile."""
        return Brought(books.runbooks, self.channels())

    def _other(self, word: str) -> str:
        """Return the short name of another incident; raises Refused for one that is a duplicate itself.

        The lock is held: two that are each the other's duplicate would leave nobody at work.
        """
        found = self._journal.find(word)
        if found.triage == Outcome.DUPLICATE.value:
            of = self._journal.load(found.id).incident.report
            named = of.same_as if of is not None else ""
            raise Refused(f"{found.name} is a duplicate itself, of {named}", f"name that one: {named}")
        return found.name

    def source(self, runbook: Runbook) -> bytes:
        """Return the file a runbook was read from; raises NotFound where only its steps came into this store."""
        data = self._journal.document(runbook.sha256)
        if data is None:
            raise NotFound(
                f"the text of {runbook.name} is not in this store, only its steps",
                "the incident came here without its documents: use the store it was made in",
            )
        return data

    def refresh(self) -> tuple[Event, ...]:
        """Return what is new since the last call to this or to `act`, whoever did it."""
        version = self._journal.version()
        if version != self._version:
            self.record.extend(self._journal.read(self.record.id, after_seq=self.record.seq))
            # Only now: a read that failed is tried again.
            self._version = version
        return self._news()

    def _said(self, at: datetime) -> str:
        """Return the time in the zone it was typed in, with its name: the rules answer in UTC."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M} {zone_label(self.zone, at)}"

    def _news(self) -> tuple[Event, ...]:
        news = tuple(self.record.events[self._told :])
        self._told = self.record.seq
        return news

    def _rule(self, action: Action, given: Mapping[str, Any]) -> str | None:
        """Return the rule by which a file is read: the one named, else that of the runbook whose place it takes."""
        for arg in action.args:
            value = given.get(arg.name)
            if arg.kind is Kind.RULE and value:
                return str(value)
            if arg.kind is Kind.ATTACHED and isinstance(value, str):
                held = self.record.incident.steps.runbooks.get(value)
                return held.rule if held else None
        return None

    def _with_files(self, action: Action, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, bytes]]:
        """Read the runbooks and plans that are named among the values; the journal keeps the runbooks' bytes."""
        given, documents = dict(values), {}
        for arg in action.args:
            named = given.get(arg.name)
            if arg.kind is Kind.RUNBOOK and isinstance(named, str) and named:
                runbook, data = self._load_runbook(named, self._rule(action, given))
                given[arg.name] = runbook
                documents[runbook.sha256] = data
            elif arg.kind is Kind.PLAN and isinstance(named, str) and named:
                given[arg.name] = self._load_plan(named)
        return given, documents


def _paths(action: Action, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the arguments that name a file to be pinned, with its path."""
    named = ((arg.name, values.get(arg.name)) for arg in action.args if arg.kind is Kind.PINNED)
    return {arg: word for arg, word in named if isinstance(word, str) and word.strip() and not is_address(word.strip())}


def _incidents(action: Action, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the arguments that name another incident, with the words that do."""
    named = ((arg.name, values.get(arg.name)) for arg in action.args if arg.kind is Kind.INCIDENT)
    return [(arg, word) for arg, word in named if isinstance(word, str) and word.strip()]
