"""Text for Slack, in two formats: pasted into its composer, and sent to a webhook.

Pasted text is not escaped, a webhook's is; in both, a bare URL is the only link, and Slack links it itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from incident_cockpit.documents.blocks import layout
from incident_cockpit.documents.formats.fitting import render_pages, utf16_length
from incident_cockpit.documents.formats.format import Format, Heading, Rendered
from incident_cockpit.text.blocks import Blocks, Line, plain
from incident_cockpit.text.escape import WORD_JOINER, slack_api, slack_paste

# Slack splits a longer message anywhere.
LIMIT = 4_000
# A pasted dash becomes a list for users who write markup and stays a dash for others; the API has no lists.
_PASTED_ITEM, _API_ITEM = "- ", "• "

# A line or message that begins so opens a quote, a list or a command.
_OPENS = re.compile(r"(?:>|&gt;|/|[-*•+#] |[0-9]{1,9}[.)] )")
_CODE = r"(?<!`)`[^`\s](?:[^`\n]{0,500}[^`\s])?`(?!`)"
_JOINERS = re.compile(f"{WORD_JOINER}{{2,}}")


def write_pasted(blocks: Blocks) -> str:
    """Return the text to paste into the composer."""
    return _write(blocks, str, _PASTED_ITEM)


def write_mrkdwn(blocks: Blocks) -> str:
    """Return the text for the API and webhooks."""
    return _write(blocks, slack_api, _API_ITEM)


def _write(blocks: Blocks, escape: Callable[[str], str], item: str) -> str:
    def paragraph_line(line: Line) -> str:
        text = _marked_up(line, escape)
        return WORD_JOINER + text if _OPENS.match(text) else text

    return layout(blocks, paragraph_line, lambda line: item + _marked_up(line, escape))


def _marked_up(line: Line, escape: Callable[[str], str]) -> str:
    """Return the line with its own bold, and with stars, underscores, tildes and backticks of user text inactive.

    Slack has no escape for them. They act in pairs, on one line and at the edge of a word, so pay_api stays as it is;
    the others get a word joiner on both sides, whichever of the two Slack takes for the edge. Complete code stays code:
    nothing in it acts, and a command copied from it has no invisible character.
    """
    text_alone, bold = re.sub(_CODE, "", plain(line)), any(run.bold for run in line)
    pairs = "".join(char for char in "*_~" if text_alone.count(char) + 2 * (bold and char == "*") > 1)
    acting = re.compile(rf"{_CODE}|`|(?<![^\W_])[{pairs}]|[{pairs}](?![^\W_])" if pairs else f"{_CODE}|`")

    def inactive(match: re.Match[str]) -> str:
        return match.group() if len(match.group()) > 1 else f"{WORD_JOINER}{match.group()}{WORD_JOINER}"

    def safe(text: str) -> str:
        return acting.sub(inactive, escape(text))

    marked = "".join(f"*{safe(run.text)}*" if run.bold else safe(run.text) for run in line)
    return _JOINERS.sub(WORD_JOINER, slack_paste(marked))


def _render_mrkdwn(blocks: Blocks, _: Heading) -> Rendered:
    rendered = render_pages(blocks, write_mrkdwn, LIMIT, utf16_length)
    return replace(rendered, payloads=tuple(map(payload, rendered.messages)))


def payload(text: str, blocks: list[dict[str, object]] | None = None) -> dict[str, object]:
    """Return a message for a webhook, without previews of the pages it links to."""
    return {"text": text, **({"blocks": blocks} if blocks else {}), "unfurl_links": False, "unfurl_media": False}


PASTE = Format(
    "slack",
    "Slack, to paste",
    LIMIT,
    utf16_length,
    lambda blocks, _: render_pages(blocks, write_pasted, LIMIT, utf16_length),
)
API = Format("mrkdwn", "Slack API and webhooks, as text", LIMIT, utf16_length, _render_mrkdwn)
