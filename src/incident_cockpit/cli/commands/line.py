"""`incident line`: the cockpit as plain lines, one after the other, for screen readers, dumb terminals and scripts."""

from __future__ import annotations

import sys

import click

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.grammar import ParsedLine, read
from incident_cockpit.actions.preview import preview
from incident_cockpit.actions.registry import ACTIONS, find
from incident_cockpit.cli import output, streams
from incident_cockpit.cli.completion import incidents as complete_incidents
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.entries import say_closed
from incident_cockpit.cli.options import common
from incident_cockpit.cli.views.status import summary
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.incident.declare import NO_INPUTS, RuleInputs
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.incident.views.timeline import BEFORE_START, suggested_start
from incident_cockpit.incident.views.timeline import timeline_entry as timeline_line
from incident_cockpit.service.session import ActionResult, Session
from incident_cockpit.text.sanitize import clean_line
from incident_cockpit.times.format import clock

_LAST_LINES = 10
# Somebody may have each line read aloud; the record has all of it.
_LONGEST_LINE = 300


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False, shell_complete=complete_incidents)
@common(json=False)
def line(call: Call, incident_id: str | None) -> int:
    """Work the incident line by line, without a screen.

    \b
    text            logged as the entry line reads it
    :verb ...       any action; what is grave asks for a y first, on a terminal
    (empty line)    how it stands, and what is next
    :log            the newest lines of the timeline
    :verbs          every verb
    :put-back       the events that the store lost when it was replaced
    :quit           leave; the incident goes on

    What others do is told before your next line. Exits with 1 when a line of a script was refused.
    """
    call.outcome.several = True
    with call.session(incident_id, to_write=True) as session:
        return Linear(session).run()


class Linear:
    """One sitting: reads a line, does it, says how it went."""

    def __init__(self, session: Session) -> None:
        """Work on this incident; on a terminal there is a prompt, and grave actions are asked about."""
        self._session = session
        self._talks = sys.stdin.isatty()
        self._refused = False
        self._trouble = ""

    def run(self) -> int:
        """Read lines until there are no more; return the exit code."""
        output.lines(summary(self._session.record, self._session.here.now))
        while True:
            self._news()
            typed = self._line(f"{self._session.record.incident.name} > " if self._talks else "")
            if typed is None or typed.strip() in (":quit", ":q"):
                return ExitCode.REFUSED if self._refused and not self._talks else ExitCode.OK
            try:
                self._take(typed.strip())
            except Refused as refused:
                self._refused = True
                output.refusal(refused, typed=True)
            output.flush()

    def _take(self, typed: str) -> None:
        record, here = self._session.record, self._session.here
        match typed:
            case "" if self._talks:
                output.lines(summary(record, here.now))
            case "":
                return
            case ":log":
                events = list(record.effective())[-_LAST_LINES:]
                output.lines(self._told(event) for event in events)
            case ":put-back":
                self._tell(self._session.put_back())
            case ":verbs":
                output.lines(f"{one.usage}: {one.description}" for one in ACTIONS.values() if one.decide is not None)
            case _:
                self._do(read(typed, here))

    def _do(self, reading: ParsedLine) -> None:
        if reading.problem:
            raise Refused(reading.problem, "nothing was kept")
        action = find(reading.action)
        if action.decide is None:
            raise Refused(f"`{action.name}` works only in the cockpit", "the commands have it: incident --help")
        if action.grave and self._talks and not self._sure(action, reading):
            output.text("nothing was done")
            return
        self._tell(self._session.act(action.name, reading.values, reading.when.at if reading.when else None))
        self._next()

    def _tell(self, done: ActionResult) -> None:
        # What is told below has been told; others' lines among it are, too.
        output.lines(self._told(event) for event in done.news if not event.fact.quiet)
        say_closed(self._session, done)
        if done.warning:
            output.say(f"warning: {done.warning}")
        if (early := suggested_start(self._session.record, done.own, self._session.here.now)) is not None:
            output.say(f"if the incident began then: {early[1]}")

    def _sure(self, action: Action, reading: ParsedLine) -> bool:
        session = self._session
        brought = RuleInputs(channels=session.channels()) if action.brings is not None else NO_INPUTS
        will = preview(action, session.record, session.who, session.here, reading.values, brought)
        output.say(will)
        return (self._line("Type y to do it: ") or "").strip().casefold() in ("y", "yes")

    def _next(self) -> None:
        waiting = prompts(self._session.record.incident, self._session.here.now)
        if waiting and self._talks:
            output.text(f"NEXT  {clean_line(waiting[0].text)}")

    def _news(self) -> None:
        """Tell what others did since the last line; what is in the way of that is said once."""
        try:
            news = [event for event in self._session.refresh() if not event.fact.quiet]
        except Refused as refused:
            if str(refused) != self._trouble:
                self._trouble = str(refused)
                output.refusal(refused, typed=True)
            return
        self._trouble = ""
        if (replaced := self._session.replacement()) is not None:
            output.say(f"warning: {replaced.message()}")
        output.lines(self._told(event) for event in news)
        output.flush()

    def _told(self, event: Event) -> str:
        one = timeline_line(self._session.record, event)
        back = f" (taken back by {one.undone_by})" if one.undone_by else ""
        at = f"{clock(one.happened, self._session.zone)}"
        pinned = f", pinned: {'; '.join(clean_line(pin.words) for pin in one.attachments)}" if one.attachments else ""
        before = f", {BEFORE_START}" if one.early else ""
        return f"{at}  {one.sort}  {clean_line(one.text, limit=_LONGEST_LINE)}  ({one.who}{before}){back}{pinned}"

    def _line(self, prompt: str) -> str | None:
        """Return the next line as it was typed, None at the end."""
        if prompt:
            output.ask(prompt)
        try:
            typed = streams.line()
        except KeyboardInterrupt:
            return None
        return typed.removesuffix("\n") if typed else None
