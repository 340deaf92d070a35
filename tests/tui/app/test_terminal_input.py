"""Terminal input, with the bytes of many terminals in any chunks, and with invalid bytes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App, ComposeResult
from textual.message import Message

from incident_cockpit.tui.app.terminal_input import TerminalInput
from incident_cockpit.tui.app.theme_styles import fallback_variables
from incident_cockpit.tui.widgets.text_field import DraftArea, Field

JOINER, NON_JOINER = "\u200d", "\u200c"


def keys_and_pastes(parser: XTermParser, *chunks: str) -> tuple[list[str], list[str]]:
    messages = [message for chunk in chunks for message in parser.feed(chunk)]
    messages += list(parser.feed("\x1b[A"))
    keys = [message.key for message in messages if isinstance(message, events.Key)]
    assert keys.pop() == "up"
    return keys, [message.text for message in messages if isinstance(message, events.Paste)]


START, END = "\x1b[200~", "\x1b[201~"


def test_textual_alone_presses_keys_from_paste() -> None:
    keys, _ = keys_and_pastes(XTermParser(), f"{START}\x1b[31mdrop\x1b[0m{END}")
    assert keys


@pytest.mark.parametrize(
    ("chunks", "paste"),
    [
        ([f"{START}\x1b[31mred\x1b[0m{END}"], "␛[31mred␛[0m"),
        (["\x1b[20", "0~a\x1b", "[20", "1~"], "a"),
        ([START, "a\x1b[2", "0x", END], "a␛[20x"),
        ([START, "a\x1b", END], "a␛"),
        ([START, "two\nlines\r\n", END], "two\nlines\r\n"),
        ([*START, *"\x1b\x1b[A", *END], "␛␛[A"),
    ],
)
def test_paste_is_text_in_any_chunks(chunks: list[str], paste: str) -> None:
    assert keys_and_pastes(TerminalInput(), *chunks) == ([], [paste])


@given(st.text(st.sampled_from("\x1b[201~ab"), max_size=30), st.lists(st.integers(1, 5), max_size=12))
def test_no_paste_presses_a_key(text: str, sizes: list[int]) -> None:
    body = text.replace(END, "")
    if END in body or (body + END).index(END) != len(body):
        return
    stream, chunks = START + body + END, []
    for size in sizes:
        chunks.append(stream[:size])
        stream = stream[size:]
    keys, pastes = keys_and_pastes(TerminalInput(), *(chunk for chunk in [*chunks, stream] if chunk))
    assert keys == []
    assert pastes == [body.replace("\x1b", "␛")]


def test_keys_around_a_paste_are_keys() -> None:
    keys, pastes = keys_and_pastes(TerminalInput(), f"a\x1b[B{START}x\x1b[31m{END}b", "\x1b[C")
    assert (keys, pastes) == (["a", "down", "b", "right"], ["x␛[31m"])


def test_partial_paste_mark_is_no_paste(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = TerminalInput()
    list(parser.feed("\x1b[20"))
    assert parser._timeout_time is not None
    parser._timeout_time = 0.0  # the pause is over
    list(parser.tick())
    keys, _ = keys_and_pastes(parser, "0~", "\x1b[B")
    assert keys[-1] == "down"


def messages_of(*chunks: str) -> list[Message]:
    parser = TerminalInput()
    return [message for chunk in chunks for message in parser.feed(chunk)]


def keys_of(*chunks: str) -> list[events.Key]:
    return [message for message in messages_of(*chunks) if isinstance(message, events.Key)]


def typed(*chunks: str) -> str:
    return "".join(key.character or "" for key in keys_of(*chunks))


# The bytes of a key, and what it types: as the terminal without any protocol sends it.
TYPED = [
    # Kitty, foot, Ghostty, WezTerm, VS Code: with text, without, with sub-fields.
    ("\x1b[97;;97u", "a"),
    ("\x1b[97;2;65u", "A"),
    ("\x1b[32u", " "),
    ("\x1b[32;2u", " "),
    ("\x1b[32;2;32u", " "),
    ("\x1b[97u", "a"),
    ("\x1b[97;1u", "a"),
    ("\x1b[97;2u", "A"),
    ("\x1b[45u", "-"),
    ("\x1b[55u", "7"),
    ("\x1b[228;2u", "Ä"),
    ("\x1b[1092;2u", "Ф"),
    ("\x1b[223;2u", "ß"),
    ("\x1b[97:65;2u", "A"),
    ("\x1b[97:65;2;65u", "A"),
    ("\x1b[49:33;2u", "!"),
    ("\x1b[49::49;2u", "1"),
    ("\x1b[47:63:47;2:1u", "?"),
    ("\x1b[63;2u", "?"),
    ("\x1b[97;1:1u", "a"),
    ("\x1b[97;1:2u", "a"),
    ("\x1b[97;1:3u", ""),
    ("\x1b[32;2:3u", ""),
    ("\x1b[97;1:3;97u", ""),
    ("\x1b[97;65u", "A"),
    ("\x1b[97;66u", "a"),
    ("\x1b[97:65;66u", "a"),
    ("\x1b[49;65u", "1"),
    ("\x1b[97;129u", "a"),
    ("\x1b[97;130u", "A"),
    ("\x1b[32;193u", " "),
    ("\x1b[0;;12354u", "あ"),
    ("\x1b[;;12354u", "あ"),
    ("\x1b[0;;20013:25991u", "中文"),
    ("\x1b[113;7;64u", "@"),
    ("\x1b[97;3;229u", "å"),
    ("\x1b[12288u", "\u3000"),
    *((f"\x1b[{57399 + digit}u", str(digit)) for digit in range(10)),
    *((f"\x1b[{57399 + digit};129u", str(digit)) for digit in range(10)),
    ("\x1b[57409u\x1b[57410u\x1b[57411u\x1b[57412u\x1b[57413u\x1b[57415u\x1b[57416u", "./*-+=,"),
    ("\x1b[57412;129;45u", "-"),
    # xterm's modifyOtherKeys in both formats.
    ("\x1b[27;2;32~", " "),
    ("\x1b[27;2;65~", "A"),
    ("\x1b[27;2;33~", "!"),
    ("\x1b[27;1;97~", "a"),
    ("\x1b[65;2u", "A"),
    # Legacy.
    ("aÄ 7-\x1bOp\x1bOk", "aÄ 7-0+"),
    # Text of a report that no key types.
    ("\x1b[97;;27u\x1b[0;;8238u\x1b[0;;10u\x1b[0;;55296u\x1b[0;;1114112u", "a"),
    (f"\x1b[0;;{ord(NON_JOINER)}u\x1b[32;2;{ord(NON_JOINER)}u{JOINER}", NON_JOINER * 2 + JOINER),
    ("\x1b[0;;128104:8205:128105:8205:128103:8205:128102u", "👨\u200d👩\u200d👧\u200d👦"),
]
# The bytes of a key, and Textual's name for it.
NAMED = [
    ("\x1b[32u", "space"),
    ("\x1b[32;2u", "space"),
    ("\x1b[57412u", "minus"),
    ("\x1b[57413u", "plus"),
    ("\x1b[47:63;2u", "question_mark"),
    ("\x1b[115;2u", "S"),
    ("\x1b[13u", "enter"),
    ("\x1b[13;129u", "enter"),
    ("\x1b[57414u", "enter"),
    ("\x1b[27u", "escape"),
    ("\x1b[27;65u", "escape"),
    ("\x1b[9;2u", "shift+tab"),
    ("\x1b[27;2;9~", "shift+tab"),
    ("\x1b[Z", "shift+tab"),
    ("\x1b[127u", "backspace"),
    ("\x1b[127;2u", "backspace"),
    ("\x1b[127;5u", "ctrl+backspace"),
    ("\x1b[97;5u", "ctrl+a"),
    ("\x1b[97;5;1u", "ctrl+a"),
    ("\x1b[91;5u", "escape"),
    ("\x1b[27;5;91~", "escape"),
    ("\x1b[91;133u", "escape"),
    ("\x1b[105;5u", "tab"),
    ("\x1b[109;5u", "enter"),
    ("\x1b[104;5u", "backspace"),
    ("\x1b[105;6u", "ctrl+shift+i"),
    ("\x1b[97;69u", "ctrl+a"),
    ("\x1b[27;5;97~", "ctrl+a"),
    ("\x1b[27;6;65~", "ctrl+shift+a"),
    ("\x1b[97:65;6u", "ctrl+shift+a"),
    ("\x1b[1089::99;5u", "ctrl+c"),
    ("\x1b[32;5u", "ctrl+space"),
    ("\x1b[97;3u", "alt+a"),
    ("\x1ba", "alt+a"),
    ("\x1b[97;9u", "super+a"),
    ("\x1b[97;9;97u", "super+a"),
    ("\x1b[A", "up"),
    ("\x1b[1;1:2A", "up"),
    ("\x1b[1;129A", "up"),
    ("\x1b[57419u", "up"),
    ("\x1bOA", "up"),
    ("\x1b[1;5C", "ctrl+right"),
    ("\x1b[1;2D", "shift+left"),
    ("\x1b[5~", "pageup"),
    ("\x1b[5;1:1~", "pageup"),
    ("\x1b[3;5~", "ctrl+delete"),
    ("\x1b[3$", "shift+delete"),
    ("\x1b[57426u", "delete"),
    ("\x1b[P", "f1"),
    ("\x1bOP", "f1"),
    ("\x1b[13~", "f3"),
    ("\x1b[15;2~", "shift+f5"),
    ("\x1b[[A", "f1"),
]
# What says nothing, whichever way it is broken; and what only says that a key was let go.
DROPPED = [
    "\x1b[99999999999u", "\x1b[1114112u", "\x1b[55296u", "\x1b[0u", "\x1b[u", "\x1b[;;u", "\x1b[;u", "\x1b[57999u",
    "\x1b[97;99999999999u", "\x1b[97;1;1;1u", "\x1b[97;1:9u", "\x1b[97;1:0u", "\x1b[97:65:97:9;2u", "\x1b[<97u",
    "\x1b[57441u", "\x1b[57441;2u", "\x1b[57358u", "\x1b[57360u", "\x1b[27;2~", "\x1b[27;2;~", "\x1b[27;2;1:2~",
    "\x1b[98~", "\x1b[1;1:3A", "\x1b[3;1:3~", "\x1b[?25u", "\x1b[?62;22c", "\x1b[é;2u", "\x1b[9 7u",
    "\x1b[<0;1M", "\x1b[<0;1;M", "\x1b[<;;M", "\x1b[<99999999;1;1M", "\x1b[<0;-4;2M", "\x1b[12;3M", "\x1b[Mabc",
    "\x1b[999999;9R", "\x1b[?2026;22$y", "\x1b[?;1$y", "\x1b[?2026$y", "\x1b[1I", "\x1b[2O", "\x1b[201~",
    "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\", "\x1b]52;c;dGlw\x07", "\x1b]4;1;rgb:0/0/0\x9c", "\x1bP1$r0m\x1b\\",
    "\x1bP>|kitty(0.35)\x1b\\", "\x1b_Gi=1;OK\x1b\\",
    "\x1b[48;1;2t", "\x1b[48;0;0;0;0t", "\x1b[48;99999;1;1;1t", "\x1b[" + "9" * 20000 + "u",
]  # fmt: skip


@pytest.mark.parametrize(("sent", "text"), TYPED)
def test_key_report_types_its_character(sent: str, text: str) -> None:
    keys = keys_of(sent)
    assert "".join(key.character or "" for key in keys) == text
    # In panes they act as in a terminal that knows no protocol.
    assert [key.key for key in keys] == [key.key for key in keys_of(text)]


@pytest.mark.parametrize(("sent", "name"), NAMED)
def test_key_report_names_its_key(sent: str, name: str) -> None:
    assert [key.key for key in keys_of(sent)] == [name]


@pytest.mark.parametrize("sent", DROPPED)
def test_unparsable_sequence_is_dropped(sent: str) -> None:
    assert messages_of(sent) == []
    assert typed(sent, "ok") == "ok", "what follows is read"


@pytest.mark.parametrize("sent", [sent for sent, _ in (*TYPED, *NAMED)])
def test_sequence_may_arrive_in_pieces(sent: str) -> None:
    whole = [(key.key, key.character) for key in keys_of(sent)]
    assert [(key.key, key.character) for key in keys_of(*sent)] == whole


def test_rest_of_sequence_may_arrive_late() -> None:
    parser = TerminalInput()
    assert list(parser.feed("\x1b[97;")) == []
    # Longer than somebody waits for the escape key.
    assert parser._awaiting.timeout is not None
    assert parser._awaiting.timeout >= 1
    [key] = [message for message in parser.feed("2u") if isinstance(message, events.Key)]
    assert key.character == "A"


@pytest.mark.parametrize(
    ("sent", "names"),
    [
        ("\x1b", ["escape"]),
        ("\x1b[", ["left_square_bracket"]),
        ("\x1bO", ["alt+shift+o"]),
        ("\x1b]", ["right_square_bracket"]),
        ("\x1b]11;r]", []),
        ("\x1b[9", []),
    ],
)
def test_pause_ends_partial_sequence(sent: str, names: list[str]) -> None:
    parser = TerminalInput()
    keys = [*parser.feed(sent)]
    parser._timeout_time = 0.0  # the pause is over
    keys += [*parser.tick(), *parser.feed("ok")]
    assert [key.key for key in keys if isinstance(key, events.Key)] == [*names, "o", "k"]


def test_partial_terminal_answer_swallows_no_key() -> None:
    assert [key.key for key in keys_of("\x1b]11;rg\x1b[Ba\x1b]11;\rb\x1b]x")] == [
        "down", "a", "enter", "b", "right_square_bracket", "x",
    ]  # fmt: skip


def test_control_character_in_sequence_is_a_key() -> None:
    assert [key.key for key in keys_of("\x1b[97;\x11a\x1b[9\x1b[B")] == ["ctrl+q", "a", "down"]


ANY = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("0123456789:;<?$ \x1b[~uMRytIO"), max_size=40)


FINAL = st.sampled_from("u~ABCDEFHIMOPQRSZmcnty$^")


@given(st.lists(st.tuples(ANY, FINAL)), st.lists(st.integers(1, 9), max_size=6))
def test_any_bytes_keep_keyboard_working(sequences: Sequence[tuple[str, str]], sizes: Sequence[int]) -> None:
    stream = "".join(f"\x1b[{parameters}{final}\x1b]{final}{parameters}" for parameters, final in sequences)
    parser = TerminalInput()
    for size in sizes:
        list(parser.feed(stream[:size] or "x"))
        stream = stream[size:]
    list(parser.feed(f"{stream}{END}"))
    # A pause ends what is open, then the keyboard is as it was.
    parser._timeout_time = 0.0 if parser._awaiting.timeout else None
    list(parser.tick())
    assert [key.key for key in parser.feed("\x1b[32ux") if isinstance(key, events.Key)] == ["space", "x"]


NUMBERS = st.integers(0, 10**12).map(str) | st.sampled_from(
    ["", "0", "97", "32", "57399", "1114111", "1114112", "55296"]
)


@given(
    st.lists(st.lists(NUMBERS, max_size=5).map(":".join), max_size=5).map(";".join),
    st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz~@^$"),
)
def test_any_key_report_numbers_are_accepted(parameters: str, final: str) -> None:
    for key in keys_of(f"\x1b[{parameters}{final}"):
        assert key.key
        assert key.character is None or len(key.character) == 1


def test_terminal_reports_are_read() -> None:
    told = messages_of(
        "\x1b[I\x1b[O\x1b[<0;5;7M\x1b[<0;5;7m\x1b[<65;5;7M\x1b[3;4R\x1b[?2026;2$y\x1b[48;40;120;800;1200t"
    )
    assert [type(message).__name__ for message in told] == [
        "AppFocus", "AppBlur", "MouseDown", "MouseUp", "MouseScrollDown", "CursorPosition",
        "TerminalSupportsSynchronizedOutput", "Resize",
    ]  # fmt: skip


def test_mouse_works_after_size_without_pixels() -> None:
    resize, down = messages_of("\x1b[48;40;120;0;0t\x1b[<0;5;7M")
    assert isinstance(resize, events.Resize)
    assert isinstance(down, events.MouseDown)
    assert (resize.size, down.x, down.y) == ((120, 40), 4, 6)


def test_key_reports_in_paste_are_text() -> None:
    keys, pastes = keys_and_pastes(TerminalInput(), f"{START}x\x1b[32u{END}\x1b[32u\x1b[97;2u", "\x1b[4", "5u")
    assert (keys, pastes) == (["space", "A", "minus"], ["x␛[32u"])


class Texts(App[None]):
    """A line and a text; `send` is what a terminal would."""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return fallback_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield Field()
        yield DraftArea()

    def send(self, widget: Field | DraftArea, sent: str) -> None:
        widget.focus()
        self.call_later(lambda: [widget.post_message(key) for key in keys_of(sent)])


WORDS = [
    ("می\u200cخواهم", "می\u200cخواهم"),
    ("\x1b[0;;128104:8205:128105:8205:128103u", "👨\u200d👩\u200d👧"),
    ("👩\u200d💻\u3000x\u00a0y", "👩\u200d💻\u3000x\u00a0y"),
    ("a\u202eb\u2066c\u200bd\x07e\x1b[0;;27:155:8206uf", "abcdef"),
]


@pytest.mark.parametrize(("sent", "text"), WORDS)
@pytest.mark.parametrize("kind", [Field, DraftArea])
async def test_joiners_are_typed_but_controls_are_not(kind: type[Field | DraftArea], sent: str, text: str) -> None:
    app = Texts()
    async with app.run_test() as pilot:
        widget = app.query_one(kind)
        app.send(widget, sent)
        await pilot.pause()
        await pilot.pause()
        assert widget.text == text
