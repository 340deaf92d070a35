"""The check of the keymap: keys, clashes and unknown actions."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.keys import Keys, _character_to_key

from incident_cockpit.config.keymap import KeymapErrors, check_keymap

ACTIONS = {
    "update": ("u",),
    "undo": ("z",),
    "tick": ("space", "x"),
    "done": ("space", "x"),
    "skip": ("minus",),
    "help": ("?",),
    "palette": ("ctrl+p",),
    "hand-off": ("H",),
}
SCOPES = {"tick": "runbook", "skip": "runbook", "done": "due"}


def checked(**overrides: str) -> dict[str, tuple[str, ...]]:
    return check_keymap({name.replace("_", "-"): keys for name, keys in overrides.items()}, ACTIONS, SCOPES)


def lines(**overrides: str) -> tuple[str, ...]:
    with pytest.raises(KeymapErrors) as refused:
        checked(**overrides)
    said: tuple[str, ...] = refused.value.lines
    return said


def test_keymap_without_overrides_keeps_defaults() -> None:
    assert checked() == {**ACTIONS, "help": ("question_mark",)}


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        ("U", ("U",)),
        ("f5", ("f5",)),
        ("U, f5 ,U", ("U", "f5")),
        ("ctrl+u", ("ctrl+u",)),
        ("shift+ctrl+left", ("ctrl+shift+left",)),
        ("alt+u", ("alt+u",)),
        ("-", ("minus",)),
        ("+", ("plus",)),
        (",", ("comma",)),
        ("@,comma", ("at", "comma")),
        ("esc", ("escape",)),
        ("ctrl+i", ("tab",)),
        ("ctrl+m", ("enter",)),
        ("ctrl+@", ("ctrl+at",)),
        ("é", ("é",)),
        ("", ()),
    ],
)
def test_keymap_reads_common_key_names(wanted: str, keys: tuple[str, ...]) -> None:
    wanted_elsewhere = {"skip": "", "update": wanted}
    assert checked(**wanted_elsewhere)["update"] == keys


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        ("contrl+u", "keymap.update = 'contrl+u': 'contrl+u' is not a key; use one of alt, ctrl,"),
        ("ctrl+ctrl+u", "keymap.update = 'ctrl+ctrl+u': 'ctrl+ctrl+u' is not a key"),
        ("spcae", "keymap.update = 'spcae': 'spcae' is not a key; did you mean \"space\"?"),
        ("ctrl+entr", "keymap.update = 'ctrl+entr': 'ctrl+entr' is not a key; did you mean \"ctrl+enter\"?"),
        ("blorp!", "keymap.update = 'blorp!': 'blorp!' is not a key"),
        ("f99", "keymap.update = 'f99': 'f99' is not a key; did you mean \"f9\"?"),
        ("ctrl+", "keymap.update = 'ctrl+': 'ctrl+' is not a key"),
        ("u,,f5", "keymap.update = 'u,,f5': nothing between two commas"),
        ("shift+u", "keymap.update = 'shift+u': terminals send 'U'"),
        ("ctrl+U", "keymap.update = 'ctrl+U': write 'ctrl+shift+u'"),
        ("\x1b", "keymap.update = '\\x1b': '\\x1b' is not a key"),
    ],
)
def test_invalid_key_is_one_error(wanted: str, line: str) -> None:
    (said,) = lines(update=wanted)
    assert said.startswith(line)


def clashes(**overrides: str) -> list[str]:
    """Return the key, the two actions and the scope of each clash."""
    pattern = re.compile(r"keymap: ('.*') is used by both (\S+) and (\S+) \((\w+)\)")
    return [" ".join(match.groups()) for line in lines(**overrides) if (match := pattern.match(line))]


def test_keymap_suggests_action_for_unknown_name() -> None:
    [near] = lines(updat="U")
    assert near.startswith("keymap.updat:")
    assert '"update"' in near
    [unlike] = lines(qqqq="U")
    assert unlike.startswith("keymap.qqqq:")
    assert "?" in unlike


def test_key_clash_names_both_actions() -> None:
    assert clashes(update="z") == ["'z' update undo everywhere"]


def test_pane_key_clashes_in_pane_and_everywhere() -> None:
    assert clashes(skip="x") == ["'x' skip tick runbook"]
    assert clashes(skip="u") == ["'u' skip update runbook"]
    assert clashes(update="x") == ["'x' update tick runbook", "'x' update done due"]
    assert checked(done="minus")["done"] == ("minus",)


def test_keys_can_be_swapped_and_reused() -> None:
    assert checked(update="z", undo="u")["undo"] == ("u",)
    assert checked(undo="", update="z")["update"] == ("z",)


def test_two_names_of_one_key_clash() -> None:
    assert clashes(update="ctrl+i", undo="tab") == ["'tab' update undo everywhere"]
    assert len(lines(update="?")) == 1


def test_keymap_reports_all_errors_at_once() -> None:
    assert len(lines(updat="U", undo="spcae", hand_off="u")) == 3


@pytest.mark.parametrize("sign", string.punctuation)
def test_every_character_has_textual_name(sign: str) -> None:
    keys = check_keymap({"one": sign}, {"one": ("a",)}, {})
    assert keys["one"] == (_character_to_key(sign),)


def test_keymap_knows_every_textual_key() -> None:
    said = {key.value for key in Keys if not key.value.startswith("<") and key.value != "ctrl-at"}
    for key in said:
        assert check_keymap({"one": key}, {"one": ("a",)}, {})["one"]


@given(st.dictionaries(st.sampled_from([*ACTIONS, "other"]), st.text(max_size=12)))
def test_any_overrides_give_keymap_or_errors(overrides: dict[str, str]) -> None:
    try:
        keys = check_keymap(overrides, ACTIONS, SCOPES)
    except KeymapErrors as refused:
        said = refused.lines
    else:
        said = ("fine",)
        everywhere = [key for name in ACTIONS if name not in SCOPES for key in keys[name]]
        for scope in ("runbook", "due"):
            here = everywhere + [key for name in SCOPES if SCOPES[name] == scope for key in keys[name]]
            assert len(here) == len(set(here))
    assert all(line.isprintable() for line in said)
    assert said
