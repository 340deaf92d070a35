"""The plan that is followed, for reading in the middle of an incident: who, when, how, and where to look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from incident_cockpit.actions.arguments import Option
from incident_cockpit.incident.state import Incident
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.plan.schema import Cadence, Plan, Severity
from incident_cockpit.times.format import clock, duration
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.handlers.context import Stage
from incident_cockpit.tui.handlers.timeline import visit
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.widgets.rich_text import Page

_DUTIES = (DeadlineKind.NOTICE, DeadlineKind.DEADLINE)


async def read_plan(screen: Stage) -> None:
    """Show the plan; l goes on to the pages about its systems."""
    view = screen.live.view()
    plan = view.incident.plan
    links = list(_links(plan))
    ways = (("l", "links"),) if links else ()
    if await screen.app.push_screen_wait(ReaderScreen(plan.name, page(view), _facts(view), ways=ways)) != "l":
        return
    chosen = await screen.app.push_screen_wait(PickScreen("Links", links))
    if chosen:
        await visit(screen, links[int(chosen)].words.rpartition("  ")[2])


def page(view: View) -> Page:
    """Return the plan in the order in which it is asked for: how bad, who, who is told when, how, where, afterwards."""
    incident = view.incident
    plan, made = incident.plan, Page()
    made.line(plan.about)
    _severities(incident, made)
    _types(plan, made)
    _roles(incident, made)
    _phases(incident, made)
    _escalation(incident, made)
    _duties(plan, made)
    _cadences(plan, made)
    _contacts(plan, made)
    _systems(plan, made)
    _afterwards(plan, made)
    return made


def _facts(view: View) -> list[tuple[str, str]]:
    adoption = view.incident.adoption
    since = adoption.since if adoption else None
    facts = [("followed", f"since {clock(since, view.zone, view.now)}" if since else "from the beginning")]
    hours = view.incident.plan.hours
    opens, closes = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (hours.opens, hours.closes))
    facts.append(("works", f"{', '.join(hours.days)}, {opens} to {closes} {view.incident.plan.zone}"))
    return facts


def _links(plan: Plan) -> Iterator[Option]:
    named = [(system.name, one) for system in plan.systems for one in system.resources]
    for number, (system, one) in enumerate(named):
        yield Option(str(number), f"{system}: {one.name}  {one.url}")


def _severities(incident: Incident, made: Page) -> None:
    made.heading("How bad it is")
    held = incident.severity.value if incident.severity else ""
    for level in incident.plan.severities:
        made.entry(f"{level.id} {level.name}{' (now)' if level.id == held else ''}:", level.means)
        made.bullets((*level.criteria, *level.notes), indent=2)
        if said := targets(level):
            made.quiet(said, indent=2)


def severity_page(level: Severity) -> Page:
    """Return what tells a severity from the others, and what it sets off."""
    made = Page()
    made.bullets(level.criteria)
    if said := targets(level):
        made.quiet(said)
    return made


def targets(level: Severity) -> str:
    """Return how fast a severity wants an answer and more help, and who is told, on one line."""
    respond = f"respond: {level.respond.said}" if level.respond else ""
    escalate = f"escalate: {level.escalate.said}" if level.escalate else ""
    tell = f"tell: {', '.join(level.tell)}" if level.tell else ""
    hours = "" if level.round_the_clock else "in business hours"
    return " · ".join(words for words in (respond, escalate, tell, hours) if words)


def _types(plan: Plan, made: Page) -> None:
    if plan.types:
        made.heading("Sorts of incidents, and what is done first")
    for one in plan.types:
        made.entry(f"{one.name}{':' if one.means else ''}", one.means)
        made.bullets(one.steps, indent=2)
    if plan.detections:
        made.heading("How it is found")
        made.bullets(f"{one.name}: {one.route}" if one.route else one.name for one in plan.detections)


def _roles(incident: Incident, made: Page) -> None:
    made.heading("Who does what")
    for role in incident.plan.roles:
        held = ", ".join(one.who for one in incident.roles.get(role.id, ()))
        needed = f"needed at {', '.join(role.required_at)}" if role.required_at else ""
        made.entry(role.name, ", ".join(words for words in (f"now {held}" if held else "", needed) if words))
        made.bullets(role.duties, indent=2)
        if role.criteria:
            made.quiet(f"Choose by: {'; '.join(role.criteria)}", indent=2)


def _phases(incident: Incident, made: Page) -> None:
    made.heading("From the first look to the last")
    held = incident.phase.value if incident.phase else ""
    windows = {one.met_by.removeprefix("phase "): one for one in _of(incident.plan, DeadlineKind.WINDOW)}
    for phase in incident.plan.phases:
        window = f" (over {windows[phase.id].within.said} from detection)" if phase.id in windows else ""
        made.entry(f"{phase.name}{' (now)' if phase.id == held else ''}:", f"{phase.means}{window}")


def _escalation(incident: Incident, made: Page) -> None:
    rungs = _of(incident.plan, DeadlineKind.ESCALATION)
    if rungs:
        made.heading("Who is brought in when it goes on")
    for level in incident.plan.severities:
        climbed = [one for one in rungs if level.id in one.severities]
        if climbed:
            made.entry(f"{level.id}:")
            made.bullets((f"{one.within.said}: {_said(one)}" for one in climbed), indent=2)
    if incident.plan.triggers:
        made.heading("Reasons to escalate at any time")
        made.bullets(f"{one.text}: {one.tell}" if one.tell else one.text for one in incident.plan.triggers)


def _duties(plan: Plan, made: Page) -> None:
    asked = [one for kind in _DUTIES for one in _of(plan, kind)]
    if asked:
        made.heading("What has to be done by when")
    for one in asked:
        scope = ", ".join((*one.severities, *one.types))
        made.line(f"{_said(one)}: {one.within.said} from {one.start}", f"({scope})" if scope else "")
        made.bullets(one.contains, indent=2)


def _of(plan: Plan, kind: DeadlineKind) -> Sequence[Deadline]:
    return [one for one in plan.deadlines if one.kind is kind]


def _said(one: Deadline) -> str:
    by = f" by {one.route}" if one.route else ""
    return f"{one.text}{by}{', if needed' if one.optional else ''}"


def _cadences(plan: Plan, made: Page) -> None:
    if plan.cadences:
        made.heading("Who hears from us how often")
    for one in plan.cadences:
        made.entry(f"{one.name}:", _promised(one))
        made.bullets(one.guide, indent=2)


def _promised(one: Cadence) -> str:
    first = dict(one.first)
    said = [
        f"{level} every {_span(every)}" + (f", first after {_span(first[level])}" if level in first else "")
        for level, every in one.seconds
    ]
    way = f"; to {one.route}" if one.route else ""
    return f"{', '.join(said)}; from {one.start} until {one.until}{way}"


def _span(seconds: int) -> str:
    return duration(timedelta(seconds=seconds))


def _contacts(plan: Plan, made: Page) -> None:
    if plan.contacts:
        made.heading("How to reach people")
    for one in plan.contacts:
        made.entry(f"{one.name}:", ", ".join(words for words in (one.reach, one.mail) if words))


def _systems(plan: Plan, made: Page) -> None:
    if plan.systems:
        made.heading("Systems: l opens a page about them")
    for one in plan.systems:
        made.entry(one.name, f"owned by {one.owner}" if one.owner else "")
        made.bullets((f"{page.name}: {page.url}" for page in one.resources), indent=2)


def _afterwards(plan: Plan, made: Page) -> None:
    rules = plan.postmortem
    gates = [f"{gate.text} ({', '.join(gate.severities)})" if gate.severities else gate.text for gate in plan.closing]
    watch = []
    if plan.watch:
        watch = [f"For {_span(plan.watch.length)}, every {_span(plan.watch.every)}:", *plan.watch.checks]
    after = [f"A postmortem at {', '.join(rules.required_at)}"] if rules.required_at else []
    after += [f"{rules.sign_off} signs the postmortem off"] if rules.sign_off else []
    for title, lines in (
        ("Watched after the resolution", watch),
        ("Before it is closed", gates),
        ("Afterwards", [*after, *rules.principles]),
    ):
        if lines:
            made.heading(title)
            made.bullets(lines)
