"""Public formats: status page, email, post and SMS, each counted as its target counts."""

from __future__ import annotations

import re
import unicodedata
from email import message_from_bytes, policy

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incident_cockpit.documents.blocks import literal, read
from incident_cockpit.documents.formats import email, sms, social, statuspage
from incident_cockpit.documents.formats.format import Heading
from incident_cockpit.text.escape import WORD_JOINER, mentions
from support.formats import HEADING, HOSTILE, blocks_of, cleaned, seen

OUTSIDE = """*Investigating: Checkout returns 500* (SEV1 INC-7)
We are looking into a problem with our service.
What you may notice: {impact}
It started at 14:48 Paris (13:48 UTC).
We will write again by 16:59 Paris (15:59 UTC)."""


# Status page.


def test_status_page_has_fields_and_does_not_repeat_them() -> None:
    rendered = statuspage.FORMAT.render(read(OUTSIDE.format(impact="*cards* fail")), HEADING)
    assert rendered.fields == (("Status", "investigating"), ("Name", "Checkout returns 500"))
    assert rendered.messages[0].startswith("We are looking into")
    assert "What you may notice: cards fail" in rendered.messages[0]


def test_first_line_with_more_than_the_fields_stays() -> None:
    text = "*Investigating: Checkout returns 500* since noon\nWe look."
    assert statuspage.FORMAT.render(read(text), HEADING).messages == (text.replace("*", ""),)
    assert statuspage.FORMAT.render(read("*Investigating*"), HEADING).messages == ("Investigating",)


@pytest.mark.parametrize("status", ["Investigating", "Identified", "Monitoring", "Resolved"])
def test_every_public_status_is_one_of_the_status_page(status: str) -> None:
    assert statuspage.FORMAT.render((), Heading(status=status)).fields[0] == ("Status", status.lower())


@given(HOSTILE, HOSTILE)
def test_status_page_shows_user_text_literally(title: str, impact: str) -> None:
    rendered = statuspage.FORMAT.render(read(OUTSIDE.format(impact=literal(impact))), Heading(title=title))
    for text in (rendered.text, rendered.fields[1][1]):
        assert not re.search(r"<[A-Za-z/!]|\]\(|&#?\w+;", text)
        assert mentions(text) == 0
    assert "\n" not in rendered.fields[1][1]
    assert len(rendered.fields[1][1]) <= 255
    assert seen(cleaned(impact)) in seen(rendered.messages[0])


def test_truncated_status_page_keeps_the_next_update() -> None:
    rendered = statuspage.FORMAT.render(read(OUTSIDE.format(impact="very " * 900)), HEADING)
    assert len(rendered.messages[0]) <= 4_096
    assert rendered.messages[0].endswith("We will write again by 16:59 Paris (15:59 UTC).")
    assert "4,096" in rendered.notes[0]


# Email.


@given(HOSTILE, HOSTILE)
@example("a\r\nBcc: all@example.com", "x" * 3_000)
@example("é" * 90, "中" * 900)
def test_email_is_valid_for_every_client(title: str, impact: str) -> None:
    heading = Heading("INC-7", title, "SEV1", "Investigating", 3)
    rendered = email.FORMAT.render(blocks_of(title, impact, impact), heading)
    [(name, subject)] = rendered.fields
    assert name == "Subject"
    assert len(subject) <= 69
    assert not [char for char in subject if unicodedata.category(char) == "Cc"]
    assert all(len(line.encode()) <= 998 for line in rendered.messages[0].split("\n"))
    sent = f"Subject: {subject}\r\n\r\n{rendered.messages[0]}".encode()
    read_back = message_from_bytes(sent, policy=policy.SMTP)
    assert read_back.keys() == ["Subject"]


def test_subject_keeps_severity_id_and_status() -> None:
    assert email.write_subject(HEADING) == "[SEV1] INC-7 Checkout returns 500: Investigating (update 3)"
    assert email.write_subject(Heading("INC-7", "word " * 30, "SEV1", "Investigating")) == (
        "[SEV1] INC-7 word word word word word word word word…: Investigating"
    )
    assert email.write_subject(Heading(title="Checkout fails")) == "Checkout fails"


def test_email_body_is_wrapped_with_hanging_items() -> None:
    address = "https://grafana.example/d/abc?" + "x" * 90
    rendered = email.FORMAT.render(read(f"{'word ' * 30}\n- {'item ' * 30}\n\nsee {address} now"), HEADING)
    lines = rendered.messages[0].split("\n")
    assert lines[0] == " ".join(["word"] * 14)
    assert lines[3].startswith("- item")
    assert lines[4].startswith("  item")
    assert all(len(line) <= 72 for line in lines if address not in line)
    assert address in lines
    assert "" in lines


