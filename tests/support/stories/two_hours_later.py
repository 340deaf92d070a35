"""The second of the two hours: command changes hands, the cause is found, an update is late, and it is over."""

from __future__ import annotations

from support.stories.room import People

# What Ben says back when he takes over, point by point.
READ_BACK = {
    "impact": "3% of EU cards still fail",
    "asks": "Kim looks for the receipts",
    "promise": "outside at 20 to, inside at half past",
}
VERIFIED = "no 5xx for 15 minutes, three test payments went through"


def handed_over(people: People) -> None:
    """15:02: Ana is tired; Ben reads the brief back and takes command, and both see each word of it."""
    room, ana, ben = people.room, people.ana, people.ben
    room.at(50)
    ana.key("n").type("@Kim 30m which receipts are lost?").key("enter").expect("Logged: Kim, 30m")
    room.at(59)
    ana.expect("NEXT +Review decision: Roll back 4512: late 1m")
    ana.key("escape", "g").expect("Still valid")
    ana.key("enter").expect("reviewed")
    room.at(62)
    ana.key("H").expect("enter offer command")
    people.look("brief", ana)
    ana.key("c").expect("clipboard +Copied with xclip")
    ana.key("enter").expect("New commander")
    ana.type("Ben").key("enter").expect(r"Logged: Ana offers .*Ben +\(H start")
    ben.expect("NEXT +Ben reads back: ")
    ben.key("g").expect("on record: 3% of EU card payments fail")
    for point, words in READ_BACK.items():
        ben.expect(f"▸ {point.capitalize()}")
        ben.type(words).key("enter").expect(f"✓ {point.capitalize()}: {words}")
        ana.expect(f"handoff +Ben read back {point}: {words} +Ben")
    room.at(65)
    ben.expect("Press y to take command")
    people.look("read back", ben)
    ben.key("y").expect_gone("Ben takes command from Ana")
    ben.expect("NEXT +.* now Ben: ")
    people.look("greeted", ben)
    ana.expect("handoff +Ben has command, from Ana +Ben")
    ana.expect("Incident Commander +Ben")
    room.at(70)
    ben.key("r").type("comms").key("enter").type("Ana").key("enter").expect("Logged: Communications Lead: Ana")
    ana.expect("Communications Lead +Ana")


def found(people: People) -> None:
    """15:12: the cause is certain, and the phase says so; Kim's answer comes in by way of Chidi."""
    room, ana, ben = people.room, people.ana, people.ben
    room.at(72)
    ben.key("5", "up", "up").expect("▸open +bad deploy 4512")
    ben.key("plus").expect("Evidence")
    ben.type("4512 drops the bank's name").key("enter").expect("Logged: bad deploy 4512 +confirmed")
    ben.key("p").type("identified").key("enter", "enter").expect("Press y")
    ben.key("y").expect("IDENTIFIED +T")
    ana.expect("IDENTIFIED +T")
    ana.expect("confirmed +bad deploy 4512")
    room.at(78)
    people.chidi_types(":answer Kim 'none, they are in the queue'", "answer", "Kim: which receipts are lost")


def promised_late(people: People) -> None:
    """15:35: the second update inside is four minutes late, the second one outside is in time."""
    room, ana, ben = people.room, people.ana, people.ben
    room.at(95)
    ben.expect("NEXT +Internal update: late 4m")
    ben.expect("3 Due ▲1")
    people.look("late update", ben)
    ben.key("g").expect("Internal update +update 2")
    people.look("internal 2", ben)
    ben.key("ctrl+s").expect("internal update: copied")
    ana.expect(r"update +internal update 2 sent \(terminal\)")
    room.at(98)
    ana.key("u").expect("External update +update 2")
    people.look("external 2", ana)
    ana.key("ctrl+s").expect("external update: copied with xclip")
    ben.expect(r"update +external update 2 sent \(xclip\)")


def over(people: People) -> None:
    """15:44: nothing fails any more; resolved with what verified it, all clear, who may rest, and the draft."""
    room, ana, ben = people.room, people.ana, people.ben
    room.at(104)
    ana.key("p").type("monitoring").key("enter", "enter").expect("Press y")
    ana.key("y").expect("MONITORING +T")
    # From a shell, in the middle of something else.
    room.run("Chidi", "do", "need-met", "gateway", "Kim")
    room.run("Chidi", "do", "system", "checkout", "restored")
    ben.expect("system +checkout: restored +Chidi")
    ben.expect_gone("need: ")
    room.at(112)
    ben.key("p").type("resolved").key("enter").expect("How was recovery verified")
    ben.type(VERIFIED).key("enter").expect("Press y")
    ben.key("y").expect("RESOLVED +took 2h04m")
    ben.expect(r"\(C copy all-clear, W copy")
    ana.expect("RESOLVED +took 2h04m")
    room.at(114)
    ben.key("C").expect("Message")
    ben.key("enter").expect("Copying completes: Post the all-clear")
    ben.key("ctrl+s").expect("Completed: Post the all-clear")
    ben.key("W").expect("Stand-down list: copied")
    ana.expect("plan +Post the all-clear +done")
    room.at(116)
    people.chidi_types(":follow-up Contract test for the payment payload", "follow-up", "Contract test")
    ana.expect("follow-up +Contract test")
    ana.key("P").expect("Saved ")


def left(people: People) -> None:
    """16:00: everybody leaves; the incident is on the disk."""
    people.room.at(120)
    for who, terminal in (("Ana", people.ana), ("Ben", people.ben)):
        terminal.expect("16:00:00 UTC")
        people.look(f"{who} at the end", terminal)
        people.leave(who, terminal)
    people.chidi.type(":quit").key("enter")
    people.codes["Chidi"] = people.chidi.wait_exit()
