"""Runbooks of an incident: attached, updated to newer versions, and the branches taken at decision points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Moment
from incident_cockpit.incident.facts.roles import first_mention
from incident_cockpit.incident.facts.steps import (
    MARKED_IN_FILE,
    Mark,
    Status,
    StepAdded,
    StepAssigned,
    StepChange,
    StepId,
    StepMarked,
    Steps,
)
from incident_cockpit.incident.facts.topic import Line, Topic, fold_by_name, put, value_of
from incident_cockpit.runbook.model import Branch, Gate, Runbook, Step, StepMark
from incident_cockpit.text.plurals import counted

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident
    from incident_cockpit.runbook.merge import Merged


_LONGEST = 80
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_SIGNS = re.compile(r"\*\*|__|`|^[ \t]*(?:[>*+-][ \t]+)+", re.MULTILINE)


class BranchTaken(Struct, frozen=True):
    """The branch taken at a decision point: its text, and the title of the section it leads to, if any.

    `asked` is the text of the decision point, which a newer version of the runbook may no longer have.
    """

    asked: str
    words: str
    to: str
    escalate: bool
    who: str
    when: datetime

    @property
    def told(self) -> str:
        """Return the decision in one line: its text and the branch."""
        return f"{_short(self.asked)}  → {self.way}"

    @property
    def way(self) -> str:
        """Return where the branch leads: the section, or the text of the choice."""
        return self.to or self.words


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


class GatePassed(Change, frozen=True):
    """A branch was taken at a decision point."""

    kind: ClassVar[str] = "gate.passed"
    names: ClassVar[str] = "gate"
    gate: str
    now: BranchTaken | None
    was: BranchTaken | None


def choose_branch(incident: Incident, moment: Moment, gate: str, choice: str) -> GatePassed:
    """Choose a branch by its number, text or section; raises Refused for one that does not exist."""
    decision = find_gate(incident, gate)
    if decision is None:
        raise Refused(f'No decision point matches "{gate}"', "use its words", about="gate")
    runbook = incident.steps.runbooks[StepId.parse(gate).runbook]
    titles = [runbook.sections[each.section].title if each.section is not None else "" for each in decision.choices]
    at = _meant(decision.choices, titles, choice)
    if at is None:
        listed = "; ".join(f"{number} {each.words}" for number, each in enumerate(decision.choices, 1))
        raise Refused(
            f'No branch matches "{choice}"' if choice else "Branch required", f"choose one: {listed}", about="choice"
        )
    branch = decision.choices[at]
    passed = BranchTaken(
        gate_question(decision), branch.words, titles[at], branch.escalate, moment.who, moment.happened
    )
    return GatePassed(gate=gate, now=passed, was=incident.gates.get(gate))


def find_gate(incident: Incident, gate: str) -> Gate | None:
    """Return the decision point with this id ("r4.g1"), or None."""
    runbook, key = StepId.parse(gate)
    attached = incident.steps.runbooks.get(runbook)
    return next((each for each in attached.gates if each.key == key), None) if attached else None


def gate_question(gate: Gate) -> str:
    """Return the text of a decision point on one line, without Markdown characters."""
    return " ".join(_SIGNS.sub("", _LINK.sub(r"\1", gate.text)).split())


def _meant(choices: tuple[Branch, ...], titles: list[str], choice: str) -> int | None:
    if choice.isdecimal():
        return int(choice) - 1 if 0 < int(choice) <= len(choices) else None
    text = choice.casefold()
    named = [(each.words.casefold(), titles[place].casefold()) for place, each in enumerate(choices)]
    whole = [place for place, names in enumerate(named) if text and text in names]
    part = [place for place, names in enumerate(named) if text and any(text in name for name in names)]
    return next((fits[0] for fits in (whole, part) if len(fits) == 1), None)


def _words(fact: GatePassed, incident: Incident) -> Line:
    passed = value_of(fact.now, fact.was)
    # The way comes first, because a line is cut at its end and the runbook knows what it asked.
    return Line("gate", f"→ {passed.way}  ({_short(passed.asked)})")


TOPIC = Topic("gates", {}, (GatePassed,), fold_by_name, _words)


# Runbooks


# Boxes are what a checklist is expected to have; another rule is worth a word.
_PLAIN = "task items"


class RunbookAttached(Change, frozen=True):
    """A runbook was attached, with its steps as they were read."""

    kind: ClassVar[str] = "runbook.attached"
    names: ClassVar[str] = "runbook"
    runbook: str
    now: Runbook | None
    was: Runbook | None

    def touched_by(self, later: Change) -> bool:
        """Return whether one of its steps or decision points was worked on since."""
        if isinstance(later, StepChange | GatePassed):
            return _place(later)[0] == self.runbook
        return self.subject == later.subject


class RunbookVersion(Struct, frozen=True):
    """One version of an attached runbook, and the steps of former versions that it no longer has."""

    runbook: Runbook
    gone: tuple[Step, ...] = ()


class RunbookMerged(Change, frozen=True):
    """An attached runbook was updated; steps that are in both versions kept their ids."""

    kind: ClassVar[str] = "runbook.merged"
    names: ClassVar[str] = "runbook"
    runbook: str
    now: RunbookVersion | None
    was: RunbookVersion | None

    def touched_by(self, later: Change) -> bool:
        """Return whether a later fact is about a step that only one version has, or about the runbook itself."""
        if isinstance(later, RunbookAttached):
            return later.runbook == self.runbook
        if isinstance(later, StepChange | GatePassed):
            runbook, key = _place(later)
            if isinstance(later, StepAdded) and value_of(later.now, later.was).after in _keys(self.now) - _keys(
                self.was
            ):
                # What was added behind a step that it brought would lose its place.
                return runbook == self.runbook
            return runbook == self.runbook and key in _all_keys(self.now) ^ _all_keys(self.was)
        return self.subject == later.subject


def attach_runbook(
    incident: Incident,
    moment: Moment,
    runbook: Runbook,
    rule: str | None = None,  # the runbook was read by it already, and says so itself
) -> tuple[Change, ...]:
    """Attach a runbook; steps that its file has ticked already count as done."""
    if any(attached.sha256 == runbook.sha256 for attached in incident.steps.runbooks.values()):
        raise Refused(f"{runbook.name} is already attached", "its steps are in the Runbook pane", about="runbook")
    runbook_id = f"r{moment.seq}"
    return (
        RunbookAttached(runbook=runbook_id, now=runbook, was=None),
        *_so_marked(incident, moment, runbook_id, runbook),
    )


def update_runbook(incident: Incident, moment: Moment, runbook: str, newer: Runbook) -> tuple[Change, ...]:
    """Update an attached runbook to a newer version; steps that are in both keep their marks.

    Raises Refused for a version that is attached already, and for a file that has no step in common with the runbook.
    """
    # Late: few incidents see a newer runbook, and every command loads this module.
    from incident_cockpit.runbook.merge import match_steps, rekey, same_decision_points

    current = incident.steps.runbooks.get(runbook)
    if current is None:
        raise Refused(
            f'No attached runbook matches "{runbook}"',
            "use its title, or attach the file with :attach FILE",
            about="runbook",
        )
    if any(attached.sha256 == newer.sha256 for attached in incident.steps.runbooks.values()):
        raise Refused(
            f"This version of {newer.name} is already attached", "its steps are in the Runbook pane", about="file"
        )
    matches = match_steps(current, newer)
    if not matches.moved:
        raise Refused(
            f'{newer.name} has no step of "{current.title}"',
            "attach it as a separate runbook with :attach FILE",
            about="file",
        )
    before, added = incident.steps.gone.get(runbook, ()), incident.steps.added_to(runbook)
    passed = [gate.key for gate in map(StepId.parse, incident.gates) if gate.runbook == runbook]
    gates = _gate_keys(current, newer, same_decision_points(current, newer), passed)
    known = (*before, *(each.step for each in added.values()))
    merged = rekey(newer, {**_stable_keys(current, known, newer, matches), **gates})
    here = {step.key for step in merged.steps}
    gone = tuple(step for step in (*before, *current.steps) if step.key not in here)
    fact = RunbookMerged(runbook=runbook, now=RunbookVersion(merged, gone), was=RunbookVersion(current, before))
    # What was added here and stands in the newer file is that file's own step from now on.
    taken = [StepAdded(step=f"{runbook}.{key}", now=None, was=each) for key, each in added.items() if key in here]
    return (fact, *taken, *_so_marked(incident, moment, runbook, merged, current))


def _stable_keys(current: Runbook, gone: tuple[Step, ...], newer: Runbook, matches: Merged) -> dict[str, str]:
    """Return the key of each step of the newer file, never one that another step had.

    A step that was removed and has come back gets its old key again, and so does one that was added here before.
    """
    keys = {new: old for old, new in matches.moved.items()}
    texts = {step.key: step.text for step in newer.steps}
    added = [texts[key] for key in matches.added]
    back = {step.text: step.key for step in gone if added.count(step.text) == 1}
    number = max((int(step.key[1:]) for step in (*current.steps, *gone) if step.key.startswith("s")), default=0)
    for new in matches.added:
        if texts[new] in back:
            keys[new] = back[texts[new]]
        else:
            number += 1
            keys[new] = f"s{number}"
    return keys


def _gate_keys(current: Runbook, newer: Runbook, same: dict[str, str], passed: list[str]) -> dict[str, str]:
    """Return the key of each decision point of the newer file, never one that another had."""
    number = max((int(key[1:]) for key in (*passed, *(gate.key for gate in current.gates))), default=0)
    fresh = (gate.key for gate in newer.gates if gate.key not in same)
    return same | {key: f"g{place}" for place, key in enumerate(fresh, number + 1)}


def _so_marked(
    incident: Incident, moment: Moment, runbook_id: str, runbook: Runbook, former: Runbook | None = None
) -> Iterator[StepChange]:
    """Yield the marks and the assigned roles of the file, for steps that were not worked on here."""
    before = {step.key: first_mention(incident.adopted, step.text) for step in former.steps} if former else {}
    for step in runbook.steps:
        step_id = f"{runbook_id}.{step.key}"
        role, assignee = first_mention(incident.adopted, step.text), incident.steps.assignees.get(step_id)
        # Whoever was named by hand keeps it; a role that the file named changes with the file.
        if role != (assignee or "") == before.get(step.key, ""):
            yield StepAssigned(step=step_id, now=role or None, was=assignee, by_file=True)
        if step.mark is not StepMark.OPEN and step_id not in incident.steps.marks:
            status = Status.DONE if step.mark is StepMark.DONE else Status.SKIPPED
            mark = Mark(status, moment.who, moment.happened, MARKED_IN_FILE)
            yield StepMarked(step=step_id, now=mark, was=None)


def _place(change: StepChange | GatePassed) -> StepId:
    """Return the runbook of a fact, and the key of its step or decision point."""
    return StepId.parse(change.step if isinstance(change, StepChange) else change.gate)


def _all_keys(version: RunbookVersion | None) -> frozenset[str]:
    return _keys(version) | frozenset(gate.key for gate in version.runbook.gates) if version else frozenset()


def _keys(version: RunbookVersion | None) -> frozenset[str]:
    return frozenset(step.key for step in version.runbook.steps) if version else frozenset()


def _difference(was: RunbookVersion | None, now: RunbookVersion | None) -> str:
    """Return what a newer version changed: how many steps are new, gone, kept and, among those, reworded."""
    before, after = _keys(was), _keys(now)
    texts = {(step.key, step.text) for version in (was, now) if version for step in version.runbook.steps}
    new, reworded = len(after - before), len(texts) - len(before | after)
    said_anew = f" ({reworded} reworded)" if reworded else ""
    return f"{counted(new, 'step')} new, {len(before - after)} gone, {len(before & after)} kept{said_anew}"


def _made_of(runbook: Runbook) -> str:
    """Return the number of steps of a runbook, its step format where that is not the plain one, and its warnings."""
    said_of = [counted(len(runbook.steps), "step")]
    if runbook.rule != _PLAIN:
        said_of.append(f"format: {runbook.rule}")
    if runbook.warnings:
        said_of.append(counted(len(runbook.warnings), "warning"))
    return ", ".join(said_of)


def _runbooks_fold(state: Steps, fact: Change) -> Steps:
    match fact:
        case RunbookAttached(runbook=runbook, now=now):
            return replace(state, runbooks=put(state.runbooks, runbook, now))
        case RunbookMerged(runbook=runbook, now=now):
            version, gone = (now.runbook, now.gone) if now else (None, ())
            return replace(
                state, runbooks=put(state.runbooks, runbook, version), gone=put(state.gone, runbook, gone or None)
            )
    return state


def _runbooks_words(fact: Change, incident: Incident) -> Line:
    match fact:
        case RunbookAttached(now=now, was=was):
            runbook = value_of(now, was)
            return Line("runbook", f"{runbook.title} ({_made_of(runbook)})")
        case RunbookMerged(now=now, was=was):
            return Line("runbook", f"{PurePath(value_of(now, was).runbook.name).stem}: {_difference(was, now)}")
    raise TypeError(fact)


# Runbooks and what became of their steps are one state: a step is nothing without the runbook it stands in.
RUNBOOKS_TOPIC = Topic("steps", Steps(), (RunbookAttached, RunbookMerged), _runbooks_fold, _runbooks_words)
