"""Chat threads: what people copy out of Slack, Teams and elsewhere becomes timed lines with their authors."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.importers.chat import read_thread
from incident_cockpit.incident.event import CLOCK_TOLERANCE, LONGEST_NAME
from incident_cockpit.text.sanitize import clean_line
from support.growth import MOST, growth

NOW = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)
WORD = re.compile(r"w\d+w")
UTC_ZONE, PARIS = ZoneInfo("UTC"), ZoneInfo("Europe/Paris")


def read(text: str, now: datetime = NOW, zone: ZoneInfo = UTC_ZONE) -> list[tuple[str, str, str]]:
    return [(entry.who, f"{entry.at:%d %H:%M:%S}", entry.text) for entry in read_thread(text, now, zone).lines]


def test_slack_desktop() -> None:
    copied = (
        "Ana Lima\n  2:05 PM\ncheckout is down\nlooking\n2:06\nrolled back 4512\n:eyes:\n3\n"
        "Raj\n  2:07 PM\n5xx falling: 8% to 3%\nsee https://grafana.example/d/1\n1 reply\n"
    )
    assert read(copied) == [
        ("Ana Lima", "21 14:05:00", "checkout is down\nlooking"),
        ("Ana Lima", "21 14:06:00", "rolled back 4512"),
        ("Raj", "21 14:07:00", "5xx falling: 8% to 3%\nsee https://grafana.example/d/1"),
    ]


def test_24_hour_clock_and_a_bot() -> None:
    assert read("Ana Lima [14:05]\nhello\nDeploys APP  14:10\n4512 is out\n") == [
        ("Ana Lima", "21 14:05:00", "hello"),
        ("Deploys", "21 14:10:00", "4512 is out"),
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("[14:05] Ana: down", ("Ana", "21 14:05:00", "down")),
        ("14:05 Ana: down", ("Ana", "21 14:05:00", "down")),
        ("[14:05:33] <raj> looking", ("raj", "21 14:05:33", "looking")),
        ("2026-11-20T23:59:01Z ana: late", ("ana", "20 23:59:01", "late")),
        ("2026-11-20 23:59 Ana Lima: late", ("Ana Lima", "20 23:59:00", "late")),
        ("21/11/26, 14:05 - Ana: here", ("Ana", "21 14:05:00", "here")),
        ("[20.11.26, 14:05:10] Ana: there", ("Ana", "20 14:05:10", "there")),
        ("11/20/2026, 11:59 PM - Raj: b", ("Raj", "20 23:59:00", "b")),
    ],
)
def test_time_name_and_text_on_one_line(line: str, expected: tuple[str, str, str]) -> None:
    assert read(line) == [expected]


def test_teams_has_the_time_first() -> None:
    assert read("[14:03] Ana Lima\nhi there\nand more\n") == [("Ana Lima", "21 14:03:00", "hi there\nand more")]


def test_times_before_midnight_are_of_the_day_before() -> None:
    just_after = datetime(2026, 11, 21, 0, 20, tzinfo=UTC)
    assert read("23:50 Ana: yesterday\n00:10 Raj: today", just_after) == [
        ("Ana", "20 23:50:00", "yesterday"),
        ("Raj", "21 00:10:00", "today"),
    ]


def test_clock_times_are_in_the_zone_and_z_is_utc() -> None:
    assert read("15:05 Ana: here\n14:06Z Raj: there", zone=PARIS) == [
        ("Ana", "21 14:05:00", "here"),
        ("Raj", "21 14:06:00", "there"),
    ]


def test_rows_above_the_first_message() -> None:
    chat = read_thread("about the outage at 14:05\n\n[14:06] Ana: down", NOW, UTC_ZONE)
    assert chat.before == "about the outage at 14:05"
    assert [entry.who for entry in chat.lines] == ["Ana"]
    assert read_thread("no times\nat all: none", NOW, UTC_ZONE).lines == ()


def test_impossible_clock_time_is_text() -> None:
    assert all(entry.at <= NOW + CLOCK_TOLERANCE for entry in read_thread("[27:99] Ana: odd", NOW, UTC_ZONE).lines)


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert all(entry.text.strip() and entry.at.tzinfo for entry in read_thread(text, NOW, PARIS).lines)


@given(st.lists(st.tuples(st.sampled_from(("Ana", "Raj Patel")), st.integers(0, 1430)), min_size=1, max_size=12))
def test_thread_keeps_its_order(said: list[tuple[str, int]]) -> None:
    """Whatever the minutes, times without days never go backwards and never lie ahead."""
    at, lines, expected = NOW - timedelta(days=len(said) + 1), [], []
    for who, minutes in said:
        at += timedelta(minutes=minutes)
        if at > NOW:
            break
        lines.append(f"[{at:%Y-%m-%d %H:%M}] {who}: x{len(lines)}")
        expected.append((who, at.replace(second=0)))
    thread = read_thread("\n".join(lines), NOW, UTC_ZONE).lines
    assert [(entry.who, entry.at) for entry in thread] == expected


# Rows of every kind; what stands for a number is its own in each row.
ROWS = (
    "w{}",
    "",
    "Ana Lima",
    "  2:05 PM",
    "14:05",
    "APP  2:06 PM",
    "Ana  14:05",
    "Raj Patel 14:06",
    "Raj, [20.11.2026 14:05]",
    "14:05 Ana: w{}",
    "14:06 rolled back w{}",
    "[14:05] Ana",
    "[14:07] w{}",
    "14:05:33 <@ana> w{}",
    "14:06 * raj w{}",
    "2026-11-21 14:05:33 INFO main: w{}",
    "2026-11-21 14:05:33 Status: w{}",
    "- 14:05 Raj - w{}",
    "| 14:05 | Ana | w{} |",
    "| Time | Who | What |",
    "Ana (14:05): w{}",
    "Today",
    "Yesterday",
    "Thursday, November 19th",
    "--- Day changed Fri Nov 20 2026",
    ":eyes:",
    "3",
    "3 replies",
    "New",
    "@raj",
    ", w{}",
    "14:05:33 From Ana to Everyone: w{}",
    "11/20/26, 2:05 PM - Ana: w{}",
    "1/2",
    "w{} (edited)",
    "**Ana** 2:05 PM",
    "14:05 +01:00 Kim: w{}",
    "Ana, 2:05 PM",
    "w{} at 14:05",
    "14:05 w{}: x",
    "w{} 14:05",
)


@given(st.lists(st.sampled_from(ROWS), max_size=30))
def test_all_text_is_kept_in_order(rows: list[str]) -> None:
    """Whatever rows stand together, each word is in a line or its name, or among what is left out."""
    thread = read_thread("\n".join(row.format(f"{number}w") for number, row in enumerate(rows)), NOW, PARIS)
    said = [word for entry in thread.lines for word in WORD.findall(entry.text)]
    assert said == sorted(set(said), key=lambda word: int(word[1:-1]))
    others = [*(entry.who for entry in thread.lines), *thread.left_out]
    kept = {*said, *(word for row in others for word in WORD.findall(row))}
    assert kept == {f"w{number}w" for number, row in enumerate(rows) if "{}" in row}


@given(
    st.lists(
        st.sampled_from(
            (*"[](){}|*_:;,.-–—@#<>+~/\\ \t\u00a0\u200d🏡é٣²", "14:05", "2:05 PM", "Nov", "20th", "Ana", "\n")
        )
    )
)
def test_any_mixture_of_parts_can_be_read(parts: list[str]) -> None:
    for entry in read_thread("".join(parts), NOW, PARIS).lines:
        assert entry.text.strip()
        assert entry.who == clean_line(entry.who)
        assert 0 < len(entry.who) <= LONGEST_NAME
        assert entry.at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "part",
    [
        " ",
        ":",
        "|",
        "*",
        "1",
        "a",
        "[",
        "-",
        "—",
        "@",
        "<",
        "\t",
        "1:",
        "14:05 ",
        ":a",
        ":a:",
        "🏡",
        "(a/",
        "1/",
        "\u200d",
        "nov ",
    ],
)
def test_reading_is_linear_in_a_repeated_part(part: str) -> None:
    def read_around(long: str) -> None:
        for text in (long, f"14:05 {long}\nAna  14:05\n{long}", f"Ana{long}14:05\nhi"):
            read_thread(text, NOW, PARIS)

    assert growth(read_around, part, 20_000) < MOST
    assert growth(lambda rows: read_thread(rows, NOW, PARIS), f"{(part * 240)[:239]}\n", 100_000) < MOST


def test_reading_is_linear_in_messages() -> None:
    assert growth(lambda text: read_thread(text, NOW, PARIS), "14:05 Ana: a message\n", 10_000) < MOST
    assert len(read_thread("14:05 Ana: a message\n" * 2_000, NOW, PARIS).lines) == 2_000


def test_names_have_no_control_characters() -> None:
    thread = read_thread("14:05 A\x1b[31mn\x07a\u202e: hi\n14:06 <r\x07aj> hi", NOW, UTC_ZONE)
    assert [entry.who for entry in thread.lines] == ["r␇aj"]
    assert [entry.who for entry in read_thread("Ana\x1b[31m Li\x07ma  14:05\nhi", NOW, UTC_ZONE).lines] == ["Ana Li␇ma"]


def test_row_a_few_minutes_too_low_is_of_the_same_day() -> None:
    assert read("14:07 Ana: rolled back\n14:05 Raj: alert\n14:09 Ana: better") == [
        ("Ana", "21 14:07:00", "rolled back"),
        ("Raj", "21 14:05:00", "alert"),
        ("Ana", "21 14:09:00", "better"),
    ]


def test_newest_first_is_of_one_day() -> None:
    """Its order stays, as every line has its own time."""
    assert read("14:25 Ana: d\n14:10 Raj: c\n13:40 Ana: b\n13:05 Ana: a") == [
        ("Ana", "21 14:25:00", "d"),
        ("Raj", "21 14:10:00", "c"),
        ("Ana", "21 13:40:00", "b"),
        ("Ana", "21 13:05:00", "a"),
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("Today", "21"),
        ("Yesterday", "20"),
        ("Thursday", "19"),
        ("Saturday", "21"),
        ("Thursday, November 12th", "12"),
        ("November 12, 2026", "12"),
        ("12 November", "12"),
        ("Thu 12 Nov 2026", "12"),
        ("2026-11-12", "12"),
        ("12/11/2026", "12"),
        ("19.11.26", "19"),
        ("11/19/26", "19"),
        ("--- Day changed Thu Nov 19 2026", "19"),
        ("----- Yesterday -----", "20"),
        ("-- Thu, 19 Nov 2026 --", "19"),
        ("### Thursday", "19"),
        ("Today - Sat Nov 21 2026", "21"),
    ],
)
def test_day_row_sets_the_day_below(day: str, expected: str) -> None:
    assert [at for _, at, _ in read(f"Ana  9:05\nhello\n{day}\nAna  13:05\nhi\nRaj  13:06\nyo")][1:] == [
        f"{expected} 13:05:00",
        f"{expected} 13:06:00",
    ]


def test_messages_above_a_day_row_are_earlier() -> None:
    assert [at for _, at, _ in read("Ana  9:05\na\nYesterday\nAna  13:05\nb\nToday\nAna  13:06\nc")] == [
        "19 09:05:00",
        "20 13:05:00",
        "21 13:06:00",
    ]


def test_today_is_the_day_of_copying() -> None:
    after_midnight = datetime(2026, 11, 21, 0, 20, tzinfo=UTC)
    assert [at for _, at, _ in read("Ana — Yesterday at 23:00\na\nRaj — Today at 23:58\nb", after_midnight)] == [
        "19 23:00:00",
        "20 23:58:00",
    ]


def test_one_date_decides_the_order_of_day_and_month() -> None:
    assert [at for _, at, _ in read("[03/11/2026, 14:05:01] Ana: a\n[13/11/2026, 14:05:01] Ana: b")] == [
        "03 14:05:01",
        "13 14:05:01",
    ]
    assert [at for _, at, _ in read("[11/03/2026, 14:05:01] Ana: a\n[11/13/2026, 14:05:01] Ana: b")] == [
        "03 14:05:01",
        "13 14:05:01",
    ]


def test_next_message_of_an_author_is_in_the_same_half_day() -> None:
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert read("Ana\n  10:05 AM\na\n10:07\nb\nRaj\n  11:58 AM\nc\n12:02\nd", late) == [
        ("Ana", "21 10:05:00", "a"),
        ("Ana", "21 10:07:00", "b"),
        ("Raj", "21 11:58:00", "c"),
        ("Raj", "21 12:02:00", "d"),
    ]
    assert read("Ana\n  Yesterday at 11:58 PM\na\n12:02\nb") == [
        ("Ana", "20 23:58:00", "a"),
        ("Ana", "21 00:02:00", "b"),
    ]


def test_repeated_hour_keeps_its_order() -> None:
    after = datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
    thread = read_thread("[02:50] Ana: a\n[02:10] Raj: b\n[02:20] Ana: c", after, PARIS).lines
    assert [f"{entry.at:%H:%M}" for entry in thread] == ["00:50", "01:10", "01:20"]
