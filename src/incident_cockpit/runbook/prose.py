"""Markdown of a runbook as styled lines for any front end."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from incident_cockpit.runbook.links import Env, address, block_tokens, inline_tokens, without_tags
from incident_cockpit.runbook.model import StepMark
from incident_cockpit.runbook.tables import MARKS, find_checkbox, strip_checkbox
from incident_cockpit.text.blocks import Line, Run, Style, table
from incident_cockpit.text.layout import ProseLine, lay_out
from incident_cockpit.text.sanitize import clean
from incident_cockpit.text.width import Wrapper, cells, joined

if TYPE_CHECKING:
    from markdown_it.token import Token

_ALERT = re.compile(r"\[!(\w+)\][ \t]*\n?")
_LEAST = 16
_RULE = 24
_WRAPPED = {"strong": Style.STRONG, "em": Style.QUIET, "link": Style.LINK}
_BOXES = {StepMark.OPEN: "☐ ", StepMark.DONE: "☑ ", StepMark.SKIPPED: "☒ "}


def prose(markdown: str, width: int) -> tuple[ProseLine, ...]:
    """Return Markdown as lines of at most `width` cells; code blocks keep their width."""
    tokens, env = block_tokens(clean(markdown))
    return _Writer(tokens, env, width).write()


class _Writer:
    """Writer of styled lines from block tokens, with the prefix of quotes and lists."""

    def __init__(self, tokens: list[Token], env: Env, width: int) -> None:
        self._tokens = tokens
        self._env = env
        self._width = width
        self._lines: list[ProseLine] = []
        self._rest: list[tuple[Run, ...]] = [()]
        self._marker: tuple[Run, ...] = ()
        self._numbers: list[int | None] = []
        self._rows: list[list[Line]] = []
        self._new_quote = False

    def write(self) -> tuple[ProseLine, ...]:
        """Return all lines, without empty ones at the end."""
        actions: dict[str, Callable[[Token, int], object]] = {
            "blockquote_open": self._quote,
            "blockquote_close": lambda _token, _number: self._rest.pop(),
            "bullet_list_open": lambda _token, _number: self._numbers.append(None),
            "ordered_list_open": lambda token, _number: self._numbers.append(int(token.attrs.get("start", 1))),
            "bullet_list_close": lambda _token, _number: self._list_ends(),
            "ordered_list_close": lambda _token, _number: self._list_ends(),
            "list_item_open": self._item,
            "list_item_close": self._item_ends,
            "inline": self._inline,
            "fence": self._code,
            "code_block": self._code,
            "html_block": self._html,
            "hr": lambda _token, _number: self._put((Run("─" * _RULE, Style.QUOTE),)),
            "tr_open": lambda _token, _number: self._rows.append([]),
            "table_close": self._table,
        }
        for number, token in enumerate(self._tokens):
            action = actions.get(token.type)
            if action is not None:
                action(token, number)
            if token.nesting <= 0 and not token.hidden and token.type in _GAPS:
                self._gap()
        while self._lines and not self._lines[-1].runs:
            self._lines.pop()
        return tuple(self._lines)

    def _gap(self) -> None:
        if self._lines and self._lines[-1].runs:
            self._lines.append(ProseLine(0, ()))

    def _emit(self, runs: tuple[Run, ...]) -> None:
        """Add one line after its prefix; leading white space becomes the indent."""
        before = self._rest[-1]
        if self._marker:
            before = (*self._rest[-2], *self._marker)
            self._marker = ()
        indent = 0
        while before and not before[0].text.strip():
            indent += len(before[0].text)
            before = before[1:]
        self._lines.append(ProseLine(indent, joined((*before, *runs))))

    def _put(self, runs: tuple[Run, ...]) -> None:
        width = self._width - sum(cells(run.text) for run in self._rest[-1])
        for line in Wrapper(width).wrap(runs):
            if line or self._marker:
                self._emit(line)

    def _push(self, prefix: Run) -> bool:
        """Extend the prefix of each line, unless the text would become too narrow."""
        taken = sum(cells(run.text) for run in self._rest[-1]) + cells(prefix.text)
        fits = self._width - taken >= _LEAST
        self._rest.append((*self._rest[-1], prefix) if fits else self._rest[-1])
        return fits

    def _flush(self) -> None:
        """Write a marker without text."""
        if self._marker:
            self._emit(())

    def _quote(self, _token: Token, _number: int) -> None:
        self._flush()
        self._push(Run("│ ", Style.QUOTE))
        self._new_quote = True

    def _item(self, _token: Token, number: int) -> None:
        self._flush()
        count = self._numbers[-1]
        sign, style = "• ", Style.BULLET
        if count is not None:
            sign = f"{count}. "
            self._numbers[-1] = count + 1
        inline = self._tokens[number + 2] if number + 2 < len(self._tokens) else None
        box = find_checkbox(inline.content) if inline is not None and inline.type == "inline" else None
        if inline is not None and box:
            sign, style = _BOXES[MARKS.get(box, StepMark.OPEN)], Style.BOX
            inline.content = strip_checkbox(inline.content)
        self._marker = (Run(sign, style),) if self._push(Run(" " * cells(sign), Style.PLAIN)) else ()

    def _item_ends(self, _token: Token, _number: int) -> None:
        self._flush()
        self._rest.pop()

    def _list_ends(self) -> None:
        self._numbers.pop()
        if not self._numbers:
            self._gap()

    def _inline(self, token: Token, number: int) -> None:
        before = self._tokens[number - 1].type
        content = token.content
        if before in ("th_open", "td_open"):
            self._rows[-1].append(self._runs(content, Style.PLAIN))
            return
        if self._new_quote:
            self._new_quote = False
            alert = _ALERT.match(content)
            if alert:
                self._put((Run(clean(alert.group(1)).capitalize(), Style.STRONG),))
                content = content[alert.end() :]
        base = Style.HEADING if before == "heading_open" else Style.PLAIN
        self._put(self._runs(content, base))

    def _runs(self, content: str, base: Style) -> tuple[Run, ...]:
        """Return inline Markdown as runs; a link shows its URL unless its text is the URL."""
        runs: list[Run] = []
        styles = [base]
        opened: list[tuple[str, int]] = []
        for token in inline_tokens(content, self._env):
            kind, _, end = token.type.rpartition("_")
            if kind in _WRAPPED and end == "open":
                styles.append(_WRAPPED[kind])
                if kind == "link":
                    opened.append((address(token), len(runs)))
            elif kind in _WRAPPED:
                styles.pop()
                if kind == "link" and opened:
                    url, start = opened.pop()
                    shown = "".join(run.text for run in runs[start:])
                    if url and shown != url:
                        runs.append(Run(f" <{url}>", Style.LINK))
            else:
                runs += _run(token, styles[-1])
        return tuple(runs)

    def _code(self, token: Token, _number: int) -> None:
        self._flush()
        for line in clean(token.content.rstrip("\n")).split("\n"):
            self._emit((Run(line or " ", Style.CODE_BLOCK),))

    def _html(self, token: Token, _number: int) -> None:
        text = without_tags(token.content).strip()
        if text:
            self._put((Run(clean(text), Style.PLAIN),))

    def _table(self, _token: Token, _number: int) -> None:
        self._flush()
        heads, *rows = self._rows
        self._rows = []
        width = self._width - sum(cells(run.text) for run in self._rest[-1])
        for line in lay_out([table(heads, rows)], width):
            self._emit((Run(" " * line.indent), *line.runs))


_GAPS = frozenset(
    ["paragraph_close", "heading_close", "fence", "code_block", "html_block", "hr", "table_close", "blockquote_close"]
)


def _run(token: Token, style: Style) -> list[Run]:
    """Return one inline token as runs, cleaned again because an entity can be any character."""
    if token.type in ("text", "text_special", "image"):
        return [Run(clean(token.content), style)]
    if token.type == "code_inline":
        return [Run(clean(token.content), Style.CODE)]
    if token.type == "softbreak":
        return [Run(" ", style)]
    if token.type == "hardbreak":
        return [Run("\n", style)]
    if token.type == "html_inline":
        return [Run(clean(without_tags(token.content)), style)]
    return [Run("~~", style)] if token.type in ("s_open", "s_close") else []
