"""The plain text that templates write, read into blocks, lines and runs before any target's own signs come into it.

A text has lines, `*bold*`, items that begin with `- `, and blank lines between paragraphs; nothing else in it means
anything. People's own words go through `literal` on their way into a template, so that none of these signs acts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from incident_cockpit.text import redact
from incident_cockpit.text.blocks import Block, BlockKind, Blocks, Line, Run, Style, plain
from incident_cockpit.text.width import joined

# A private character replaces each sign in the text of users, one for one, so that a template may cut, join and
# capitalise it. Private characters mean nothing anywhere, so a text that has them loses nothing.
_STAND_INS = {"*": "\ue000", "-": "\ue001", "\\": "\ue002"}
_PROTECT = str.maketrans({**_STAND_INS, **dict.fromkeys(_STAND_INS.values(), "\ufffd")})
_RESTORE = str.maketrans({stand_in: sign for sign, stand_in in _STAND_INS.items()})

LONGEST_LINE = 300

_LINE_ENDS = re.compile(r"\s{2,}|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_ITEM = "- "
# A backslash takes the meaning of the sign behind it, and before such a sign of a second backslash as well, so that
# every line can be written; anywhere else it is a backslash.
_LIKE_ITEM = re.compile(r"\\*-(?: |$)")
_STAR = re.compile(r"(\\*)\*")
_LAST_BACKSLASHES = re.compile(r"\\+$")
# Only where every target would open and close it too: beside a blank or a plain sign, and never round a blank.
_BOLD = re.compile(r"""(?<![^\s(\[{"'“‘«/|,;:—–-])\*(?=\S)([^*\n]{1,2000}?)(?<=\S)\*(?![^\s)\]}"'”’»/|.,;:!?…—–-])""")


def literal(text: str) -> str:
    """Return the text of a user for a template: one line on which no sign acts."""
    return " ".join(line.strip() for line in text.splitlines() if line.strip()).translate(_PROTECT)


def read(text: str) -> Blocks:
    """Return a text as templates and users write it as blocks; a backslash makes a star or a first dash plain."""
    blocks: list[Block] = []
    apart = False
    for raw in text.splitlines():
        line = _stars(raw.strip())
        if not line:
            apart = bool(blocks)
        if not line or line == _ITEM.strip():
            continue
        is_item = line.startswith(_ITEM)
        if is_item:
            line = line[len(_ITEM) :].lstrip()
        elif _LIKE_ITEM.match(line):
            line = line[1:]
        runs = _runs(line)
        before = blocks[-1] if blocks else None
        # Items with a blank line between them are one list nearly everywhere, so they are one here.
        if before is not None and before.is_list == is_item and (is_item or not apart):
            blocks[-1] = replace(before, lines=(*before.lines, runs))
        else:
            blocks.append(Block((runs,), BlockKind.ITEMS if is_item else BlockKind.PARAGRAPH, apart))
        apart = False
    return tuple(blocks)


def write(blocks: Blocks) -> str:
    """Return blocks as text to edit: reading it gives the same blocks."""
    return layout(blocks, lambda line: _escaped(line, item=False), lambda line: _ITEM + _escaped(line, item=True))


def layout(blocks: Blocks, line: Callable[[Line], str], item: Callable[[Line], str]) -> str:
    """Return the blocks as text with their blank lines, each line written by `line`, each item by `item`."""
    parts = [
        ("\n" if block.apart and number else "") + "\n".join(map(item if block.is_list else line, block.lines))
        for number, block in enumerate(blocks)
    ]
    return "\n".join(parts)


def as_chat(blocks: Blocks) -> Blocks:
    """Return the blocks as paragraphs and lists, which is all that chats know.

    A long text is cut where nobody reads on; a secret in it has to be redacted before.
    """
    return tuple(shown for block in blocks if (shown := _chat_block(block)).lines)


def _chat_block(block: Block) -> Block:
    lines = tuple(tuple(_flat(run) for run in line) for line in block.lines)
    match block.kind:
        case BlockKind.HEADING:
            ends = ":" if block.level > 1 else ""
            title = "".join(run.text for run in lines[0] if run.style is not Style.QUIET)
            beside = (run for run in lines[0] if run.style is Style.QUIET)
            return Block(((Run(f"{title}{ends}", Style.STRONG), *beside),), apart=block.apart)
        case BlockKind.ENTRY:
            return Block(((Run(f"{block.label}:", Style.STRONG), Run(" "), *lines[0]),), apart=block.apart)
        case BlockKind.QUOTE:
            return Block(tuple((Run(f"> {row}".rstrip()),) for row in plain(block.lines[0]).splitlines()))
        case BlockKind.CODE:
            return Block(tuple((Run(row),) for row in plain(block.lines[0]).splitlines()))
        case BlockKind.TABLE:
            rows = (" · ".join(filter(None, map(plain, row))) for row in block.rows[1:])
            return Block(tuple((_flat(Run(row)),) for row in rows), BlockKind.ITEMS)
    return replace(block, lines=lines)


def _flat(run: Run) -> Run:
    """Return a run on one line, cut at its longest."""
    text = _LINE_ENDS.sub(" ", run.text)
    return Run(text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1].rstrip() + "…", run.style)


def redacted(blocks: Blocks) -> tuple[Blocks, tuple[str, ...]]:
    """Return the blocks with every secret of a line replaced by its kind, and the kinds, one for each place.

    A line is searched as a whole: a template may bring "password=" and a person the rest.
    """
    kinds: list[str] = []
    clean = tuple(
        replace(
            block,
            lines=tuple(_redacted(line, kinds) for line in block.lines),
            rows=tuple(tuple(_redacted(cell, kinds) for cell in row) for row in block.rows),
            label=plain(_redacted((Run(block.label),), kinds)),
        )
        for block in blocks
    )
    return clean, tuple(kinds)


def _redacted(line: Line, kinds: list[str]) -> Line:
    secrets = redact.find(plain(line))
    if not secrets:
        return line
    kinds += (secret.name for secret in secrets)
    runs, at = [], 0
    for run in line:
        end = at + len(run.text)
        runs.append(Run("".join(_without(run.text, at, secrets)), run.style))
        at = end
    return joined(runs)


def _without(text: str, start: int, secrets: Iterable[redact.SecretMatch]) -> Iterator[str]:
    """Yield what is left of a run that begins at `start` of its line; a secret is named where it begins."""
    at = 0
    for secret in secrets:
        begin, end = secret.start - start, secret.end - start
        if end <= 0 or begin >= len(text):
            continue
        yield text[at : max(begin, 0)]
        if begin >= 0:
            yield redact.stand_in(secret.name)
        at = min(end, len(text))
    yield text[at:]


def _runs(text: str) -> Line:
    runs: list[Run] = []
    at = 0
    for bold in _BOLD.finditer(text):
        runs += Run(text[at : bold.start()]), Run(bold[1], Style.STRONG)
        at = bold.end()
    runs.append(Run(text[at:]))
    return joined(Run(run.text.translate(_RESTORE), run.style) for run in runs)


def _escaped(line: Line, *, item: bool) -> str:
    """Return the line as it is typed; backslashes only where it would be read as something else without them."""
    bold = "".join(f"*{run.text}*" if run.bold else run.text for run in line)
    starred = "".join(f"*{_closed(_starred(run.text))}*" if run.bold else _starred(run.text) for run in line)
    # Where something was taken out, a bold may have lost the blank beside it that it needs.
    written = next((text for text in (bold, starred) if _runs(_stars(text)) == line), _starred(plain(line)))
    return written if item or not _LIKE_ITEM.match(written) else "\\" + written


def _starred(text: str) -> str:
    return _STAR.sub(r"\1\1\\*", text)


def _closed(text: str) -> str:
    """Return the text of a bold run so that the star behind it closes it."""
    return _LAST_BACKSLASHES.sub(r"\g<0>\g<0>", text)


def _stars(text: str) -> str:
    """Return the text with each star behind a backslash replaced by a plain one."""
    return _STAR.sub(
        lambda match: match[1][: len(match[1]) // 2] + (_STAND_INS["*"] if len(match[1]) % 2 else "*"), text
    )
