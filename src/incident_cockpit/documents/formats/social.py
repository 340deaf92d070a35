"""A public post of 280 characters, counted as X counts, which is the strictest of the networks."""

from __future__ import annotations

import re
import unicodedata

from incident_cockpit.documents.formats.fitting import shorten_lines
from incident_cockpit.documents.formats.format import Format, Heading, Rendered
from incident_cockpit.text.blocks import Blocks, plain
from incident_cockpit.text.escape import WORD_JOINER

LIMIT = 280
_ADDRESS_COUNTS = 23  # X replaces every URL by one of this length

# twitter-text, configuration 3: these characters count one, all others two; an emoji counts two.
_COUNT_ONE = (range(0x1100), range(0x2000, 0x200E), range(0x2010, 0x2020), range(0x2032, 0x2038))
_PICTURE = (
    r"[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    r"\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_CHANGED = r"(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?"
_EMOJI = re.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_PICTURE}{_CHANGED}(?:\u200d{_PICTURE}{_CHANGED}){{0,7}}"
)
_ADDRESS = re.compile(r"https?://([\w-]{1,63}(?:\.[\w-]{1,63}){0,8})(?:/[\w/.~%?=&+#-]{0,2000})?(?<![.?-])", re.ASCII)
# X links hosts with a top-level domain that it knows; of the long ones, these cover status pages, others count in full.
_LINKED = frozenset({"com", "org", "net", "info", "dev", "app", "cloud", "status", "page", "tech", "online", "site"})

# A mention, a hashtag, a cashtag, or a file name such as pay.py that would become a link.
_LIVE = re.compile(r"[@＠#＃$](?=\w)|(?<=\w)\.(?=[A-Za-z]{2})")


def count_characters(text: str) -> int:
    """Return the length of a text as X counts it."""
    text = unicodedata.normalize("NFC", text)
    addresses = sum(map(_address_length, _ADDRESS.finditer(text)))
    rest = _ADDRESS.sub("", text)
    characters = (1 if any(ord(char) in block for block in _COUNT_ONE) else 2 for char in _EMOJI.sub("", rest))
    return addresses + 2 * len(_EMOJI.findall(rest)) + sum(characters)


def _address_length(address: re.Match[str]) -> int:
    domain = address[1].rpartition(".")[2].lower()
    is_linked = "." in address[1] and (domain in _LINKED or (len(domain) == 2 and domain.isalpha()))
    return _ADDRESS_COUNTS if is_linked else max(_ADDRESS_COUNTS, len(address.group()))


def escape_text(text: str) -> str:
    """Escape user text for a post: no mentions, and only a whole URL is a link."""
    parts: list[str] = []
    at = 0
    for address in _ADDRESS.finditer(text):
        parts += _LIVE.sub(rf"\g<0>{WORD_JOINER}", text[at : address.start()]), address.group()
        at = address.end()
    return "".join([*parts, _LIVE.sub(rf"\g<0>{WORD_JOINER}", text[at:])])


def _render(blocks: Blocks, _: Heading) -> Rendered:
    lines = [("- " if block.is_list else "") + escape_text(plain(line)) for block in blocks for line in block.lines]
    text, was_cut = shorten_lines(lines, LIMIT, count_characters, "\n")
    return Rendered((text,), notes=(f"Truncated to {LIMIT} characters",) if was_cut else ())


FORMAT = Format("social", "Public post, 280 characters", LIMIT, count_characters, _render)
