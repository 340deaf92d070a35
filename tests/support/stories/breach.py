"""Seed 003, sections 11 and 12, as they are told: a break-in on a Friday night that turns out to be a data breach."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from support.stories.bridge import Bridge
from support.stories.telling import Telling

START = datetime(2026, 11, 20, 21, 10, tzinfo=UTC)
# Not a whole minute, because the law does not round.
AWARE = datetime(2026, 11, 20, 21, 47, 30, tzinfo=UTC)
TITLE = "Strangers read orders of our customers"
FIELDS = {
    "nature": "Orders of others were shown after a fault of the cache",
    "data": "Names, addresses and orders",
    "people": "About 4,000 customers in the EU",
    "consequences": "Fraud by post and by telephone",
    "measures": "The cache is off, sessions were ended",
    "contact": "Noor, privacy@shop.example",
    "risk": "High: addresses with what was bought",
}


class Breach(Telling):
    """A break-in that becomes a matter of personal data, told once until the last notice went out."""

    def __init__(self, bridge: Bridge) -> None:
        """Tell it."""
        super().__init__(bridge)
        self._security()
        self._aware()
        self._tell()
        self._end()

    def _security(self) -> None:
        bridge = self.bridge
        self.hear(
            "declared", "declare", TITLE, "--severity", "P0", "--plan", "p0-p3", "--type", "security",
            "--found-by", "support-ticket", "--started", "-50m", "--why", "orders of others are shown", after="",
        )  # fmt: skip
        self.look("declared")
        bridge.run("do", "assign", "oncall", "Raj")
        bridge.run("do", "assign", "comms", "Mio")
        bridge.run("do", "assign", "sme", "Kim")
        self.copy("steps", "show", after="")
        bridge.run("do", "restrict", "Kestrel")
        self.copy("first message", "message", "declared", "--copy")
        for text in ("Engineering manager", "VP Engineering", "Executive team"):
            bridge.run("do", "complete", text, "by phone")
        self.copy("to security", "message", "notice:security-team", "--copy")
        self.look("security told")
        self.hear("escalated", "do", "trigger", "legal", after="30s")
        self.copy("to legal", "message", "notice:legal-team", "--copy", after="30s")
        self.look("legal told")
        bridge.do("phase", "containment")
        self.tick("Isolate compromised systems", by="Raj")
        bridge.log("! took the cache out of the path", by="Raj")
        bridge.do("evidence", "access log of the gateway", "vault 12", by="Kim")
        bridge.do("evidence", "memory image of web-3", "vault 13", by="Kim")
        bridge.do("evidence-handed", "memory image", "Lee", by="Kim")
        self.tick("Preserve evidence", by="Kim")
        bridge.do("waive", "Tell customers", "counsel decides who is told, and when")

    def _aware(self) -> None:
        bridge = self.bridge
        bridge.until(AWARE)
        self.hear("aware", "do", "type", "privacy", after="")
        self.look("aware")
        self.copy("empty notice", "message", "notice:authority", after="")
        self.copy("empty record", "breach", after="")
        self.said["unknown field"] = bridge.refused("do", "breach", "weather", "rain")
        for field, text in FIELDS.items():
            bridge.do("breach", field, text, by="Noor")
        self.look("recorded")

    def _tell(self) -> None:
        bridge = self.bridge
        bridge.do("impact", "4,000 customers could be seen by others")
        self.copy("inside", "update", "--for", "internal", "--sent", after="")
        bridge.do("phase", "recovery", after="2h")
        bridge.until(AWARE + timedelta(hours=20))
        bridge.run("do", "complete", "Assess the risk", "high: addresses and orders; Noor and counsel", by="Noor")
        bridge.do("resolve", "no order of others is shown for a day")
        self.look("resolved")
        for number in range(1, 5):
            bridge.wait("30m").run("do", "complete", f"check {number}", "quiet")
        self.at(60 * 60, "60 hours after", AWARE)
        bridge.run("do", "review-held")
        self.copy("to authority", "message", "notice:authority", "--copy", by="Noor", after="")
        self.look("authority told")
        self.at(72 * 60 - 1, "a minute before", AWARE)
        self.at(72 * 60, "72 hours after", AWARE)
        self.copy("to users", "message", "notice:affected-users", "--copy", by="Noor", after="")
        self.look("users told")

    def _end(self) -> None:
        bridge = self.bridge
        bridge.do("breach", "records", "about 4,100 orders", by="Noor")
        bridge.run("do", "waive", "regulator", "counsel: no regulator asks for it", by="Noor")
        bridge.run("do", "waive", "customers-exposed", "told as affected users", by="Noor")
        self.said["not closed"] = bridge.refused("do", "close", "what was learned is shared when counsel agrees")
        bridge.run("do", "waive", "breach-record", "counsel has what there is", by="Noor")
        self.hear("closed", "do", "close", "what was learned is shared when counsel agrees")
        self.copy("closed", "message", "status", after="")
        bridge.run("do", "undo", by="Noor")
        self.look("closed, record open")
        self.copy("list", "list", after="")
        bridge.until(AWARE + timedelta(hours=73)).run("do", "complete", "Complete the breach", by="Noor")
        self.look("record complete")
        self.copy("record", "breach", after="")
        self.read("adherence", "adherence")
        self.copy("timeline", "timeline", after="")
        self.copy("post-mortem", "postmortem", after="")
