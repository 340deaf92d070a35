"""GitHub Markdown and Teams cards, read back by parsers like theirs."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from incident_cockpit.documents.blocks import literal, read
from incident_cockpit.documents.formats import markdown, teams
from incident_cockpit.text.blocks import Blocks
from incident_cockpit.text.escape import WORD_JOINER, mentions
from support.formats import HEADING, HOSTILE, blocks_of, said, seen, shape

GITHUB = MarkdownIt("gfm-like")
# GitHub links addresses with a scheme and those that begin with www; a bare name of a host it leaves alone.
GITHUB.linkify.set({"fuzzy_link": False, "fuzzy_email": False})  # type: ignore[union-attr]
CARD = MarkdownIt("commonmark", {"html": False})

Found = list[tuple[bool, list[list[bool]]]]


def parsed(text: str, parser: MarkdownIt) -> tuple[Found, list[str], set[str]]:
    """Return the structure as `shape` does, the words of each line, and what else was in it."""
    found: Found = []
    words: list[str] = []
    other: set[str] = set()
    in_list = False
    for token in parser.parse(text):
        match token.type:
            case "bullet_list_open":
                found.append((True, []))
                in_list = True
            case "bullet_list_close":
                in_list = False
            case "inline":
                runs, line = _runs(token, other)
                if in_list or (found and not found[-1][0]):
                    found[-1][1].append(runs)
                else:
                    found.append((False, [runs]))
                words.append(line)
            case "paragraph_open" | "paragraph_close" | "list_item_open" | "list_item_close":
                pass
            case _:
                other.add(token.type)
    return found, words, other


def _runs(inline: Token, other: set[str]) -> tuple[list[bool], str]:
    runs: list[bool] = []
    line, bold = "", False
    for token in inline.children or []:
        match token.type:
            case "strong_open":
                bold = True
            case "strong_close":
                bold = False
            case "text" | "text_special":
                if token.content and (not runs or runs[-1] != bold):
                    runs.append(bold)
                line += token.content
            case _:
                other.add(token.type)
    return runs, seen(line)


def flat(blocks: Blocks) -> Found:
    """Return the structure with paragraphs that follow each other as one, because a line is a paragraph there."""
    found: Found = []
    for items, lines in shape(blocks):
        if found and not items and not found[-1][0]:
            found[-1][1].extend(lines)
        else:
            found.append((items, list(lines)))
    return found


@given(HOSTILE, HOSTILE, HOSTILE)
@example("a*", "*b", "\\")
@example("# a", "1. b", "+ c")
@example("https://e.example", "www.e.example", "mailto:a@e.example")
def test_github_reads_the_structure_and_the_text(title: str, action: str, impact: str) -> None:
    blocks = blocks_of(title, action, impact)
    [text] = markdown.FORMAT.render(blocks, HEADING).messages
    found, words, other = parsed(text, GITHUB)
    assert found == flat(blocks)
    assert words == [said(line) for block in blocks for line in block.lines]
    assert other == set()


@given(HOSTILE, HOSTILE)
def test_github_finds_no_mention_and_no_issue(title: str, action: str) -> None:
    [text] = markdown.FORMAT.render(blocks_of(title, action), HEADING).messages
    _, words, _ = parsed(text, GITHUB)
    shown = GITHUB.render(text)
    assert len(words) == 7
    assert mentions(re.sub("<[^>]*>", "", shown).replace("&amp;", "&").replace("&lt;", "<")) == 0
    assert not re.search(r"(?:#|\bGH-)[0-9]", shown, re.IGNORECASE)


@given(HOSTILE, HOSTILE, HOSTILE)
@example("***", "---", "===")
@example("> a", "1) b", "+ c")
def test_card_reads_bold_and_lists_only(title: str, action: str, impact: str) -> None:
    blocks = blocks_of(title, action, impact)
    [text] = teams.FORMAT.render(blocks, HEADING).messages
    found, words, other = parsed(text, CARD)
    assert found == flat(blocks)
    assert words == [said(line) for block in blocks for line in block.lines]
    assert other == set()


@given(HOSTILE, HOSTILE)
def test_card_expands_nothing_and_mentions_no_one(title: str, action: str) -> None:
    [text] = teams.FORMAT.render(blocks_of(title, action), HEADING).messages
    assert not re.search(r"</?at|\{\{|\$\{", text)
    assert mentions(text) == 0


def test_card_is_a_workflow_payload() -> None:
    rendered = teams.FORMAT.render(blocks_of("Checkout"), HEADING)
    [payload] = rendered.payloads
    [attachment] = payload["attachments"]
    assert payload["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["content"]["body"] == [{"type": "TextBlock", "text": rendered.messages[0], "wrap": True}]


@pytest.mark.parametrize("word", ["pay_api_v2", "a-b-c", "5xx at 8%", "deadbeefcafe", "ana.b@e.example"])
def test_technical_names_can_be_copied(word: str) -> None:
    for each in (markdown.FORMAT, teams.FORMAT):
        [text] = each.render(read(literal(f"see {word} now")), HEADING).messages
        assert text.replace("&#64;", "@") == f"see {word} now"


def test_github_url_refers_to_nothing() -> None:
    text = markdown.escape_text("https://github.com/o/r/issues/1 and o/r#2 and #3")
    assert "://" not in text
    assert text.count(f"#{WORD_JOINER}") == 2
