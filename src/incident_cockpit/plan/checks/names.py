"""Whether every name in a plan points at something, and nothing is named twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from incident_cockpit.plan.channel_names import slug
from incident_cockpit.plan.checks.errors import PlanSource, allowed, shown, unknown
from incident_cockpit.plan.references import IDENTITY, KINDS, MET_BY, POINTERS, WITH_MET_BY, Row, identity
from incident_cockpit.plan.templates import MOMENTS, SCRIPT, SCRIPTS

_OWN = ("respond-", "escalate-", "role-", "phase-", "rung-")
_TWICE = {
    "templates": "there is already a template for this audience and phase",
    "escalation": "there is already a rung for this severity that tells the same",
    "targets": "there is already a target for this metric and these severities",
}
_LISTS = (
    ("", "progress_check_at"),
    ("", "confirmers"),
    ("", "follow_up_kinds"),
    ("", "jargon"),
    ("hours", "days"),
    ("postmortem", "sections"),
)


def _twice(source: PlanSource) -> Iterator[str]:
    for table, keys in IDENTITY.items():
        seen: set[object] = set()
        for index, row in source.rows(table):
            if len(keys) > 1:
                mine = _folded(table, identity(table, row))
                if mine in seen:
                    yield f"{table}.{source.number(table, index)}: {_TWICE[table]}"
                seen.add(mine)
            else:
                yield from _again(source, table, index, keys[0], row.get(keys[0]), seen)
    seen = set()
    for index, row in source.rows("roles"):
        yield from _again(source, "roles", index, "short", row.get("short"), seen)


def _again(source: PlanSource, table: str, index: int, key: str, name: object, seen: set[object]) -> Iterator[str]:
    if not isinstance(name, str):
        return
    if name.casefold() in seen:
        where = f"{table}.{source.number(table, index)}.{key}"
        yield f"{where} = {shown(name)}: is there already, capitals do not count"
    seen.add(name.casefold())


def _folded(table: str, parts: tuple[object, ...]) -> tuple[object, ...]:
    """Return what makes a row one with another: rungs are one where the words made of what they tell are."""
    if table == "escalation":
        return parts[0], slug(str(parts[1]))
    return tuple(tuple(sorted(part)) if isinstance(part, tuple) else part for part in parts)


def _clocks(source: PlanSource) -> Iterator[str]:
    """Hold that each deadline has an id of its own, whichever table it comes from."""
    notices = set(source.names("notices"))
    for table in ("notices", "deadlines"):
        for index, row in source.rows(table):
            name = row.get("id")
            where = f"{source.path(table, index, 'id')} = {shown(name)}"
            if table == "deadlines" and isinstance(name, str) and name in notices:
                yield f"{where}: is the id of a notice already"
            if isinstance(name, str) and name.startswith(_OWN):
                yield f"{where}: must not begin with {', '.join(_OWN)}; those are the plan's own"


def _duties(source: PlanSource) -> Iterator[str]:
    """Hold that no mark on a closing gate settles a legal duty, which it would by being marked under the same word."""
    legal = {
        _marked_as(row)
        for table in ("notices", "deadlines")
        for _, row in source.rows(table)
        if row.get("types") or row.get("from") == "aware"
    }
    for index, row in source.rows("closing"):
        name, met_by = row.get("id"), row.get("met_by")
        if isinstance(name, str) and isinstance(met_by, str) and not met_by.startswith("done ") and name in legal:
            where = f"{source.path('closing', index, 'id')} = {shown(name)}"
            yield f"{where}: a legal duty is marked as done under this word; take another"


def _marked_as(row: Row) -> str:
    """Return the word under which people mark a notice or a deadline as done."""
    sort, _, what = str(row.get("met_by", "")).partition(" ")
    return what if sort == "done" else str(row.get("id"))


def _lists(source: PlanSource) -> Iterator[str]:
    for table, key in _LISTS:
        said = (source.single(table) if table else source.raw).get(key)
        seen: set[str] = set()
        for index, one in enumerate(said if isinstance(said, list) else ()):
            if isinstance(one, str) and one.casefold() in seen:
                yield f"{source.path(*filter(None, (table,)), key, index)} = {shown(one)}: is there already"
            seen.add(str(one).casefold() if isinstance(one, str) else "")


def _pointers(source: PlanSource) -> Iterator[str]:
    for pointer in POINTERS:
        known, kind = source.names(pointer.to), KINDS[pointer.to]
        for loc, value in source.values(pointer.table, pointer.key):
            if isinstance(value, dict):
                for name in value:
                    if name not in known:
                        yield f"{source.path(*loc, name)}: no such {kind}{allowed(name, known)}"
            else:
                for name in value if isinstance(value, list) else [value]:
                    yield from unknown(source.path(*loc), name, kind, known)


def _met_by(source: PlanSource) -> Iterator[str]:
    for table in WITH_MET_BY:
        for index, row in source.rows(table):
            said = row.get("met_by")
            if isinstance(said, str) and said.strip():
                wrong = _met_by_error(source, said)
                yield from (f"{source.path(table, index, 'met_by')} = {shown(said)}: {line}" for line in wrong)


def _met_by_error(source: PlanSource, said: str) -> Iterator[str]:
    sort, _, what = said.partition(" ")
    if said == "impact" or (sort == "done" and what and what == what.strip() and " " not in what):
        return
    if sort == "done":
        yield "'done' needs one word after it, such as 'done tell-cto'"
        return
    there = MET_BY.get(sort)
    if there is None:
        yield f"no such condition{allowed(sort, [*MET_BY, 'impact', 'done'])}"
        return
    known: Iterable[str] = source.names(there) if isinstance(there, str) else there
    if what not in known:
        kind = KINDS[there] if isinstance(there, str) else "word after it"
        yield f"no such {kind}{allowed(what, known)}"


def _messages(source: PlanSource) -> Iterator[str]:
    for loc, name in source.values("messages", "id"):
        if isinstance(name, str) and name.startswith(SCRIPT):
            yield from unknown(source.path(*loc), name, "script", list(SCRIPTS))
    # A script is read aloud to whoever is there: it tells nobody who is not.
    known = [*MOMENTS, *(name for name in source.names("messages") if not name.startswith(SCRIPT))]
    for table in ("notices", "deadlines"):
        for index, row in source.rows(table):
            yield from unknown(source.path(table, index, "message"), row.get("message"), "message", known)


CHECKS = (_twice, _clocks, _duties, _lists, _pointers, _met_by, _messages)
