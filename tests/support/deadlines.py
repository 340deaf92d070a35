"""A plan with something of everything that a plan can ask for, so that tests meet every kind of deadline."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from incident_cockpit.plan.deadlines import ClosingGate, Deadline, DeadlineKind, Watch
from incident_cockpit.plan.schema import (
    Channel,
    Contact,
    Detection,
    IncidentType,
    Participant,
    Plan,
    PostmortemRules,
    Reporter,
    ReviewRules,
    Severity,
    System,
    Target,
    TriagePolicy,
    Trigger,
)
from incident_cockpit.times.business_calendar import Within
from incident_cockpit.times.parse import parse_duration

AT_ONCE = Within("immediately", seconds=0)
SEV1, SEV1_2, SEV2 = ("SEV1",), ("SEV1", "SEV2"), ("SEV2",)


def span(said: str) -> Within:
    """Return how long a plan gives for something, such as "15m"."""
    length = parse_duration(said)
    assert length is not None, f"{said!r} is no duration"
    return Within(said, seconds=int(length.total_seconds()))


def business_days(count: int) -> Within:
    """Return a time in whole business days."""
    return Within(f"{count} business days", days=count)


def rung(severity: str, after: str, who: str, optional: bool = False) -> Deadline:
    """Return an escalation level; a contact of two severities shares one completion mark."""
    word = who.casefold().replace(" ", "-")
    return Deadline(
        f"rung-{severity}-{word}",
        DeadlineKind.ESCALATION,
        f"Tell {who}",
        "declared",
        span(after),
        f"done tell-{word}",
        (severity,),
        who=who,
        message="escalation" if who == "CTO" else "",
        optional=optional,
    )


# Of every kind one and of every way to meet one too; the ladder of SEV1 has three rungs and a duty.
DEADLINES = (
    Deadline("respond-SEV1", DeadlineKind.TARGET, "Respond", "detected", span("5m"), "milestone acknowledged", SEV1),
    Deadline("respond-SEV2", DeadlineKind.TARGET, "Respond", "detected", span("15m"), "milestone acknowledged", SEV2),
    rung("SEV1", "15m", "Engineering manager"),
    rung("SEV1", "30m", "VP Engineering"),
    rung("SEV1", "45m", "CTO"),
    Deadline("rung-SEV1-customers", DeadlineKind.ESCALATION, "Tell customers", "declared", span("30m"),
             "update external", SEV1),
    rung("SEV2", "30m", "Engineering manager"),
    rung("SEV2", "2h", "VP Engineering"),
    rung("SEV2", "1h", "Vendor", optional=True),
    Deadline("escalate-SEV3", DeadlineKind.ESCALATION, "Escalate: it is not resolved", "declared", span("4h"),
             "done escalate", ("SEV3",)),
    Deadline("role-tech", DeadlineKind.ROLE, "Fill Technical Lead", "declared", span("5m"), "role tech", SEV1_2),
    Deadline("role-comms", DeadlineKind.ROLE, "Fill Communications Lead", "declared", span("10m"), "role comms", SEV1),
    Deadline("phase-investigating", DeadlineKind.WINDOW, "Investigating should be over", "detected", span("30m"),
             "phase investigating"),
    Deadline("cto", DeadlineKind.NOTICE, "Tell the CTO how bad it is", "declared", AT_ONCE, "done cto", SEV1, who="CTO",
             route="telephone", message="declared"),
    Deadline("support", DeadlineKind.NOTICE, "Tell the support desk", "confirmed", span("30m"), "done support", SEV1_2,
             who="Support", route="#support"),
    Deadline("authority", DeadlineKind.NOTICE, "Tell the data protection authority", "aware", span("72h"),
             "done authority", types=("breach",), contains=("What happened", "Who is affected"), message="notice"),
    Deadline("users", DeadlineKind.NOTICE, "Tell the people whose data it is", "aware", span("72h"), "done users",
             types=("breach",), optional=True),
    Deadline("impact", DeadlineKind.DEADLINE, "Say who is hurt", "declared", span("10m"), "impact"),
    Deadline("ticket", DeadlineKind.DEADLINE, "Open the ticket", "declared", Within("4 business hours", working=14400),
             "done ticket"),
    Deadline("mitigate", DeadlineKind.DEADLINE, "Stop the harm", "declared", span("4h"), "milestone mitigated", SEV1),
    Deadline("all-clear", DeadlineKind.DEADLINE, "Tell everybody that it is over", "resolved", span("15m"),
             "done all-clear", message="all-clear"),
    Deadline("review-scheduled", DeadlineKind.DEADLINE, "Put the review into the calendar", "resolved",
             business_days(1), "review scheduled", SEV1_2),
    Deadline("review-held", DeadlineKind.DEADLINE, "Hold the review", "resolved", business_days(2), "review held",
             SEV1_2),
    Deadline("urgent-work", DeadlineKind.DEADLINE, "Finish the urgent follow-ups", "resolved", business_days(5),
             "followups high"),
    Deadline("archive", DeadlineKind.DEADLINE, "Archive the channel", "closed", business_days(2), "done archive"),
)  # fmt: skip


def only(plan: Plan, *deadlines: Deadline, **more: Any) -> Plan:
    """Return the plan with these deadlines and nothing else that counts, but for what is given by its field's name."""
    bare = replace(
        filled(plan),
        id="only",
        name="Only plan",
        deadlines=deadlines,
        closing=(),
        cadences=(),
        participants=(),
        confirmers=(),
        channel=None,
        progress=None,
        watch=None,
        targets=(),
        triage=TriagePolicy(),
    )
    return replace(bare, **more)


