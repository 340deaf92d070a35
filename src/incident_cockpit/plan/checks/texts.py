"""Whether the texts of a plan can be shown, filled in, followed and sent."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from incident_cockpit.plan.channel_names import VARIABLES as CHANNEL_VARIABLES
from incident_cockpit.plan.channel_names import unfilled
from incident_cockpit.plan.checks.errors import Loc, PlanSource, allowed, shown
from incident_cockpit.plan.templates import template_errors

# Control characters and the marks that turn the direction of text: a terminal would obey them. Lines and tabs may stay.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_MAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,64}@[^\s@<>\"',;:()\[\]\\]{1,190}")
_CHANNEL_CHARACTERS = re.compile(r"[a-z0-9_-]*")


def _hidden_characters(source: PlanSource) -> Iterator[str]:
    pending: deque[tuple[Loc, object]] = deque([((), source.raw)])
    while pending:
        loc, value = pending.popleft()
        if isinstance(value, str) and _OBEYED.search(value):
            yield f"{source.path(*loc)} = {shown(value)}: holds a control character"
        elif isinstance(value, Mapping):
            pending.extend(((*loc, str(key)), inner) for key, inner in value.items())
        elif isinstance(value, list):
            pending.extend(((*loc, index), inner) for index, inner in enumerate(value))


def _templates(source: PlanSource) -> Iterator[str]:
    general = [row.get("audience") for _, row in source.rows("templates") if "phase" not in row]
    for audience in source.names("cadences"):
        if audience not in general:
            where = source.path("cadences", source.names("cadences").index(audience))
            yield f"{where}: has no template without a phase, so some updates would start empty"
    for table in ("templates", "messages"):
        for index, row in source.rows(table):
            text = row.get("text")
            if isinstance(text, str):
                where = source.path(table, index, "text")
                yield from (f"{where}: {error}" for error in template_errors(text))


def _channel(source: PlanSource) -> Iterator[str]:
    channel = source.single("channel")
    name, call = channel.get("name"), channel.get("call")
    if isinstance(name, str) and name.strip():
        literal, used = unfilled(name)
        where = f"channel.name = {shown(name)}"
        for variable in used:
            if variable not in CHANNEL_VARIABLES:
                yield f"{where}: there is no variable {variable!r}{allowed(variable, CHANNEL_VARIABLES)}"
        if not _CHANNEL_CHARACTERS.fullmatch(literal):
            yield f"{where}: must be small letters, digits, - and _, and variables such as {{date}}"
        elif len(literal) > 60:
            yield f"{where}: is too long, a channel's name has at most 80 characters"
    yield from _address("channel.call", call)


def _systems(source: PlanSource) -> Iterator[str]:
    for index, row in source.rows("systems"):
        resources = row.get("resources")
        for number, one in enumerate(resources if isinstance(resources, list) else ()):
            if isinstance(one, dict):
                yield from _address(source.path("systems", index, "resources", number, "url"), one.get("url"))


def _contacts(source: PlanSource) -> Iterator[str]:
    for index, row in source.rows("contacts"):
        mail = row.get("mail")
        if isinstance(mail, str) and mail.strip() and not _MAIL.fullmatch(mail):
            where = source.path("contacts", index, "mail")
            yield f'{where} = {shown(mail)}: must be one address such as "ana@example.org"'


def _address(where: str, url: object) -> Iterator[str]:
    if isinstance(url, str) and url.strip() and not _followable(url):
        yield f'{where} = {shown(url)}: must be an address that begins with "https://" or "http://"'


def _followable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and url.split() == [url]
    except ValueError:
        return False


CHECKS = (_hidden_characters, _templates, _channel, _systems, _contacts)
