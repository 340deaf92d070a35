"""A time zone as a calendar file describes it (RFC 5545, VTIMEZONE), for readers that do not know it by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from msgspec import Struct

from incident_cockpit.actions.arguments.people import people
from incident_cockpit.documents.document import marking, safe, veiled
from incident_cockpit.documents.phrasing import one_line
from incident_cockpit.documents.variables import pages
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


# Far enough for the changes of clocks on both sides of an event; clocks change at most once a day.
AROUND = timedelta(days=366)
_STEP = timedelta(days=1)
_FINEST = timedelta(seconds=1)


def time_zone_component(zone: tzinfo, at: datetime) -> Timezone:
    """Return the zone's offsets for a year on both sides of an instant, each from the change at which it begins.

    icalendar's own description of a zone is wrong where the summer is the standard time (Casablanca), so this reads the
    zone itself.
    """
    from icalendar import Timezone

    made = Timezone()
    made.add("tzid", str(zone))
    first = (at - AROUND).astimezone(UTC).replace(microsecond=0)
    made.add_component(_observed(zone, first, first))
    for change in _changes(zone, first, at + AROUND):
        made.add_component(_observed(zone, change - _FINEST, change))
    return made


def _changes(zone: tzinfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """Yield each instant from which on another offset or another name holds."""
    known, now = first, _seen(zone, first)
    while known < last:
        ahead = known + _STEP
        if _seen(zone, ahead) != now:
            before = known
            while ahead - before > _FINEST:
                middle = (before + (ahead - before) / 2).replace(microsecond=0)
                before, ahead = (middle, ahead) if _seen(zone, middle) == now else (before, middle)
            yield ahead
            now = _seen(zone, ahead)
        known = ahead


def _seen(zone: tzinfo, at: datetime) -> tuple[timedelta | None, str | None]:
    local = at.astimezone(zone)
    return local.utcoffset(), local.tzname()


def _observed(zone: tzinfo, before: datetime, since: datetime) -> TimezoneStandard | TimezoneDaylight:
    """Return the offset that holds since an instant; its begin is said by the clock that was shown until then."""
    from icalendar import TimezoneDaylight, TimezoneStandard

    was, local = before.astimezone(zone).utcoffset(), since.astimezone(zone)
    made = TimezoneDaylight() if local.dst() else TimezoneStandard()
    made.add("dtstart", (since + (was or timedelta(0))).replace(tzinfo=None))
    made.add("tzoffsetfrom", was)
    made.add("tzoffsetto", local.utcoffset())
    made.add("tzname", local.tzname())
    return made


# -- calendar: The review as an entry of a calendar (RFC 5545): the same entry however often it is moved, right in
# its time zone.

# Clients find the event by this and by nothing else, so it holds the incident's UUID and no name of a machine.
_UID = "{incident}-review"
_PRODUCER = "-//Incident Cockpit//Review//EN"
_ADDRESS = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,64}@[^\s@<>\"',;:()\[\]\\]{1,190}")
_LINK = re.compile(r"https?://\S+")


class Invitee(Struct, frozen=True):
    """Somebody who belongs into the review, with an address of mail where one is known."""

    name: str
    mail: str = ""


def review_invitation(record: Record, now: datetime, contacts: Mapping[str, str]) -> bytes:
    """Return the review as an iCalendar file in the plan's zone; raises Refused where none lies ahead.

    `contacts` are addresses of mail by name, beside those of the plan. It is an invitation where whoever scheduled it
    has an address, since only such a one can be answered; otherwise an entry that names everybody who belongs there.
    """
    from icalendar import Calendar

    told = veiled(record)
    review = _review(told.incident)
    invited = invitees(told, contacts)
    host = next((one for one in invited if one.mail and one.name.casefold() == review.by.casefold()), None)
    calendar = Calendar()
    calendar.add("prodid", _PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST" if host else "PUBLISH")
    zone = _zone(told.incident)
    if zone is not UTC:
        calendar.add_component(time_zone_component(zone, review.at))
    calendar.add_component(_event(told, review, invited, host, now))
    made: bytes = calendar.to_ical()
    return made


def invitees(record: Record, contacts: Mapping[str, str]) -> tuple[Invitee, ...]:
    """Return everybody who belongs into the review: all who responded, whoever set it up, and whom the plan invites."""
    plan = record.incident.plan
    known = {one.name.casefold(): one.mail for one in plan.contacts if one.mail}
    known |= {name.casefold(): mail for name, mail in contacts.items() if mail}
    review = record.incident.review
    names = [*people(record), *([review.by] if review else []), *plan.review.invite]
    once: dict[str, Invitee] = {}
    for name in (_said(one) for one in names):
        mail = known.get(name.casefold(), "")
        # A role that was asked to come is there by the name of whoever holds it.
        if name and (mail or name.casefold() not in filled_roles(record.incident)):
            once.setdefault(name.casefold(), Invitee(name, mail if _ADDRESS.fullmatch(mail) else ""))
    return tuple(once.values())


def _review(incident: Incident) -> Review:
    review = incident.review
    if review is None:
        raise Refused("no review is scheduled", "say when it is, as in :schedule-review tomorrow 10:00, then try again")
    if review.held is not None:
        raise Refused(f"the review was held at {review.held:%Y-%m-%d %H:%M} UTC", "nobody has to be invited any more")
    return review


def _event(record: Record, review: Review, invited: tuple[Invitee, ...], host: Invitee | None, now: datetime) -> Event:
    from icalendar import Event

    incident = record.incident
    zone = _zone(incident)
    event = Event()
    event.add("uid", _UID.format(incident=record.id))
    event.add("dtstamp", now.astimezone(UTC))
    event.add("sequence", review.version)
    event.add("dtstart", review.at.astimezone(zone))
    event.add("dtend", (review.at + timedelta(minutes=review.minutes)).astimezone(zone))
    mark = "RESTRICTED: " if incident.codename else ""
    event.add("summary", _said(f"{mark}Review of {incident.name} {incident.title}"))
    event.add("description", clean("\n".join(_description(record, review, invited, host))))
    event.add("status", "CONFIRMED")
    if incident.codename:
        event.add("class", "CONFIDENTIAL")
    if review.where:
        event.add("location", _said(review.where))
        if _LINK.fullmatch(review.where):
            event.add("url", _said(review.where))
    if host is not None:
        event.add("organizer", _address(host), encode=False)
        for guest in invited:
            if guest.mail:
                event.add("attendee", _asked(guest, host), encode=False)
    return event


def _description(record: Record, review: Review, invited: tuple[Invitee, ...], host: Invitee | None) -> Iterator[str]:
    incident, plan = record.incident, record.incident.plan
    if mark := marking(incident):
        yield f"{safe(mark)}\n"
    at = review.at.astimezone(_zone(incident))
    yield f"{at:%A %Y-%m-%d %H:%M} {zone_label(_zone(incident), review.at)}, {review.minutes} minutes"
    severity = f", {incident.severity.value}" if incident.severity else ""
    yield safe(f"{incident.name} {one_line(incident.title)}{severity}")
    if plan.review.agenda:
        yield "\nAgenda:"
        yield from (f"{number}. {safe(one_line(one))}" for number, one in enumerate(plan.review.agenda, start=1))
    links = [f"{one.name}, {page.name}: {page.url}" for one in pages(record) for page in one.resources]
    if links:
        yield "\nTo read before:"
        yield from (f"- {safe(one)}" for one in links)
    left = [one for one in invited if not one.mail or host is None]
    if left:
        yield "\nPlease bring in:"
        yield from (f"- {safe(one_line(one.name))}" + (f", {one.mail}" if one.mail else "") for one in left)


def _address(guest: Invitee) -> vCalAddress:
    from icalendar import vCalAddress

    address = vCalAddress(f"mailto:{guest.mail}")
    address.params["CN"] = guest.name
    return address


def _asked(guest: Invitee, host: Invitee) -> vCalAddress:
    address = _address(guest)
    address.params["ROLE"] = "CHAIR" if guest == host else "REQ-PARTICIPANT"
    address.params["PARTSTAT"] = "ACCEPTED" if guest == host else "NEEDS-ACTION"
    if guest != host:
        address.params["RSVP"] = "TRUE"
    return address


def _zone(incident: Incident) -> tzinfo:
    zone = parse_zone(incident.plan.zone)
    return UTC if zone_label(zone, incident.started) == "UTC" else zone


def _said(text: str) -> str:
    """Return people's words on one line, without what a calendar or a terminal would obey, and without secrets."""
    return clean_line(safe(text))
