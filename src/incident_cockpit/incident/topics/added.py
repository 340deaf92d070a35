"""Where the steps stand that the file does not have: behind the one they were added to, in every version of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.runbook.model import Runbook, Step


class Added(Struct, frozen=True):
    """A step that the file does not have, the key of the one it stands behind, and the title of its section."""

    after: str
    step: Step
    section: str = ""


def placed(runbook: Runbook, added: Mapping[str, Added]) -> tuple[Step, ...]:
    """Return the steps of a runbook in order, those that were added (by their keys) behind the ones they belong to.

    One whose place a newer version has no more stands at the end of its section, or of the runbook.
    """
    if not added:
        return runbook.steps
    behind: defaultdict[str, list[Step]] = defaultdict(list)
    for one in added.values():
        behind[one.after].append(one.step)
    order = list(_with_added(runbook.steps, behind))
    known = {step.key for step in runbook.steps} | added.keys()
    for one in added.values():
        if one.after not in known:
            section, at = _end_of(one.section, runbook, order)
            lost = replace(one.step, section=section, depth=0, parent=None)
            order[at:at] = [lost, *_chain(lost, behind)]
    return tuple(order)


def _with_added(steps: tuple[Step, ...], behind: Mapping[str, list[Step]]) -> Iterator[Step]:
    """Yield the steps, and when everything under one has been, what was added behind it."""
    above: list[Step] = []
    for step in steps:
        while above and above[-1].depth >= step.depth:
            yield from _chain(above.pop(), behind)
        yield step
        above.append(step)
    while above:
        yield from _chain(above.pop(), behind)


def _chain(beside: Step, behind: Mapping[str, list[Step]]) -> Iterator[Step]:
    """Yield what was added behind a step, each followed by what was added behind it in turn."""
    waiting = list(reversed(behind.get(beside.key, ())))
    while waiting:
        step = waiting.pop()
        # A newer version may have moved what it stands behind.
        yield replace(step, section=beside.section, depth=beside.depth, parent=beside.parent)
        waiting += reversed(behind.get(step.key, ()))


def _end_of(title: str, runbook: Runbook, order: list[Step]) -> tuple[int, int]:
    """Return the section with this title and the place behind its last step; the end of the runbook without one."""
    section = next((number for number, one in enumerate(runbook.sections) if one.title == title), None)
    if section is None:
        return (order[-1].section if order else 0), len(order)
    at = next((place for place, step in enumerate(order) if step.section > section and not step.depth), len(order))
    return section, at
