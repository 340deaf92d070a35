"""Every incident of the store: listed, chosen, opened, declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from incident_cockpit.clock import Clock, SystemClock
from incident_cockpit.config.paths import Paths, paths, plan_folders, runbook_folders
from incident_cockpit.config.settings import Settings, load_settings
from incident_cockpit.errors import NotFound
from incident_cockpit.ids import Ids, RandomIds
from incident_cockpit.incident.event import LONGEST_NAME, Moment, PendingFact
from incident_cockpit.incident.record import Record
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.read import Listed
from incident_cockpit.service.identity import known_speaker, speaker
from incident_cockpit.service.reader import Reader
from incident_cockpit.service.unnamed import unclosed, unnamed
from incident_cockpit.text.sanitize import clean, clean_line
from incident_cockpit.times.parse import parse_zone

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from incident_cockpit.incident.declare import RunbookRequest
    from incident_cockpit.incident.facts.attachments import AttachedFile
    from incident_cockpit.plan.schema import Plan
    from incident_cockpit.runbook.model import Runbook
    from incident_cockpit.service.overview import Overview, Overviews
    from incident_cockpit.service.plan_runbooks import Books
    from incident_cockpit.service.session import Session


class Store:
    """The door to the store; used from one thread. Nothing is opened before it is needed, so that starting is cheap."""

    def __init__(self, places: Paths, settings: Settings, clock: Clock, ids: Ids, env: Mapping[str, str]) -> None:
        """Take the places, the settings and the sources of time and ids; `env` names who speaks and which incident."""
        self.places = places
        self.settings = settings
        self.clock = clock
        self._ids = ids
        self.env = env
        self.who = speaker(env, settings)
        self.unnamed = not known_speaker(env, settings)
        self._stored = False
        self._journal: Journal | None = None
        self.reader = Reader(lambda: self.journal)
        self._overviews: Overviews | None = None

    @classmethod
    def of(cls, env: Mapping[str, str], who: str | None = None) -> Self:
        """Open the store that the environment names; `who` overrides the speaker."""
        places = paths(env)
        speaking = {**env, "INCIDENT_USER": who} if who else env
        return cls(places, load_settings(places.config_file), SystemClock(), RandomIds(), speaking)

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the zone in which clock times are typed and shown."""
        return parse_zone(self.settings.zone)

    @property
    def journal(self) -> Journal:
        """Return the store, opened or created on first use."""
        if self._journal is None:
            self._journal = Journal(self.places.store, self.places.rescue, self._ids)
        return self._journal

    @property
    def stored(self) -> bool:
        """Return whether anything was written to the store through this store, even if it was closed since."""
        return self._stored or (self._journal is not None and self._journal.wrote)

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
        self._stored = self.stored
        if self._journal is not None:
            self._journal.close()
            self._journal = self._overviews = None

    def incidents(self, live_only: bool = False, owing: bool = False) -> list[Listed]:
        """Return the incidents, the newest first; `owing` adds those to the live ones that have legal duties left."""
        return self.journal.incidents(live_only=live_only, owing=owing)

    def select(
        self, word: str | None = None, *, to_write: bool = False, say: Callable[[str], None] = lambda _: None
    ) -> Listed:
        """Return the incident that is meant: named, in INCIDENT, chosen by `use`, or the only one that is not closed.

        Open ones go before those that are resolved and not closed. With neither, it is the one that was closed last,
        within a day, which is told to `say`; what is `to_write` has to name it. Raises NotFound where there is none,
        and Refused with the list where it could be several.
        """
        named = word or self.env.get("INCIDENT") or self.journal.current()
        if named:
            return self.journal.find(named)
        return unnamed(self.journal, self.reader, self.clock.now(), to_write=to_write, say=say)

    def unclosed(self) -> list[Listed]:
        """Return the open incidents, or where none is open those that are resolved and not closed, newest first."""
        return unclosed(self.journal)

    def acted_elsewhere(self, incident_id: str) -> Listed | None:
        """Return the other incident in which this person acted after their last act in this one, or None."""
        other = self.journal.acted_elsewhere(incident_id, self.who)
        return self.journal.find(other) if other is not None else None

    def overview(self) -> list[Overview]:
        """Return every incident with its group and what it owes, newest first."""
        return self._overview_of(self.incidents())

    def others(self, besides: str = "") -> list[Overview]:
        """Return the open incidents but the one with this UUID, newest first; the events of that one are not read."""
        return self._overview_of(row for row in self.incidents(live_only=True) if row.id != besides)

    def _overview_of(self, rows: Iterable[Listed]) -> list[Overview]:
        from incident_cockpit.service.overview import Overviews

        if self._overviews is None:
            self._overviews = Overviews(self.journal, self.reader)
        return self._overviews.read(rows)

    def record(self, incident_id: str) -> Record:
        """Return the incident with this UUID to read and not to act on: a prompt asks every few seconds.

        Raises NotFound, and Unreadable where its events are damaged.
        """
        return self.reader.record(incident_id)

    def session(self, incident_id: str) -> Session:
        """Open the incident with this UUID."""
        return self._session(self.record(incident_id))

    def to_put_back(self, word: str | None = None) -> Session:
        """Open an incident of which the store lacks events, or all of it, unread; raises NotFound, Refused."""
        try:
            incident_id = self.select(word).id
        except NotFound:
            from incident_cockpit.journal.put_back import lost

            found = lost(self.journal, word)
            if len(found) != 1:
                raise
            [incident_id] = found
        return self._session(Record(incident_id))

    def declare(
        self,
        title: str,
        severity: str,
        *,
        plan: str | None = None,
        runbook: str | None = None,
        started: datetime | None = None,
        why: str = "",
        types: Sequence[str] = (),
        found_by: str = "",
    ) -> Session:
        """Declare an incident; title and severity are enough, `started` is when the harm began if that was not now.

        `why` is the reason of the severity, `types` are the plan's types of incident, `found_by` its way of detection.
        Raises Refused for whatever is wrong with the words, the plan or the runbook; then no incident is made.
        """
        from incident_cockpit.incident.declare import Declaration, RuleInputs, declare, runbooks_for_declaration

        adopted = self.plan(plan)
        said = Declaration(clean_line(severity), clean_line(why), tuple(map(clean_line, types)), clean_line(found_by))
        books = self._books(
            runbooks_for_declaration(adopted, runbook, [adopted.find_type(word) for word in said.types])
        )
        now = self.clock.now()

        def decide(number: int) -> Sequence[PendingFact]:
            moment = Moment(self.who, now, started or now, 1)
            # The lock is held: of two incidents that are declared at once, one gets the channel and one the next.
            brought = RuleInputs(books.runbooks, self.journal.channels())
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
        types: Sequence[str] = (),
    ) -> Session:
        """Take down a report of what may be an incident: it is in triage until somebody says what it is.

        `by` made it, else whoever speaks; `sort` is the plan's word for such people, `via` the way it came, `at` when
        it was made and `started` when the harm began, where that was not now; `types` are the plan's types of incident.
        Raises Refused; then nothing is made.
        """
        from incident_cockpit.incident.declare import RuleInputs, runbooks_for_report
        from incident_cockpit.incident.triage import report

        adopted = self.plan(plan)
        known = tuple(map(clean_line, types))
        books = self._books(runbooks_for_report(adopted, runbook, [adopted.find_type(word) for word in known]))
        now = self.clock.now()
        who = self.who if by is None else clean_line(by, limit=LONGEST_NAME)
        way, words, head = clean_line(via), clean(text).strip(), clean_line(title)

        def decide(number: int) -> Sequence[PendingFact]:
            moment, brought = Moment(self.who, now, at or now, 1), RuleInputs(books.runbooks)
            return report(
                number, moment, adopted, head, text=words, who=who, sort=clean_line(sort), via=way, started=started,
                types=known, brought=brought,
            )  # fmt: skip

        return self._create(decide, now, at or now, books)

    def _create(
        self, decide: Callable[[int], Sequence[PendingFact]], now: datetime, happened: datetime, books: Books
    ) -> Session:
        record = self.journal.create(decide, who=self.who, now=now, happened=happened, documents=books.documents)
        return self._session(record, "; ".join(filter(None, (books.warning, self.journal.warning))))

    def plan(self, name: str | None = None) -> Plan:
        """Return the response plan with this name, or the one the settings choose."""
        from incident_cockpit.plan.loader import find_plan, load_plan

        folders = plan_folders(self.places)
        return load_plan(find_plan(name or self.settings.plan, folders), folders)

    def runbook(self, name: str, rule: str | None = None) -> tuple[Runbook, bytes]:
        """Return a runbook by its path or name, read by a rule if one is named, with the bytes it was read from."""
        from incident_cockpit.runbook.reader import find_runbook, load_runbook

        return load_runbook(find_runbook(name, runbook_folders(self.places)), rule)

    def _books(self, wanted: Sequence[RunbookRequest]) -> Books:
        from incident_cockpit.service.plan_runbooks import read_all

        return read_all(wanted, self.runbook)

    def _session(self, record: Record, warning: str = "") -> Session:
        from incident_cockpit.service.session import Session

        return Session(
            self.journal, record, self.clock, self.who, self.zone, self.runbook, self.plan, self._keep_file, warning
        )

    def _keep_file(self, word: str, name: str) -> AttachedFile:
        from incident_cockpit.service.evidence import copy_file

        return copy_file(word, self.places, name)
