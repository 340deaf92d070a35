"""A runbook as read from a file: sections, steps with their bytes, prose and decision points."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class StepKind(StrEnum):
    """The form that made an item a step."""

    TASK = "task"
    NUMBERED = "numbered"
    BULLET = "bullet"
    HEADING = "heading"
    TABLE = "table"
    TEMPLATE = "template"


class StepMark(StrEnum):
    """The state of a step in the file itself, before it is ticked in an incident."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


class CodeBlock(Struct, frozen=True):
    """A block of code of a step, exactly as it is to be copied; `lang` is "" without a language."""

    lang: str
    text: str


class Link(Struct, frozen=True):
    """A link in a step; the `url` of an in-page link begins with `#` and is not percent-encoded.

    `section` is the index of the section that an in-page link leads to, if any.
    """

    text: str
    url: str
    section: int | None = None

    @property
    def opens(self) -> bool:
        """Return whether a browser may open it: http and https only."""
        return self.url.lower().startswith(("http://", "https://"))


class Section(Struct, frozen=True):
    """A heading; level 0 without a title is the text before the first heading; `line` counts from 1."""

    title: str
    level: int
    line: int


class Step(Struct, frozen=True):
    """One step of a runbook.

    `key` is "s1", "s2"... in document order; `section` is an index into the runbook's sections; `parent` is the
    key of the enclosing step and `depth` counts those; `line` counts from 1; `span` and `box` are byte offsets in
    the source, `box` that of the character between the brackets, or of the sign itself where it is one of ☐ ☑ ☒;
    `guidance` is Markdown.
    """

    key: str
    text: str
    section: int
    depth: int
    parent: str | None
    line: int
    span: tuple[int, int]
    box: int | None
    kind: StepKind
    mark: StepMark
    guidance: str
    code: tuple[CodeBlock, ...]
    links: tuple[Link, ...]


class ProseBlock(Struct, frozen=True):
    """Text between steps, as Markdown; `after` is the step before it in the same section, if any."""

    section: int
    line: int
    after: str | None
    text: str


class Branch(Struct, frozen=True):
    """A branch of a decision point: its condition, its section, and whether it says to escalate."""

    words: str
    section: int | None
    escalate: bool


class Gate(Struct, frozen=True):
    """A decision point between steps: "if … go to X, otherwise …", with its branches in order.

    `section`, `after` and `text` are those of its prose block; `key` is "g1", "g2"... in document order.
    """

    key: str
    section: int
    after: str | None
    text: str
    choices: tuple[Branch, ...]


class ReadWarning(Struct, frozen=True):
    """A warning of the reader about a line, which counts from 1."""

    line: int
    words: str


class StepFormat(Struct, frozen=True):
    """A step format by its name, and the number of steps it finds in a file."""

    rule: str
    steps: int


class Runbook(Struct, frozen=True):
    """A runbook as read from one file; `rule` is the name of its step format.

    `severity`, `owner` and `tags` are from the front matter, empty if not set.
    """

    name: str
    title: str
    sha256: str
    rule: str
    sections: tuple[Section, ...]
    steps: tuple[Step, ...]
    asides: tuple[ProseBlock, ...]
    warnings: tuple[ReadWarning, ...]
    gates: tuple[Gate, ...] = ()
    severity: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()


def step_path(runbook: Runbook, key: str) -> tuple[str, ...]:
    """Return the path of a step: the headings above it from the outermost on, then the texts of its parents.

    Raises KeyError for an unknown step.
    """
    steps = {step.key: step for step in runbook.steps}
    step = steps[key]
    parents: list[str] = []
    above = step.parent
    while above is not None:
        parents.append(steps[above].text)
        above = steps[above].parent
    titles: list[str] = []
    level = 7
    for section in reversed(runbook.sections[: step.section + 1]):
        if section.level < level:
            level = section.level
            titles.append(section.title)
    return (*(title for title in reversed(titles) if title), *reversed(parents))
