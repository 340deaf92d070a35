"""Help: every key and command, made from the registry, and the topics of the manual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.cells import cell_len
from textual import on
from textual.widget import Widget
from textual.widgets import Static

from incident_cockpit.actions.action import Action
from incident_cockpit.manual.pages import TOPICS, page
from incident_cockpit.tui.app.keys import shown
from incident_cockpit.tui.screens.modal import Dialog
from incident_cockpit.tui.screens.pick import Picker, no_match
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.widgets.list_view import Cell, LineList, ListRow

_KEYS_WIDTH = 13
_NAME_WIDTH = 19
# What is longer takes what it needs: the few that are must not push all others away.
_USAGE_WIDTH = 28
# Below this width a row has the name alone, and the line under the list says how the action is typed.
_NARROW = 100
# The grammar of the entry line: what has no action of its own. The signs come from the registry.
_GRAMMAR = (
    ("@who 10m ...", "an ask, due in ten minutes; without a duration it is a note that names someone"),
    (":command ...", "any command below; Tab completes it"),
    ("-7m ...", "in front of a line: when it happened; also 14:05, 14:05Z, 1h30m ago, yesterday 23:50"),
    ("anything else", "a note; Tab reads it another way"),
)


# Marks the key of a row that opens a topic of the manual instead of running an action.
_TOPIC = "manual:"


def manual_page(topic: str) -> ReaderScreen:
    """Return the screen with a topic of the manual."""
    # Late: it brings the Markdown parser.
    from incident_cockpit.runbook.prose import prose

    text = page(topic)
    return ReaderScreen(TOPICS[topic], lambda width: prose(text, width))


class HelpScreen(Dialog[str | None]):
    """The list of everything that can be done, searched by typing; returns the name of the action to run."""

    DEFAULT_CSS = """
    HelpScreen > #dialog { max-width: 112; }
    HelpScreen #usage { color: $accent; }
    """

    dialog_title = "Help"

    def __init__(self, actions: Sequence[Action], keys: Mapping[str, Sequence[str]]) -> None:
        """Take the registry and the keys as they are set now, by action name."""
        super().__init__()
        # What is switched off has no entry among the keys.
        self._actions = [action for action in actions if action.name in keys]
        self._keys = keys

    def body(self) -> Iterable[Widget]:
        """Return the search field over the list."""
        yield Picker()
        yield Static(id="usage", classes="optional")
        yield self.problem_line()

    def on_mount(self) -> None:
        """Show everything."""
        self._fit()
        self.query_one(Picker).submitted = self._chosen
        self.query_one(Picker).ask(self._fitting, placeholder="type to search: a key, a command, what it does")

    def on_resize(self) -> None:
        """Keep the box inside the screen."""
        self._fit()

    def _fit(self) -> None:
        self.query_one("#usage").display = self._narrow
        self.query_one(Picker).limit(self.app.size.height - 4 - self._narrow)
        self.show_keys(("enter", "run it"), ("↑↓", "move"), ("esc", "back"))

    def _chosen(self, text: str, key: str | None) -> None:
        if key is None:
            self.show_problem(no_match(text))
        elif key.startswith(_TOPIC):
            self.app.push_screen(manual_page(key.removeprefix(_TOPIC)))
        else:
            self.dismiss(key)

    @on(LineList.Highlighted)
    def _say_usage(self, event: LineList.Highlighted) -> None:
        action = next((action for action in self._actions if action.name == event.key), None)
        if self._narrow and action is not None:
            self.set_line("#usage", f":{action.usage}")

    # Rows

    def _fitting(self, typed: str) -> Sequence[ListRow]:
        """Return the actions that have every typed word, under the headings of their groups; a key finds by itself."""
        self.show_problem("")
        words = typed.casefold().split()
        by_key = [action for action in self._actions if typed and typed in self._labels(action)]
        found = by_key or [action for action in self._actions if all(word in self._said(action) for word in words)]
        # Whoever types a name means that action, not one before it that takes such a thing.
        found.sort(key=lambda action: bool(words) and not action.name.startswith(words[0]))
        rows: list[ListRow] = [] if typed else self._grammar()
        for group in dict.fromkeys(action.group for action in found):
            rows += [*([ListRow(None)] if rows else []), ListRow(None, (Cell(group, "heading"),))]
            rows += [self._row(action) for action in found if action.group == group]
        return [*rows, *self._topics(words)]

    def _topics(self, words: Sequence[str]) -> list[ListRow]:
        """Return the topics of the manual that have every typed word, under their heading."""
        topics = [
            ListRow(f"{_TOPIC}{name}", (Cell("", "key", _KEYS_WIDTH), Cell(title)))
            for name, title in TOPICS.items()
            if all(word in f"manual {name} {title}".casefold() for word in words)
        ]
        return [ListRow(None), ListRow(None, (Cell("Manual", "heading"),)), *topics] if topics else []

    def _grammar(self) -> list[ListRow]:
        signs = [(f"{one.prefix} ...", one.title) for one in self._actions if one.prefix and one.prefix != "@"]
        rows = [ListRow(None, (Cell("Entry line", "heading"),))]
        rows += [
            ListRow(None, (Cell(sign, "key", _KEYS_WIDTH + 2), Cell(says, "muted")))
            for sign, says in (*signs, *_GRAMMAR)
        ]
        return rows

    @property
    def _narrow(self) -> bool:
        return self.app.size.width < _NARROW

    def _row(self, action: Action) -> ListRow:
        wide = max(_USAGE_WIDTH, cell_len(action.usage) + 3)
        usage = Cell(action.name, "", _NAME_WIDTH) if self._narrow else Cell(f":{action.usage}", "", wide)
        keys = Cell("  ".join(self._labels(action)), "key", _KEYS_WIDTH)
        return ListRow(action.name, (keys, usage, Cell(action.description, "muted")))

    def _labels(self, action: Action) -> list[str]:
        return [shown(key) for key in self._keys.get(action.name, ())]

    def _said(self, action: Action) -> str:
        texts = (action.usage, action.description, action.group, action.prefix, *self._labels(action))
        return " ".join(texts).casefold()
