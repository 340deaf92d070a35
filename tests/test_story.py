"""The whole program in a real terminal: an incident from the first key to the postmortem, with a kill in the middle."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from incident_cockpit.incident.facts.steps import Status
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.service.store import Store
from support.patience import patience
from support.terminal import Terminal

INCIDENT = (sys.executable, "-c", "import sys; from incident_cockpit.cli.main import main; sys.exit(main())")
# The shape of the seed's runbook in our own words: quotes as guidance, questions nested in them, text between sections.
RUNBOOK = """# Runbook

> [!NOTE]
> Start at the top.

## First answer

- [ ] Take the page
  > Say in the channel that you have it.
- [ ] Name who commands
- [ ] Open a channel

## What is it

- [ ] Size the harm
  > Which systems?

- [ ] Collect facts
  > Answer these:
  > - [ ] What is broken?
  > - [ ] What changed?

If you know the cause, go to [Stop it](#stop-it). If not, call for help.

## Stop it

- [ ] Stop the harm
"""


class Incidents:
    """A home for one test, the program in a terminal on it, and the journal behind it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.env = {"INCIDENT_HOME": str(home), "INCIDENT_USER": "Ana", "TZ": "UTC"}

    def terminal(self, *arguments: str, size: tuple[int, int] = (120, 40)) -> Terminal:
        return Terminal([*INCIDENT, *arguments], size, self.env, cwd=self.home)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, **self.env}
        return subprocess.run(
            [*INCIDENT, *arguments],
            env=env,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=patience(),
            check=False,
        )

    def record(self) -> Record:
        with Store.of(self.env) as library:
            return library.journal.load(library.incidents()[0].id)

    def texts(self) -> list[tuple[str, str]]:
        return [(said.sort, said.text) for said in timeline_entries(self.record())]


@pytest.fixture
def incidents(tmp_path: Path) -> Incidents:
    (tmp_path / "seed.md").write_text(RUNBOOK)
    return Incidents(tmp_path)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_an_incident_from_the_first_key_to_the_postmortem(incidents: Incidents, size: tuple[int, int]) -> None:
    with incidents.terminal(size=size) as term:
        term.expect("No incidents")
        # Declared: title, severity, and on request the runbook and the start.
        term.key("d").type("Checkout returns 500").key("ctrl+o").expect("file or name")
        term.type("seed.md").key("enter")
        term.type("-20m").key("enter", "enter").type("SEV2").key("enter")
        term.expect("INC-1 .*Checkout returns 500")
        term.expect("Take the page")
        # Worked: tick, skip with a reason, log with a time, give a role, change the severity.
        term.key("space").expect("Logged: Take the page")
        term.key("down", "minus").type("we know").key("enter")
        term.expect("skipped: we know")
        term.key("n").type("-5m ! restarted checkout-api").expect("5m ago")
        term.key("enter")
        term.expect("Logged: restarted checkout-api")
        term.key("escape", "r").type("scribe").key("enter").type("Mio").key("enter").expect("Scribe: Mio")
        term.key("s").type("SEV1").key("enter").type("all of EU").key("enter").expect("Press y")
        term.key("y")
        term.expect("SEV1 ")
        term.key("i").type("8% of payments fail").key("enter").expect("Logged: 8% of payments")
        # Told: the update is copied, which starts the next countdown.
        term.key("u").expect("copy and mark")
        term.key("ctrl+s")
        assert "INC-1" in term.expect_copied("Checkout returns 500")
        term.expect("internal update 1 sent")
        # Typed and not kept, when the machine dies.
        term.key("n").type("half a thought").expect("half a thought")
        term.kill()
        assert term.wait_exit() != 0

    record = incidents.record()
    steps = record.incident.steps
    assert [steps.status(step) for step in steps.marks] == [Status.DONE, Status.SKIPPED]
    assert record.incident.severity is not None
    assert record.incident.severity.value == "SEV1"
    assert incidents.run("verify").returncode == 0

    with incidents.terminal(size=size) as term:
        # Reopened: everything is there, and so is the thought.
        term.expect("INC-1 .*Checkout returns 500")
        term.expect("half a thought")
        term.key("n", "enter").expect("note +half a thought")
        term.type(":resolve 5xx at baseline for 15 minutes").key("enter").expect("RESOLVED")
        term.key("escape")
        term.key("P").expect("Saved")
        term.key("ctrl+q")
        assert term.wait_exit() == 0
        assert not term.left_on()

    draft = (incidents.home / "INC-1-postmortem.md").read_text()
    for part in ("Checkout returns 500", "SEV2", "SEV1", "all of EU", "8% of payments fail", "we know", "Mio"):
        assert part in draft
    assert ("note", "half a thought") in incidents.texts()
    assert ("action", "restarted checkout-api") in incidents.texts()
    assert [sort for sort, _ in incidents.texts()].count("update") == 1
    assert "INC-1" in (incidents.home / "last-copy.txt").read_text()
    exported = incidents.run("export", "1", "-").stdout.splitlines()
    assert [json.loads(line)["seq"] for line in exported if '"seq"' in line][-1] == incidents.record().seq


