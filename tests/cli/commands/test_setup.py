"""The first run, what works here, and the demonstration."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from incident_cockpit.cli import terminal
from incident_cockpit.cli.commands import setup
from incident_cockpit.config.settings import Settings, load_settings
from incident_cockpit.errors import ExitCode
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.resources import shipped
from incident_cockpit.service.crash_log import CRASH_LOG
from incident_cockpit.service.store import Store
from support.cli import Shell
from support.naming import naming


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


def _settings(shell: Shell) -> Settings:
    return load_settings(shell.home / "config.toml")


class TestInit:
    """Six questions, answered by a pipe or not at all."""

    def test_answers_from_a_pipe(self, shell: Shell) -> None:
        hook = "https://hooks.slack.com/services/T0/B0/secret"
        ran = shell.good("init", stdin=f"Ana\ndefault\nEurope/Paris\ny\n{hook}\ny\n".encode())
        assert _settings(shell) == Settings(user="Ana", zone="Europe/Paris", slack_webhook=hook)
        assert [f"{number}/6" in ran.err for number in range(1, 7)] == [True] * 6
        assert "clipboard: " in ran.err
        assert "secret" not in ran.err
        path, tmux = ran.out.splitlines()
        assert path == str(shell.home / "config.toml")
        assert tmux == naming("status-right", "incident status --line")
        assert Path(path).stat().st_mode & 0o777 == 0o600
        assert Path(path).read_text().count("\n#") > 5

    @pytest.mark.parametrize("argv", [["init"], ["init", "--defaults"]])
    def test_silence_takes_the_defaults(self, shell: Shell, argv: list[str]) -> None:
        ran = shell.good(*argv, "--as", "Raj") if "--defaults" not in argv else shell.good(*argv)
        settings = _settings(shell)
        assert (settings.plan, settings.zone, settings.slack_webhook) == ("default", "local", None)
        assert ran.out.splitlines() == [str(shell.home / "config.toml")]
        shell.good("new", "Checkout is down")

    def test_former_answers_are_the_defaults(self, shell: Shell) -> None:
        shell.good("init", stdin=b"Ana\n\nEurope/Paris\n")
        ran = shell.good("init", stdin=b"Raj\n")
        assert (_settings(shell).user, _settings(shell).zone) == ("Raj", "Europe/Paris")
        assert "config.toml.bak" in ran.err
        assert load_settings(shell.home / "config.toml.bak").user == "Ana"

    def test_broken_settings_are_replaced_and_kept(self, shell: Shell) -> None:
        shell.home.mkdir()
        (shell.home / "config.toml").write_text("not = toml = at all")
        ran = shell.good("init", "--defaults")
        assert "using the built-in defaults" in ran.err
        assert (shell.home / "config.toml.bak").read_text() == "not = toml = at all"
        assert _settings(shell).plan == "default"

    @pytest.mark.parametrize(
        ("stdin", "words"),
        [
            (b"Ana\nnowhere\n", "nowhere"),
            (b"Ana\n\nParis\n", "Europe/Paris?"),
            (b"Ana\n\n\nperhaps\n", '"perhaps"'),
            (b"Ana\n\n\n\nhttp://hooks.example.org/x\n", " https://"),
            (b"Ana\n\n\n\nhttps://a b\n", "slack_webhook"),
        ],
    )
    def test_a_wrong_answer_writes_nothing(self, shell: Shell, stdin: bytes, words: str) -> None:
        ran = shell("init", stdin=stdin)
        assert (ran.code, ran.out) == (ExitCode.REFUSED, "")
        assert words in ran.err
        problem = next(line for line in ran.err.splitlines() if line.startswith("incident:"))
        assert problem.count(f'"{stdin.decode().splitlines()[-1]}"') <= 1, "the answer is quoted once"
        assert not (shell.home / "config.toml").exists()


class TestDoctor:
    """It says what works, makes nothing, and never falls over what is broken."""

    def test_a_fresh_machine(self, shell: Shell) -> None:
        ran = shell.good("doctor")
        assert not shell.home.exists()
        assert "created with the first incident" in ran.out
        found = shell.good("doctor", "--json").data
        assert all(sorted(one) == ["name", "words", "works"] for one in found)
        assert all(one["works"] is not False for one in found)
        names = {one["name"].split()[0] for one in found}
        assert names >= {"config", "who", "time", "store", "plan", "runbook", "themes", "keys", "terminal", "clipboard"}

    def test_a_store_in_use(self, shell: Shell) -> None:
        shell.good("new", "Checkout is down")
        assert "1 incident, OK" in shell.good("doctor").out

    @pytest.mark.parametrize(
        ("file", "text", "name"),
        [
            ("config.toml", "zone = 7", "config"),
            ("config.toml", 'plan = "nowhere"', "plan chosen"),
            ("config.toml", 'theme = "pink"', "themes"),
            ("config.toml", '[keymap]\nupdate = "g"', "keys"),
            ("plans/bad.toml", "id = 1", "plan bad"),
            ("runbooks/bad.md", "no steps", "runbook bad"),
            ("themes/bad.toml", "name = 1", "theme"),
            ("incidents.db", "no database" * 200, "store"),
        ],
    )
    def test_broken_parts_are_named(self, shell: Shell, file: str, text: str, name: str) -> None:
        path = shell.home / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        ran = shell("doctor", "--json")
        assert ran.code == ExitCode.STORE
        assert {one["name"] for one in ran.data if one["works"] is False} == {name}


class TestDemo:
    """A sample in the middle of things, in a store of its own."""

    @pytest.fixture
    def opened(self, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
        """Stand in for the screen: look at the incident it would show, and remember where it lies."""
        homes: list[Path] = []

        def show(store: Store, incident_id: str) -> int:
            record = store.session(incident_id).record
            now = store.clock.now()
            assert record.incident.live
            assert 0 <= (now - record.events[-1].recorded).total_seconds() < 60
            assert due_items(record.incident)
            homes.append(store.places.data)
            return 0

        monkeypatch.setattr("incident_cockpit.integrations.terminal.need_terminal", lambda _env: None)
        monkeypatch.setattr(terminal, "need_terminal", lambda _env: None)
        monkeypatch.setattr(terminal, "show", show)
        return homes

    def test_its_store_is_thrown_away(self, shell: Shell, opened: list[Path]) -> None:
        shell.good("demo", INCIDENT="7")
        [home] = opened
        assert not home.exists()
        assert not shell.home.exists()

    def test_it_can_be_kept_and_opened_again(self, shell: Shell, opened: list[Path], tmp_path: Path) -> None:
        kept = tmp_path / "kept"
        ran = shell.good("demo", "--keep", str(kept))
        assert str(kept) in ran.err
        shell.good("demo", "--keep", str(kept))
        assert opened == [kept, kept]
        assert len(Shell(kept).good("list", "--json").data) == 1

    def test_its_crash_log_stays_where_the_message_says(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        homes: list[Path] = []

        def show(store: Store, incident_id: str) -> int:
            homes.append(store.places.data)
            (store.places.data / CRASH_LOG).write_text("Traceback")
            return 1

        monkeypatch.setattr("incident_cockpit.integrations.terminal.need_terminal", lambda _env: None)
        monkeypatch.setattr(terminal, "need_terminal", lambda _env: None)
        monkeypatch.setattr(terminal, "show", show)
        assert shell("demo").code == 1
        [home] = homes
        assert [path.name for path in home.iterdir()] == [CRASH_LOG]
        shutil.rmtree(home)

    def test_it_goes_even_when_the_screen_fails(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        homes: list[Path] = []

        def show(store: Store, incident_id: str) -> int:
            homes.append(store.places.data)
            raise KeyboardInterrupt

        monkeypatch.setattr("incident_cockpit.integrations.terminal.need_terminal", lambda _env: None)
        monkeypatch.setattr(terminal, "need_terminal", lambda _env: None)
        monkeypatch.setattr(terminal, "show", show)
        assert shell("demo").code == ExitCode.INTERRUPTED
        assert not homes[0].exists()

    def test_the_sample_is_shipped(self) -> None:
        assert shipped(*setup.SAMPLE).is_file()
