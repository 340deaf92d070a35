"""The twenty acts an incident commander does most, the commonest first, with the keys each takes.

The README's table is made of this list, and tests/tui/test_keystrokes.py presses exactly these keys.
"""

from __future__ import annotations

from typing import NamedTuple

# In front of words that are typed: they are no keys of ours.
TYPED = "~"
# So many of them take at most so many keys plus the words themselves.
COMMONEST, MOST = 10, 2


class Act(NamedTuple):
    """One act, its keys in order, and the line it leaves on the timeline, or what is copied by it."""

    what: str
    keys: tuple[str, ...]
    leaves: str
    copied: bool = False

    @property
    def count(self) -> int:
        """How many keys it takes besides the words."""
        return sum(not key.startswith(TYPED) for key in self.keys)


ACTS = (
    Act("log what happened", ("n", "~5xx falling", "enter"), "5xx falling"),
    Act("tick the step in hand", ("space",), "Acknowledge the alert  done"),
    Act("do what NEXT says; here, answer the ask that is late", ("g", "~Noor", "enter"),
        "Raj: who deployed 4512? → Noor"),
    Act("ask somebody for something in time", ("n", "~@Raj 10m is the queue empty?", "enter"),
        "Raj, 10m: is the queue empty?"),
    Act("log what was done", ("n", "~! drained node 4", "enter"), "drained node 4"),
    Act("write the status update, copy and send it", ("u", "ctrl+s"), "external update 1 sent"),
    Act("log a decision", ("n", "~= stay on 4511", "enter"), "stay on 4511"),
    Act("name a possible cause", ("h", "~pool exhausted", "enter"), "pool exhausted"),
    Act("copy the situation for whoever asks", ("y",), "*SEV2 INC-1", copied=True),
    Act("describe the impact", ("i", "~3% fail", "enter"), "3% fail"),
    Act("take back what was just done", ("z",), "taken back: internal update 1 sent"),
    Act("skip a step, with the reason", ("minus", "~it is known", "enter"), "skipped: it is known"),
    Act("set a timer", ("n", "~:timer 15m check the queue", "enter"), "check the queue, in 15m"),
    Act("rule a cause out, with what showed it", ("5", "minus", "~staging fails too", "enter"),
        "bad deploy 4512  ruled out: staging fails too"),
    Act("link a line of the timeline as evidence", ("2", "plus", "enter"), "for bad deploy 4512: update"),
    Act("say what an action did", ("E", "enter", "enter", "~queue empty", "enter"),
        "scaled checkout to 40  helped: queue empty"),
    Act("give a role to somebody", ("r", "~scribe", "enter", "~Kim", "enter"), "Scribe: Kim"),
    Act("bring somebody in, with the reason", ("e", "~Noor", "enter", "~she knows it", "enter"), "Noor: she knows it"),
    Act("offer command to somebody, having read the brief", ("H", "enter", "~Kim", "enter"),
        "Ana offers command to Kim"),
    Act("change the severity, with the reason", ("s", "~SEV1", "enter", "~all of EU", "enter", "y"),
        "SEV2 → SEV1: all of EU"),
)  # fmt: skip
