"""Drafts of forms: saved with every key, and offered when the form is opened again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

import msgspec

from incident_cockpit.actions.aliases import former_names
from incident_cockpit.journal.drafts import Drafts
from incident_cockpit.times.format import clock

if TYPE_CHECKING:
    from incident_cockpit.tui.handlers.context import Stage

Present = Callable[[str, Mapping[str, str]], str | None]


class _Kept(msgspec.Struct, frozen=True):
    known: dict[str, str]
    typed: dict[str, str]


class FormDraft:
    """The draft of one form, for one person, incident, action and subject.

    `known` are the values the form was opened with, such as the ask: an answer to one ask is no draft for another.
    """

    def __init__(self, drafts: Drafts, incident: str, who: str, action: str, known: Mapping[str, str]) -> None:
        """Name the draft; one that was saved under a former name of the action is found again."""
        self._drafts = drafts
        self._incident = incident
        self._known = {name: value for name, value in known.items() if value}
        about = hashlib.sha256(msgspec.json.encode(sorted(self._known.items()))).hexdigest()[:16] if self._known else ""
        subject = f" {about}" if about else ""
        self._field = f"form {action} {who}{subject}"
        for former in former_names(action):
            drafts.rename(incident, f"form {former} {who}{subject}", self._field)

    def kept(self) -> dict[str, str]:
        """Return the saved answers by argument; empty if there are none or they cannot be read."""
        text = self._drafts.kept(self._incident, self._field)
        try:
            kept = msgspec.json.decode(text, type=_Kept) if text else None
        except (msgspec.DecodeError, UnicodeError):
            return {}
        return kept.typed if kept is not None and kept.known == self._known else {}

    def saved(self) -> datetime | None:
        """Return when the draft was saved, or None if there is none."""
        return self._drafts.saved(self._incident, self._field)

    def keep(self, answers: Mapping[str, str]) -> None:
        """Save the answers; no answers delete the draft."""
        typed = {name: value for name, value in answers.items() if value and self._known.get(name) != value}
        text = msgspec.json.encode(_Kept(self._known, typed)).decode() if typed else ""
        self._drafts.keep(self._incident, self._field, text)

    def drop(self) -> None:
        """Delete the draft: it was logged, or cleared."""
        self._drafts.drop(self._incident, self._field)


def draft_notice(saved: datetime | None, zone: tzinfo, now: datetime, clears: str = "ctrl+r clear") -> str:
    """Return the notice of a restored draft: the key that clears it, and when it was saved."""
    since = f"from {clock(saved, zone, now)}" if saved is not None else ""
    return " · ".join(part for part in ("Saved draft", clears, since) if part)


class Answers:
    """The answers of an open form: known at opening, given since, from the saved draft, or the current value.

    `present` returns the current value of an argument, or None.
    """

    def __init__(
        self,
        known: Mapping[str, str],
        begun: FormDraft | None = None,
        present: Present = lambda _name, _given: None,
        when: Callable[[datetime | None], str] = lambda _saved: "",
    ) -> None:
        """Begin with the known values and the saved draft; `when` words the notice from its time."""
        self._known = {name: value for name, value in known.items() if value}
        self._begun, self._present = begun, present
        self.given = dict(self._known)
        self._left = begun.kept() if begun is not None else {}
        self.notice = when(begun.saved()) if begun is not None and self._left else ""
        # True while a draft of this form is saved.
        self.drafted = bool(self._left)

    def shown(self, name: str) -> str:
        """Return the text that the field of an argument opens with."""
        return self.given[name] if name in self.given else self._left.get(name) or self.present(name) or ""

    def present(self, name: str) -> str | None:
        """Return the current value if the field opens with it, or None if it opens with an answer or a draft."""
        return None if name in self.given or self._left.get(name) else self._present(name, self.given)

    def keep(self, typed: Mapping[str, str]) -> None:
        """Save the answers and the typed text, without those that equal the current value."""
        answers = {**self._left, **self.given, **typed}
        new = {name: value for name, value in answers.items() if value and value != self._present(name, self.given)}
        self.drafted = any(self._known.get(name) != value for name, value in new.items())
        if self._begun is not None:
            self._begun.keep(new)

    def clear(self) -> None:
        """Delete the draft and everything answered since the form was opened."""
        self.given, self._left, self.notice, self.drafted = dict(self._known), {}, "", False
        if self._begun is not None:
            self._begun.drop()

    @property
    def unchanged(self) -> bool:
        """True if every answer equals the current value: there is nothing to log."""
        held = {name: self._present(name, self.given) for name in self.given if name not in self._known}
        values = {name: value for name, value in held.items() if value is not None}
        return bool(values) and all(self.given[name] == value for name, value in values.items())


def answers_for(
    screen: Stage, action: str, known: Mapping[str, str], present: Present = lambda _name, _given: None
) -> Answers:
    """Return the answers of a form on the incident of this screen, with the draft of its user."""
    view = screen.live.view()
    begun = FormDraft(screen.around.drafts, view.record.id, view.who, action, known)
    return Answers(known, begun, present, lambda saved: draft_notice(saved, view.zone, view.now))
