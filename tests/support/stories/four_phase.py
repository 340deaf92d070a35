"""Seed 004 as it is told: a checkout that fails for many, then for all, until the postmortem was held."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from support.stories.bridge import Bridge
from support.stories.telling import Telling

# A Friday afternoon, so that two business days end on Tuesday.
START = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
CHANNEL = "#incident-2026-11-20-checkout-fails"


def minutes(count: float) -> datetime:
    """Return the moment so many minutes after the declaration."""
    return START + timedelta(minutes=count)


class Checkout(Telling):
    """A Sev2 that becomes a Sev1, told once from the alert to the closing."""

    def __init__(self, bridge: Bridge) -> None:
        """Tell it."""
        super().__init__(bridge)
        self._detect()
        self._respond()
        self._worse()
        self._remedy()
        self._recover()
        self._learn()

    def _detect(self) -> None:
        bridge = self.bridge
        self.hear(
            "declared", "declare", "Checkout fails", "--severity", "Sev2", "--plan", "four-phase",
            "--found-by", "alert", "--started", "-10m", "--why", "one card payment in three fails", after="",
        )  # fmt: skip
        bridge.run("do", "milestone", "detected", "-8m")
        self.copy("plan", "plan", "show", "four-phase", after="")
        self.copy("list", "show", after="")
        self.look("declared")
        for role, who in (("tech", "Raj"), ("comms", "Mio"), ("scribe", "Lee"), ("sme", "Kim"), ("sme", "Tom")):
            bridge.do("assign", role, who, after="30s")
        self.look("roles given")
        self.reply({"Is it confirmed": "yes, a payment by hand failed"})
        self.tick("Gather initial data", "Assess the initial severity", "If confirmed")
        self.hear("confirmed", "do", "phase", "response", after="30s")
        self.look("confirmed")

    def _respond(self) -> None:
        bridge = self.bridge
        bridge.do("impact", "One card payment in three fails")
        bridge.do("answer", "On-call engineer", "Raj is on it")
        self.tick("Declare the incident", "Assign the incident commander", "Assemble the team", "Open the channel")
        bridge.do("answer", "Core team", "six of us are here")
        self.reply({"Who is affected": "everybody who pays by card", "Which systems are affected": "checkout, gateway"})
        bridge.do("finding", "the gateway rejects what release 4512 sends", by="Raj")
        self.tick("Log what is known so far", by="Lee")
        self.copy("first message", "message", "declared")
        self.at(30, "half an hour", START)
        self.copy("internal 1", "update", "--for", "internal", "--sent", after="")
        bridge.run("do", "assign", "ic", "Bo", by="Bo")
        bridge.who = "Bo"
        bridge.until(self.milestone("confirmed") + timedelta(minutes=29))
        self.look("first word due")
        self.copy("external 1", "update", "--for", "external", "--sent", by="Mio", after="")
        self.look("first word sent")

    def _worse(self) -> None:
        bridge = self.bridge
        self.hear("worse", "do", "severity", "Sev1", "nobody can pay any more")
        bridge.do("impact", "Nobody can pay by card")
        self.look("Sev1")
        self.copy("to executives", "message", "declared", "--copy")
        self.look("executives told")
        bridge.do("trigger", "all-hands")
        self.copy("all hands", "message", "escalation", after="")
        self.copy("direct", "update", "--for", "direct", by="Mio", after="")
        self.copy("social", "update", "--for", "social", by="Mio", after="")

    def _remedy(self) -> None:
        bridge = self.bridge
        bridge.do("phase", "remediation")
        self.reply(
            {"What mitigates the impact": "roll back 4512", "Is there a temporary workaround": "pay by invoice"},
            by="Raj",
        )
        bridge.log("Workaround: pay by invoice", by="Mio")
        bridge.log("= roll back release 4512")
        bridge.log("! rolled back release 4512", by="Raj")
        self.tick("Carry out the mitigation", by="Raj")
        self.tick("Log each action", by="Lee")
        self.reply({"Did it help": "failures fall from all to none"}, by="Raj")
        bridge.log("? release 4512 dropped a column", by="Kim")
        bridge.do("test", "4512 dropped", "Kim")
        self.tick("Start to look for the underlying cause", by="Raj")
        bridge.do("evidence", "gateway log of 14:50 to 15:40", "bucket incidents/1", by="Lee")
        self.tick("Save logs and graphs", "Log the findings", by="Lee")
        bridge.do("confirm", "4512 dropped", "the column is missing in its migration", by="Kim")
        bridge.until(minutes(60)).run("update", "--for", "internal", "--sent")
        self.copy("external 2", "update", "--for", "external", after="")

    def _recover(self) -> None:
        bridge = self.bridge
        bridge.do("phase", "recovery")
        self.tick("Restore the full service", by="Raj")
        self.reply({"Do all systems work": "yes, fifty payments by hand"}, by="Raj")
        self.tick("Monitor for residual", by="Raj")
        bridge.until(minutes(105))
        self.look("second word late")
        bridge.run("update", "--for", "external", "--sent", by="Mio")
        bridge.do("cadence", "internal", "off", after="")
        self.look("internal off")
        self.tick("Declare the all-clear")
        self.said["unverified"] = bridge.refused("do", "resolve")
        bridge.until(minutes(112)).run("do", "resolve", "payments at the usual rate for 20 minutes")
        self.look("all clear")
        self.copy("all clear", "message", "all-clear", "--copy", by="Mio")
        self.tick("Notify all stakeholders", by="Mio")
        self.copy("external end", "update", "--for", "external", "--sent", by="Mio")
        self.copy("direct end", "update", "--for", "direct", by="Mio", after="")
        self.copy("social end", "update", "--for", "social", by="Mio", after="")
        self.tick("Announce the resolution to customers", by="Mio")
        self.copy("internal end", "update", "--for", "internal", by="Mio", after="")
        self.look("everybody told")
        for number in range(1, 5):
            bridge.until(self.milestone("resolved") + timedelta(hours=number))
            self.look(f"look {number}")
            bridge.run("do", "complete", f"check {number}", "quiet")

    def _learn(self) -> None:
        bridge = self.bridge
        bridge.until(datetime(2026, 11, 23, 10, 0, tzinfo=UTC))
        self.look("Monday")
        bridge.do("schedule-review", "2026-11-25 10:00", "Room 4")
        self.copy("invitation", "invite", after="")
        self.tick("Schedule the postmortem")
        self.look("scheduled")
        for text, kind in (
            ("Check migrations against the gateway's schema", "technical"),
            ("Alert on rejects", "monitoring"),
        ):
            bridge.do("follow-up", text)
            bridge.do("follow-up-kind", text, kind)
        bridge.do("follow-up-owner", "Check migrations", "Kim")
        bridge.do("follow-up-due", "Check migrations", "2026-12-04")
        bridge.do("follow-up-success", "Check migrations", "a missing column fails the build")
        self.said["gates"] = bridge.refused("do", "close")
        bridge.until(datetime(2026, 11, 25, 11, 30, tzinfo=UTC)).run("do", "review-held")
        self.copy("postmortem", "postmortem", after="")
        self.tick("Write the postmortem", "Give each corrective action")
        self.look("held")
        bridge.do("complete", "The postmortem is written", "wiki/checkout-4512")
        self.look("written")
        bridge.do("close")
        self.look("closed")
        self.read("adherence", "adherence")
        self.read("show", "show")
