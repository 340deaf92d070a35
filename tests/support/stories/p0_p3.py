"""Seed 003 as it is told: a P0 from the page to the closing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from support.stories.bridge import Bridge
from support.stories.telling import Telling

# A Friday, so that two days lie on a weekend.
START = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
LOOK = (
    "Are error rate, latency and load back to normal? Has the alert been quiet? Are there new support tickets about it?"
)
CHANNEL = "#inc-2026-11-20-p0-checkout-is-down"


def minutes(count: float) -> datetime:
    """Return the moment so many minutes after the declaration."""
    return START + timedelta(minutes=count)


class Outage(Telling):
    """A P0, told once from the page to the closing."""

    def __init__(self, bridge: Bridge) -> None:
        """Tell it."""
        super().__init__(bridge)
        self._triage()
        self._investigate()
        self._contain()
        self._resolve()
        self._learn()

    def _triage(self) -> None:
        bridge = self.bridge
        self.hear(
            "declared", "declare", "Checkout is down", "--severity", "P0", "--plan", "p0-p3", "--type", "outage",
            "--found-by", "monitoring", "--started", "-4m", "--why", "no payment goes through", after="",
        )  # fmt: skip
        bridge.run("do", "milestone", "detected", "-1m")
        self.copy("plan", "plan", "show", "p0-p3", after="")
        self.copy("list", "show", after="")
        self.look("0 minutes")
        bridge.run("do", "assign", "oncall", "Raj")
        self.look("on call")
        bridge.do("impact", "no card payment goes through")
        self.copy("first message", "message", "declared", "--copy")
        self.look("stakeholders told")
        self.copy("invite", "message", "invite", after="")
        bridge.run("do", "answer-step", "When was it detected", "13:59, the payment alert")
        self.tick("Triage, and declare", "Assign an incident commander", after="")
        self.tick("Open the war room", "Send the first notification", after="30s")
        self.hear("triage over", "do", "phase", "investigation", after="30s")

    def _investigate(self) -> None:
        bridge = self.bridge
        self.at(5, "5 minutes", START)
        self.copy("to the manager", "message", "escalation:rung-P0-engineering-manager", "--copy", after="")
        self.look("manager told")
        bridge.do("assign", "comms", "Mio")
        bridge.do("assign", "sme", "Kim")
        bridge.do("assign", "sme", "Tom")
        self.tick("Gather context", "Check monitoring", by="Raj")
        self.at(15, "15 minutes", START)
        bridge.run("do", "escalate", "VP Engineering", "as the plan says")
        self.look("VP told")
        self.reply({"Which systems and which users": "gateway, every customer"}, by="Raj")
        bridge.log("? the certificate of the gateway has expired", by="Raj")
        bridge.log("? the last release broke the gateway", by="Kim")
        self.reply({"What is the first hypothesis": "certificate; a fresh one would disprove it",
                    "What are the impact": "all card payments, all regions"}, by="Raj")  # fmt: skip
        self.copy("under investigation", "update", "--for", "internal", after="")
        bridge.until(minutes(27)).run("do", "phase", "containment")

    def _contain(self) -> None:
        bridge = self.bridge
        self.at(30, "30 minutes", START)
        bridge.run("do", "complete", "Executive team", "by phone")
        self.copy("contained soon", "update", "--for", "internal", "--sent", after="")
        self.copy("status", "update", "--for", "status", "--sent", by="Mio", after="")
        self.look("half an hour done")
        self.tick("Isolate affected systems", by="Raj")
        self.reply({"What else could be affected": "refunds, and they are stopped"}, by="Raj")
        bridge.log("Workaround: pay by invoice", by="Mio")
        self.tick("Apply a temporary workaround", by="Raj")
        self.copy("customers", "update", "--for", "customers", by="Mio")
        self.copy("support", "update", "--for", "support", by="Mio", after="")
        self.copy("social", "update", "--for", "social", by="Mio", after="")
        self.tick("Notify users", by="Mio")
        self.at(55, "55 minutes", START)
        self.at(60, "60 minutes", START)
        bridge.run("update", "--for", "customers", "--sent", by="Mio")
        self.look("customers told")
        bridge.until(minutes(65)).run("update", "--for", "internal", "--sent")

    def _resolve(self) -> None:
        bridge = self.bridge
        bridge.do("phase", "resolution")
        bridge.do("confirm", "certificate", "it ended at 13:56", by="Raj")
        bridge.do("rule-out", "last release", "it went out a day before", by="Kim")
        bridge.log("! put a new certificate on the gateway", by="Raj")
        self.tick("Develop the fix", "Test the fix outside", "Deploy the fix", by="Raj")
        self.reply({"What is the evidence that it works": "payments at the usual rate"}, by="Raj")
        self.tick("Monitor for recurrence", by="Raj")
        bridge.do("phase", "recovery")
        self.look("mitigated")
        self.tick("Return to normal operation", "Monitor the metrics", by="Raj")
        self.reply({"Do all systems pass": "yes, by its own checks"}, by="Raj")
        bridge.until(minutes(90)).run("update", "--for", "status", "--sent", by="Mio")
        self.tick("Update the stakeholders", by="Mio")
        bridge.until(minutes(94)).run("update", "--for", "internal", "--sent")
        self.said["unverified"] = bridge.refused("do", "resolve")
        self.hear("resolved", "do", "resolve", "payments at the usual rate for 15 minutes")
        self.look("resolved")
        for audience in ("internal", "customers", "status", "support"):
            self.copy(f"resolved {audience}", "update", "--for", audience, "--sent")

    def _learn(self) -> None:
        bridge = self.bridge
        for number in range(1, 5):
            bridge.until(self.milestone("resolved") + timedelta(minutes=30 * number))
            self.look(f"look {number}")
            bridge.run("do", "complete", f"check {number}", "quiet")
        bridge.do("schedule-review", "2026-11-21 10:00", "60m", "the war room")
        self.copy("invitation", "invite", after="")
        self.tick("Schedule the postmortem")
        bridge.do("follow-up", "Alert 30 days before a certificate ends")
        for action, word in (("owner", "Raj"), ("priority", "high"), ("due", "2026-11-27"), ("kind", "prevention"),
                             ("success", "a certificate that ends rings the bell")):  # fmt: skip
            bridge.do(f"follow-up-{action}", "Alert 30 days", word)
        bridge.do("follow-up", "Write the certificate into the runbook")
        bridge.do("follow-up-kind", "Write the certificate", "documentation")
        self.look("before the post-mortem")
        bridge.until(datetime(2026, 11, 21, 11, 0, tzinfo=UTC))
        self.said["gates"] = bridge.refused("do", "close")
        bridge.do("review-held")
        self.look("post-mortem held")
        self.copy("post-mortem", "postmortem", after="")
        self.copy("summary", "message", "postmortem", after="")
        self.tick(
            "Analyse the root cause",
            "Document the lessons learned",
            "Define action items",
            "Update runbooks",
            "Share the lessons",
        )
        bridge.do("complete", "Lessons learned are shared", "mail to the team")
        self.look("lessons shared")
        bridge.wait("5d").do("follow-up-done", "Alert 30 days")
        self.look("improved")
        bridge.do("close")
        self.read("show", "show")
        self.read("list", "list", "--all")
        self.read("adherence", "adherence")
        self.copy("follow-ups", "followups", after="")
        self.look("closed")


def declare(bridge: Bridge, severity: str, title: str = "Checkout is slow", *more: str) -> None:
    bridge.run("declare", title, "--severity", severity, "--plan", "p0-p3", *more)