# A post.

X = [
    ("abc", 3),
    ("ÀßяЖא", 5),
    ("中文", 4),
    ("“quoted” – yes…", 17 - 1 + 1 - 1),
    ("👍", 2),
    ("👍🏽", 2),
    ("👩\u200d👩\u200d👧", 2),
    ("🇫🇷", 2),
    ("1\ufe0f\u20e3", 2),
    ("❤\ufe0f", 2),
    ("see https://status.example.com/incidents/abcdefghijklmnopqrstuvwxyz now", 4 + 23 + 4),
    ("(https://a.co)", 25),
    ("https://a.co, b", 26),
    ("e\u0301", 1),
]


@pytest.mark.parametrize(("text", "count"), X)
def test_post_is_counted_as_x_counts(text: str, count: int) -> None:
    assert social.count_characters(text) == count


def test_url_that_x_does_not_link_counts_in_full() -> None:
    text = "https://grafana.internal/" + "a" * 40
    assert social.count_characters(text) == len(text)


@given(HOSTILE, HOSTILE)
def test_post_has_no_mentions_and_links_only_whole_urls(title: str, impact: str) -> None:
    [text] = social.FORMAT.render(read(f"{literal(title)}\n{literal(impact)}"), HEADING).messages
    assert social.count_characters(text) <= 280
    rest = re.sub(r"https?://[^\s]*", "", text)
    assert not re.search(r"[@＠#＃$]\w|\w\.[A-Za-z]{2}", rest)


def test_truncated_post_keeps_its_url_and_next_update() -> None:
    address = "https://status.example.com/incidents/" + "a" * 40
    blocks = read(f"Checkout fails: {'all cards are refused ' * 20}\nmore\n{address}\nAgain by 15:00 UTC")
    rendered = social.FORMAT.render(blocks, HEADING)
    assert rendered.messages[0].endswith("\nAgain by 15:00 UTC")
    assert "…" in rendered.messages[0]
    assert "280" in rendered.notes[0]
    post = social.FORMAT.render(read(f"{address}\n{'word ' * 100}"), HEADING).messages[0]
    assert post.startswith(address)


# SMS.


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("中" * 70, 1),
        ("中" * 71, 2),
        ("中" * 134, 2),
        ("中" * 135, 3),
        ("👩" * 35, 1),
        ("👩" * 36, 2),
        ("中" * 66 + "👩" + "中" * 66, 3),
        ("", 1),
    ],
)
def test_segments_are_counted(text: str, parts: int) -> None:
    assert sms.count_segments(text) == parts


def test_typographic_characters_become_gsm7() -> None:
    rendered = sms.FORMAT.render(read("“All” cards fail – see …\n- item → done ✓\nAgain at 15:00"), HEADING)
    assert rendered.messages == ('"All" cards fail - see ... item -> done ok. Again at 15:00',)
    assert rendered.notes == ("1 segment in GSM-7",)


def test_character_outside_gsm7_is_noted() -> None:
    rendered = sms.FORMAT.render(read("Café 中"), HEADING)
    assert rendered.notes[0].startswith("1 segment in UCS-2")


@given(HOSTILE, HOSTILE, st.integers(1, 30))
def test_sms_is_one_line_of_at_most_two_segments(title: str, impact: str, times: int) -> None:
    rendered = sms.FORMAT.render(read(f"*{literal(title)}*\n" + f"- {literal(impact)}\n" * times), HEADING)
    [text] = rendered.messages
    assert "\n" not in text
    assert WORD_JOINER not in text
    assert sms.count_segments(text) <= 2


def test_truncated_sms_ends_at_a_word_and_keeps_the_next_update() -> None:
    rendered = sms.FORMAT.render(read(f"{'cards are refused ' * 30}\nmore\nAgain at 15:00 UTC"), HEADING)
    start, promise = rendered.messages[0].split("... ")
    assert promise == "Again at 15:00 UTC"
    assert start.split() == (["cards", "are", "refused"] * 30)[: len(start.split())]
    assert re.match(
        r"(?:cards are refused )+(?:cards|cards are|cards are refused)?\.\.\. ",
        rendered.messages[0].replace(" ...", "..."),
    )
    assert all("2 segments" in note for note in rendered.notes)
