"""What a runbook is once it has been read: sections, steps with their bytes, and the text between them."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class StepKind(StrEnum):
    """What made an item a step."""

    TASK = "task"
    NUMBERED = "numbered"
    BULLET = "bullet"
    HEADING = "heading"
    TABLE = "table"
    TEMPLATE = "template"


class StepMark(StrEnum):
    """The state an item has in the file itself, before anyone ticks it in an incident."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


class CodeBlock(Struct, frozen=True):
    """A block of code that belongs to a step, exactly as it is to be copied; `lang` is empty when none is named."""

    lang: str
    text: str


class Link(Struct, frozen=True):
    """A link in a step; the `url` of an in-page link begins with `#` and is not percent-encoded.

    `section` is the index of the section that an in-page link names, None where it names none.
    """

    text: str
    url: str
    section: int | None = None

    @property
    def opens(self) -> bool:
        """Say whether a browser may be asked to open it: http and https only."""
        return self.url.lower().startswith(("http://", "https://"))


class Section(Struct, frozen=True):
    """A heading; level 0 and no title stand for what comes before the first heading; `line` counts from 1."""

    title: str
    level: int
    line: int


class Step(Struct, frozen=True):
    """One item that a person works through.

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
    """Text that is no step, as Markdown; `after` is the step before it in the same section, if there is one."""

    section: int
    line: int
    after: str | None
    text: str


class Choice(Struct, frozen=True):
    """One way on from a gate: the words that say when, the section they lead to, and whether they say to escalate."""

    words: str
    section: int | None
    escalate: bool


class Gate(Struct, frozen=True):
    """A decision between steps: text that says "if … go to X, otherwise …", with its choices in their order.

    `section`, `after` and `text` are those of the aside it was read from; `key` is "g1", "g2"... in document order.
    """

    key: str
    section: int
    after: str | None
    text: str
    choices: tuple[Choice, ...]


class ReadWarning(Struct, frozen=True):
    """What the reader could not take as it stood; `line` counts from 1."""

    line: int
    words: str


class StepFormat(Struct, frozen=True):
    """A rule by its name, and how many steps it would make of a file."""

    rule: str
    steps: int


class Runbook(Struct, frozen=True):
    """A runbook as read from one file; `rule` says in words what its steps were made of.

    `severity`, `owner` and `tags` are what the front matter says, empty where it says nothing.
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
    """Return where a step stands: the headings above it from the outermost one on, then the texts of its parents.

    Raises KeyError for a step that the runbook does not have.
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
