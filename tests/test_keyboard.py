"""The keyboard in a real terminal: the bytes that terminals send, in every field, and what a kill leaves of them."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from incident_cockpit.actions.registry import find
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.service.store import Store
from support.terminal import Terminal

INCIDENT = (sys.executable, "-c", "import sys; from incident_cockpit.cli.main import main; sys.exit(main())")
# A fault of the parser itself, which no bytes bring about.
FAULTY = (
    sys.executable,
    "-c",
    "import sys\n"
    "from incident_cockpit.cli.main import main\n"
    "from incident_cockpit.tui.app.terminal_input import TerminalInput\n"
    "def typed(self, char, secret='xoxb-111111111'):\n"
    "    raise KeyError('gone')\n"
    "TerminalInput._typed = typed\n"
    "sys.exit(main())",
)
# one two A-7+ as key reports without text, with what says nothing in between, and a release of each letter.
WORDS = (
    b"o\x1b[110u\x1b[110;1:3u\x1b[101;129u\x1b[32u\x1b[99999999999u\x1b[116ux\x1b[127u\x1b[119;1:1uo"
    b"\x1b[32;2u\x1b[97:65;2u\x1b[97:65;2:3u\x1b[45u\x1b[27;1;55~\x1b[57413u"
)
SAID = "one two A-7+"


class Cockpit:
    """An incident of Ana's in a store of its own, and the program in a terminal on it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.env = {"INCIDENT_HOME": str(home), "INCIDENT_USER": "Ana", "TZ": "UTC"}
        with Store.of(self.env) as library:
            library.declare("Checkout returns 500", "SEV2")

    def terminal(self, program: tuple[str, ...] = INCIDENT) -> Terminal:
        return Terminal([*program, "open"], (120, 40), self.env, cwd=self.home)

    def texts(self) -> list[str]:
        with Store.of(self.env) as library:
            return [said.text for said in timeline_entries(library.journal.load(library.incidents()[0].id))]


@pytest.fixture
def cockpit(tmp_path: Path) -> Cockpit:
    return Cockpit(tmp_path)


def test_key_reports_without_text_are_typed_in_every_field(cockpit: Cockpit) -> None:
    fields = (
        (b"n", "what happened", b"\x1b[13u\x1b[27u"),  # the entry line
        (b"i", "Who is affected", b"\x1b[13u"),  # a form
        (b"r", "Assign a role", b"\x1b[27u"),  # a picker
        (b"\x1b[63;2u", "to filter", b"\x1b[27u"),  # the search of the help, opened by a report as well
        (b"u", "copy and mark", b"\x1b[27u"),  # the composer
        (b"/", "Filter timeline", b"\x1b[13u"),  # the filter
    )
    with cockpit.terminal() as term:
        term.expect("INC-1 .*Checkout returns 500")
        for opens, shows, closes in fields:
            term.send(opens).expect(shows)
            term.send(WORDS).expect(r"(› |note +|│ +)one two A-7\+")
            term.send(closes).expect_gone(shows if opens != b"n" else "tab change type")
        term.expect("2 Timeline “one two")
        term.send(b"\x11")
        assert term.wait_exit() == 0
        assert not term.left_on()
    assert cockpit.texts()[-2:] == [SAID, SAID]


def test_space_without_text_ticks_once_for_a_press_and_its_release(cockpit: Cockpit) -> None:
    with cockpit.terminal() as term:
        term.expect("Acknowledge the page")
        term.key("1", "home").wait_quiet().send(b"\x1b[32;1:1u\x1b[32;1:3u")
        term.expect("Logged: .*")
        term.wait_quiet()
        assert sum("done" in text for text in cockpit.texts()) == 1
        term.send(b"\x11")
        assert term.wait_exit() == 0


def test_joiners_typed_in_any_form_are_kept(cockpit: Cockpit) -> None:
    with cockpit.terminal() as term:
        term.expect("INC-1 .*Checkout returns 500")
        term.key("n").type("می\u200cخواهم").send(b"\x1b[0;;128105:8205:128187u").key("enter").wait_quiet()
        term.key("escape", "i").wait_quiet().type("می\u200cخواهم\u202e").key("enter").expect("Logged")
        term.wait_quiet().key("ctrl+q")
        assert term.wait_exit() == 0
    assert cockpit.texts()[-2:] == ["می\u200cخواهم👩\u200d💻", "می\u200cخواهم"]


def test_a_fault_of_the_input_thread_ends_as_calmly_as_any_other(cockpit: Cockpit) -> None:
    with cockpit.terminal(FAULTY) as term:
        term.expect("INC-1 .*Checkout returns 500")
        term.key("n")
        assert term.wait_exit() == 1
        told = " ".join(term.text.split())
        assert "KeyError" in told
        assert "Traceback" not in told
        assert not term.left_on()
    log = cockpit.home / "crash.log"
    assert "Traceback" in log.read_text()
    assert "xoxb" not in told + log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_terminal_that_is_closed_is_no_fault(cockpit: Cockpit) -> None:
    term = cockpit.terminal()
    term.expect("INC-1 .*Checkout returns 500")
    term.hang_up()
    assert term.wait_exit() > 1
    term.close()
    assert not (cockpit.home / "crash.log").exists()


def test_escape_and_a_kill_keep_what_was_typed_in_a_form(cockpit: Cockpit) -> None:
    with cockpit.terminal() as term:
        term.expect("INC-1 .*Checkout returns 500")
        term.key("D").expect(find("decide").title)
        # As kitty sends it without text.
        term.send(b"r\x1b[111ull\x1b[32uback").key("enter").expect("Rationale|Reason")
        term.type("the EU pe").expect("› the EU pe")
        term.expect("esc close")
        term.send(b"\x1b[27u").expect_gone("esc close")
        term.key("i").expect("Who is affected")
        term.type("3% of EU card payments fail").expect("› 3% of EU card payments fail")
        term.kill().wait_exit()
    with cockpit.terminal() as term:
        term.expect("INC-1 .*Checkout returns 500")
        term.key("i").expect("Saved draft")
        term.key("enter").expect("Logged: 3% of EU card payments fail")
        term.key("i").expect("› 3% of EU card payments fail")
        term.key("enter").expect("unchanged")
        term.key("D").expect(r"Saved draft · ctrl\+r clear")
        term.expect("› roll back")
        term.key("enter").expect("› the EU pe")
        term.type("ak comes").key("enter", "enter", "enter", "enter").expect("Logged: roll back")
        term.key("D").expect(find("decide").title)
        term.type("xyz").expect("› xyz")
        term.key("escape").expect_gone(find("decide").title)
        term.key("D").expect("› xyz")
        term.key("ctrl+r").expect_gone("xyz")
        term.key("escape", "ctrl+q")
        assert term.wait_exit() == 0
    assert cockpit.texts()[-2:] == ["3% of EU card payments fail", "roll back  (because the EU peak comes)"]


def test_the_declare_dialog_keeps_its_answers(tmp_path: Path) -> None:
    env = {"INCIDENT_HOME": str(tmp_path), "INCIDENT_USER": "Ana", "TZ": "UTC"}
    for ends in (b"\x1b[27u", b""):
        with Terminal(INCIDENT, (80, 24), env, cwd=tmp_path) as term:
            term.expect("No incidents")
            term.key("d").expect("what fails")
            if ends:
                term.type("Checkout returns 500").key("ctrl+o").expect("file or name")
                term.key("enter").type("-20m").expect("› -20m")
                term.send(ends).expect_gone("what fails")
                term.key("d").expect("Saved draft")
            term.expect("› Checkout returns 500")
            term.expect("› -20m")
            term.kill()
