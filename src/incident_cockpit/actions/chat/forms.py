"""Which rows of a text begin a message: that depends on the form which the others have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from incident_cockpit.actions.chat.names import is_nick, is_person, only_labels
from incident_cockpit.actions.chat.rows import Kind, Row, Trust

HEADS = frozenset((Kind.WHOLE, Kind.HEAD, Kind.STACK))


class Around(Struct, frozen=True):
    """What stands around a row: if nobody speaks yet, if who speaks has said something, if it stands apart, and has a
    body below it.
    """

    first: bool
    spoken: bool
    apart: bool
    body: bool


class Forms:
    """The form of a text, learnt from all of its rows.

    One program copies in one form: names and times in rows of their own, or all in one row. What is written in the
    other form was quoted by somebody. A log has a time in each row as well, but few of them have what can be a name.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        """Learn it."""
        heads = [row for row in rows if row.kind in HEADS]
        self._names = Counter((row.kind is Kind.WHOLE, row.name.casefold()) for row in heads)
        self._sure = any(row.trust is Trust.SURE for row in heads if row.kind is not Kind.WHOLE)
        self._set_in = any(row.trust is Trust.SURE for row in heads if row.kind is Kind.STACK)
        self._halves = any(row.when.half for row in rows if row.when is not None)
        self._nicks = any(row.trust is Trust.SURE for row in heads if row.kind is Kind.WHOLE)
        machine = [row for row in rows if row.when is not None and row.when.by_machine]
        named = [row.name for row in machine if row.kind is Kind.WHOLE]
        others = sum(row.kind is Kind.NOBODY for row in machine)
        self._mostly_named = len(named) > others
        self._all_named = not others and (len(named) < 3 or len(set(named)) > 1)
        whole = [row for row in heads if row.kind is Kind.WHOLE and self._is_said(row)]
        alone = [row for row in heads if row.kind is not Kind.WHOLE and self._counts(row)]
        self.in_rows = len(whole) > len(alone) or (len(whole) == len(alone) and bool(whole) and heads[0] in whole)
        self._shapes = {row.when.shape for row in whole if row.when is not None}

    def begins(self, row: Row, around: Around) -> bool:
        """Return whether a message begins with this row."""
        match row.kind:
            case Kind.WHOLE:
                return self.in_rows and self._is_said(row)
            case Kind.HEAD:
                return not self.in_rows and (row.trust is Trust.SURE or self._is_head(row, around))
            case Kind.STACK:
                return not self.in_rows and (row.trust is Trust.SURE or self._is_stack(row, around))
        return False

    def of_nobody(self, row: Row) -> bool:
        """Return whether a row has a time as those with names have it, but is none of them."""
        return self.in_rows and row.when is not None and row.kind is not Kind.NOISE and row.when.shape in self._shapes

    def _again(self, row: Row) -> bool:
        return self._names[row.kind is Kind.WHOLE, row.name.casefold()] > 1

    def _counts(self, row: Row) -> bool:
        return row.trust is not Trust.MAYBE or self._again(row) or is_person(row.name)

    def _is_said(self, row: Row) -> bool:
        machine = row.when is not None and row.when.by_machine
        match row.trust:
            case Trust.SURE:
                return True
            case Trust.LIKELY:
                return self._mostly_named or not machine
            case Trust.MAYBE if row.deed:
                return self._nicks or self._again(row)
            case Trust.MAYBE:
                return self._all_named if machine else self._again(row)
        return False

    def _is_head(self, row: Row, around: Around) -> bool:
        """Return whether a name and a time that could be words of a message are a head all the same."""
        if row.when is not None and row.when.open == "[" and not is_person(row.name):
            return self._again(row) or around.first
        if not (around.spoken and around.body):
            return False
        return not self._sure or around.first or self._again(row)

    def _is_stack(self, row: Row, around: Around) -> bool:
        """Return whether a row above a time is a name, where nothing sets the time apart from one in the text."""
        when = row.when
        if self._set_in or when is None or (self._halves and not (when.half or when.day)):
            return False
        if row.trust is Trust.LIKELY or only_labels(row.name):
            return row.trust is Trust.LIKELY
        if self._again(row):
            return True
        return not self._sure and around.spoken and (is_person(row.name) or (around.apart and is_nick(row.name)))