def plain(plan: Plan) -> Plan:
    """Return the plan with its severities, roles, phases and updates, and nothing else that it asks for."""
    return replace(
        plan,
        severities=_bare(plan),
        id="plain",
        name="Plain plan",
        deadlines=(),
        closing=(),
        types=(),
        detections=(),
        reporters=(),
        triage=TriagePolicy(),
        triggers=(),
        channel=None,
        participants=(),
        progress=None,
        confirmers=(),
        watch=None,
        postmortem=PostmortemRules(),
        review=ReviewRules(),
        targets=(),
    )


def filled(plan: Plan) -> Plan:
    """Return the plan with everything that a plan may leave out, nothing of that from its file."""
    return replace(
        plan,
        severities=_bare(plan),
        id="full",
        name="Full plan",
        deadlines=DEADLINES,
        closing=(
            ClosingGate("urgent", "All urgent follow-ups are done", "followups high"),
            ClosingGate("sign-off", "The CTO has signed off", "done sign-off", SEV1),
            ClosingGate("held", "The review was held", "review held", SEV1_2),
        ),
        types=(
            IncidentType("outage", "Outage", steps=("Look at the last deployment",)),
            IncidentType("security", "Security", restricted=True),
            IncidentType("breach", "Data breach", restricted=True, aware=True, breach=True),
        ),
        detections=(Detection("alert", "Alert", "pager, then whoever is on call"), Detection("report", "Report")),
        reporters=(Reporter("employee", "Employee", "#incidents"), Reporter("customer", "Customer", "support desk")),
        triage=TriagePolicy(
            validate_within=900,
            answer_within=300,
            investigate_within=3600,
            owner="Whoever is on call",
            route="#incidents",
            false_alarm_follow_up="Find out why it looked real",
        ),
        triggers=(
            Trigger("target", "A target was missed", "Engineering manager"),
            Trigger("legal", "Legal may be involved"),
        ),
        channel=Channel("incident-{date}", "https://meet.example/incident"),
        participants=(Participant("Support", 300, SEV1), Participant("Security", 600)),
        progress=1800,
        confirmers=("Support", "Finance"),
        watch=Watch(3600, 900, ("Error rate at baseline",)),
        postmortem=PostmortemRules(SEV1_2, ("What happened", "Why"), "CTO", ("Nobody is blamed",)),
        review=ReviewRules(60, ("Support",), ("What happened",)),
        follow_up_kinds=("technical", "process"),
        targets=(Target("tta", 300, SEV1), Target("ttr", 4 * 3600)),
        contacts=(Contact("CTO", "telephone", "cto@example.com"),),
        systems=(System("Checkout", "Payments"),),
    )


def _bare(plan: Plan) -> tuple[Severity, ...]:
    """Return the severities with nothing that they ask for."""
    return tuple(
        replace(one, respond=None, escalate=None, tell=(), notes=(), round_the_clock=True) for one in plan.severities
    )
