"""What was typed into a form and is not done yet: on the disk with every key, and there again when the form is."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from incident_cockpit.journal.drafts import Drafts


class _Answers(msgspec.Struct, frozen=True):
    known: dict[str, str]
    typed: dict[str, str]


class Begun:
    """The answers somebody has begun to give in the form of one action; `known` is what the form was opened with.

    They come back only for the same person and about the same thing: words about one ask are none about another.
    """

    def __init__(self, drafts: Drafts, incident: str, who: str, action: str, known: Mapping[str, str]) -> None:
        """Remember whose answers they are and what they are about."""
        self._drafts = drafts
        self._incident = incident
        self._field = f"form {action} {who}"
        self._known = {name: value for name, value in known.items() if value}

    def kept(self) -> Mapping[str, str]:
        """Return the answers that were begun, by argument; none where there are none, or about something else."""
        text = self._drafts.kept(self._incident, self._field)
        try:
            answers = msgspec.json.decode(text, type=_Answers) if text else None
        except msgspec.DecodeError:
            return {}
        return answers.typed if answers is not None and answers.known == self._known else {}

    def keep(self, answers: Mapping[str, str]) -> None:
        """Put the answers on the disk, or nothing where nothing was answered."""
        typed = {name: value for name, value in answers.items() if value and self._known.get(name) != value}
        text = msgspec.json.encode(_Answers(self._known, typed)).decode() if typed else ""
        self._drafts.keep(self._incident, self._field, text)

    def drop(self) -> None:
        """Forget them: the action was done, or somebody left the form."""
        self._drafts.drop(self._incident, self._field)
