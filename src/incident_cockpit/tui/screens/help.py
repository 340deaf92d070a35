"""Help: every key and command from the registry, and the topics of the manual."""

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
# A longer usage takes the width it needs: the few of them must not push all others away.
_USAGE_WIDTH = 28
# Below this width a row shows the name only; the line below the list shows the usage.
_NARROW = 100
# Syntax of the entry line without an action of its own; the other prefixes come from the registry.
_SYNTAX = (
    ("@who 10m ...", "Ask someone, due in ten minutes; without a duration, log a note"),
    (":action ...", "Run any action below; tab completes it"),
    ("-7m ...", "Set the time of an entry; also 14:05, 14:05Z, 1h30m ago, yesterday 23:50"),
    ("anything else", "Log a note; tab changes the type"),
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
    """The list of all actions, searched by typing; returns the name of the action to run."""

    DEFAULT_CSS = """
    HelpScreen > #dialog { max-width: 112; }
    HelpScreen #usage { color: $accent; }
    """

    dialog_title = "Help"

    def __init__(self, actions: Sequence[Action], keys: Mapping[str, Sequence[str]]) -> None:
        """Take the actions and their configured keys, by action name."""
        super().__init__()
        # An action that is switched off has no entry in `keys`.
        self._actions = [action for action in actions if action.name in keys]
        self._keys = keys

    def body(self) -> Iterable[Widget]:
        """Return the search field above the list."""
        yield Picker()
        yield Static(id="usage", classes="optional")
        yield self.problem_line()

    def on_mount(self) -> None:
        """Show all actions."""
        self._fit()
        self.query_one(Picker).submitted = self._chosen
        self.query_one(Picker).ask(self._matching, placeholder="type to filter by key, action or description")

    def on_resize(self) -> None:
        """Keep the dialog inside the screen."""
        self._fit()

    def _fit(self) -> None:
        self.query_one("#usage").display = self._narrow
        self.query_one(Picker).limit(self.app.size.height - 4 - self._narrow)
        self.show_keys(("enter", "run"), ("↑↓", "move"), ("esc", "cancel"))

    def _chosen(self, text: str, key: str | None) -> None:
        if key is None:
            self.show_problem(no_match(text))
        elif key.startswith(_TOPIC):
            # Keys are held while a dialog closes; the one below takes them again.
            self.app.push_screen(manual_page(key.removeprefix(_TOPIC)), self._take_keys)
        else:
            self.dismiss(key)

    def _take_keys(self, _: str | None) -> None:
        self.post_message(self.Ready())

    @on(LineList.Highlighted)
    def _show_usage(self, event: LineList.Highlighted) -> None:
        action = next((action for action in self._actions if action.name == event.key), None)
        if self._narrow and action is not None:
            self.set_line("#usage", f":{action.usage}")

    # Rows

    def _matching(self, typed: str) -> Sequence[ListRow]:
        """Return the actions that match every typed word, by group; a key matches its action only."""
        self.show_problem("")
        terms = typed.casefold().split()
        matches = [action for action in self._actions if typed and typed in self._labels(action)]
        if not matches:
            for action in self._actions:
                texts = (action.usage, action.description, action.group, action.prefix, *self._labels(action))
                if all(term in " ".join(texts).casefold() for term in terms):
                    matches.append(action)
        # A name that is typed stands for its action, before others that take such a thing.
        matches.sort(key=lambda action: bool(terms) and not action.name.startswith(terms[0]))
        rows: list[ListRow] = [] if typed else self._syntax()
        for group in dict.fromkeys(action.group for action in matches):
            rows += [*([ListRow(None)] if rows else []), ListRow(None, (Cell(group, "heading"),))]
            rows += [self._row(action) for action in matches if action.group == group]
        return [*rows, *self._topics(terms)]

    def _topics(self, terms: Sequence[str]) -> list[ListRow]:
        """Return the topics of the manual that match every typed word, under their heading."""
        topics = [
            ListRow(f"{_TOPIC}{name}", (Cell("", "key", _KEYS_WIDTH), Cell(title)))
            for name, title in TOPICS.items()
            if all(term in f"manual {name} {title}".casefold() for term in terms)
        ]
        return [ListRow(None), ListRow(None, (Cell("Manual", "heading"),)), *topics] if topics else []

    def _syntax(self) -> list[ListRow]:
        prefixes = [(f"{each.prefix} ...", each.title) for each in self._actions if each.prefix and each.prefix != "@"]
        rows = [ListRow(None, (Cell("Entry line", "heading"),))]
        rows += [
            ListRow(None, (Cell(prefix, "key", _KEYS_WIDTH + 2), Cell(about, "muted")))
            for prefix, about in (*prefixes, *_SYNTAX)
        ]
        return rows

    @property
    def _narrow(self) -> bool:
        return self.app.size.width < _NARROW

    def _row(self, action: Action) -> ListRow:
        width = max(_USAGE_WIDTH, cell_len(action.usage) + 3)
        usage = Cell(action.name, "", _NAME_WIDTH) if self._narrow else Cell(f":{action.usage}", "", width)
        keys = Cell("  ".join(self._labels(action)), "key", _KEYS_WIDTH)
        return ListRow(action.name, (keys, usage, Cell(action.description, "muted")))

    def _labels(self, action: Action) -> list[str]:
        return [shown(key) for key in self._keys.get(action.name, ())]