def test_the_seed_opens_as_it_is(incidents: Incidents, seeds: Path) -> None:
    seed = next(seeds.glob("001_*"))
    assert incidents.run("new", "A real runbook", "--severity", "SEV3", "--runbook", str(seed)).returncode == 0
    with incidents.terminal() as term:
        term.expect("Acknowledge the Alert")
        term.key("space").expect("Logged: Acknowledge the Alert")
        term.key("end", "space").expect("Logged: ")
        term.key("ctrl+q")
        assert term.wait_exit() == 0
    assert len(incidents.record().incident.steps.marks) == 2


def test_two_people_at_two_terminals_see_each_other(incidents: Incidents) -> None:
    incidents.run("new", "Two of us", "--severity", "SEV2")
    with incidents.terminal() as one, incidents.terminal(size=(80, 24)) as other:
        one.expect("INC-1")
        other.expect("INC-1")
        one.key("n").type("seen from the first").key("enter")
        other.expect("seen from the first")
        other.key("n").type("and from the second").key("enter")
        one.expect("and from the second")
        for term in (one, other):
            term.key("escape", "ctrl+q")
            assert term.wait_exit() == 0


def test_keys_that_arrive_in_one_burst_go_where_they_are_meant(incidents: Incidents) -> None:
    incidents.run("new", "Fast hands", "--severity", "SEV2")
    with incidents.terminal() as term:
        term.expect("INC-1")
        term.send(b"nzebra crossing\r! second\rthird\r")
        term.expect("note +third")
        term.key("escape").expect("space.*tick")
        # What is grave waits for a key that was pressed after it was read.
        term.send(b"sSEV1\rworse\r")
        term.expect("Press y")
        # The box says the change beforehand; only the header and the line below say that it was made.
        term.expect("SEV2 +INC-1")
        term.key("y").expect("SEV1 +INC-1")
        term.expect("Logged: SEV2 → SEV1: worse")
        term.key("ctrl+q")
        assert term.wait_exit() == 0
    *said, (sort, asked) = incidents.texts()
    assert said[-4:] == [
        ("note", "zebra crossing"), ("action", "second"), ("note", "third"), ("severity", "SEV2 → SEV1: worse")
    ]  # fmt: skip
    # The worse severity calls in whoever the plan wants there.
    assert (sort, asked.partition(" #")[0]) == ("ask", "System owner, 15m: join")


def test_without_a_terminal_it_says_so_and_ends(incidents: Incidents) -> None:
    ended = incidents.run()
    assert ended.returncode == 5
    assert "terminal" in ended.stderr
    assert ended.stdout == ""


def test_the_demo_is_alive_and_leaves_nothing_behind(incidents: Incidents) -> None:
    with incidents.terminal("demo") as term:
        term.expect("INC-42")
        term.expect(r"late 2m")
        term.expect("Internal update: late")
        term.key("ctrl+q")
        assert term.wait_exit() == 0
    assert not (incidents.home / "incidents.db").exists()
