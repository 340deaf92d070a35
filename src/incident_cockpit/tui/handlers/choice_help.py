"""What a choice means here, said beside it while it is made: a role's duties, a phase's open steps, who is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from incident_cockpit.actions.action import ArgKind
from incident_cockpit.documents.history import tenures
from incident_cockpit.incident.facts.asks import open_asks
from incident_cockpit.incident.facts.hypotheses import Belief
from incident_cockpit.incident.facts.notes import actions_without_outcome
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.checklist import checklist_sections
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.plan.schema import Phase, Role
from incident_cockpit.times.format import clock
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.handlers.due import reach
from incident_cockpit.tui.handlers.plan_page import severity_page
from incident_cockpit.tui.widgets.rich_text import Page


def meaning(kind: ArgKind, key: str, view: View, values: Mapping[str, str]) -> Page:
    """Return what is to be known of the option with this id; `values` are the answers that were given before it."""
    made = Page()
    if kind is ArgKind.PERSON and values.get("role"):
        _whom_to_choose(values["role"], view, made)
    elif key and (say := _MEANINGS.get(kind)) is not None:
        say(key, view, made)
    return made


def beside(kind: ArgKind, incident: Incident) -> Mapping[str, str]:
    """Return a few quiet words beside each option, by its id: how far a phase is, what is believed of a cause."""
    match kind:
        case ArgKind.PHASE:
            return {phase.id: words for phase in incident.plan.phases if (words := _left(phase, incident))}
        case ArgKind.HYPOTHESIS:
            return {key: one.belief.value for key, one in incident.hypotheses.items()}
        case ArgKind.TAKEN:
            return {key: one.verdict.value for key, one in incident.effects.items()}
        case ArgKind.DECISION:
            return {key: "reversed" for key, one in incident.decisions.items() if one.reversed}
    return {}


def likely(kind: ArgKind, incident: Incident, who: str | None = None) -> str | None:
    """Return which option is most likely meant: after one phase comes the next; the newest action without effect.

    Of the asks it is the most pressing one of `who`, on whom the cursor is.
    """
    if kind is ArgKind.ASK and who:
        return min(theirs := open_asks(incident, who), key=lambda key: theirs[key].due, default=None)
    if kind is ArgKind.TAKEN:
        return next(reversed(actions_without_outcome(incident)), None)
    if kind is ArgKind.HYPOTHESIS:
        standing = (key for key, one in incident.hypotheses.items() if one.belief in (Belief.TESTING, Belief.OPEN))
        return next(standing, None)
    order = [phase.id for phase in incident.plan.phases]
    if kind is not ArgKind.PHASE or incident.phase is None or incident.phase.value not in order:
        return None
    at = order.index(incident.phase.value) + 1
    return order[at] if at < len(order) else None


def _left(phase: Phase, incident: Incident) -> str:
    """Return how many steps of a phase's checklist are open: of the sections that are called like the phase."""
    sections = [
        part
        for runbook in incident.steps.runbooks
        for part in checklist_sections(incident, runbook)
        if " ".join(part.title.split()).casefold() == " ".join(phase.name.split()).casefold()
    ]
    total, closed = sum(part.total for part in sections), sum(part.closed for part in sections)
    if not phase.checklist or not total:
        return ""
    return f"{total - closed} of {total} steps open" if closed < total else "steps done"


def _severity(key: str, view: View, made: Page) -> None:
    level = next((one for one in view.incident.plan.severities if one.id == key), None)
    if level is not None:
        made.add(severity_page(level))


def _role(key: str, view: View, made: Page) -> None:
    role = _role_of(key, view)
    if role is not None:
        made.bullets(role.duties)
        _tenures(role, view, made)


def _whom_to_choose(key: str, view: View, made: Page) -> None:
    """Say how to choose somebody before what they will have to do."""
    role = _role_of(key, view)
    if role is not None:
        made.bullets((*role.criteria, *role.duties))
        _tenures(role, view, made)


def _role_of(key: str, view: View) -> Role | None:
    wanted = key.removeprefix("@")
    return next((one for one in view.incident.plan.roles if one.id == wanted), None)


def _tenures(role: Role, view: View, made: Page) -> None:
    """Say who has held the role, and from when to when."""
    held = [one for one in tenures(view.record) if one.role == role.id]
    said = [
        f"{one.who} since {clock(one.since, view.zone, view.now)}"
        if one.until is None
        else f"{one.who} {clock(one.since, view.zone, view.now)} to {clock(one.until, view.zone, view.now)}"
        for one in held
    ]
    if said:
        made.quiet(f"Held by {', '.join(said)}")


def _phase(key: str, view: View, made: Page) -> None:
    phase: Phase | None = next((one for one in view.incident.plan.phases if one.id == key), None)
    if phase is not None and phase.milestone:
        made.quiet(f"Entering it reaches: {phase.milestone}")


def _type(key: str, view: View, made: Page) -> None:
    one = view.incident.plan.type_named(key)
    if one is not None:
        made.bullets(one.steps)
        sets_off = [
            *(["it is restricted to those who need to know"] if one.restricted else []),
            *(["clocks that run from being aware"] if one.aware else []),
            *(["the record of a breach"] if one.breach else []),
            *([f"the runbook {one.runbook}"] if one.runbook else []),
        ]
        if sets_off:
            made.quiet(f"It brings: {', '.join(sets_off)}")


def _trigger(key: str, view: View, made: Page) -> None:
    one = next((one for one in view.incident.plan.triggers if one.id == key), None)
    if one is not None and one.tell:
        reached = reach(view, one.tell)
        made.quiet(f"It brings in {one.tell}" + (f" ({reached})" if reached else ""))


def _detection(key: str, view: View, made: Page) -> None:
    one = next((one for one in view.incident.plan.detections if one.id == key), None)
    if one is not None and one.route:
        made.quiet(one.route)


def _due(key: str, view: View, made: Page) -> None:
    item = next((one for one in due_items(view.incident) if one.key == key), None)
    if item is not None:
        reached = reach(view, item.who)
        made.quiet(" · ".join(words for words in (item.detail, item.route, reached) if words))


_MEANINGS: Mapping[ArgKind, Callable[[str, View, Page], None]] = {
    ArgKind.SEVERITY: _severity,
    ArgKind.ROLE: _role,
    ArgKind.TAKER: _role,
    ArgKind.PHASE: _phase,
    ArgKind.TYPE: _type,
    ArgKind.TYPE_HELD: _type,
    ArgKind.TRIGGER: _trigger,
    ArgKind.DETECTION: _detection,
    ArgKind.DUE: _due,
    ArgKind.DEED: _due,
}
