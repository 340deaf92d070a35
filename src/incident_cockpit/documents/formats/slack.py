"""Text for Slack: what a person pastes into the composer, and what a webhook takes, which are two different things.

A pasted text is not escaped, a webhook's is; in both a bare address is the only link. Slack links it by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from incident_cockpit.documents.blocks import layout
from incident_cockpit.documents.formats.fitting import paginate, utf16_length
from incident_cockpit.documents.formats.format import Format, Heading, Rendered, split_notes
from incident_cockpit.text.blocks import Blocks, Line, plain
from incident_cockpit.text.escape import WORD_JOINER, slack_api, slack_paste

# Slack parts a longer message into several by itself, wherever it likes.
LIMIT = 4_000
# A pasted dash becomes a list for those who write markup and stays a dash for all others; the API knows no lists.
_PASTED_ITEM, _API_ITEM = "- ", "• "

# What opens a quote, a list or a command when a line or a whole message begins so.
_OPENS = re.compile(r"(?:>|&gt;|/|[-*•+#] |[0-9]{1,9}[.)] )")
_CODE = r"(?<!`)`[^`\s](?:[^`\n]{0,500}[^`\s])?`(?!`)"
_JOINERS = re.compile(f"{WORD_JOINER}{{2,}}")


def write_pasted(blocks: Blocks) -> str:
    """Return the text for the composer."""
    return _written(blocks, str, _PASTED_ITEM)


def write_mrkdwn(blocks: Blocks) -> str:
    """Return the text for the API and webhooks."""
    return _written(blocks, slack_api, _API_ITEM)


def _written(blocks: Blocks, escape: Callable[[str], str], item: str) -> str:
    return layout(blocks, lambda line: _line(line, escape), lambda line: item + _signed(line, escape))


def _line(line: Line, escape: Callable[[str], str]) -> str:
    text = _signed(line, escape)
    return WORD_JOINER + text if _OPENS.match(text) else text


def _signed(line: Line, escape: Callable[[str], str]) -> str:
    """Return the line with its own bold, and with people's stars, underscores, tildes and backticks kept from pairing.

    Slack knows no escape for them. They act in twos, on one line and at the edge of a word, so pay_api stays as it is;
    the others get an invisible sign on both sides, whichever of the two Slack takes for the edge. Code that is whole
    stays code: nothing in it acts, and a command that is copied out of it has no invisible sign.
    """
    words, bold = re.sub(_CODE, "", plain(line)), any(run.bold for run in line)
    pairs = "".join(sign for sign in "*_~" if words.count(sign) + 2 * (bold and sign == "*") > 1)
    acting = re.compile(rf"{_CODE}|`|(?<![^\W_])[{pairs}]|[{pairs}](?![^\W_])" if pairs else f"{_CODE}|`")

    def safe(text: str) -> str:
        return acting.sub(_apart, escape(text))

    signed = "".join(f"*{safe(run.text)}*" if run.bold else safe(run.text) for run in line)
    return _JOINERS.sub(WORD_JOINER, slack_paste(signed))


def _apart(sign: re.Match[str]) -> str:
    return sign.group() if len(sign.group()) > 1 else f"{WORD_JOINER}{sign.group()}{WORD_JOINER}"


def _render(blocks: Blocks, written: Callable[[Blocks], str]) -> Rendered:
    messages = tuple(written(page) for page in paginate(blocks, LIMIT, lambda page: utf16_length(written(page))))
    return Rendered(messages, notes=split_notes(len(messages)))


def _render_pasted(blocks: Blocks, _: Heading) -> Rendered:
    return _render(blocks, write_pasted)


def _render_mrkdwn(blocks: Blocks, _: Heading) -> Rendered:
    rendered = _render(blocks, write_mrkdwn)
    payloads = tuple(payload(text) for text in rendered.messages)
    return Rendered(rendered.messages, payloads=payloads, notes=rendered.notes)


def payload(text: str, blocks: list[dict[str, object]] | None = None) -> dict[str, object]:
    """Return a message as a webhook takes it; addresses in it bring no preview of a page into the channel."""
    return {"text": text, **({"blocks": blocks} if blocks else {}), "unfurl_links": False, "unfurl_media": False}


PASTE = Format("slack", "paste into Slack", LIMIT, utf16_length, _render_pasted)
API = Format("mrkdwn", "Slack's API and webhooks, as text", LIMIT, utf16_length, _render_mrkdwn)
