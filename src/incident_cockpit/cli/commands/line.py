"""Line-by-line mode: the cockpit as plain lines, for screen readers, dumb terminals and scripts."""

from __future__ import annotations

import sys

import click

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.grammar import ParsedLine, read
from incident_cockpit.actions.preview import preview
from incident_cockpit.actions.registry import ACTIONS, find
from incident_cockpit.cli import output
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.entries import say_closed
from incident_cockpit.cli.options import common, incident_argument
from incident_cockpit.cli.views.status import summary
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.incident.declare import NO_INPUTS, RuleInputs
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.incident.views.timeline import BEFORE_START, suggested_start, timeline_entry
from incident_cockpit.service.session import ActionResult, Session
from incident_cockpit.text.sanitize import clean_line
from incident_cockpit.times.format import clock

_LAST_LINES = 10
# A screen reader may read each line aloud; the record has the whole text.
_LONGEST_LINE = 300


@click.command()
@incident_argument
@common(json=False)
def line(call: Call, incident_id: str | None) -> int:
    """Line-by-line mode, for screen readers and scripts.

    \b
    text            log it, with the prefixes of the entry line
    :action ...     run any action; on a terminal, grave ones ask for y
    (empty line)    show status and the next action
    :log            show the last entries of the timeline
    :verbs          list all actions
    :put-back       restore events lost when the store was replaced
    :quit           quit; the incident stays open

    New entries by others are shown before your next line. Exits with 1 if a line was refused in a script.
    """
    call.outcome.several = True
    with call.session(incident_id, to_write=True) as session:
        return LineMode(session).run()


class LineMode:
    """A session that reads a line, runs it and reports it, until there are no more."""

    def __init__(self, session: Session) -> None:
        """Work on this incident; on a terminal there is a prompt, and a grave action asks for confirmation."""
        self._session = session
        self._interactive = sys.stdin.isatty()
        self._refused = False
        self._trouble = ""

    def run(self) -> int:
        """Read and run lines until there are no more; return the exit code."""
        output.lines(summary(self._session.record, self._session.here.now))
        while True:
            self._print_news()
            line = self._read_line(f"{self._session.record.incident.name} > " if self._interactive else "")
            if line is None or line.strip() in (":quit", ":q"):
                return ExitCode.REFUSED if self._refused and not self._interactive else ExitCode.OK
            try:
                self._run_line(line.strip())
            except Refused as refused:
                self._refused = True
                output.refusal(refused, entry_line=True)
            output.flush()

    def _run_line(self, line: str) -> None:
        record, here = self._session.record, self._session.here
        match line:
            case "" if self._interactive:
                output.lines(summary(record, here.now))
            case "":
                return
            case ":log":
                events = list(record.effective())[-_LAST_LINES:]
                output.lines(self._entry(event) for event in events)
            case ":put-back":
                self._report(self._session.put_back())
            case ":verbs":
                output.lines(
                    f"{action.usage}: {action.description}" for action in ACTIONS.values() if action.decide is not None
                )
            case _:
                self._act(read(line, here))

    def _act(self, parsed: ParsedLine) -> None:
        if parsed.problem:
            raise Refused(parsed.problem, "not saved")
        action = find(parsed.action)
        if action.decide is None:
            raise Refused(f"`{action.name}` works only in the cockpit", "for a command that does it: incident --help")
        if action.grave and self._interactive and not self._confirm(action, parsed):
            output.text("nothing was done")
            return
        self._report(self._session.act(action.name, parsed.values, parsed.when.at if parsed.when else None))
        waiting = prompts(self._session.record.incident, self._session.here.now)
        if waiting and self._interactive:
            output.text(f"NEXT  {clean_line(waiting[0].text)}")

    def _report(self, result: ActionResult) -> None:
        # Entries by others are among the news, so that none is shown again before the next line.
        output.lines(self._entry(event) for event in result.news if not event.fact.quiet)
        say_closed(self._session, result)
        if result.warning:
            output.say(f"warning: {result.warning}")
        if (early := suggested_start(self._session.record, result.own, self._session.here.now)) is not None:
            output.say(f"to move the start of the incident there: {early[1]}")

    def _confirm(self, action: Action, parsed: ParsedLine) -> bool:
        session = self._session
        brought = RuleInputs(channels=session.channels()) if action.brings is not None else NO_INPUTS
        output.say(preview(action, session.record, session.who, session.here, parsed.values, brought))
        return (self._read_line("Type y to confirm: ") or "").strip().casefold() in ("y", "yes")

    def _print_news(self) -> None:
        """Print what others logged since the last line; an error that prevents that is printed once."""
        try:
            news = [event for event in self._session.refresh() if not event.fact.quiet]
        except Refused as refused:
            if str(refused) != self._trouble:
                self._trouble = str(refused)
                output.refusal(refused, entry_line=True)
            return
        self._trouble = ""
        if (replaced := self._session.replacement()) is not None:
            output.say(f"warning: {replaced.message()}")
        output.lines(self._entry(event) for event in news)
        output.flush()

    def _entry(self, event: Event) -> str:
        """Return an entry of the timeline as one line."""
        line = timeline_entry(self._session.record, event)
        undone = f" (undone by {line.undone_by})" if line.undone_by else ""
        at = clock(line.happened, self._session.zone)
        attachments = "; ".join(clean_line(attachment.words) for attachment in line.attachments)
        attached = f", attached: {attachments}" if attachments else ""
        before = f", {BEFORE_START}" if line.early else ""
        text = clean_line(line.text, limit=_LONGEST_LINE)
        return f"{at}  {line.label}  {text}  ({line.who}{before}){undone}{attached}"

    def _read_line(self, prompt: str) -> str | None:
        """Return the next line as it was typed, None at the end."""
        if prompt:
            output.ask(prompt)
        try:
            line = output.read_line()
        except KeyboardInterrupt:
            return None
        return line.removesuffix("\n") if line else None
