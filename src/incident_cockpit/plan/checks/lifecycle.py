"""Checks that an incident can follow the plan: a commander, a live first phase, an end, and no deadline never met."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.plan.channel_names import slug
from incident_cockpit.plan.checks.errors import PlanSource, shown
from incident_cockpit.plan.deadlines import MILESTONES
from incident_cockpit.plan.declaration import fields_of
from incident_cockpit.plan.tables import TABLES


def _needs(source: PlanSource) -> Iterator[str]:
    for name, table in TABLES.items():
        for key, field in fields_of(table.row).items():
            for loc, row in source.rows(name) if field.key.needs else ():
                if key in row and row.get(field.key.needs) in (None, []):
                    yield f"{source.path(*loc, key)}: needs {field.key.needs}"


def _command(source: PlanSource) -> Iterator[str]:
    for loc, row in source.rows("roles"):
        if row.get("id") == source.raw.get("command_role") and row.get("many") is True:
            yield f"{source.path(*loc, 'many')} = true: only one person can be in command"


def _phases(source: PlanSource) -> Iterator[str]:
    rows = list(source.rows("phases"))
    for _, row in rows:
        if row.get("id") == source.raw.get("first_phase") and row.get("live") is False:
            yield f"first_phase = {shown(row.get('id'))}: must be a live phase"
    if rows and not any(row.get("milestone") == "resolved" for _, row in rows):
        yield 'phases: one of them must have milestone = "resolved", or no incident ever ends'
    for loc, row in rows:
        if row.get("milestone") in ("resolved", "closed") and row.get("live", True) is True:
            yield f"{source.path(*loc, 'live')}: must be false in a phase that sets {row['milestone']}"
    if rows and "within" in rows[-1][1]:
        yield f"{source.path(*rows[-1][0], 'within')}: not allowed in the last phase, which never ends"


def _cadences(source: PlanSource) -> Iterator[str]:
    for loc, row in source.rows("cadences"):
        start, until = row.get("from", "declared"), row.get("until", "resolved")
        if start in MILESTONES and until in MILESTONES and MILESTONES.index(until) <= MILESTONES.index(start):
            yield f"{source.path(*loc, 'until')} = {shown(until)}: must come after from = {shown(start)}"


def _templates(source: PlanSource) -> Iterator[str]:
    general = [row.get("audience") for _, row in source.rows("templates") if "phase" not in row]
    for loc, row in source.rows("cadences"):
        if isinstance(row.get("audience"), str) and row["audience"] not in general:
            yield f"{source.path(*loc)}: needs a template without a phase, or some updates would start empty"


def _escalation(source: PlanSource) -> Iterator[str]:
    for loc, row in source.rows("escalation"):
        where = source.path(*loc)
        if "tell" not in row and "text" not in row:
            yield f"{where}: needs tell, who is notified, or text, what is done"
        for key in ("tell", "text"):
            value = row.get(key)
            if isinstance(value, str) and value.strip() and not slug(value):
                yield f"{where}.{key} = {shown(value)}: must have a letter or a digit"


def _closing(source: PlanSource) -> Iterator[str]:
    closing = {f"phase {row.get('id')}" for _, row in source.rows("phases") if row.get("milestone") == "closed"}
    for loc, row in source.rows("closing"):
        if (met_by := row.get("met_by")) in ("milestone closed", *closing):
            where = source.path(*loc, "met_by")
            yield f"{where} = {shown(met_by)}: needs the incident to be closed first, so it could never be met"


CHECKS = (_needs, _command, _phases, _cadences, _templates, _escalation, _closing)
