"""One line for a text message, in few parts: a single sign outside the old alphabet more than halves each of them."""

from __future__ import annotations

from incident_cockpit.documents.formats.fitting import shorten_lines, utf16_length
from incident_cockpit.documents.formats.format import Format, Heading, Rendered
from incident_cockpit.text.blocks import Blocks, plain
from incident_cockpit.text.plurals import counted

# 3GPP TS 23.038: the signs of one septet, and those that take two.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")

# What our own templates and a hurried hand bring that has a twin in the old alphabet.
_PLAIN = str.maketrans(
    {
        "…": "...", "–": "-", "—": "-", "−": "-", "•": "-", "→": "->", "✓": "ok", "“": '"', "”": '"', "„": '"',
        "«": '"', "»": '"', "‘": "'", "’": "'", "´": "'", "`": "'", "\u00a0": " ", "\u202f": " ", "×": "x",
        "≥": ">=", "≤": "<=", "\u2060": "", "\t": " ",
    }
)  # fmt: skip

MOST_SEGMENTS = 2


def count_segments(text: str) -> int:
    """Return how many parts the text is sent in: 160 or 70 signs when it is one, 153 or 67 each when it is more."""
    if is_gsm7(text):
        sizes, one, each = [2 if sign in _EXTENDED else 1 for sign in text], 160, 153
    else:
        sizes, one, each = [utf16_length(sign) for sign in text], 70, 67
    if sum(sizes) <= one:
        return 1
    parts, left = 1, each
    for size in sizes:
        # A sign of two is never parted: it goes whole into the next part.
        if size > left:
            parts, left = parts + 1, each
        left -= size
    return parts


def is_gsm7(text: str) -> bool:
    """Return whether the old alphabet has every sign of the text."""
    return all(sign in _BASIC or sign in _EXTENDED for sign in text)


def _render(blocks: Blocks, _: Heading) -> Rendered:
    lines = [" ".join(plain(line).translate(_PLAIN).split()) for block in blocks for line in block.lines]
    sentences = [_ended(line) for line in lines[:-1]] + lines[-1:]
    text, short = shorten_lines(sentences, MOST_SEGMENTS, count_segments, mark="...")
    alphabet = "GSM-7" if is_gsm7(text) else "UCS-2, because of a sign that is not in GSM-7"
    notes = (f"{counted(count_segments(text), 'segment')} of {alphabet}",)
    return Rendered((text,), notes=(*((f"Cut to {counted(MOST_SEGMENTS, 'segment')}",) if short else ()), *notes))


def _ended(line: str) -> str:
    """Return a line so that it can stand before another on the same line."""
    return line if not line or line[-1] in ".:!?,;" else f"{line}."


FORMAT = Format("sms", "one line for a text message", MOST_SEGMENTS, count_segments, _render, "parts")
