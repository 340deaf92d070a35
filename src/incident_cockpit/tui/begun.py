"""Answers of forms that are not done yet: on the disk with every key, and offered when the form is opened again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

import msgspec

from incident_cockpit.journal.drafts import Drafts
from incident_cockpit.timewords import clock

if TYPE_CHECKING:
    from incident_cockpit.tui.stage import Stage

Present = Callable[[str, Mapping[str, str]], str | None]


class _Kept(msgspec.Struct, frozen=True):
    known: dict[str, str]
    typed: dict[str, str]


class Begun:
    """The draft of one form: one for each person, incident, action, and what the form was opened with (`known`).

    Words about one ask are none about another, so each has a draft of its own.
    """

    def __init__(self, drafts: Drafts, incident: str, who: str, action: str, known: Mapping[str, str]) -> None:
        """Remember whose answers they are and what they are about."""
        self._drafts = drafts
        self._incident = incident
        self._known = {name: value for name, value in known.items() if value}
        about = hashlib.sha256(msgspec.json.encode(sorted(self._known.items()))).hexdigest()[:16] if self._known else ""
        self._field = f"form {action} {who}{f' {about}' if about else ''}"

    def kept(self) -> dict[str, str]:
        """Return the answers that were begun, by argument; none where there are none, or about something else."""
        text = self._drafts.kept(self._incident, self._field)
        try:
            kept = msgspec.json.decode(text, type=_Kept) if text else None
        except (msgspec.DecodeError, UnicodeError):
            return {}
        return kept.typed if kept is not None and kept.known == self._known else {}

    def saved(self) -> datetime | None:
        """Return when they were kept."""
        return self._drafts.saved(self._incident, self._field)

    def keep(self, answers: Mapping[str, str]) -> None:
        """Put the answers on the disk, or nothing where nothing was answered."""
        typed = {name: value for name, value in answers.items() if value and self._known.get(name) != value}
        text = msgspec.json.encode(_Kept(self._known, typed)).decode() if typed else ""
        self._drafts.keep(self._incident, self._field, text)

    def drop(self) -> None:
        """Forget them: they were saved, or cleared."""
        self._drafts.drop(self._incident, self._field)


def notice(saved: datetime | None, zone: tzinfo, now: datetime, clears: str = "ctrl+r clear") -> str:
    """Say that what stands in a field is a draft, the key that clears it, and since when it is kept."""
    since = f"from {clock(saved, zone, now)}" if saved is not None else ""
    return " · ".join(part for part in ("Saved draft", clears, since) if part)


class Answers:
    """The answers of an open form: known when it was opened, given in it, left by an earlier opening, or in force.

    `present` returns the value that an argument has now, None where it has none.
    """

    def __init__(
        self,
        known: Mapping[str, str],
        begun: Begun | None = None,
        present: Present = lambda _name, _given: None,
        when: Callable[[datetime | None], str] = lambda _saved: "",
    ) -> None:
        """Begin with what is known and what an earlier opening left; `when` words that it did."""
        self._known = {name: value for name, value in known.items() if value}
        self._begun, self._present = begun, present
        self.given = dict(self._known)
        self._left = begun.kept() if begun is not None else {}
        self.notice = when(begun.saved()) if begun is not None and self._left else ""
        # Whether something of this form is kept that leaving it does not lose.
        self.drafted = bool(self._left)

    def shown(self, name: str) -> str:
        """Return what stands in the field of an argument when it is asked for."""
        return self.given[name] if name in self.given else self._left.get(name) or self.present(name) or ""

    def present(self, name: str) -> str | None:
        """Return the value that an argument has now, which typing replaces; None where a draft goes before it."""
        return None if name in self.given or self._left.get(name) else self._present(name, self.given)

    def keep(self, typed: Mapping[str, str]) -> None:
        """Put on the disk what is answered and typed, as far as it says something new."""
        answers = {**self._left, **self.given, **typed}
        new = {name: value for name, value in answers.items() if value and value != self._present(name, self.given)}
        self.drafted = any(self._known.get(name) != value for name, value in new.items())
        if self._begun is not None:
            self._begun.keep(new)

    def clear(self) -> None:
        """Forget all that was typed, now and before."""
        self.given, self._left, self.notice, self.drafted = dict(self._known), {}, "", False
        if self._begun is not None:
            self._begun.drop()

    @property
    def unchanged(self) -> bool:
        """Whether every answer is the value that holds already, so that there is nothing to save."""
        held = {name: self._present(name, self.given) for name in self.given if name not in self._known}
        values = {name: value for name, value in held.items() if value is not None}
        return bool(values) and all(self.given[name] == value for name, value in values.items())


def answers_for(
    screen: Stage, action: str, known: Mapping[str, str], present: Present = lambda _name, _given: None
) -> Answers:
    """Return the answers of a form of the incident that a screen is on, with the draft that its person left."""
    view = screen.following.view()
    begun = Begun(screen.around.drafts, view.record.id, view.who, action, known)
    return Answers(known, begun, present, lambda saved: notice(saved, view.zone, view.now))
