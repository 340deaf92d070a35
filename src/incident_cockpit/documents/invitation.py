"""The review as a calendar invitation (RFC 5545), with its time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from msgspec import Struct

from incident_cockpit.actions.arguments.people import people
from incident_cockpit.documents.document import marking, safe, veiled
from incident_cockpit.documents.render import one_line
from incident_cockpit.documents.variables import named_systems
from incident_cockpit.errors import Refused
from incident_cockpit.incident.facts.followups import Review
from incident_cockpit.incident.facts.roles import filled_roles
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.text.sanitize import clean, clean_line
from incident_cockpit.times.format import zone_label
from incident_cockpit.times.parse import parse_zone

if TYPE_CHECKING:
    from icalendar import Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress


# A year on both sides of the event has all changes of offset that matter; offsets change at most once a day.
AROUND = timedelta(days=366)
_STEP = timedelta(days=1)
_FINEST = timedelta(seconds=1)


def time_zone_component(zone: tzinfo, at: datetime) -> Timezone:
    """Return the VTIMEZONE of a zone: each offset within a year of `at`, from the change at which it begins.

    icalendar's own component is wrong where summer time is the standard time (Casablanca), so this reads the zone.
    """
    from icalendar import Timezone

    component = Timezone()
    component.add("tzid", str(zone))
    first = (at - AROUND).astimezone(UTC).replace(microsecond=0)
    component.add_component(_offset_component(zone, first, first))
    for change in _changes(zone, first, at + AROUND):
        component.add_component(_offset_component(zone, change - _FINEST, change))
    return component


def _changes(zone: tzinfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """Yield each instant at which the offset or its name changes."""
    known, now = first, _offset_and_name(zone, first)
    while known < last:
        ahead = known + _STEP
        if _offset_and_name(zone, ahead) != now:
            before = known
            while ahead - before > _FINEST:
                middle = (before + (ahead - before) / 2).replace(microsecond=0)
                before, ahead = (middle, ahead) if _offset_and_name(zone, middle) == now else (before, middle)
            yield ahead
            now = _offset_and_name(zone, ahead)
        known = ahead


def _offset_and_name(zone: tzinfo, at: datetime) -> tuple[timedelta | None, str | None]:
    local = at.astimezone(zone)
    return local.utcoffset(), local.tzname()


def _offset_component(zone: tzinfo, before: datetime, since: datetime) -> TimezoneDaylight | TimezoneStandard:
    """Return the component of the offset since an instant; RFC 5545 has `dtstart` in the previous offset."""
    from icalendar import TimezoneDaylight, TimezoneStandard

    previous, local = before.astimezone(zone).utcoffset(), since.astimezone(zone)
    component = TimezoneDaylight() if local.dst() else TimezoneStandard()
    component.add("dtstart", (since + (previous or timedelta(0))).replace(tzinfo=None))
    component.add("tzoffsetfrom", previous)
    component.add("tzoffsetto", local.utcoffset())
    component.add("tzname", local.tzname())
    return component


# -- calendar entry: the same entry however often the review is moved

# Clients recognise the event by this id alone; it contains the incident's UUID and no host name.
_UID = "{incident}-review"
_PRODUCER = "-//Incident Cockpit//Review//EN"
_ADDRESS = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,64}@[^\s@<>\"',;:()\[\]\\]{1,190}")
_LINK = re.compile(r"https?://\S+")


class Invitee(Struct, frozen=True):
    """A person to invite to the review, with an email address if one is known."""

    name: str
    mail: str = ""


def review_invitation(record: Record, now: datetime, contacts: Mapping[str, str]) -> bytes:
    """Return the review as an iCalendar file in the plan's zone; raises Refused without an upcoming review.

    `contacts` are email addresses by name, besides those of the plan. The entry is a request if its organiser has an
    address, since replies go there; otherwise it is published, and its description lists the invitees.
    """
    from icalendar import Calendar

    veiled_record = veiled(record)
    review = _upcoming_review(veiled_record.incident)
    invited = invitees(veiled_record, contacts)
    host = next((guest for guest in invited if guest.mail and guest.name.casefold() == review.by.casefold()), None)
    calendar = Calendar()
    calendar.add("prodid", _PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST" if host else "PUBLISH")
    zone = _plan_zone(veiled_record.incident)
    if zone is not UTC:
        calendar.add_component(time_zone_component(zone, review.at))
    calendar.add_component(_event(veiled_record, review, invited, host, now))
    data: bytes = calendar.to_ical()
    return data


def invitees(record: Record, contacts: Mapping[str, str]) -> tuple[Invitee, ...]:
    """Return the invitees of the review: all responders, its organiser, and those whom the plan invites."""
    plan = record.incident.plan
    addresses = {contact.name.casefold(): contact.mail for contact in plan.contacts if contact.mail}
    addresses |= {name.casefold(): mail for name, mail in contacts.items() if mail}
    review = record.incident.review
    names = [*people(record), *([review.by] if review else []), *plan.review.invite]
    invited: dict[str, Invitee] = {}
    for name in map(_clean, names):
        mail = addresses.get(name.casefold(), "")
        # A role is invited by the names of its holders.
        if name and (mail or name.casefold() not in filled_roles(record.incident)):
            invited.setdefault(name.casefold(), Invitee(name, mail if _ADDRESS.fullmatch(mail) else ""))
    return tuple(invited.values())


def _upcoming_review(incident: Incident) -> Review:
    review = incident.review
    if review is None:
        raise Refused("No review is scheduled", "schedule it first: :schedule-review tomorrow 10:00")
    if review.held is not None:
        raise Refused(f"The review was already held, {review.held:%Y-%m-%d %H:%M} UTC", "no invitation is needed")
    return review


def _event(record: Record, review: Review, invited: tuple[Invitee, ...], host: Invitee | None, now: datetime) -> Event:
    from icalendar import Event

    incident = record.incident
    zone = _plan_zone(incident)
    event = Event()
    event.add("uid", _UID.format(incident=record.id))
    event.add("dtstamp", now.astimezone(UTC))
    event.add("sequence", review.version)
    event.add("dtstart", review.at.astimezone(zone))
    event.add("dtend", (review.at + timedelta(minutes=review.minutes)).astimezone(zone))
    mark = "RESTRICTED: " if incident.codename else ""
    event.add("summary", _clean(f"{mark}Review of {incident.name} {incident.title}"))
    event.add("description", clean("\n".join(_description(record, review, invited, host))))
    event.add("status", "CONFIRMED")
    if incident.codename:
        event.add("class", "CONFIDENTIAL")
    if review.where:
        event.add("location", _clean(review.where))
        if _LINK.fullmatch(review.where):
            event.add("url", _clean(review.where))
    if host is not None:
        event.add("organizer", _address(host), encode=False)
        for guest in invited:
            if guest.mail:
                event.add("attendee", _attendee(guest, host), encode=False)
    return event


def _description(record: Record, review: Review, invited: tuple[Invitee, ...], host: Invitee | None) -> Iterator[str]:
    incident, plan = record.incident, record.incident.plan
    if mark := marking(incident):
        yield f"{safe(mark)}\n"
    zone = _plan_zone(incident)
    at = review.at.astimezone(zone)
    yield f"{at:%A %Y-%m-%d %H:%M} {zone_label(zone, review.at)}, {review.minutes} minutes"
    severity = f", {incident.severity.value}" if incident.severity else ""
    yield safe(f"{incident.name} {one_line(incident.title)}{severity}")
    if plan.review.agenda:
        yield "\nAgenda:"
        yield from (f"{number}. {safe(one_line(item))}" for number, item in enumerate(plan.review.agenda, start=1))
    links = [f"{system.name}, {page.name}: {page.url}" for system in named_systems(record) for page in system.resources]
    if links:
        yield "\nPlease read beforehand:"
        yield from (f"- {safe(link)}" for link in links)
    without_request = [guest for guest in invited if not guest.mail or host is None]
    if without_request:
        yield "\nPlease also invite:"
        yield from (
            f"- {safe(one_line(guest.name))}" + (f", {guest.mail}" if guest.mail else "") for guest in without_request
        )


def _address(guest: Invitee) -> vCalAddress:
    from icalendar import vCalAddress

    address = vCalAddress(f"mailto:{guest.mail}")
    address.params["CN"] = guest.name
    return address


def _attendee(guest: Invitee, host: Invitee) -> vCalAddress:
    address = _address(guest)
    address.params["ROLE"] = "CHAIR" if guest == host else "REQ-PARTICIPANT"
    address.params["PARTSTAT"] = "ACCEPTED" if guest == host else "NEEDS-ACTION"
    if guest != host:
        address.params["RSVP"] = "TRUE"
    return address


def _plan_zone(incident: Incident) -> tzinfo:
    zone = parse_zone(incident.plan.zone)
    return UTC if zone_label(zone, incident.started) == "UTC" else zone


def _clean(text: str) -> str:
    """Return user text on one line, without secrets and without characters that act in a calendar or terminal."""
    return clean_line(safe(text))
