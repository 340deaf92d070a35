from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event
from msgspec.structs import replace

from incident_cockpit.documents.invitation import invitees, review_invitation
from incident_cockpit.errors import Refused
from incident_cockpit.plan.schema import Contact, Resource, ReviewRules, System
from support.builders import Story, full_plan
from support.refusals import refuses
from support.reported_incidents import over

MAILS = {"Ana": "ana@shop.example", "raj": "raj@shop.example"}


def event(data: bytes) -> Event:
    [entry] = Calendar.from_ical(data).walk("VEVENT")
    assert isinstance(entry, Event)
    return entry


def made(story: Story, contacts: Mapping[str, str] = MAILS) -> Event:
    return event(review_invitation(story.record, story.now, contacts))


def unfolded(data: bytes) -> list[str]:
    return data.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def scheduled(zone: str = "UTC", at: str = "2026-11-23 10:00", where: str = "") -> Story:
    story = Story().declare("Checkout fails", "SEV1", plan=replace(full_plan(), zone=zone))
    story.do("schedule-review", at=at, where=where)
    return story


def test_invitation_has_title_place_time_and_agenda() -> None:
    story = over()
    found = made(story)
    assert str(found["summary"]) == "Review of INC-7 Checkout fails"
    assert str(found["location"]) == "Room 4"
    assert found.start == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert found.end - found.start == timedelta(minutes=60)
    assert found["dtstamp"].dt == story.now
    assert str(found["status"]) == "CONFIRMED"
    text = str(found["description"])
    assert text.startswith("Monday 2026-11-23 10:00 UTC, 60 minutes\nINC-7 Checkout fails, SEV1\n")
    assert "\nAgenda:\n1. What happened\n" in text


def test_moved_review_is_the_same_entry() -> None:
    story = over()
    first = made(story)
    story.do("schedule-review", at="2026-11-24 15:00")
    second = made(story)
    assert first["uid"] == second["uid"] == f"{story.record.id}-review"
    assert (first["sequence"], second["sequence"]) == (0, 1)
    assert second.start == datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    assert second["dtstamp"].dt > first["dtstamp"].dt


def test_invitation_has_no_host_name(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    assert socket.gethostname() not in review_invitation(over().record, over().now, {}).decode()


def test_responders_are_attendees_or_listed() -> None:
    plan = full_plan()
    contacts = (Contact("CTO", "telephone", "cto@shop.example"), Contact("Support", "#support", ""))
    plan = replace(plan, contacts=contacts, review=ReviewRules(60, ("CTO", "Stakeholders"), ("What happened",)))
    story = over(plan)
    story.do("assign", role="tech", who="Mio")
    data = review_invitation(story.record, story.now, MAILS)
    found = event(data)
    asked = {str(attendee).removeprefix("mailto:"): attendee.params for attendee in found["attendee"]}
    assert set(asked) == {"ana@shop.example", "raj@shop.example", "cto@shop.example"}
    assert asked["cto@shop.example"]["CN"] == "CTO"
    assert asked["cto@shop.example"]["PARTSTAT"] == "NEEDS-ACTION"
    assert asked["ana@shop.example"]["ROLE"] == "CHAIR"
    assert str(found["organizer"]) == "mailto:ana@shop.example"
    assert str(Calendar.from_ical(data)["method"]) == "REQUEST"
    listed = set(str(found["description"]).splitlines())
    assert listed >= {"- Mio", "- Support", "- Stakeholders"}
    assert not {"- Ana", "- Raj", "- CTO"} & listed
    names = [guest.name for guest in invitees(story.record, MAILS)]
    assert len(names) == len({name.casefold() for name in names})


def test_without_an_organiser_address_the_entry_is_published() -> None:
    story = over()
    data = review_invitation(story.record, story.now, {"Raj": "raj@shop.example"})
    assert str(Calendar.from_ical(data)["method"]) == "PUBLISH"
    assert "attendee" not in event(data)
    assert "organizer" not in event(data)
    assert "- Raj, raj@shop.example" in str(event(data)["description"])


def test_invalid_address_is_ignored() -> None:
    for mail in ("ana", "a b@x.example", "ana@x.example\r\nATTENDEE:mailto:eve@x.example", "mailto:a@x.example"):
        story = scheduled()
        assert "attendee" not in made(story, {"Ana": mail})


def test_place_that_is_a_url_is_a_link() -> None:
    found = made(scheduled(where="https://meet.shop.example/review"))
    assert str(found["location"]) == str(found["url"]) == "https://meet.shop.example/review"
    assert "url" not in made(scheduled(where="Room 4"))
    assert "location" not in made(scheduled())


def test_pages_of_affected_systems_are_listed() -> None:
    page = Resource("Dashboard", "https://dash.shop.example/checkout")
    story = over(replace(full_plan(), systems=(System("Checkout", "Payments", (page,)), System("Search"))))
    text = str(made(story)["description"])
    assert ":\n- Checkout, Dashboard: https://dash.shop.example/checkout\n" in text


def test_without_an_upcoming_review_it_is_refused() -> None:
    story = Story().declare("Checkout fails", "SEV1", plan=full_plan())
    with refuses():
        review_invitation(story.record, story.now, {})
    story.do("schedule-review", at="2026-11-23 10:00")
    story.do("review-held", at="now")
    with refuses():
        review_invitation(story.record, story.now, {})


class TestZones:
    """The local time is that of the plan's zone, on both sides of every change of offset."""

    @pytest.mark.parametrize(
        ("zone", "at", "wall", "offset"),
        [
            ("Europe/Paris", "2026-11-23 09:00", "20261123T100000", 1),
            ("Europe/Paris", "2027-03-29 08:00", "20270329T100000", 2),
            ("America/New_York", "2027-03-15 14:00", "20270315T100000", -4),
            ("America/New_York", "2027-03-12 15:00", "20270312T100000", -5),
            ("Asia/Kolkata", "2026-11-23 04:30", "20261123T100000", 5.5),
            ("Australia/Lord_Howe", "2026-11-22 23:00", "20261123T100000", 11),
        ],
    )
    def test_local_time_of_the_zone(self, zone: str, at: str, wall: str, offset: float) -> None:
        story = scheduled(zone, at)
        data = review_invitation(story.record, story.now, {})
        assert f"DTSTART;TZID={zone}:{wall}" in unfolded(data)
        assert f"TZID:{zone}" in unfolded(data)
        found = event(data)
        assert found.start.astimezone(UTC) == datetime.fromisoformat(f"{at}+00:00")
        assert found.start.utcoffset() == timedelta(hours=offset)

    def test_utc_needs_no_time_zone_component(self) -> None:
        story = scheduled("UTC")
        lines = unfolded(review_invitation(story.record, story.now, {}))
        assert "DTSTART:20261123T100000Z" in lines
        assert "BEGIN:VTIMEZONE" not in lines

    @given(
        st.sampled_from(
            ["Europe/Paris", "America/New_York", "America/Sao_Paulo", "Europe/Dublin", "Africa/Casablanca"]
        ),
        st.integers(0, 700 * 48),
    )
    def test_time_zone_component_gives_every_half_hour_back(self, zone: str, half: int) -> None:
        at = datetime(2026, 11, 21, tzinfo=UTC) + timedelta(minutes=30 * half)
        story = Story().declare("Checkout fails", "SEV1", plan=replace(full_plan(), zone=zone))
        story.do("schedule-review", at=f"{at:%Y-%m-%dT%H:%MZ}")
        data = review_invitation(story.record, story.now, {})
        calendar = Calendar.from_ical(data)
        [described] = calendar.walk("VTIMEZONE")
        wall = event(data)["dtstart"].dt.replace(tzinfo=None)
        # By the rules that the file itself gives, as a client reads them that knows no zones; twice-shown hours aside.
        before = {wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)}
        read = wall.replace(tzinfo=described.to_tz(lookup_tzid=False)).astimezone(UTC)
        assert at in before
        assert read in before


HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from(list('\r\n:;,"\\@<>\x00\x85\u2028 ab1é🚒')), st.characters(codec="utf-8")),
    min_size=1,
    max_size=120,
).filter(lambda text: bool(text.strip()))
LINES = {"BEGIN", "END", "VERSION", "PRODID", "METHOD", "UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY",
         "DESCRIPTION", "STATUS", "LOCATION", "URL", "ORGANIZER", "ATTENDEE"}  # fmt: skip


@given(HOSTILE)
def test_user_text_adds_no_line_and_no_attendee(hostile: str) -> None:
    plan = replace(full_plan(), review=ReviewRules(60, (hostile,), (hostile,)))
    story = Story(who="Ana").declare("Checkout fails", "SEV1", plan=plan)
    try:
        story.do("title", title=hostile)
        story.do("schedule-review", at="2026-11-23 10:00", where=hostile)
        story.do("assign", role="tech", who=hostile)
    except Refused:
        return
    data = review_invitation(story.record, story.now, {**MAILS, hostile: "said@shop.example"})
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert not set(data.replace(b"\r\n", b"")) & set(b"\r\n")
    assert {line.partition(":")[0].partition(";")[0] for line in unfolded(data)} <= LINES
    found = event(data)
    attendees = found["attendee"] if isinstance(found["attendee"], list) else [found["attendee"]]
    assert {str(attendee) for attendee in attendees} <= {"mailto:ana@shop.example", "mailto:said@shop.example"}


def test_line_breaks_in_a_place_add_no_line() -> None:
    story = scheduled(where="Room 4\r\nATTENDEE:mailto:eve@evil.example")
    data = review_invitation(story.record, story.now, MAILS)
    assert [line for line in unfolded(data) if line.startswith("ATTENDEE")] == [
        line for line in unfolded(data) if "ana@shop.example" in line and line.startswith("ATTENDEE")
    ]
    assert str(event(data)["location"]) == "Room 4 ATTENDEE:mailto:eve@evil.example"


def test_long_lines_are_folded_between_characters() -> None:
    story = scheduled(where="Ü" * 60 + "🚒" * 60)
    data = review_invitation(story.record, story.now, {})
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert all(line.decode() for line in data.split(b"\r\n") if line)
    assert str(event(data)["location"]) == "Ü" * 60 + "🚒" * 60


def test_invitation_has_no_secrets() -> None:
    story = scheduled(where="https://bob:hunter22secret@meet.shop.example/x")
    assert b"hunter22secret" not in review_invitation(story.record, story.now, {}).replace(b"\r\n ", b"")
