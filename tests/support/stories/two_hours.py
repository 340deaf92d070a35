"""Two hours: Ana commands at a large terminal, Ben works at a small one, Chidi writes it down line by line.

Every step waits until a screen shows what came of it, often the other person's; time passes only where it is said.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from incident_cockpit.incident.record import Record
from support.stories import two_hours_later as later
from support.stories.room import People, Room

START = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)

# As it was copied from the chat in which people talked before there was an incident.
THREAD = """[13:50] Kim: error rate on EU cards jumps
[13:52] Lea: support has 12 tickets,
all with cards from France
[13:57] Kim: 4512 went out at 13:46"""
WAY_ROUND = "Paying by bank transfer works meanwhile."


class TwoHours:
    """What the story leaves for its tests: screens, what was copied, the journal and the documents."""

    def __init__(self, home: Path) -> None:
        """Tell it from the first key to the last."""
        with Room(home, START) as self.room:
            self.people = People(self.room)
            declared(self.people)
            asked(self.people)
            supposed(self.people)
            decided(self.people)
            promised(self.people)
            self.when_killed = killed(self.people)
            later.handed_over(self.people)
            later.found(self.people)
            later.promised_late(self.people)
            later.over(self.people)
            later.left(self.people)
        self.record: Record = self.room.record()
        self.screens = self.people.screens
        self.on_desktop = self.room.copied("Ana")
        self.in_terminal = self.people.ben.clipboard
        self.verified = self.room.run("Ana", "verify")
        self.adherence = {one["text"]: one for one in json.loads(self.room.run("Ana", "adherence", "--json"))}
        self.postmortem = (home / "INC-1-postmortem.md").read_text(encoding="utf-8")


def declared(people: People) -> None:
    """14:00: Ana declares, the others come; roles, the impact and the first steps by what NEXT and Due say."""
    room, ana = people.room, people.ana_sits()
    ana.expect("No incidents")
    ana.key("d").type("Checkout returns 500 for EU cards").key("ctrl+o").expect("Runbook")
    ana.key("enter").type("-12m").key("enter", "enter").type("SEV2").key("enter")
    ana.expect("INC-1 declared")
    ben, chidi = people.ben_sits(), people.chidi_sits()
    ben.expect(r"SEV2 +INC-1 .* T\+12m")
    chidi.expect("INC-1 >")
    room.at(2)
    ana.expect("NEXT +Technical Lead unassigned")
    ana.key("g").type("Ben").key("enter").expect("Logged: Technical Lead: Ben")
    ana.key("r").type("scribe").key("enter").type("Chidi").key("enter").expect("Logged: Scribe: Chidi")
    ana.expect("NEXT +.*impact")
    ana.key("g").type("8% of EU card payments fail").key("enter").expect("Logged: 8% of EU card payments fail")
    ana.key("space").expect("Logged: Acknowledge the page")
    ben.expect("✓ Acknowledge the page.* Ana 14:02")
    ben.key("down", "space").expect("Logged: Reproduce the failure")
    ana.expect("✓ Reproduce the failure.* Ben 14:02")
    room.at(4)
    ana.key("3", "space").expect("Completed: Post the first message. Copied with xclip")
    people.chidi_types(":milestone detected 13:50", "milestone", "detected")
    people.chidi_types(":complete 'Brief support' by phone", "plan", "Brief support")


def asked(people: People) -> None:
    """14:04: Ben is asked and forgets; at 14:17 NEXT says so to everybody, and he answers by it. A thread comes in."""
    room, ana, ben = people.room, people.ana, people.ben
    ana.key("n").type("@Ben 10m replica lag?").key("enter").expect("Logged: Ben, 10m: replica lag")
    ben.expect("ask +Ben, 10m: replica lag")
    room.at(8)
    ben.paste(THREAD).expect("chat, 3 messages by Kim, Lea")
    ben.key("tab").expect("enter preview")
    ben.key("enter").expect("y import")
    people.look("thread", ben)
    ben.key("y").expect("Imported: 3 entries")
    room.at(17)
    for terminal in (ana, ben):
        terminal.expect(r"NEXT +Ben: replica lag\? \(late 3m\)")
    ana.expect(r"▲ late 3m +Ben: replica lag\?")
    people.look("late ask", ana)
    ben.expect("3 Due ▲1")
    ben.key("escape", "g").expect("Answer")
    ben.type("3 s, as always").key("enter").expect("Logged: Ben: replica lag")
    ana.expect(r"answer +Ben: replica lag\? → 3 s, as always +Ben")
    ana.expect_gone("NEXT +Ben: replica lag")


def supposed(people: People) -> None:
    """14:18: two causes, what speaks for and against each; one is ruled out."""
    room, ana, ben = people.room, people.ana, people.ben
    room.at(18)
    people.chidi_types("? bad deploy 4512", "hypothesis", "bad deploy 4512")
    people.chidi_types("? DNS", "hypothesis", "DNS")
    ana.expect("open +DNS")
    # A line of the thread that was pasted speaks for it.
    ana.key("escape", "slash").type("went out").key("enter").expect("▸13:57 +note +4512 went out at 13:46")
    ana.key("plus").expect("Hypothesis")
    ana.type("bad").key("enter").expect("Logged: for bad deploy 4512: note: 4512 went out")
    ana.key("escape").expect_gone("clears the filter")
    people.chidi_types(":contradicts bad 'staging runs it without errors'", "evidence", "against bad deploy")
    people.chidi_types(":contradicts DNS 'resolvers answer in 20 ms'", "evidence", "against DNS")
    room.at(24)
    ben.key("5").expect(r"bad deploy 4512 .*\+1 -1")
    ben.key("down").expect("▸open +DNS")
    ben.key("minus").expect("Evidence")
    ben.type("one lookup in 10,000 fails, as ever").key("enter").expect("Logged: DNS +ruled out: one lookup")
    ana.expect("ruled out +DNS: one lookup")


def decided(people: People) -> None:
    """14:24: what is lacking, how it stands, a decision with its grounds, and what was done."""
    room, ana, ben = people.room, people.ana, people.ben
    ana.key("N").type("somebody with access to the card gateway").key("enter").expect("Logged: somebody with access")
    ana.key("S").type("checkout").key("enter").type("degr").key("enter").type("EU only").key("enter")
    ana.expect(r"Logged: checkout: degraded \(EU only\)")
    ana.key("i").type("12% of EU card payments fail").key("enter").expect("Logged: 12% of EU card payments fail")
    ben.expect("need: somebody with access .* checkout degraded")
    room.at(28)
    ana.key("D").type("Roll back 4512").key("enter").type("errors begin with it").key("enter")
    ana.type("loses the new receipts").key("enter", "enter").type("30m").key("enter")
    ana.expect(r"Logged: Roll back 4512 +\(because errors begin with it; risk: loses the new receipts\)")
    people.chidi_types(":objection Roll 'nobody objects'", "decision", "Roll back 4512: objections: nobody objects")
    room.at(30)
    ben.key("n").type("! Rolled back 4512").key("enter").expect("Logged: Rolled back 4512")
    ben.key("escape")
    ana.expect("action +Rolled back 4512 +Ben")


def promised(people: People) -> None:
    """14:31: the first update inside; then NEXT asks what the rollback did."""
    room, ana, ben = people.room, people.ana, people.ben
    room.at(31)
    ana.key("n").type(":update internal").key("enter").expect("due 15:31 UTC")
    people.look("internal 1", ana)
    ana.key("ctrl+s").expect("internal update: copied with xclip")
    ben.expect(r"update +internal update 1 sent \(xclip\)")
    room.at(36)
    ben.expect(r"NEXT +.*outcome.*: Rolled back 4512")
    ben.key("g").expect("Outcome")
    ben.type("helped").key("enter").type("5xx fall from 12% to 3%").key("enter").expect(
        "Logged: Rolled back 4512 +helped"
    )
    ana.expect("outcome +Rolled back 4512 +helped: 5xx fall from 12% to 3% +Ben")
    ana.key("escape", "i").type("3% of EU card payments fail").key("enter").expect(
        "Logged: 3% of EU card payments fail"
    )


def killed(people: People) -> Record:
    """14:40: the program is killed while Ana writes to customers; return the journal as it was in that moment."""
    room, ana, ben = people.room, people.ana, people.ben
    room.at(39)
    ana.key("n").type("the bank asks for card numbers").key("enter").expect("Logged: the bank asks")
    room.at(40)
    ana.key("escape", "u").expect("External update +update 1")
    ana.key("pagedown", "end", "enter").type(WAY_ROUND).expect(WAY_ROUND)
    people.look("killed", ana)
    ana.kill()
    people.codes["Ana, killed"] = ana.wait_exit()
    stored = room.record()
    ben.key("n").type("drained the retry queue").key("enter").expect("Logged: drained the retry queue")
    ben.key("escape")
    room.at(43)
    ana = people.ana_sits()
    ana.expect("note +the bank asks for card numbers +Ana")
    ana.expect("note +drained the retry queue +Ben")
    ana.key("u").expect("Saved draft")
    ana.expect(WAY_ROUND)
    people.look("draft", ana)
    ana.key("ctrl+s").expect("external update: copied with xclip")
    ben.expect(r"update +external update 1 sent \(xclip\)")
    return stored
