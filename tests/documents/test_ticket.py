"""The facts of a ticket, taken from the record."""

from __future__ import annotations

from incident_cockpit.documents.formats.ticket import for_github, for_jira
from incident_cockpit.documents.ticket import ticket
from support.builders import Story, busy_story
from support.golden import check_golden

TOKEN = "ghp_" + "a1B2" * 9


def test_a_busy_incident_reads_as_it_was_approved() -> None:
    story = busy_story()
    facts = ticket(story.record, story.now)
    check_golden("ticket-busy-jira.txt", for_jira(facts).text)
    check_golden("ticket-busy-github.txt", for_github(facts).text)


def test_every_action_has_its_time_and_stands_where_it_happened() -> None:
    story = Story().declare("Checkout is down")
    story.do("action", by="Raj", text="Rolled back")
    story.do("action", by="Mio", text="Drained the pool", when="-10s", after="2m")
    story.do("finding", text="5xx is at baseline")
    story.do("decision", text="Wait for the peak")
    story.do("escalate", who="Kim", reason="beyond us")
    story.do("note", text="coffee")
    story.do("action", text="Mistyped")
    story.do("undo")
    actions = ticket(story.record, story.now).actions
    assert [(one.at, one.text, one.who) for one in actions] == [
        ("14:01 UTC", "Rolled back", "Raj"),
        ("14:02 UTC", "Drained the pool", "Mio"),
        ("14:04 UTC", "Found: 5xx is at baseline", "Ana"),
        ("14:05 UTC", "Decided: Wait for the peak", "Ana"),
        ("14:06 UTC", "Paged Kim: beyond us", "Ana"),
    ]


def test_a_report_has_a_ticket_too_and_secrets_are_in_none() -> None:
    story = Story().declare(f"Leaked {TOKEN}")
    story.do("action", text=f"Revoked {TOKEN}")
    facts = ticket(story.record, story.now)
    assert TOKEN not in for_jira(facts).text + for_github(facts).text
    assert facts.title == "Leaked [redacted: GitHub token]"


def test_a_restricted_incident_is_told_by_its_codename_under_its_marking() -> None:
    story = Story().declare("Customer data is for sale")
    story.do("restrict", codename="Bluebird")
    story.do("action", text="Customer data is for sale: took the shop down")
    text = for_github(ticket(story.record, story.now)).text
    assert "for sale" not in text
    assert "**RESTRICTED: Bluebird. Do not forward.**" in text
