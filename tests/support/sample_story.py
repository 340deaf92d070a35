"""The sample incident as code: what `sample_data/sample-incident.jsonl` holds, and how it is made.

No text of it names a clock time or a day: times are moved when it is opened, texts are not. After a change here, or in
how facts are stored, write the file anew and look at what changed in it:

    REWRITE=1 pytest tests/test_sample.py
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from msgspec.structs import replace

from incident_cockpit.ids import CountedIds
from incident_cockpit.incident.event import Event
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.transfer import export_lines
from incident_cockpit.plan.schema import Channel
from incident_cockpit.resources import shipped
from support.builders import RUNBOOK, Story, default_plan, runbook_at

FILE = shipped("sample_data") / "sample-incident.jsonl"
# The sample's present is when its last event was recorded; whoever opens it moves every time by (now - NOW).
NOW = datetime(2026, 1, 15, 14, 37, 12, tzinfo=UTC)


class _Told(Story):
    """A story whose actions are told by the clock on the wall."""

    def at(self, time: str, by: str, action: str, /, *, when: str = "", **values: str) -> None:
        """Do an action at a time of that day, "14:05" or "14:05:30"."""
        moment = datetime.fromisoformat(f"2026-01-15T{time}+00:00")
        self.clock.forward(seconds=(moment - self.now).total_seconds())
        self.do(action, by=by, after="", when=when, **values)


def sample_story() -> Story:
    """Return the sample incident, in the middle of things: an hour in, one update late, the cause nearly found."""
    story = _Told(datetime(2026, 1, 15, 13, 46, 20, tzinfo=UTC), who="Ines")
    story.declare(
        "Payment webhooks failing, orders stay unpaid",
        "SEV2",
        runbook=RUNBOOK,
        number=42,
        since="13:38",
        plan=replace(default_plan(), channel=Channel("inc-{number}-{title}")),
    )
    _first_look(story)
    _assessment(story)
    _worse(story)
    _nearly_there(story)
    return story


def _first_look(story: _Told) -> None:
    story.at("13:46:50", "Ines", "tick", step="s1")
    story.at("13:47:30", "Ines", "milestone", name="detected", at="13:41")
    story.at("13:47:50", "Ines", "detected-by", detection="alert")
    story.at("13:48:10", "Tomasz", "note", when="13:41", text="Alert: webhook success rate below 50% for 3 minutes")
    story.at("13:49", "Ines", "tick", step="s2")
    story.at(
        "13:49:40",
        "Ines",
        "finding",
        text="Five test deliveries out of five fail with a TLS error, none reaches a merchant",
    )
    story.at("13:50", "Ines", "tick", step="s3")
    story.at("13:50:20", "Ines", "assign", role="tech", who="Tomasz")
    story.at("13:50:40", "Ines", "assign", role="scribe", who="Wei")
    story.at("13:51", "Ines", "tick", step="s4")
    story.at("13:51:30", "Wei", "skip", step="s5", reason="the payments call is already open, and everyone is on it")
    story.at("13:52:20", "Ines", "complete", item="Post the first message")
    story.at("13:54", "Ines", "impact", impact="About 60% of payment webhooks fail; shops see paid orders as unpaid")
    story.at(
        "13:57", "Ines", "sent", audience="external", route="osc52",
        text="Investigating: payment confirmations are delayed. Payments themselves go through and no money is "
        "lost. Next update within the hour.",
    )  # fmt: skip
    story.at("13:57:30", "Wei", "tick", step="s6")


def _assessment(story: _Told) -> None:
    story.at("13:58", "Tomasz", "tick", step="s8")
    story.at("13:58:20", "Tomasz", "tick", step="s9")
    story.at("13:59:30", "Tomasz", "hypothesis", text="Name servers changed on Tuesday do not resolve merchants' hosts")
    story.at("14:01", "Tomasz", "hypothesis", text="New egress proxy lacks an intermediate certificate")
    story.at(
        "14:02", "Ines", "ask", who="Omar", within="10m", text="Do our resolvers resolve the ten largest merchants?"
    )
    story.at("14:02:30", "Ines", "assign", role="sme", who="Omar")
    story.at("14:05", "Ines", "sent", audience="internal", route="xclip", text=(
        "*SEV2 INC-42 Payment webhooks failing*: Investigating\nIC: Ines. About 60% of deliveries "
        "fail with TLS errors; payments go through.\nWe are comparing the egress proxies. Next update in one hour."
    ))  # fmt: skip
    story.at(
        "14:06:20", "Ines", "sent", audience="support", route="xclip",
        text="Payment confirmations are delayed; payments go through. "
        "No one has to pay twice. Next update within the hour.",
    )  # fmt: skip
    story.at("14:07:40", "Omar", "answer", ask="Omar", answer="all ten, from both regions, in under 20 ms")
    story.at(
        "14:08",
        "Omar",
        "rule-out",
        hypothesis="Name servers",
        evidence="both resolvers answer for all ten in under 20 ms",
    )
    story.at("14:09", "Tomasz", "tick", step="s10")
    story.at("14:10:30", "Wei", "action", when="14:06", text="Deliveries to the two largest shops re-sent manually")


def _worse(story: _Told) -> None:
    story.at("14:12", "Ines", "severity", severity="SEV1", reason="all webhooks fail; every shop is affected")
    story.at(
        "14:12:40", "Ines", "impact", impact="No payment webhooks are delivered; 2,300 shops cannot ship paid orders"
    )
    story.at("14:14", "Ines", "decision", text="Freeze all deploys until webhooks are delivered again")
    story.at(
        "14:14:30", "Ines", "escalate", who="Engineering manager", reason="all webhooks fail, and the impact continues"
    )
    story.at("14:15", "Omar", "tick", step="s19")
    story.at("14:15:40", "Wei", "answer", ask="System owner", answer="Kemal from the edge team is on the call")
    story.at("14:16:30", "Tomasz", "tick", step="s13")
    story.at(
        "14:17",
        "Tomasz",
        "finding",
        when="-3m",
        text="Egress proxy 7.2 took over the last third of traffic just before the failures",
    )
    story.at("14:18", "Tomasz", "test", hypothesis="New egress proxy")
    story.at("14:19", "Tomasz", "tick", step="s15")
    story.at("14:20", "Wei", "skip", step="s17", reason="the proxies are managed; there is no host to check")
    story.at("14:20:30", "Ines", "assign-step", step="s16", who="Omar")
    story.at("14:21", "Omar", "start-step", step="s16")
    story.at(
        "14:22", "Wei", "note", text="Support has 140 tickets; every shop gets the same answer and the status page"
    )
    story.at("14:24:30", "Ines", "assign", role="scribe", who="Nadia")
    story.at(
        "14:25",
        "Nadia",
        "note",
        when="14:23",
        text="Wei's shift ends; Nadia has read the timeline and takes over as scribe",
    )


def _nearly_there(story: _Told) -> None:
    story.at("14:26:10", "Omar", "hypothesis", text="One partition of the delivery queue is stuck")
    story.at("14:28:52", "Ines", "ask", who="Tomasz", within="10m", text="Does a delivery succeed with the old bundle?")
    story.at(
        "14:29:20",
        "Ines",
        "decision",
        text="Roll back to proxy 7.1 if the old bundle works; do not wait for a fix",
    )
    story.at("14:30", "Ines", "timer", within="15m", text="Is the backlog still below two million?")
    story.at("14:31", "Omar", "finding", text="Backlog is 1.1 million deliveries, growing by 20,000 a minute")
    story.at(
        "14:32:30",
        "Nadia",
        "action",
        when="14:30",
        text="Retry workers scaled from 40 to 10, to avoid a retry storm",
    )
    story.at("14:34", "Nadia", "follow-up", text="Alert when a delivery fails with a TLS error, not on the rate alone")
    story.at(
        "14:35:30",
        "Tomasz",
        "action",
        text="One of eight proxies switched to the old bundle; test deliveries running",
    )
    story.at("14:37:12", "Nadia", "note", text="First test delivery through that proxy: 200 after 0.3 s")


def sample_lines(folder: Path) -> list[bytes]:
    """Return the lines of the file, made by way of a store in `folder`."""
    story = sample_story()
    events = [_named(event) for event in story.record.events]
    runbook = runbook_at(RUNBOOK)
    with Journal(folder / "sample.db", None, CountedIds()) as journal:
        record = journal.take_in(events[0].incident, lambda: events, {runbook.sha256: RUNBOOK.read_bytes()})
        return list(export_lines(journal, record.id))


def _named(event: Event) -> Event:
    """Return the event with ids that no counted test and no random store has."""
    return replace(event, id=_id(str(event.seq)), incident=_id("incident"))


def _id(of: str) -> str:
    return sha256(f"the sample incident: {of}".encode()).hexdigest()[:32]
