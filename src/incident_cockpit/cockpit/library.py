"""Every incident of the store: listed, chosen, opened, declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from incident_cockpit.clock import Clock, SystemClock
from incident_cockpit.cockpit.reader import Reader
from incident_cockpit.cockpit.who import speaker
from incident_cockpit.config.folders import plan_folders, runbook_folders
from incident_cockpit.config.paths import Paths, paths
from incident_cockpit.config.settings import Settings, load_settings
from incident_cockpit.errors import ExitCode, NotFound, Refused
from incident_cockpit.ids import Ids, RandomIds
from incident_cockpit.incident.envelope import LONGEST_NAME, Draft, Moment
from incident_cockpit.incident.record import Record
from incident_cockpit.journal.journal import Journal, Listed
from incident_cockpit.text.clean import clean, clean_line
from incident_cockpit.timewords import zone_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from incident_cockpit.cockpit.books import Books
    from incident_cockpit.cockpit.session import Session
    from incident_cockpit.incident.brought import Wanted
    from incident_cockpit.incident.topics.pins import PinnedFile
    from incident_cockpit.plan.model import Plan
    from incident_cockpit.runbook.model import Runbook

# How long after its end an incident that is not closed is still the one that is meant.
_LATELY = timedelta(days=1)


class Library:
    """The door to the store; used from one thread. Nothing is opened before it is needed, so that starting is cheap."""

    def __init__(self, places: Paths, settings: Settings, clock: Clock, ids: Ids, env: Mapping[str, str]) -> None:
        """Take the places, the settings and the sources of time and ids; `env` names who speaks and which incident."""
        self.places = places
        self.settings = settings
        self.clock = clock
        self._ids = ids
        self.env = env
        self.who = speaker(env, settings)
        self._journal: Journal | None = None
        self.reader = Reader(lambda: self.journal)

    @classmethod
    def of(cls, env: Mapping[str, str], who: str | None = None) -> Self:
        """Open the library that the environment names; `who` overrides the speaker."""
        places = paths(env)
        speaking = {**env, "INCIDENT_USER": who} if who else env
        return cls(places, load_settings(places.config_file), SystemClock(), RandomIds(), speaking)

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the zone in which clock times are typed and shown."""
        return zone_of(self.settings.zone)

    @property
    def journal(self) -> Journal:
        """Return the store, opened or created on first use."""
        if self._journal is None:
            self._journal = Journal(self.places.store, self.places.rescue, self._ids)
        return self._journal

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Close the store, if it was opened."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def incidents(self, live_only: bool = False) -> list[Listed]:
        """Return the incidents, the newest first."""
        return self.journal.incidents(live_only=live_only)

    def listing(self, live_only: bool = False) -> list[Listed]:
        """Return the incidents, the newest first, with a mark on those that are known to be unreadable."""
        return self.reader.marked(self.incidents(live_only))

    def meant(self, word: str | None = None) -> Listed:
        """Return the incident that is meant: named, in INCIDENT, chosen by `use`, or the only open one.

        With none open it is the only one that was resolved within a day and is not closed yet.
        Raises NotFound where there is none, and Refused with the list where it could be several.
        """
        named = word or self.env.get("INCIDENT") or self.journal.current()
        if named:
            return self.journal.find(named)
        live = self.incidents(live_only=True)
        if len(live) > 1:
            # One that cannot be read keeps no other from being worked on.
            live = [one for one in live if not self.reader.why_unreadable(one)] or live
        if len(live) == 1:
            return live[0]
        if not live:
            return self._just_over()
        listed = "\n".join(f"  INC-{one.number}  {one.severity or '?'}  {one.title}" for one in live)
        raise Refused(
            f"{len(live)} incidents are open and none was named:\n{listed}",
            "name one with --incident 7, INCIDENT=7, or for good: incident use 7",
            ExitCode.USAGE,
        )

    def _just_over(self) -> Listed:
        """Return the only incident that was resolved lately and is not closed: its closing and review go on.

        Raises NotFound where there is none such, with the way to one that is over.
        """
        since = self.clock.now() - _LATELY
        lately = [one for one in self.incidents() if one.phase and one.ended is not None and one.ended >= since]
        readable = [one for one in lately if not self.reader.why_unreadable(one)]
        open_still = [one for one in readable if "closed" not in self.record(one.id).incident.milestones]
        if len(open_still) == 1:
            return open_still[0]
        last = next(iter(self.incidents()), None)
        way = 'declare one: incident new "what is broken"'
        if last is not None:
            way += f"; to go on with {last.name} {last.title}, which is over: incident use {last.number}"
        raise NotFound("there is no open incident", way)

    def record(self, incident_id: str) -> Record:
        """Return the incident with this UUID to read and not to act on: a prompt asks every few seconds.

        Raises NotFound, and Unreadable where its events are damaged.
        """
        return self.reader.record(incident_id)

    def session(self, incident_id: str) -> Session:
        """Open the incident with this UUID."""
        return self._session(self.record(incident_id))

    def declare(
        self,
        title: str,
        severity: str,
        *,
        plan: str | None = None,
        runbook: str | None = None,
        started: datetime | None = None,
        why: str = "",
        sort: str = "",
        found_by: str = "",
    ) -> Session:
        """Declare an incident; title and severity are enough, `started` is when the harm began if that was not now.

        `why` is the reason of the severity, `sort` the plan's type of incident, `found_by` its way of detection. Raises
        Refused for whatever is wrong with the words, the plan or the runbook; then no incident is made.
        """
        from incident_cockpit.incident.brought import Brought, with_declaration
        from incident_cockpit.incident.declare import Declaration, declare

        adopted = self.plan(plan)
        said = Declaration(clean_line(severity), clean_line(why), clean_line(sort), clean_line(found_by))
        kind = adopted.find_type(said.type) if said.type else None
        books = self._books(with_declaration(adopted, runbook, kind))
        now = self.clock.now()

        def decide(number: int) -> Sequence[Draft]:
            moment = Moment(self.who, now, started or now, 1)
            # The lock is held: of two incidents that are declared at once, one gets the channel and one the next.
            brought = Brought(books.runbooks, self.journal.channels())
            return declare(number, moment, clean_line(title), said.severity, adopted, None, said=said, brought=brought)

        return self._create(decide, now, now, books)

    def report(
        self,
        title: str,
        *,
        by: str | None = None,
        sort: str = "",
        via: str = "",
        text: str = "",
        plan: str | None = None,
        runbook: str | None = None,
        at: datetime | None = None,
        started: datetime | None = None,
    ) -> Session:
        """Take down a report of what may be an incident: it is in triage until somebody says what it is.

        `by` made it, else whoever speaks; `sort` is the plan's word for such people, `via` the way it came, `at` when
        it was made and `started` when the harm began, where that was not now. Raises Refused; then nothing is made.
        """
        from incident_cockpit.incident.brought import Brought, with_report
        from incident_cockpit.incident.triage import report

        adopted = self.plan(plan)
        books = self._books(with_report(adopted, runbook))
        now = self.clock.now()
        who = self.who if by is None else clean_line(by, limit=LONGEST_NAME)
        way, words, head = clean_line(via), clean(text).strip(), clean_line(title)

        def decide(number: int) -> Sequence[Draft]:
            moment, brought = Moment(self.who, now, at or now, 1), Brought(books.runbooks)
            return report(
                number, moment, adopted, head, text=words, who=who, sort=clean_line(sort), via=way, started=started,
                brought=brought,
            )  # fmt: skip

        return self._create(decide, now, at or now, books)

    def _create(
        self, decide: Callable[[int], Sequence[Draft]], now: datetime, happened: datetime, books: Books
    ) -> Session:
        record = self.journal.create(decide, who=self.who, now=now, happened=happened, documents=books.documents)
        return self._session(record, "; ".join(filter(None, (books.warning, self.journal.warning))))

    def plan(self, name: str | None = None) -> Plan:
        """Return the response plan with this name, or the one the settings choose."""
        from incident_cockpit.plan.read import find_plan, load_plan

        folders = plan_folders(self.places)
        return load_plan(find_plan(name or self.settings.plan, folders), folders)

    def runbook(self, name: str, rule: str | None = None) -> tuple[Runbook, bytes]:
        """Return a runbook by its path or name, read by a rule if one is named, with the bytes it was read from."""
        from incident_cockpit.runbook.document import find, load

        return load(find(name, runbook_folders(self.places)), rule)

    def _books(self, wanted: Sequence[Wanted]) -> Books:
        from incident_cockpit.cockpit.books import read_all

        return read_all(wanted, self.runbook)

    def _session(self, record: Record, warning: str = "") -> Session:
        from incident_cockpit.cockpit.session import Session

        return Session(
            self.journal, record, self.clock, self.who, self.zone, self.runbook, self.plan, self._keep_file, warning
        )

    def _keep_file(self, word: str, name: str) -> PinnedFile:
        from incident_cockpit.cockpit.evidence import keep

        return keep(word, self.places, name)
