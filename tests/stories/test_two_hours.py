"""Two hours with three people in two terminals on one store: what the journal, the screens and the texts say of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from incident_cockpit.incident.facts.asks import AskStatus
from incident_cockpit.incident.facts.hypotheses import Belief
from incident_cockpit.incident.facts.roles import commander
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.incident.views.update_promises import UpdateOutcome, promises
from support.stories.telling import has
from support.stories.two_hours import START, WAY_ROUND, TwoHours
from support.stories.two_hours_later import READ_BACK, VERIFIED

END = START + timedelta(hours=2)
TIMELINE = """\
13:50 Kim note: error rate on EU cards jumps
13:52 Lea note: support has 12 tickets, / all with cards from France
13:57 Kim note: 4512 went out at 13:46
14:00 Ana opened: INC-1 Checkout returns 500 for EU cards
14:00 Ana severity: SEV2
14:00 Ana phase: Investigating
14:00 Ana role: Incident Commander: Ana
14:00 Ana channel: #inc-2026-11-20-checkout-returns-500-for-eu-cards
14:00 Ana runbook: Service outage (32 steps)
14:02 Ana role: Technical Lead: Ben
14:02 Ana role: Scribe: Chidi
14:02 Ana impact: 8% of EU card payments fail
14:02 Ana step: Acknowledge the page to stop its escalation  done
14:02 Ben step: Reproduce the failure  done
14:04 Ana plan: Post the first message  done: copied (xclip)
14:04 Chidi milestone: detected at 2026-11-20 13:50 UTC
14:04 Chidi plan: Brief support  done: by phone
14:04 Ana ask: Ben, 10m: replica lag?
14:17 Ben answer: Ben: replica lag? → 3 s, as always
14:18 Chidi hypothesis: bad deploy 4512
14:18 Chidi hypothesis: DNS
14:18 Ana evidence: for bad deploy 4512: note: 4512 went out at 13:46
14:18 Chidi evidence: against bad deploy 4512: staging runs it without errors
14:18 Chidi evidence: against DNS: resolvers answer in 20 ms
14:24 Ben finding: DNS  ruled out: one lookup in 10,000 fails, as ever
14:24 Ana need: somebody with access to the card gateway
14:24 Ana system: checkout: degraded (EU only)
14:24 Ana impact: 12% of EU card payments fail
14:28 Ana decision: Roll back 4512  (because errors begin with it; risk: loses the new receipts)
14:28 Chidi decision: Roll back 4512: objections: nobody objects
14:30 Ben action: Rolled back 4512
14:31 Ana update: internal update 1 sent (xclip), next due 15:31 UTC
14:36 Ben effect: Rolled back 4512  helped: 5xx fall from 12% to 3%
14:36 Ana impact: 3% of EU card payments fail
14:39 Ana note: the bank asks for card numbers
14:40 Ben note: drained the retry queue
14:43 Ana update: external update 1 sent (xclip), next due 15:40 UTC
14:50 Ana ask: Kim, 30m: which receipts are lost?
14:59 Ana decision: Roll back 4512: reviewed
15:02 Ana hand-over: Ana offers command to Ben
15:02 Ben hand-over: Ben read back impact: 3% of EU cards still fail
15:02 Ben hand-over: Ben read back asks: Kim looks for the receipts
15:02 Ben hand-over: Ben read back promise: outside at 20 to, inside at half past
15:05 Ben hand-over: Ben has command, from Ana
15:05 Ben role: Incident Commander: Ana → Ben
15:10 Ben role: Communications Lead: Ana
15:12 Ben finding: bad deploy 4512  confirmed: 4512 drops the bank's name
15:12 Ben phase: Investigating → Identified
15:18 Chidi answer: Kim: which receipts are lost? → none, they are in the queue
15:35 Ben update: internal update 2 sent (terminal), next due 16:35 UTC
15:38 Ana update: external update 2 sent (xclip), next due 16:38 UTC
15:44 Ana phase: Identified → Monitoring
15:44 Chidi need: somebody with access to the card gateway  met by Kim
15:44 Chidi system: checkout: restored
15:52 Ben phase: Monitoring → Resolved: no 5xx for 15 minutes, three test payments went through
15:54 Ben plan: Post the all-clear  done: copied (terminal)
15:56 Chidi follow-up: Contract test for the payment payload
""".splitlines()


def seen(screen: str, *patterns: str) -> None:
    """Hold a screen to what has to stand on it, and show it with what it lacks."""
    lacking = [one for one in patterns if not re.search(one, screen, re.MULTILINE)]
    assert not lacking, f"{lacking} not on:\n{screen}"


class TestJournal:
    def test_every_fact_stands_there_once_in_its_order_with_its_author(self, hours: TwoHours) -> None:
        told = [
            f"{line.happened:%H:%M} {line.who} {line.sort}: {' / '.join(line.text.splitlines())}"
            for line in timeline_entries(hours.record)
        ]
        assert told == TIMELINE

    def test_it_is_whole(self, hours: TwoHours) -> None:
        assert [event.seq for event in hours.record.events] == list(range(1, hours.record.seq + 1))
        assert "1 incident" in hours.verified

    def test_nothing_that_was_acknowledged_went_with_the_killed_program(self, hours: TwoHours) -> None:
        before = hours.when_killed.events
        assert hours.people.codes["Ana, killed"] == -9
        assert list(hours.record.events[: len(before)]) == list(before)
        assert [line.text for line in timeline_entries(hours.when_killed)][-1] == "the bank asks for card numbers"

    def test_what_became_of_asks_causes_and_command(self, hours: TwoHours) -> None:
        incident = hours.record.incident
        assert {ask.who: ask.status for ask in incident.asks.values()} == {
            "Ben": AskStatus.ANSWERED,
            "Kim": AskStatus.ANSWERED,
        }
        causes = {
            one.text: (one.belief, [each.speaks_for for each in one.evidence]) for one in incident.hypotheses.values()
        }
        assert causes == {"bad deploy 4512": (Belief.CONFIRMED, [True, False]), "DNS": (Belief.RULED_OUT, [False])}
        assert commander(incident) == "Ben"
        assert incident.handoff is None
        assert not incident.live


class TestScreens:
    def test_a_late_ask_rises_in_next_and_due_and_rings_at_both_terminals(self, hours: TwoHours) -> None:
        screen = hours.screens["late ask"]
        seen(screen, r"NEXT +Ben: replica lag\? \(late 3m\) .*g answer", r"Technical Lead +Ben .*▲ .*replica lag")
        due = [row for row in screen.splitlines() if re.search("replica lag.*asked 14:04|update +every 1h", row)]
        assert "▲ late 3m" in due[0], "what is late stands first"
        assert hours.people.ben.bells > 0

    def test_a_pasted_thread_is_looked_through_before_it_is_kept(self, hours: TwoHours) -> None:
        seen(
            hours.screens["thread"],
            "3 entries to import",
            "authors +2 people: Kim 2, Lea 1",
            "times +Fri 2026-11-20 13:50 to 13:57 UTC",
            "13:52 Lea: support has 12 tickets, ⏎ all with cards from France",
        )
        said = {line.text: line for line in timeline_entries(hours.record)}["4512 went out at 13:46"]
        assert (said.who, f"{said.recorded:%H:%M}") == ("Kim", "14:08")

    def test_the_draft_that_was_killed_is_offered_again(self, hours: TwoHours) -> None:
        assert WAY_ROUND in hours.screens["killed"]
        seen(
            hours.screens["draft"],
            "Saved draft",
            re.escape(WAY_ROUND),
            "by 15:40 UTC",
            "due 15:40 UTC",
        )

    def test_command_is_taken_beside_what_the_record_says(self, hours: TwoHours) -> None:
        seen(
            hours.screens["brief"],
            "Ruled out",
            "14:30 Rolled back 4512 .*helped",
            r"Kim: which receipts are lost\? \(in 18m",
        )
        seen(
            hours.screens["read back"],
            *(f"✓ {point.capitalize()}: {words}" for point, words in READ_BACK.items()),
            "on record: 3% of EU card payments fail",
            "External update.*in 38m",
            "Press y to take command",
        )
        seen(hours.screens["greeted"], "NEXT +.* now Ben: ", "Ben has command, from Ana +Ben")

    @pytest.mark.parametrize("who", ["Ana", "Ben"])
    def test_both_end_on_the_same_incident_and_leave_their_terminal_as_it_was(self, hours: TwoHours, who: str) -> None:
        seen(
            hours.screens[f"{who} at the end"],
            "SEV2 +INC-1 +Checkout returns .* RESOLVED +took 2h04m +16:00:00 UTC",
            "NEXT +Announce the resolution to customers: due in 22m",
            "confirmed +bad deploy 4512",
            "ruled out +DNS",
            "15:54 +plan +Post the all-clear +done",
            "15:56 +follow-up +Contract test for the payment payload +Chidi",
        )
        assert hours.people.codes == {"Ana, killed": -9, "Ana": 0, "Ben": 0, "Chidi": 0}
        assert hours.people.left_on[who] == []


class TestPromises:
    def test_four_updates_to_two_audiences_one_of_them_late(self, hours: TwoHours) -> None:
        ledger = [(one.audience, one.number, one.outcome, one.late) for one in promises(hours.record, END)]
        minutes = timedelta(minutes=1)
        assert ledger == [
            ("external", 1, UpdateOutcome.KEPT, 0 * minutes),
            ("internal", 1, UpdateOutcome.KEPT, 0 * minutes),
            ("internal", 2, UpdateOutcome.LATE, 4 * minutes),
            ("external", 2, UpdateOutcome.KEPT, 0 * minutes),
            ("internal", 3, UpdateOutcome.RELEASED, 0 * minutes),
            ("external", 3, UpdateOutcome.RELEASED, 0 * minutes),
        ]
        seen(hours.screens["late update"], "NEXT +Internal update: late 4m .*g write")

    def test_sent_text_equals_the_copied_text(self, hours: TwoHours) -> None:
        sent = {(one.audience, one.number): one.text for one in hours.record.incident.updates.sent.values()}
        assert len(sent) == 4
        for which in (("internal", 1), ("external", 1), ("external", 2)):
            assert sent[which] in hours.on_desktop
        assert sent["internal", 2] in hours.in_terminal
        has(sent["internal", 1], "12% of EU card payments fail", ": Roll back 4512", "- DNS (ruled out)",
            "- somebody with access to the card gateway (for 7 minutes)", "15:31 UTC")  # fmt: skip
        has(sent["internal", 2], "*Since update 1:*", "Rolled back 4512: helped, 5xx fall from 12% to 3%",
            "Ben took command from Ana", "Confirmed: bad deploy 4512")  # fmt: skip
        has(sent["external", 1], "by 15:40 UTC", WAY_ROUND)
        has(sent["external", 2], "We have identified the issue", "by 16:38 UTC")
        for text in (sent["external", 1], sent["external", 2]):
            assert not re.search("Ana|Ben|Chidi|DNS|4512", text)

    def test_the_other_texts_went_the_same_ways(self, hours: TwoHours) -> None:
        first, _, _, brief, _ = hours.on_desktop
        has(first, ":* Ana")
        has(brief, "*Handoff brief: SEV2 INC-1", "*Ruled out:*", "nobody objects", f"> {WAY_ROUND}")
        has(hours.in_terminal[1], "all clear", f":* {VERIFIED}", ":* bad deploy 4512")
        has(hours.in_terminal[2], "*Stand-down: SEV2 INC-1", "- Ben: still Incident Commander", "- Ana: can ",
            "- Kim: can ", "(last contact 36m ago, 15:18 UTC)")  # fmt: skip
        assert (hours.room.home / "store" / "last-copy.txt").read_text(encoding="utf-8") == hours.in_terminal[2]


class TestDocuments:
    @pytest.mark.parametrize(
        "words",
        [
            "| Mitigated | 2026-11-20 15:44 UTC |",
            "12% of EU card payments",
            "- bad deploy 4512 (confirmed 2026-11-20 15:12 UTC, Ben): 4512 drops the bank's name\n",
            ": note: 4512 went out at 13:46",
            "### Ruled out\n\n- DNS (ruled out 2026-11-20 14:24 UTC, Ben): one lookup in 10,000 fails, as ever",
            "Rolled back 4512 (Ben) → **helped**: 5xx fall from 12% to 3%",
            "Roll back 4512 (Ana): because errors begin with it; risk: loses the new receipts; objections: nobody",
            "- 2026-11-20 15:05 UTC: Ana → Ben\n",
            "(impact): 3% of EU cards still fail",
            "| 2026-11-20 15:35 UTC | internal 2 | Ben | terminal | late 4m (due 2026-11-20 15:31 UTC) |",
            "| 2026-11-20 15:38 UTC | external 2 | Ana | xclip | kept (due 2026-11-20 15:40 UTC) |",
            "| 2026-11-20 14:04 UTC | Ben | replica lag? | answered, late 3m | 3 s, as always |",
            "access to the card gateway | 2026-11-20 14:24 UTC | 2026-11-20 15:44 UTC, by Kim | 1h20m |",
            f"| 2026-11-20 15:52 UTC | Resolved | {VERIFIED} |",
            "Contract test for the payment payload",
        ],
    )
    def test_the_draft_of_the_postmortem_has_it(self, hours: TwoHours, words: str) -> None:
        has(hours.postmortem, words)

    @pytest.mark.parametrize(
        ("what", "verdict", "by"),
        [
            ("Internal update", "late", 4),
            ("External update", "met", -2),
            ("Post the first message", "met", -6),
            ("Brief support", "met", -26),
            ("Post the all-clear", "met", -28),
            ("Time to detect", "met", -8),
            ("Announce the resolution to customers", "running", -22),
        ],
    )
    def test_how_it_kept_to_its_plan(self, hours: TwoHours, what: str, verdict: str, by: int) -> None:
        judged = hours.adherence[what]
        assert (judged["verdict"], judged["by_seconds"]) == (verdict, by * 60)
