"""Slack's two text formats and its blocks, read back as Slack reads them."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as SlackBlock

from incident_cockpit.documents.blocks import literal, read
from incident_cockpit.documents.formats import block_kit as kit
from incident_cockpit.documents.formats import slack
from incident_cockpit.documents.formats.fitting import utf16_length
from incident_cockpit.documents.formats.format import Format
from incident_cockpit.text.blocks import Block, Blocks, Run, Style, plain
from incident_cockpit.text.escape import WORD_JOINER, mentions
from support.formats import HEADING, HOSTILE, blocks_of, said, seen

# A star acts at the edge of a word; one between word joiners has no edge.
_INERT = re.compile(rf"{WORD_JOINER}([*_~`])(?={WORD_JOINER})")
_BOLD = re.compile(r"(?<![\w*])\*(?=[^\s*])(.+?)(?<=[^\s*])\*(?![\w*])")
_STANDS_FOR = {"*": "\ufff0", "_": "\ufff1", "~": "\ufff2", "`": "\ufff3"}


def shown(text: str) -> str:
    """Return a text as Slack's reader would take it apart: what is inert stands for itself under another sign."""
    return _INERT.sub(lambda sign: _STANDS_FOR[sign[1]], text).replace(WORD_JOINER, "")


def given_back(text: str) -> str:
    for sign, other in _STANDS_FOR.items():
        text = text.replace(other, sign)
    return seen(text)


def written(fmt: Format, blocks: Blocks) -> str:
    """Return the one message; what is escaped for the API is read back as its reader does."""
    [text] = fmt.render(blocks, HEADING).messages
    return html.unescape(text) if fmt is slack.API else text


BOTH = pytest.mark.parametrize("fmt", [slack.PASTE, slack.API], ids=["paste", "api"])


@BOTH
@given(title=HOSTILE, action=HOSTILE, impact=HOSTILE)
@example(title="a* b", action="*b*", impact="* c *")
@example(title="*", action="*", impact="*")
@example(title="`a *b` c*", action="`x", impact="y`")
def test_only_the_template_is_bold(fmt: Format, title: str, action: str, impact: str) -> None:
    blocks = blocks_of(title, action, impact)
    lines = [line for block in blocks for line in block.lines]
    for line, text in zip(lines, (each for each in written(fmt, blocks).split("\n") if each), strict=True):
        code_is_plain = re.sub(r"(?<!`)`[^`\n]+`(?!`)", lambda code: code[0].replace("*", "\ufff0"), shown(text))
        assert [given_back(bold) for bold in _BOLD.findall(code_is_plain)] == [
            seen(run.text) for run in line if run.bold
        ]


@BOTH
@given(title=HOSTILE, action=HOSTILE)
def test_no_lone_backtick_can_find_another(fmt: Format, title: str, action: str) -> None:
    text = shown(written(fmt, blocks_of(title, action)))
    whole = re.sub(r"(?<!`)`[^`\s](?:[^`\n]*[^`\s])?`(?!`)", "", text)
    assert "`" not in whole


@BOTH
@given(title=HOSTILE, action=HOSTILE, impact=HOSTILE)
def test_all_text_is_on_its_line_without_mentions(fmt: Format, title: str, action: str, impact: str) -> None:
    blocks = blocks_of(title, action, impact)
    text = written(fmt, blocks)
    rows = [line for line in text.split("\n") if line]
    for block in blocks:
        for line in block.lines:
            row = rows.pop(0)
            shown_row = seen(row[2:] if block.is_list else row)
            assert shown_row.replace("*", "") == said(line).replace("*", "")
    assert rows == []
    assert mentions(text) == 0


@given(HOSTILE, HOSTILE)
def test_api_text_has_only_three_entities(title: str, action: str) -> None:
    [text] = slack.API.render(blocks_of(title, action), HEADING).messages
    assert "<" not in text
    assert ">" not in text
    assert set(re.findall(r"&[^;\s]{0,8};?", text)) <= {"&amp;", "&lt;", "&gt;"}


@BOTH
@pytest.mark.parametrize("words", ["> quoted", ">x", "/remind me", "- a", "* a", "1. a", "• a"])
def test_user_text_opens_no_quote_list_or_command(fmt: Format, words: str) -> None:
    assert written(fmt, read(literal(words))) == WORD_JOINER + words


def test_names_commands_and_code_stay_as_they_are() -> None:
    words = "pay_api on db-1.example with rm *.log and `kubectl get pods -l app=*` at 10:30:45 in ~/x"
    assert written(slack.PASTE, read(literal(words))) == words


def test_entities_are_only_in_api_text() -> None:
    text = read(f"*Impact:* {literal('a < b & c > d')}")
    assert slack.PASTE.render(text, HEADING).text == "*Impact:* a < b & c > d"
    assert slack.API.render(text, HEADING).text == "*Impact:* a &lt; b &amp; c &gt; d"


