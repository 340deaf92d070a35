"""SMS; one character outside GSM-7 cuts a segment from 160 to 70 characters."""

from __future__ import annotations

from incident_cockpit.documents.formats.fitting import shorten_lines, utf16_length
from incident_cockpit.documents.formats.format import Format, Heading, Rendered
from incident_cockpit.text.blocks import Blocks, plain
from incident_cockpit.text.plurals import counted

# 3GPP TS 23.038: the characters of one septet, and those of two.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")

# Typographic characters of templates and user text with an equivalent in GSM-7.
_PLAIN = str.maketrans(
    {
        "…": "...", "–": "-", "—": "-", "−": "-", "•": "-", "→": "->", "✓": "ok", "“": '"', "”": '"', "„": '"',
        "«": '"', "»": '"', "‘": "'", "’": "'", "´": "'", "`": "'", "\u00a0": " ", "\u202f": " ", "×": "x",
        "≥": ">=", "≤": "<=", "\u2060": "", "\t": " ",
    }
)  # fmt: skip

MOST_SEGMENTS = 2


def count_segments(text: str) -> int:
    """Return the number of segments: of 160 or 70 characters for one, of 153 or 67 for several."""
    if is_gsm7(text):
        sizes, single, part = [2 if char in _EXTENDED else 1 for char in text], 160, 153
    else:
        sizes, single, part = [utf16_length(char) for char in text], 70, 67
    if sum(sizes) <= single:
        return 1
    segments, left = 1, part
    for size in sizes:
        # A character of two units is not split between segments.
        if size > left:
            segments, left = segments + 1, part
        left -= size
    return segments


def is_gsm7(text: str) -> bool:
    """Return whether all characters of the text are in GSM-7."""
    return all(char in _BASIC or char in _EXTENDED for char in text)


def _render(blocks: Blocks, _: Heading) -> Rendered:
    lines = [" ".join(plain(line).translate(_PLAIN).split()) for block in blocks for line in block.lines]
    # All lines become one, so each but the last ends a sentence.
    sentences = [line if not line or line[-1] in ".:!?,;" else f"{line}." for line in lines[:-1]] + lines[-1:]
    text, was_cut = shorten_lines(sentences, MOST_SEGMENTS, count_segments, mark="...")
    alphabet = "GSM-7" if is_gsm7(text) else "UCS-2 (a character is not in GSM-7)"
    notes = (f"{counted(count_segments(text), 'segment')} in {alphabet}",)
    return Rendered((text,), notes=(f"Truncated to {counted(MOST_SEGMENTS, 'segment')}", *notes) if was_cut else notes)


FORMAT = Format("sms", "SMS, on one line", MOST_SEGMENTS, count_segments, _render, "segments")
