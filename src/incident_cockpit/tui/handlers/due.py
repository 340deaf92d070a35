"""Everything about something that is due: where it comes from, whom to tell and how to reach them, what to say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

from incident_cockpit.actions.action import ArgKind
from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.config.contacts import UserContact
from incident_cockpit.documents.messages import message_for
from incident_cockpit.incident.closing import open_checklist_steps
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.due import OURS, DueItem, DueKind, due_items
from incident_cockpit.incident.views.next_action import Prompt, action_for
from incident_cockpit.plan.deadlines import Deadline
from incident_cockpit.plan.schema import Contact
from incident_cockpit.times.format import clock, countdown, stamp, zone_label
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.handlers.context import Stage
from incident_cockpit.tui.handlers.updates import is_writable
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.widgets.rich_text import Page

# What satisfies a deadline by itself, in words; `complete` does for all of them.
_MEETS = {
    "milestone": "reaching the milestone {}",
    "role": "giving the role {} to somebody",
    "phase": "leaving the phase {}",
    "update": "sending an update to {}",
    "impact": "describing the impact",
    "review": "the review being {}",
    "followups": "finishing the follow-ups ({})",
}


def facts(item: DueItem, view: View) -> list[tuple[str, str]]:
    """Return what there is to know of it in a word: when, by which rule, whom, which way."""
    incident = view.incident
    zone = zone_label(view.zone, view.now)
    said = [("due", f"{countdown(item.at, view.now)}, at {clock(item.at, view.zone, view.now)} {zone}")]
    said += [("rule", f"{_rule(item, view)}, by {incident.plan.name}")]
    said += [("tell", item.who)] if item.who and item.kind is not DueKind.REPORT else []
    reached = reach(view, item.who)
    said += [("mark", reached)] if reached else []
    said += [("by way of", item.route)] if item.route else []
    otherwise = met_otherwise(incident, item.met_by)
    said += [("settled by", otherwise)] if otherwise else []
    return said


def page(item: DueItem, view: View) -> Page:
    """Return what to say, whom it is about and what belongs to it; a page that says so where nothing does."""
    incident, made = view.incident, Page()
    asked = _deadlines(item, incident)
    if item.optional:
        made.line("Only if it is needed: say why not with -")
    if len(asked) > 1:
        made.heading("All of them, now")
        made.bullets(_whom(view, one) for one in asked)
    left = open_checklist_steps(incident) if item.kind is DueKind.WINDOW else ()
    if left:
        made.heading("Still open in this phase")
        made.bullets(step.text for step in left)
    if item.contains:
        made.heading("What it has to say")
        made.bullets(item.contains)
    if any(one.start == "aware" for one in asked):
        made.line("This clock is the plan's reminder and no legal advice.")
    if item.kind is DueKind.REPORT and incident.report is not None:
        report, rules = incident.report, incident.plan.triage
        made.heading("The report")
        made.line(
            report.text, f"{report.who or 'somebody'}, {stamp(report.at)}{f', {report.via}' if report.via else ''}"
        )
        made.bullets([f"{rules.owner} finds out whether it is real"] if rules.owner else [])
    if not made:
        made.line("The plan says no more about it.")
    return made


def reach(view: View, who: str) -> str:
    """Return how these people are reached by the plan and the person's own contacts, and who of them holds a role here.

    Empty where nothing of that is known.
    """
    names = [name.strip() for name in who.split(",") if name.strip()]
    found = [(name, words) for name in names if (words := ", ".join(_ways(view, name)))]
    return "; ".join(f"{name}: {words}" if len(names) > 1 else words for name, words in found)


def _ways(view: View, name: str) -> Iterator[str]:
    """Yield who somebody is here, and each way to reach them once."""
    incident, wanted = view.incident, name.casefold()
    holding = [one.id for one in incident.plan.roles if wanted in (one.name.casefold(), one.id)]
    held = [one.who for role in holding for one in incident.roles.get(role, ())]
    called = {wanted, *(who.casefold() for who in held)}
    everybody: tuple[UserContact | Contact, ...] = (*view.contacts, *incident.plan.contacts)
    ways = [way for one in everybody if one.name.casefold() in called for way in (one.reach, one.mail)]
    yield from dict.fromkeys(words for words in (*held, *ways) if words)


def _deadlines(item: DueItem, incident: Incident) -> list[Deadline]:
    """Return the deadlines of the plan that the item stands for; none for what the plan asks without a deadline."""
    sort, _, ids = item.key.partition(":")
    named = ids.split("+") if sort == "clock" else []
    return [one for one in incident.plan.deadlines if one.id in named]


def _rule(item: DueItem, view: View) -> str:
    """Return what the plan asks for, in the words of the pane, and since when it counts."""
    since = f" ({clock(item.since, view.zone, view.now)})" if item.since else ""
    return f"{item.detail}{since}"


def _whom(view: View, deadline: Deadline) -> str:
    reached = reach(view, deadline.who)
    within = f"{deadline.within.said} from {deadline.start}" if deadline.within.seconds != 0 else "at once"
    words = f"{deadline.text}: {within}"
    return f"{words}, {reached}" if reached else words


def met_otherwise(incident: Incident, met_by: str) -> str:
    """Return what else than saying so settles it, in words, or nothing."""
    sort, _, what = met_by.partition(" ")
    plan = incident.plan
    match sort:
        case "role":
            what = plan.role_name(what)
        case "phase":
            what = plan.phase_name(what)
        case "update":
            what = next((one.name for one in plan.cadences if one.audience == what), what)
    return _MEETS[sort].format(what) if sort in _MEETS else ""


# -- duties: The hands for what is due: each kind in the way that settles it, everything about it, and passing it over.

# As NEXT is done.
_GO = "g"
Do = Callable[[str, dict[str, str]], Awaitable[None]]

# The way back out of what is due and was set up here, and the argument that names it.
_GIVEN_UP = {
    DueKind.ASK: ("drop", "ask"),
    DueKind.TIMER: ("cancel", "timer"),
    DueKind.STEP: ("timebox", "step"),
    DueKind.DECISION: ("revisit", "decision"),
}


class Duties:
    """Does what NEXT and the Due pane say.

    `do` does any action, `rule` one of the registry, asking for what it still needs; `ask` asks also for what may stay
    empty.
    """

    def __init__(self, screen: Stage, do: Do, rule: Do, ask: Do) -> None:
        """Work for this screen."""
        self._screen = screen
        self._do = do
        self._rule = rule
        self._ask = ask

    async def next(self, _values: dict[str, str]) -> None:
        """Do what NEXT says."""
        first: Prompt | None = next(iter(self._screen.live.view().prompts), None)
        if first is None:
            self._screen.say("nothing is waiting")
        else:
            await self._take(first.action, first.about)

    async def finish(self, _values: dict[str, str]) -> None:
        """Do what is due under the cursor, each kind in its own way."""
        item = self._under_the_cursor()
        if item is not None:
            action, about, _ = action_for(item)
            await self._take(action, about)

    async def look(self) -> None:
        """Show everything about what is due under the cursor; g does it from there."""
        item = self._under_the_cursor()
        # Of what somebody here set up the line says all there is; reading would stand between the key and the deed.
        if item is None or item.kind in OURS:
            await self.finish({})
            return
        view = self._screen.live.view()
        action, about, verb = action_for(item)
        ways = [(_GO, verb)]
        if action != "copy-message" and message_for(item):
            ways += [(key, "its message") for key in self._screen.around.keys.of["copy-message"][:1]]
        chosen = await self._screen.app.push_screen_wait(
            ReaderScreen(item.text, page(item, view), facts(item, view), ways=ways)
        )
        if chosen == _GO:
            await self._take(action, about)
        elif chosen:
            await self._do("copy-message", {})

    async def give_up(self, _values: dict[str, str]) -> None:
        """Drop the ask, cancel the timer, take the time-box away, or say why the plan's duty is not needed."""
        item = self._under_the_cursor()
        if item is None:
            return
        if item.kind in _GIVEN_UP:
            name, arg = _GIVEN_UP[item.kind]
            await self._rule(name, {arg: item.subject, **({"within": "off"} if name in ("timebox", "revisit") else {})})
        elif item.completion_marks:
            await self._rule("waive", {"item": item.key})
        elif item.kind is DueKind.REPORT:
            self._screen.say("a report waits until somebody says what it is: space, or put it off with w", "warn")
        else:
            self._screen.say("an update is promised by the plan; switch it off with :cadence", "warn")

    async def _take(self, action: str, about: str) -> None:
        """Do an action about something; what is only marked as done may be told with a few words."""
        if action == "step":
            self._screen.go_to(1)
            self._screen.panes[0].move_to(about, lead=True)
        elif action == "complete" or (action == "copy-message" and not is_writable(self._screen, about)):
            await self._ask("complete", {"item": about})
        elif action == "review-held":
            # A time goes into the record: one press too many must not say that people met.
            await self._ask(action, {})
        else:
            await self._do(action, {ACTIONS[action].args[0].name: about} if about else {})

    def _under_the_cursor(self) -> DueItem | None:
        key = self._screen.cursor(ArgKind.DUE)
        return next((item for item in due_items(self._screen.live.record.incident) if item.key == key), None)
