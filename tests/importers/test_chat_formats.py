"""The forms in which threads arrive: what each program gives when it is copied, and how scribes write."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from incident_cockpit.importers.chat import Thread, read_thread

# A Saturday.
NOW = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)

# Name of the form, the copied text, and who said what when: "day hour:minute name: text".
FORMS = [
    (
        "Slack on the desktop",
        "280+ new messages\n\nLoading history...\n\n\nQ4120 Ersin Lima\n  1:25 PM\nfirst\n\n\nRamazan - Instructor\n"
        "  1:32 PM\nsee http://10.2.1.9:8080/x\n:white_check_mark:\n3\n\n1:33\nadded.\n:+1::skin-tone-4:\n12\n\n"
        "\n9+\n"
        "2 replies\nLast reply today at 1:35 PMView thread\n\n\nsamuel\n  1:35 PM\n\\a\\b (edited) \n",
        [
            "21 13:25 Q4120 Ersin Lima: first",
            "21 13:32 Ramazan - Instructor: see http://10.2.1.9:8080/x",
            "21 13:33 Ramazan - Instructor: added.",
            "21 13:35 samuel: \\a\\b",
        ],
    ),
    (
        "Slack's pane of a thread",
        "Thread\nops-checkout\n\n\n\nAna Lima\n  Nov 17th at 10:39 AM\nNot yet \n@raj\n, waiting.\n5 replies\n"
        "Also sent to the channel\n\n\nRaj\n  Wednesday at 8:19 PM\n@kim\n has it\n\n\nMio\n  Yesterday at 3:10 PM\n"
        "Agreed\n3:11\nGet it out\n\n\nAna Lima\n  Today at 9:10 AM\nok\n",
        [
            "17 10:39 Ana Lima: Not yet @raj, waiting.",
            "18 20:19 Raj: @kim has it",
            "20 15:10 Mio: Agreed",
            "20 15:11 Mio: Get it out",
            "21 09:10 Ana Lima: ok",
        ],
    ),
    (
        "Slack in a browser, with a status",
        "Ana Lima:house_with_garden:  14:05\nwe see 5xx\n\nsecond\nRaj 🏡  14:07\non it\nKim (she/her)  14:08\nhi",
        ["21 14:05 Ana Lima: we see 5xx\n\nsecond", "21 14:07 Raj: on it", "21 14:08 Kim: hi"],
    ),
    (
        "Slack with a status or a badge in the row of the time",
        "Ana\n:face_with_thermometer:  3:14 PM\nhi\nPagerDuty\nAPP  3:15 PM\nTriggered\nTicket Maker\n"
        "WORKFLOW  3:16 PM\nmade",
        ["21 15:14 Ana: hi", "21 15:15 PagerDuty: Triggered", "21 15:16 Ticket Maker: made"],
    ),
    (
        "Slack in a program of its own window, with days",
        "Thursday, November 19th\nAna\n  2:05 PM\nhello\nYesterday\nRaj\n  9:00 AM\nhi\nToday\nRaj\n  8:00 AM\nyo\n",
        ["19 14:05 Ana: hello", "20 09:00 Raj: hi", "21 08:00 Raj: yo"],
    ),
    (
        "Slack in earlier years",
        "ana [2:05 PM]\nhello\n[2:06]\nmore\nDeploys APP [2:07 PM]\n4512 is out",
        ["21 14:05 ana: hello", "21 14:06 ana: more", "21 14:07 Deploys: 4512 is out"],
    ),
    (
        "Teams",
        "[2:05 PM] Ana Lima\nhello\n[2:06 PM] Patel, Raj (DBA)\nhi\n",
        ["21 14:05 Ana Lima: hello", "21 14:06 Patel, Raj (DBA): hi"],
    ),
    (
        "Teams over days",
        "[11/18 2:05 PM] Ana Lima\nhello\n[Thursday 2:06 PM] Raj\nhi\n[Yesterday 2:06 PM] Raj\nyo",
        ["18 14:05 Ana Lima: hello", "19 14:06 Raj: hi", "20 14:06 Raj: yo"],
    ),
    (
        "Teams with the day behind",
        "[10:42 • 13/11/2026] Mario Rossi:\nhello\n👍 ❤️\n[10:43 • 13/11/2026] Ana:\nhi",
        ["13 10:42 Mario Rossi: hello\n👍 ❤️", "13 10:43 Ana: hi"],
    ),
    (
        "Teams in a browser",
        "Ana Lima\n11/20 2:05 PM\nhello\nRaj Patel\n11/20 2:06 PM\nhi",
        ["20 14:05 Ana Lima: hello", "20 14:06 Raj Patel: hi"],
    ),
    (
        "Skype for Business",
        "[\u200e11/\u200e20/\u200e2026 2:05 PM] \u200eAna Lima\u200e: \nhello\n"
        "[\u200e11/\u200e20/\u200e2026 2:06 PM] Raj: \nhi",
        ["20 14:05 Ana Lima: hello", "20 14:06 Raj: hi"],
    ),
    (
        "Discord",
        "v... — Yesterday at 10:53 PM\nImage\nRaj BOT — Today at 1:31 AM\nYAY\n[1:32 AM]more\n"
        "Floor — 11/21/2026 3:18 AM\nHm",
        ["20 22:53 v...: Image", "21 01:31 Raj: YAY", "21 01:32 Raj: more", "21 03:18 Floor: Hm"],
    ),
    (
        "Discord with badges and tags in rows of their own",
        "TeXit\nAPP\n — Yesterday at 2:29 PM\nhello\nstar\n[:3]\n — Yesterday at 2:30 PM\nhi",
        ["20 14:29 TeXit: hello", "20 14:30 star: hi"],
    ),
    (
        "Discord over days",
        "November 20, 2026\nAna — 2:05 PM\nhello\nNovember 21, 2026\nAna — 9:05 AM\nmorning",
        ["20 14:05 Ana: hello", "21 09:05 Ana: morning"],
    ),
    (
        "Google Chat",
        "Ana Lima, Yesterday 2:05 PM\nhello\nRaj Patel, 2:06 PM, Edited\nhi",
        ["20 14:05 Ana Lima: hello", "21 14:06 Raj Patel: hi"],
    ),
    (
        "Mattermost",
        "username1 profile image\t\nusername1\n2:38 PM\n\n\n\nThe login\n\nwith a redirect\n\n"
        "username2 profile image\t\n"
        "username2\n2:39 PM\nwhy?\n",
        ["21 14:38 username1: The login\n\nwith a redirect", "21 14:39 username2: why?"],
    ),
    (
        "Mattermost or Element, 24 hours",
        "Today - Sat Nov 21 2026\n\nana.lima\n13:38\nfoo\n\nraj\n13:39\nbar",
        ["21 13:38 ana.lima: foo", "21 13:39 raj: bar"],
    ),
    (
        "Rocket.Chat",
        "user1\nuser1\n10:50 AM\nTesting\n\nuser2\nuser2\n11:00 AM\nThis is\nmore\n",
        ["21 10:50 user1: Testing", "21 11:00 user2: This is\nmore"],
    ),
    (
        "WhatsApp's export, Android",
        "11/20/26, 9:00 AM - Messages are encrypted.\n11/20/26, 9:00\u202fAM - Alex: Good\nmorning\n"
        "11/20/26, 9:01 AM - +49 170 1234567: Hi\n11/20/26, 9:02 AM - Raj added Mio\n"
        "11/20/26, 9:03 AM - Ana: foo: bar",
        ["20 09:00 Alex: Good\nmorning", "20 09:01 +49 170 1234567: Hi", "20 09:03 Ana: foo: bar"],
    ),
    (
        "WhatsApp's export, iOS",
        "\u200e[20/11/2026, 14:05:01] Ana: \u200eimage omitted\n"
        "[20/11/2026, 14:06:01] ~ Raj: b <This message was edited>",
        ["20 14:05 Ana: image omitted", "20 14:06 Raj: b"],
    ),
    (
        "WhatsApp in a browser",
        "[14:05, 20/11/2026] Ana: hello\n[14:06, 20/11/2026] +1 555 123 4567: hi",
        ["20 14:05 Ana: hello", "20 14:06 +1 555 123 4567: hi"],
    ),
    (
        "WhatsApp in Finnish",
        "[12.11.2026 klo 14.08.18] Matias Virtanen: moi\n[12.11.2026 klo 14.09.18] Ana: no",
        ["12 14:08 Matias Virtanen: moi", "12 14:09 Ana: no"],
    ),
    (
        "Telegram on the desktop",
        "Gerhard, [20.11.2026 21:58]\n[In reply to Sammy]\nfoo\n\nAna, [20.11.2026 21:59]\nbar",
        ["20 21:58 Gerhard: [In reply to Sammy]\nfoo", "20 21:59 Ana: bar"],
    ),
    (
        "Telegram on a Mac",
        "Ana Lima, [20 Nov 2026 at 14:05:33]:\nhello\n\nRaj, [Nov 20, 2026 at 2:06:33 PM]:\nhi",
        ["20 14:05 Ana Lima: hello", "20 14:06 Raj: hi"],
    ),
    (
        "Matrix, Telegram and Gajim with all in one row",
        "[11/20/26 2:32 PM] @alice:example.com (Alice): first\n[11/20/26 2:33 PM] Bob: second\n"
        "[2026-11-20 02:34:10 PM]User1: x",
        ["20 14:32 alice:example.com (Alice): first", "20 14:33 Bob: second", "20 14:34 User1: x"],
    ),
    (
        "Zoom",
        "14:05:33 From Ana Lima to Everyone:\n\thello all\n14:06:33 From Raj to Ana Lima(Direct Message):\n\thi",
        ["21 14:05 Ana Lima: hello all", "21 14:06 Raj: hi"],
    ),
    (
        "Zoom in earlier years",
        "14:05:33\t From  Ana Lima : hello\n14:06:33\t From  Raj  to  Everyone : hi",
        ["21 14:05 Ana Lima: hello", "21 14:06 Raj: hi"],
    ),
    (
        "irssi",
        "--- Log opened Fri Nov 20 23:50:00 2026\n23:55 <@ana> foo\n23:56  * raj waves\n"
        "23:57 -!- mio [m@host] has joined #x\n"
        "--- Day changed Sat Nov 21 2026\n00:08 <+raj> bar\n00:09 < kim> baz",
        ["20 23:55 ana: foo", "20 23:56 raj: waves", "21 00:08 raj: bar", "21 00:09 kim: baz"],
    ),
    (
        "ZNC, mIRC and KiwiIRC",
        "[14:05:33] <ana> hello\n[14:05:40] *** Joins: mio (x@y)\n[14:05:41] * raj waves\n"
        "[14:05:44] * mio has quit (bye)\n"
        "[14:05:45] → test has joined\n[14:05:46] nick (ident@host) left #channel.\n[14:05:47] <raj> hi",
        ["21 14:05 ana: hello", "21 14:05 raj: waves", "21 14:05 raj: hi"],
    ),
    (
        "HexChat",
        "Nov 20 14:05:33 <ana>\thello\nNov 20 14:05:40 *\traj waves\nNov 20 14:06:33 <raj>\thi",
        ["20 14:05 ana: hello", "20 14:05 raj: waves", "20 14:06 raj: hi"],
    ),
    ("Pidgin", "(14:05:33) ana: hello\n(02:06:33 PM) raj: hi", ["21 14:05 ana: hello", "21 14:06 raj: hi"]),
    ("one blank", "Ana Lima 14:05\nhello\nRaj 14:06\nhi", ["21 14:05 Ana Lima: hello", "21 14:06 Raj: hi"]),
    ("a comma", "Ana Lima, 2:05 PM\nhello\nRaj, 2:06 PM\nhi", ["21 14:05 Ana Lima: hello", "21 14:06 Raj: hi"]),
    ("brackets", "Ana (14:05): hello\nRaj [14:06]: hi", ["21 14:05 Ana: hello", "21 14:06 Raj: hi"]),
    ("dashes", "14:05 - Ana - hello\n14:06 – Raj – hi - there", ["21 14:05 Ana: hello", "21 14:06 Raj: hi - there"]),
    (
        "bold names",
        "**Ana Lima** 2:05 PM\nhello\n**Raj** 2:06 PM\nhi",
        ["21 14:05 Ana Lima: hello", "21 14:06 Raj: hi"],
    ),
    (
        "lists",
        "- **14:05** Ana: a\n* **14:06 Raj:** b\n+ 14:07 **Mio**: c\n1. 14:08 Kim: d\n- [x] 14:09 Ana: e\n"
        "• 14:10 raj : f",
        [
            "21 14:05 Ana: a",
            "21 14:06 Raj: b",
            "21 14:07 Mio: c",
            "21 14:08 Kim: d",
            "21 14:09 Ana: e",
            "21 14:10 raj: f",
        ],
    ),
    (
        "headings with days",
        "## 19 November 2026\n14:05 Ana: a\n## Friday, 20 November\n09:05 Raj: b\n— Today —\n09:05 Raj: c\n"
        "2026-11-21\n9:06 Raj: d",
        ["19 14:05 Ana: a", "20 09:05 Raj: b", "21 09:05 Raj: c", "21 09:06 Raj: d"],
    ),
    ("a table", "| 14:05 | Ana | hello |\n| 14:06 | Raj | hi |", ["21 14:05 Ana: hello", "21 14:06 Raj: hi"]),
    (
        "a table with a heading",
        "| Date | Time | Actor | Action | Link |\n|:--|--:|---|---|---|\n| 2026-11-20 | 14:05 | ana | a \\| b | |\n"
        "| 2026-11-20 | 14:06 | deploy-bot | hi | x |",
        ["20 14:05 ana: a | b", "20 14:06 deploy-bot: hi | x"],
    ),
    (
        "zones",
        "14:05:33 UTC Ana: a\n15:06:33 +01:00 Raj: b\n14:07 GMT Kim: c\n14:08Z Mio: d\n15:09 CET Ana: e\n"
        "2026-11-21T09:10:00-0500 Raj: f\n[14:11:33 UTC] Kim: g",
        [
            "21 14:05 Ana: a",
            "21 14:06 Raj: b",
            "21 14:07 Kim: c",
            "21 14:08 Mio: d",
            "21 14:09 Ana: e",
            "21 14:10 Raj: f",
            "21 14:11 Kim: g",
        ],
    ),
]


def copied(text: str, zone: str = "UTC") -> Thread:
    return read_thread(text, NOW, ZoneInfo(zone))


@pytest.mark.parametrize(("text", "expected"), [form[1:] for form in FORMS], ids=[form[0] for form in FORMS])
def test_format_is_read(text: str, expected: list[str]) -> None:
    assert [f"{entry.at:%d %H:%M} {entry.who}: {entry.text}" for entry in copied(text).lines] == expected


@pytest.mark.parametrize(
    "form",
    ["| Time (UTC) | Who | What |\n|---|---|---|\n| 14:05 | Ana | a |", "## Timeline, all times UTC\n14:05 Ana: a"],
)
def test_heading_sets_the_zone(form: str) -> None:
    assert [f"{entry.at:%H:%M}" for entry in copied(form, "Europe/Paris").lines] == ["14:05"]
    assert [f"{entry.at:%H:%M}" for entry in copied("14:05 Ana: a", "Europe/Paris").lines] == ["13:05"]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        # A message of one word that is a day, and one that is a time.
        (
            "Ana\n  2:05 PM\nsince when?\nRaj\n  2:06 PM\nYesterday\nAna\n  2:07 PM\nok",
            ["since when?", "Yesterday", "ok"],
        ),
        ("Ana\n  14:10\nsince when?\nRaj\n  14:11\n13:52\nAna\n  14:12\nok", ["since when?", "13:52", "ok"]),
        ("Ana\n  14:10\n🎉\nRaj\n  14:11\nNew\nAna\n  14:12\n:eyes:", ["🎉", "New", ":eyes:"]),
        # What is quoted in another form stays with who quoted it.
        (
            "Ana\n  14:10\nfrom the call:\n13:50 Kim: errors\n13:52 Lea: tickets\nRaj\n  14:11\nok\nMio\n  14:12\nyes",
            ["from the call:\n13:50 Kim: errors\n13:52 Lea: tickets", "ok", "yes"],
        ),
        (
            "Ana\n  14:10\n2026-11-21 14:01:33 ERROR main: failed\n2026-11-21 14:01:34 Status: 500\nRaj\n  14:11\nok",
            ["2026-11-21 14:01:33 ERROR main: failed\n2026-11-21 14:01:34 Status: 500", "ok"],
        ),
        (
            "Ana\n  14:10\n| Time | Who |\n|---|---|\n| 14:01 | Kim |\nRaj\n  14:11\nok",
            ["| Time | Who |\n|---|---|\n| 14:01 | Kim |", "ok"],
        ),
        # Words with a time that say what happens, not who speaks.
        (
            "Ana\n  14:10\nplan\nNext Update 14:30\nall calm\nRaj\n  14:11\nok",
            ["plan\nNext Update 14:30\nall calm", "ok"],
        ),
        ("Ana\n  14:10\nplan\nStarted at 14:02\nover\nRaj\n  14:11\nok", ["plan\nStarted at 14:02\nover", "ok"]),
        ("Ana\n  14:10\nlook\nGraph (14:05)\nabove\nRaj\n  14:11\nok", ["look\nGraph (14:05)\nabove", "ok"]),
        ("Ana  2:10 PM\nlook\nYes\n2:11 PM\nfine", ["look\nYes", "fine"]),
    ],
)
def test_text_like_a_head_stays_text(form: str, expected: list[str]) -> None:
    assert [entry.text for entry in copied(form).lines] == expected


def test_row_without_an_author_is_kept_apart() -> None:
    thread = copied(
        "14:05 Ana: errors\n14:07 rolled back 4512\nand watched it\n14:09 Raj: better\n14:10 Alert fired: 5xx"
    )
    assert [entry.text for entry in thread.lines] == ["errors", "better"]
    assert thread.unsaid == ("14:07 rolled back 4512", "and watched it", "14:10 Alert fired: 5xx")


def test_head_without_text_and_noise() -> None:
    thread = copied("#ops\nAna\n  2:05 PM\n:eyes:\n2\nRaj\n  2:06 PM\nhi\n3 replies\nToday\nRaj\n  2:07 PM\nyo")
    assert [entry.text for entry in thread.lines] == ["hi", "yo"]
    assert (thread.before, thread.unsaid, thread.noise) == ("#ops", ("Ana 2:05 PM",), 4)


def test_rows_above_the_limit_are_counted() -> None:
    thread = copied("\n".join(["14:05 Ana: a"] * 2_003) + "\n\n")
    assert (len(thread.lines), thread.cut) == (2_000, 3)
