"""What a runbook is once it has been read: sections, steps with their bytes, and the text between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StepKind(StrEnum):
    """What made an item a step."""

    TASK = "task"
    NUMBERED = "numbered"
    BULLET = "bullet"


class StepMark(StrEnum):
    """The state an item has in the file itself, before anyone ticks it in an incident."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A block of code that belongs to a step, exactly as it is to be copied; `lang` is empty when none is named."""

    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a step; the `url` of an in-page link begins with `#` and is not percent-encoded."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading; level 0 and no title stand for what comes before the first heading; `line` counts from 1."""

    title: str
    level: int
    line: int


@dataclass(frozen=True, slots=True)
class Step:
    """One item that a person works through.

    `key` is "s1", "s2"... in document order; `section` is an index into the runbook's sections; `parent` is the
    key of the enclosing step and `depth` counts those; `line` counts from 1; `span` and `box` are byte offsets in
    the source, `box` that of the character between the brackets; `guidance` is Markdown.
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


@dataclass(frozen=True, slots=True)
class Aside:
    """Text that is no step, as Markdown; `after` is the step before it in the same section, if there is one."""

    section: int
    line: int
    after: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Warning_:  # noqa: N801 - `Warning` is a builtin
    """What the reader could not take as it stood; `line` counts from 1."""

    line: int
    words: str


@dataclass(frozen=True, slots=True)
class Runbook:
    """A runbook as read from one file; `rule` says in words what its steps were made of."""

    name: str
    title: str
    sha256: str
    rule: str
    sections: tuple[Section, ...]
    steps: tuple[Step, ...]
    asides: tuple[Aside, ...]
    warnings: tuple[Warning_, ...]
