"""Jira wiki markup, read back by the rules of its renderer, and the tickets for both trackers."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from markdown_it import MarkdownIt

from incident_cockpit.documents.blocks import literal, read
from incident_cockpit.documents.formats import jira
from incident_cockpit.documents.formats.ticket import Ticket, TicketAction, for_github, for_jira
from incident_cockpit.text.blocks import Run, Style
from incident_cockpit.text.escape import WORD_JOINER, mentions
from support.formats import HEADING, HOSTILE, blocks_of, said, seen
from support.golden import check_golden

# Jira's own: what a backslash escapes, what an address may hold and follow, what begins and ends a phrase.
_ESCAPED = re.compile(r"(?<!\\)\\([-#*_+?^~|%{}\[\]()!@])")
_ADDRESS = re.compile(r"(?:(?<=[^\"\[|'!])|^)(?<![A-Za-z0-9])https?://[-_.!~*';/?:@#&=%+$A-Za-z0-9\[\]()\\]+")
_PHRASE = r"(?<![^\W_]){0}(?=\S)(.+?)(?<=\S){0}(?![^\W_])"
_ELSE = re.compile(
    "|".join(
        [
            r"\{", r"\}", r"\[", r"\]", r"\\", r"\|", r"!\S[^!]*!",
            *(_PHRASE.format(re.escape(sign)) for sign in ("??", "-", "_", "+", "^", "~")),
        ]
    )
)  # fmt: skip
_ICONS = re.compile(r"\((?:[xyni/!+\-?]|on|off|flag|flagoff|\*[rgby]?)\)|[:;][-()DP]", re.IGNORECASE)


def taken_apart(line: str) -> tuple[list[str], str, str]:
    """Return what Jira makes bold in a line, what is left for all its other rules, and what a reader sees."""
    protected: list[str] = []

    def keep(text: str) -> str:
        protected.append(text)
        return chr(0xF0000 + len(protected))

    def back(text: str) -> str:
        for number, each in enumerate(protected, 1):
            text = text.replace(chr(0xF0000 + number), each)
        return html.unescape(text)

    line = _ADDRESS.sub(lambda address: keep(address[0]), line)
    line = _ESCAPED.sub(lambda sign: keep(sign[1]), line)
    bold = [back(found[1]) for found in re.finditer(_PHRASE.format(r"\*"), line)]
    line = re.sub(_PHRASE.format(r"\*"), r"\1", line)
    return bold, line, back(line)


@given(HOSTILE, HOSTILE, HOSTILE)
@example("{noformat}", "[~admin]", "a\\b C:\\dir\\")
@example("*a", "- b - c", "?? x ??")
@example("https://e.example/_a_*b*[~admin]", "!https://e.example/x.png!", '"https://e.example/_a_')
@example("h1. a", "# b", "|| c ||")
@example("&#12", "&copy 2026", "R&D &lt; &")
def test_jira_shows_only_the_bold_of_the_template(title: str, action: str, impact: str) -> None:
    blocks = blocks_of(title, action, impact)
    [text] = jira.FORMAT.render(blocks, HEADING).messages
    lines = [line for line in text.split("\n") if line]
    expected = [(line, block.is_list) for block in blocks for line in block.lines]
    for written, (line, is_item) in zip(lines, expected, strict=True):
        assert written.startswith("* ") == is_item
        body = written.removeprefix("* ") if is_item else written
        assert not re.match(r"h[1-6]\.|bq\.|[#*-]+ |-{4}|\|", body)
        bold, rest, shown = taken_apart(body)
        assert [seen(each) for each in bold] == [seen(run.text) for run in line if run.bold]
        assert not _ELSE.search(rest)
        assert not _ICONS.search(rest)
        assert seen(shown) == said(line)
    assert mentions(text) == 0


def test_list_ends_before_the_next_line() -> None:
    [text] = jira.FORMAT.render(read("*Done:*\n- a\n- b\nNext"), HEADING).messages
    assert text == "*Done:*\n\n* a\n* b\n\nNext"


def test_technical_names_and_urls_stay_readable() -> None:
    words = "pay_api on db-1 at 5xx, see https://e.example/d/a_b-c?x=1&y=2 (p99 < 3s)"
    assert jira.escape_text(words) == words
    assert jira.escape_text("https://e.example/a, then") == "https://e.example/a, then"


def test_text_behind_a_url_is_separated() -> None:
    assert jira.write_line((Run("https://e.example/a", Style.STRONG),)) == f"*https://e.example/a{WORD_JOINER}*"
    assert jira.escape_text("https://e.example/*[~x]") == rf"https://e.example/{WORD_JOINER}\*\[\~x\]"


TICKET = Ticket(
    id="INC-7",
    title="Checkout returns 500 for EU cards",
    severity="SEV1",
    status="Investigating",
    impact="Every EU card payment fails; @here wallets | vouchers <work>",
    systems=("payments {prod}", "checkout-web"),
    started="14:48 UTC",
    detected="13:51 UTC",
    commander="Bo",
    channel="#inc-7-checkout",
    call="https://meet.example/abc-def",
    actions=(
        TicketAction("14:18 UTC", "Rollback started [4512]", "Raj"),
        TicketAction("14:50 UTC", "Rollback done, 5xx falls from 8% to 3%"),
    ),
)


@pytest.mark.parametrize(("name", "write"), [("jira", for_jira), ("github", for_github)])
def test_tickets_match_their_golden_files(name: str, write) -> None:  # type: ignore[no-untyped-def]
    check_golden(f"ticket-{name}.txt", write(TICKET).text)
    check_golden(f"ticket-{name}-bare.txt", write(Ticket("INC-8", "Search is slow")).text)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_user_text_does_not_change_the_structure_of_a_ticket(title: str, action: str, who: str) -> None:
    ticket = Ticket("INC-7", title, impact=title, systems=(title,), actions=(TicketAction("14:18", action, who),) * 2)
    parser = MarkdownIt("gfm-like")
    types = [[token.type for token in parser.parse(for_github(each).messages[0])] for each in (ticket, _harmless())]
    assert types[0] == types[1]
    body = for_jira(ticket).messages[0]
    rows = [line for line in body.split("\n") if line.startswith("|") and not line.startswith("||")]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [4, 4]
    assert len([line for line in body.split("\n") if line.startswith("h2. ")]) == 4
    for written in (for_jira(ticket), for_github(ticket)):
        [(_, title_field)] = written.fields
        assert "\n" not in title_field
        assert len(title_field) <= 255


def _harmless() -> Ticket:
    return Ticket("INC-7", "a", impact="a", systems=("a",), actions=(TicketAction("14:18", "a", "a"),) * 2)


@pytest.mark.parametrize(("write", "limit"), [(for_jira, 32_767), (for_github, 65_536)])
def test_long_ticket_keeps_the_last_actions(write, limit: int) -> None:  # type: ignore[no-untyped-def]
    actions = tuple(TicketAction("14:18 UTC", f"step {number} {'{x} ' * 40}") for number in range(800))
    rendered = write(Ticket("INC-7", "T" * 400, actions=actions))
    [body] = rendered.messages
    assert len(body) <= limit
    assert "step 799 " in body
    assert "step 0 " not in body
    [note] = rendered.notes
    assert "earlier" in note
    assert int(note.split()[0]) + body.count("14:18") == 800
    [cut] = write(Ticket("INC-7", "T", impact="{x} " * 40_000)).messages
    assert len(cut) <= limit
    assert cut.endswith("…")


def test_jira_shows_no_escapes() -> None:
    assert jira.FORMAT.render(read(literal("Done! Really? a-b (see 1)")), HEADING).text == "Done! Really? a-b (see 1)"
