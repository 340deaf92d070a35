"""Whether an incident can run by the plan: somebody in command, a live start, an end, and nothing that never comes."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.plan.channel_names import slug
from incident_cockpit.plan.checks.errors import PlanSource, shown
from incident_cockpit.plan.references import MILESTONES


def _command(source: PlanSource) -> Iterator[str]:
    for index, row in source.rows("roles"):
        if row.get("id") == source.raw.get("command_role") and row.get("many") is True:
            yield f"{source.path('roles', index, 'many')} = true: only one person can be in command"
        if "required_within" in row and row.get("required_at") in (None, []):
            yield f"{source.path('roles', index, 'required_within')}: needs required_at, the severities it is for"


def _phases(source: PlanSource) -> Iterator[str]:
    rows = list(source.rows("phases"))
    for _, row in rows:
        if row.get("id") == source.raw.get("first_phase") and row.get("live") is False:
            yield f"first_phase = {shown(row.get('id'))}: must be a live phase"
    if rows and not any(row.get("milestone") == "resolved" for _, row in rows):
        yield 'phases: one of them must have milestone = "resolved", or no incident ever ends'
    for index, row in rows:
        if row.get("milestone") in ("resolved", "closed") and row.get("live", True) is True:
            yield f"{source.path('phases', index, 'live')}: must be false where the incident is {row['milestone']}"
        if "within_at" in row and "within" not in row:
            yield f"{source.path('phases', index, 'within_at')}: needs within, the time it is for"
    if rows and "within" in rows[-1][1]:
        yield f"{source.path('phases', rows[-1][0], 'within')}: the last phase is never left"


def _cadences(source: PlanSource) -> Iterator[str]:
    for index, row in source.rows("cadences"):
        start, until = row.get("from", "declared"), row.get("until", "resolved")
        if start in MILESTONES and until in MILESTONES and MILESTONES.index(until) <= MILESTONES.index(start):
            yield f"{source.path('cadences', index, 'until')} = {shown(until)}: must come after from = {shown(start)}"


def _escalation(source: PlanSource) -> Iterator[str]:
    for index, row in source.rows("escalation"):
        where = source.path("escalation", index)
        if "tell" not in row and "text" not in row:
            yield f"{where}: needs tell, who is told, or text, what is done"
        for key in ("tell", "text"):
            value = row.get(key)
            if isinstance(value, str) and value.strip() and not slug(value):
                yield f"{where}.{key} = {shown(value)}: must hold a letter or a digit"


def _closing(source: PlanSource) -> Iterator[str]:
    closes = {f"phase {row.get('id')}" for _, row in source.rows("phases") if row.get("milestone") == "closed"}
    for index, row in source.rows("closing"):
        if (met_by := row.get("met_by")) in ("milestone closed", *closes):
            where = source.path("closing", index, "met_by")
            yield f"{where} = {shown(met_by)}: comes with the closing that it holds up, so it would never be closed"


def _drop(source: PlanSource) -> Iterator[str]:
    if "drop" in source.raw and "extends" not in source.raw:
        yield "drop: needs extends, the plan that it takes from"


def _progress(source: PlanSource) -> Iterator[str]:
    if "progress_check_at" in source.raw and "progress_check" not in source.raw:
        yield "progress_check_at: needs progress_check, the silence that it is for"


CHECKS = (_drop, _progress, _command, _phases, _cadences, _escalation, _closing)
