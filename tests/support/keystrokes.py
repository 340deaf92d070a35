"""The twenty most frequent acts of an incident commander, most frequent first, with their keys.

The README's table is made of this list, and tests/tui/test_keystrokes.py presses exactly these keys.
"""

from __future__ import annotations

from typing import NamedTuple

# Marks text that is typed, which does not count as keys.
TYPED = "~"
# The first COMMONEST acts take at most MOST keys besides the text.
COMMONEST, MOST = 10, 2


class Act(NamedTuple):
    """One act, its keys in order, and the timeline entry it logs, or the text it copies."""

    what: str
    keys: tuple[str, ...]
    leaves: str
    copied: bool = False

    @property
    def count(self) -> int:
        """The number of keys besides the text."""
        return sum(not key.startswith(TYPED) for key in self.keys)


ACTS = (
    Act("log a note", ("n", "~5xx falling", "enter"), "5xx falling"),
    Act("tick the current step", ("space",), "Acknowledge the alert  done"),
    Act("do NEXT (here: answer the late ask)", ("g", "~Noor", "enter"),
        "Raj: who deployed 4512? → Noor"),
    Act("ask someone, with a due time", ("n", "~@Raj 10m is the queue empty?", "enter"),
        "Raj, 10m: is the queue empty?"),
    Act("log an action", ("n", "~! drained node 4", "enter"), "drained node 4"),
    Act("write the status update, copy it and mark it as sent", ("u", "ctrl+s"), "external update 1 sent"),
    Act("log a decision", ("n", "~= stay on 4511", "enter"), "stay on 4511"),
    Act("log a hypothesis", ("h", "~pool exhausted", "enter"), "pool exhausted"),
    Act("copy the situation", ("y",), "*SEV2 INC-1", copied=True),
    Act("describe the impact", ("i", "~3% fail", "enter"), "3% fail"),
    Act("undo the last action", ("z",), "taken back: internal update 1 sent"),
    Act("skip a step, with the reason", ("minus", "~it is known", "enter"), "skipped: it is known"),
    Act("set a timer", ("n", "~:timer 15m check the queue", "enter"), "check the queue, in 15m"),
    Act("rule out a hypothesis, with the evidence", ("5", "minus", "~staging fails too", "enter"),
        "bad deploy 4512  ruled out: staging fails too"),
    Act("link a timeline entry as evidence", ("2", "plus", "enter"), "for bad deploy 4512: update"),
    Act("record the outcome of an action", ("E", "enter", "enter", "~queue empty", "enter"),
        "scaled checkout to 40  helped: queue empty"),
    Act("assign a role", ("r", "~scribe", "enter", "~Kim", "enter"), "Scribe: Kim"),
    Act("log an escalation, with the reason", ("e", "~Noor", "enter", "~she knows it", "enter"), "Noor: she knows it"),
    Act("offer command, after reading the brief", ("H", "enter", "~Kim", "enter"),
        "command to Kim"),
    Act("change the severity, with the reason", ("s", "~SEV1", "enter", "~all of EU", "enter", "y"),
        "SEV2 → SEV1: all of EU"),
)  # fmt: skip