def test_webhook_message_has_no_previews() -> None:
    [payload] = slack.API.render(read("a"), HEADING).payloads
    assert payload == {"text": "a", "unfurl_links": False, "unfurl_media": False}


def checked(payload: Any) -> list[dict[str, Any]]:
    """Return the blocks of a message after Slack's own models have taken each of them."""
    made = json.loads(json.dumps(payload))
    for block in made["blocks"]:
        model = SlackBlock.parse(block)
        assert model is not None
        assert model.to_dict() == block
    return list(made["blocks"])


def texts(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every piece of text and every link in the blocks."""
    found: list[dict[str, Any]] = []
    for block in blocks:
        for element in block["elements"]:
            sections = element["elements"] if element["type"] == "rich_text_list" else [element]
            found += [piece for section in sections for piece in section["elements"]]
    return found


@given(HOSTILE, HOSTILE, HOSTILE)
def test_blocks_have_user_text_as_data(title: str, action: str, impact: str) -> None:
    blocks = blocks_of(title, action, impact)
    [payload] = kit.FORMAT.render(blocks, HEADING).payloads
    pieces = texts(checked(payload))
    assert {piece["type"] for piece in pieces} <= {"text", "link"}
    lists = [each for block in payload["blocks"] for each in block["elements"] if each["type"] == "rich_text_list"]
    assert [len(each["elements"]) for each in lists] == [len(block.lines) for block in blocks if block.is_list]
    assert "".join(piece.get("text") or piece["url"] for piece in pieces).replace("\n", "") == "".join(
        plain(line) for block in blocks for line in block.lines
    ).replace("\n", "")
    bold = "".join(piece.get("text") or piece["url"] for piece in pieces if piece.get("style"))
    assert bold == "".join(run.text for block in blocks for line in block.lines for run in line if run.bold)


@given(HOSTILE)
def test_link_leads_to_the_url_it_shows(words: str) -> None:
    blocks = read(literal(words) or "x")
    # Markup of templates is no part of user text.
    plain_text = "\n".join(plain(line) for block in blocks for line in block.lines)
    [payload] = kit.FORMAT.render(blocks, HEADING).payloads
    for piece in texts(checked(payload)):
        if piece["type"] == "link":
            assert set(piece) <= {"type", "url", "style"}
            assert piece["url"] in plain_text
            assert re.match(r"https?://\S+$", piece["url"])


def test_punctuation_behind_a_url_is_not_linked() -> None:
    [payload] = kit.FORMAT.render(read("(see https://e.example/a?b=c&d), then https://e.example/x."), HEADING).payloads
    assert [piece["url"] for piece in texts(checked(payload)) if piece["type"] == "link"] == [
        "https://e.example/a?b=c&d",
        "https://e.example/x",
    ]


LONG = st.lists(st.tuples(st.sampled_from(["", "- ", "*Done:*\n- ", "\n"]), HOSTILE, st.integers(1, 90)), max_size=25)


@given(LONG)
def test_long_messages_are_split_within_every_limit(parts: list[tuple[str, str, int]]) -> None:
    blocks = read("\n".join(f"{opening}{literal(words * times)}" for opening, words, times in parts) or "x")
    payloads = kit.FORMAT.render(blocks, HEADING).payloads
    for payload in payloads:
        assert 1 <= len(payload["blocks"]) <= 50
        assert 1 <= utf16_length(payload["text"]) <= slack.LIMIT
        assert (
            sum(
                utf16_length(json.dumps(block, ensure_ascii=False, separators=(",", ":")))
                for block in payload["blocks"]
            )
            <= 12_000
        )
        for block in payload["blocks"]:
            assert sum(utf16_length(piece.get("text") or piece["url"]) for piece in texts([block])) <= 3_000
        checked(payload)
    for fmt in (slack.PASTE, slack.API):
        assert all(utf16_length(message) <= slack.LIMIT for message in fmt.render(blocks, HEADING).messages)


def test_split_list_has_whole_items() -> None:
    item = "restarted " * 20
    blocks = read("*Done:*\n" + "\n".join(f"- {number} {item}" for number in range(100)))
    rendered = slack.API.render(blocks, HEADING)
    lines = [line for message in rendered.messages for line in message.split("\n")]
    assert lines == ["*Done:*", *(f"• {number} {item.strip()}" for number in range(100))]
    assert f"{len(rendered.messages)} messages" in rendered.notes[0]
    payloads = kit.FORMAT.render(blocks, HEADING).payloads
    assert len(payloads) > 1
    items = [
        section
        for payload in payloads
        for block in payload["blocks"]
        for each in block["elements"]
        if each["type"] == "rich_text_list"
        for section in each["elements"]
    ]
    assert len(items) == 100


def test_split_bold_is_bold_on_both_sides() -> None:
    messages = slack.PASTE.render((Block(((Run(" ".join(["word"] * 1_500), Style.STRONG),),)),), HEADING).messages
    assert len(messages) == 2
    assert all(message.startswith("*word") and message.endswith("word*") for message in messages)
