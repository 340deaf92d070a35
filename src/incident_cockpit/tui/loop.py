"""The hands of the loop: ask, learn, decide, hand over; what the cockpit does with them beyond a rule."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from incident_cockpit.actions.action import Action, Kind, Scope
from incident_cockpit.actions.registry import find
from incident_cockpit.tui.asked import Asked
from incident_cockpit.tui.begun import answers_for
from incident_cockpit.tui.briefs import copy_join_brief, copy_stand_down
from incident_cockpit.tui.bringing import bring_in
from incident_cockpit.tui.handing import Handing
from incident_cockpit.tui.lending import lend_to_a_shell
from incident_cockpit.tui.pinned import go_to
from incident_cockpit.tui.recorded import Recorded
from incident_cockpit.tui.saying import say_this
from incident_cockpit.tui.screens.words import WordsScreen
from incident_cockpit.tui.situation_page import read_situation
from incident_cockpit.tui.stage import Stage
from incident_cockpit.tui.supposed import judge

Do = Callable[[str, dict[str, str]], Awaitable[None]]
Act = Callable[[Action, dict[str, str]], Awaitable[str]]
Hand = Callable[[dict[str, str]], Awaitable[None]]


class Loop:
    """Knows a hand for each action of the loop that is more than a rule.

    `rule` does an action of the registry and asks for what it still needs, `ask` asks also for what may stay empty,
    `act` does one as it is and returns why not, or nothing.
    """

    def __init__(self, screen: Stage, rule: Do, ask: Do, act: Act) -> None:
        """Work for this screen."""
        self._screen = screen
        self._rule = rule
        self._act = act
        self._asked = Asked(screen, rule, ask)
        self._recorded = Recorded(screen, rule)
        handing = Handing(screen, rule, self._attempt)
        self.own: Mapping[str, Hand] = {
            "handoff": handing.hand_over,
            "read-back": handing.read_back,
            "take-command": handing.take,
            "revisit": self._recorded.revisit,
            "release": self._asked.release,
            "chat": self._chat,
            "join-brief": lambda _values: copy_join_brief(screen),
            "stand-down": lambda _values: copy_stand_down(screen),
            "say": lambda values: say_this(screen, values.get("script", "")),
            "situation": lambda _values: read_situation(screen),
            "pinned": self._pinned,
            "shell": lambda _values: lend_to_a_shell(screen),
        }

    def by_hand(self, action: Action, values: Mapping[str, str]) -> bool:
        """Return whether a typed action needs its hand: words that say all there is to say go by the rule."""
        if action.name not in self.own:
            return False
        complete = bool(values) and all(values.get(arg.name) for arg in action.args if arg.required)
        return action.decide is None or not complete

    async def look(self) -> bool:
        """Show everything about the line under the cursor where this knows it; return whether it does."""
        pane = self._screen.pane
        if pane is None or pane.cursor_key is None:
            return False
        ask, decision = self._screen.meant(Kind.ASK), self._screen.meant(Kind.DECISION)
        match pane.scope:
            case Scope.TIMELINE:
                await self._recorded.look(int(pane.cursor_key))
            case Scope.HYPOTHESES:
                chosen = await judge(self._screen, pane.cursor_key)
                if chosen:
                    await self._rule(chosen, {"hypothesis": pane.cursor_key})
            case _ if ask is not None:
                await self._asked.look(ask)
            case _ if decision is not None:
                await self._recorded.look_at_decision(decision)
            case _:
                return False
        return True

    async def bring_in(self, values: Mapping[str, str]) -> str:
        """Bring in a chat thread after a preview; return why it was not kept, or nothing."""
        return await bring_in(self._screen, values.get("thread", ""))

    async def _chat(self, values: dict[str, str]) -> None:
        words, answers = values.get("thread"), answers_for(self._screen, "chat", {})
        if not words:
            asked = WordsScreen(
                "Paste the lines of the thread",
                placeholder="names and times have to be in it",
                answers=answers,
                arg="thread",
            )
            words = await self._screen.app.push_screen_wait(asked)
        if words:
            problem = await bring_in(self._screen, words)
            if problem:
                self._screen.say(problem, "warn")
            elif not values.get("thread"):
                answers.clear()

    async def _pinned(self, _values: dict[str, str]) -> None:
        line = self._screen.meant(Kind.ENTRY)
        if line is None:
            self._screen.say("go to a line of the timeline first", "warn")
        else:
            await go_to(self._screen, int(line.removeprefix("#")))

    async def _attempt(self, name: str, values: dict[str, str]) -> str:
        return await self._act(find(name), values)
