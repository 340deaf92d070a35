"""One incident, open: act on it, follow what others do to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.arguments.of_incident import AttachedRunbookArg, IncidentArg, RunbookArg, StepFormatArg
from incident_cockpit.actions.arguments.of_plan import PlanArg
from incident_cockpit.actions.arguments.texts import PinnedArg
from incident_cockpit.actions.execute import invoke
from incident_cockpit.actions.registry import done
from incident_cockpit.clock import Clock
from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.incident.declare import NO_INPUTS, Declaration, RuleInputs, runbooks_on_declaring
from incident_cockpit.incident.event import Event, Moment, PendingFact, check_times
from incident_cockpit.incident.facts.attachments import AttachedFile, is_address
from incident_cockpit.incident.facts.classification import types_of
from incident_cockpit.incident.facts.clock import clock_went_back
from incident_cockpit.incident.facts.report import ReportDecided, TriageOutcome
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.recording import attach_to_new_entry
from incident_cockpit.incident.triage import declare_as
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.replaced import follow
from incident_cockpit.plan.schema import Plan
from incident_cockpit.runbook.model import Runbook
from incident_cockpit.service.plan_runbooks import Books, LoadRunbook, read_all
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.format import zone_label

LoadPlan = Callable[[str], Plan]
# A file by its path, copied to the evidence of the incident with this name.
KeepFile = Callable[[str, str], AttachedFile]


class Replacement(Struct, frozen=True):
    """A store that took the place of the one in use: the incident's events in it, and how many it lacks.

    `lacks` counts what the rescue copies hold beyond it, None where they could not be read.
    """

    events: tuple[Event, ...]
    lacks: int | None

    def message(self, command: str = ":put-back") -> str:
        """Return it as a warning; `command` is typed to put back what the store lacks."""
        if self.lacks is None:
            return "the store was replaced; its rescue copies cannot be read: run incident doctor"
        if not self.lacks:
            return "the store was replaced by another copy, which lacks nothing of this incident"
        told = counted(self.lacks, "event that it lacks is", "events that it lacks are")
        return f"the store was replaced: {told} in the rescue copy. To put back: {command}"


class ActionResult(Struct, frozen=True):
    """What an action led to: its own events, all that is new (others' included), and what went not quite well.

    `replaced` is set where the store was found to be another one.
    """

    own: tuple[Event, ...]
    news: tuple[Event, ...]
    warning: str = ""
    replaced: Replacement | None = None


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
        self._restarts = record.restarts
        self._replaced = self._lack_said = False

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
    ) -> ActionResult:
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
        kept: dict[str, AttachedFile] = {}

        def decide(record: Record, moment: Moment) -> Sequence[PendingFact]:
            others = {arg: self._other(named) for arg, named in _incidents(action, values)}
            pinned = {arg: kept[word] for arg, word in paths.items()}
            brought = self._brought(books) if action.brings is not None else NO_INPUTS
            drafts = invoke(action, record, moment, here, {**values, **others, **pinned}, brought)
            return [*drafts, *attach_to_new_entry(record, moment, drafts, (*links, *(kept[word] for word in files)))]

        if paths or files:
            rehearse = partial(decide, self.record, self._moment(here, when, action))
            self._keep_files([*paths.values(), *files], kept, rehearse)
        return self._keep(decide, here, when, {**documents, **books.documents}, books.warning, action)

    def declare(self, said: Declaration, runbook: str | None = None, when: datetime | None = None) -> ActionResult:
        """Declare a report, or take up again what was dismissed, with all that is said of it in one go.

        `runbook` goes before the plan's, an empty one means none. Raises as `act` does.
        """
        incident = self.record.incident
        types = (*types_of(incident), *(incident.plan.find_type(word) for word in said.types))
        books = read_all(runbooks_on_declaring(incident, runbook, types), self._load_runbook)

        def decide(record: Record, moment: Moment) -> Sequence[PendingFact]:
            return [PendingFact(fact) for fact in declare_as(record.incident, moment, said, self._brought(books))]

        return self._keep(decide, self.here, when, books.documents, books.warning)

    def _keep(
        self,
        decide: Callable[[Record, Moment], Sequence[PendingFact]],
        here: Here,
        when: datetime | None,
        documents: Mapping[str, bytes],
        warning: str,
        action: Action | None = None,
    ) -> ActionResult:
        """Decide on what holds by now, keep it, and say what is new."""

        def decided(record: Record) -> Sequence[PendingFact]:
            drafts = decide(record, self._moment(here, when, action))
            if any(_declares(draft) for draft in drafts):
                self._journal.let_choice_lapse(record.id)
            # Whoever waited for the lock read the clock before others did: only a second look, with the lock held,
            # tells that from a clock that went back.
            back = clock_went_back(record.events[-1] if drafts else None, here.now)
            return [*drafts, *(back if back and clock_went_back(record.events[-1], self._clock.now()) else ())]

        kept = self._journal.append(
            self.record, decided, who=self.who, happened=when or here.now, now=here.now, documents=documents
        )
        news = self._news()
        replaced = self.replacement()
        if replaced is None and kept.lacks:
            replaced = self.lacking()
        words = replaced.message() if replaced is not None else ""
        return ActionResult(kept.events, news, "; ".join(filter(None, (warning, kept.warning, words))), replaced)

    def put_back(self) -> ActionResult:
        """Store what the rescue copies hold and the store lacks; raises Refused where that is nothing."""
        from incident_cockpit.journal.put_back import put_back

        kept = put_back(self._journal, self.record, self.who, self._clock.now())
        news = self._news()
        self._replaced = False
        # The last event says how many there were.
        return ActionResult(kept.events[-1:], news, kept.warning or "", Replacement(tuple(self.record.events), 0))

    def lacking(self) -> Replacement | None:
        """Return what the rescue copies hold and the store lacks, as far as a glance tells; None where it was said."""
        from incident_cockpit.journal.put_back import lacking_at_a_glance

        try:
            lacks = 0 if self._lack_said else lacking_at_a_glance(self._journal, self.record.id)
        except Refused:
            # Copies that cannot be read are for `doctor` to name, and keep nobody from working.
            return None
        self._lack_said = self._lack_said or lacks > 0
        return Replacement(tuple(self.record.events), lacks) if lacks else None

    def _moment(self, here: Here, when: datetime | None, action: Action | None) -> Moment:
        """Return the circumstances of an action on the record as it is known now; raises Refused for a wrong time."""
        moment = Moment(self.who, here.now, when or here.now, self.record.seq + 1)
        # Of what a program of ours records, nobody typed the time.
        if action is None or not action.hidden:
            early = action is not None and action.early
            check_times(moment, self.record.incident.started, self._said(moment.happened), early=early)
        return moment

    def _keep_files(self, words: Sequence[str], kept: dict[str, AttachedFile], rehearse: Callable[[], object]) -> None:
        """Copy files to the evidence, once every one can be read and the rules would take them; raises Refused.

        What was copied for nothing would lie there for good: another process may rely on the same copy.
        """
        from incident_cockpit.service.evidence import NOT_COPIED, check_source

        for word in words:
            check_source(word)
        kept.update(dict.fromkeys(words, NOT_COPIED))
        rehearse()
        for word in words:
            kept[word] = self._keep_file(word, self.record.incident.name)

    def channels(self) -> frozenset[str]:
        """Return the names of channels that other incidents have or had."""
        return self._journal.channels(self.record.id)

    def _brought(self, books: Books) -> RuleInputs:
        """Return what comes along; the lock is held, so that no other incident takes the same channel meanwhile."""
        return RuleInputs(books.runbooks, self.channels())

    def _other(self, word: str) -> str:
        """Return the short name of another incident; raises Refused for one that is a duplicate itself.

        The lock is held: two that are each the other's duplicate would leave nobody at work.
        """
        found = self._journal.find(word)
        if found.triage == TriageOutcome.DUPLICATE.value:
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
        follow(self._journal, self.record)
        return self._news()

    def replacement(self) -> Replacement | None:
        """Return what there is to say of a store that was replaced, once; None where none was."""
        if not self._replaced:
            return None
        self._replaced, self._lack_said = False, True
        return Replacement(tuple(self.record.events), self._lacks())

    def _lacks(self) -> int | None:
        from incident_cockpit.journal.put_back import lacking

        try:
            return lacking(self._journal, self.record.id)
        except Refused:
            return None

    def _said(self, at: datetime) -> str:
        """Return the time in the zone it was typed in, with its name: the rules answer in UTC."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M} {zone_label(self.zone, at)}"

    def _news(self) -> tuple[Event, ...]:
        if self.record.restarts != self._restarts:
            self._restarts, self._replaced = self.record.restarts, True
            self._told = min(self._told, self.record.kept)
        news = tuple(self.record.events[self._told :])
        self._told = self.record.seq
        return news

    def _rule(self, action: Action, given: Mapping[str, Any]) -> str | None:
        """Return the rule by which a file is read: the one named, else that of the runbook whose place it takes."""
        for arg in action.args:
            value = given.get(arg.name)
            if isinstance(arg, StepFormatArg) and value:
                return str(value)
            if isinstance(arg, AttachedRunbookArg) and isinstance(value, str):
                held = self.record.incident.steps.runbooks.get(value)
                return held.rule if held else None
        return None

    def _with_files(self, action: Action, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, bytes]]:
        """Read the runbooks and plans that are named among the values; the journal keeps the runbooks' bytes."""
        given, documents = dict(values), {}
        for arg in action.args:
            named = given.get(arg.name)
            if isinstance(arg, RunbookArg) and isinstance(named, str) and named:
                runbook, data = self._load_runbook(named, self._rule(action, given))
                given[arg.name] = runbook
                documents[runbook.sha256] = data
            elif isinstance(arg, PlanArg) and isinstance(named, str) and named:
                given[arg.name] = self._load_plan(named)
        return given, documents


def _declares(draft: PendingFact) -> bool:
    """Return whether the draft declares a report, also one that was dismissed before."""
    fact = draft.fact
    return isinstance(fact, ReportDecided) and fact.now is not None and fact.now.outcome is TriageOutcome.DECLARED


def _paths(action: Action, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the arguments that name a file to be pinned, with its path."""
    named = ((arg.name, values.get(arg.name)) for arg in action.args if isinstance(arg, PinnedArg))
    return {arg: word for arg, word in named if isinstance(word, str) and word.strip() and not is_address(word.strip())}


def _incidents(action: Action, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the arguments that name another incident, with the words that do."""
    named = ((arg.name, values.get(arg.name)) for arg in action.args if isinstance(arg, IncidentArg))
    return [(arg, word) for arg, word in named if isinstance(word, str) and word.strip()]
