from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.config.check import ConfigErrors
from incident_cockpit.config.settings import Settings, config_text, declared, load_settings, write_config
from incident_cockpit.errors import Refused, StoreError

CHOSEN = Settings(
    user='Ana "the calm" \\ Müller 🚒',
    plan="house",
    zone="Europe/Paris",
    theme="cockpit-light",
    notify="desktop",
    slack_webhook="https://hooks.example.com/services/T/B/x",
    scripts=False,
    keymap={"update": "u, f5", "odd name": '"', "undo": ""},
)


def loaded(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "config.toml") == Settings(
        user=None,
        plan="default",
        zone="local",
        theme="cockpit-dark",
        notify="bell",
        slack_webhook=None,
        scripts=True,
        keymap={},
    )


def test_an_empty_file_and_a_part_of_one_are_filled_up_with_defaults(tmp_path: Path) -> None:
    assert loaded(tmp_path, "") == Settings()
    assert loaded(tmp_path, "\ufeffuser = 'Raj'\n[keymap]\nupdate = 'U'\n") == Settings(
        user="Raj", keymap={"update": "U"}
    )


@pytest.mark.parametrize("answers", [Settings(), CHOSEN], ids=["defaults", "chosen"])
def test_written_settings_are_read_back(tmp_path: Path, answers: Settings) -> None:
    path = tmp_path / "new" / "config.toml"
    write_config(path, answers)
    assert load_settings(path) == answers


words = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).filter(str.strip)


@given(user=words, plan=words, keymap=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), words))
def test_any_answers_that_are_accepted_are_read_back(user: str, plan: str, keymap: dict[str, str]) -> None:
    import tomllib

    text = tomllib.loads(config_text(Settings(user=user, plan=plan, keymap=keymap)))
    assert (text["user"], text["plan"], text["keymap"]) == (user, plan, keymap)


def test_every_setting_has_a_comment_and_the_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    write_config(path, CHOSEN)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    lines = path.read_text(encoding="utf-8").splitlines()
    for key in ("user", "plan", "zone", "theme", "notify", "slack_webhook", "scripts"):
        at = next(number for number, line in enumerate(lines) if line.startswith(f"{key} = "))
        assert lines[at - 1].startswith("# ")


def test_the_file_that_was_there_is_kept_and_nothing_else_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("user = 'old'\n")
    path.chmod(0o644)
    write_config(path, Settings(user="new"))
    kept = tmp_path / "config.toml.bak"
    assert kept.read_text() == "user = 'old'\n"
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert {each.name for each in tmp_path.iterdir()} == {"config.toml", "config.toml.bak"}


def test_a_linked_file_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "cockpit.toml"
    real.parent.mkdir()
    real.write_text("")
    (tmp_path / "config.toml").symlink_to(real)
    write_config(tmp_path / "config.toml", Settings(user="Ana"))
    assert (tmp_path / "config.toml").is_symlink()
    assert load_settings(real).user == "Ana"


def test_answers_that_could_not_be_read_back_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    with pytest.raises(ConfigErrors) as refused:
        write_config(path, replace(CHOSEN, user=" ", zone="Mars/Base"))
    assert len(refused.value.lines) == 2
    for name in ("half \ud83d", "two\nlines", "\u202eevil"):
        with pytest.raises(ConfigErrors):
            write_config(path, replace(CHOSEN, user=name))
    assert not path.exists()


def test_a_place_that_cannot_be_written_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        write_config(tmp_path / "file" / "config.toml", Settings())
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(StoreError, match=r"config\.toml"):
        write_config(tmp_path / "config.toml", Settings())


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        ("user = 5", "user = 5", ""),
        ("user = ''", "user = ''", ""),
        ('user = "\\u001b[31m"', r"user = '\x1b[31m'", ""),
        ("plan = true", "plan = true", ""),
        ("theme = []", "theme = []", ""),
        ("zone = 'Europe/Pari'", "zone = 'Europe/Pari'", "Europe/Paris"),
        ("zone = 'Europe'", "zone = 'Europe'", ""),
        ("zone = '/etc/x'", "zone = '/etc/x'", ""),
        ("zone = 'here'", "zone = 'here'", ""),
        ("notify = 'shout'", "notify = 'shout'", "desktop"),
        ("notify = []", "notify = []", "bell"),
        ("scripts = 'no'", "scripts = 'no'", "true"),
        ("slack_webhook = 'hooks'", "slack_webhook", "https://"),
        ("keymap = 'u'", "keymap = 'u'", ""),
        ("[keymap]\nupdate = 1", "keymap.update = 1", ""),
        ("usr = 'Ana'", "usr", '"user"'),
        ("'x y' = 1", '"x y"', "slack_webhook"),
        ("user = ", "is not TOML", ""),
    ],
)
def test_each_error_is_one_line_with_file_key_value_and_hint(tmp_path: Path, text: str, key: str, hint: str) -> None:
    with pytest.raises(ConfigErrors) as refusal:
        loaded(tmp_path, text)
    (line,) = refusal.value.lines
    assert line.startswith(f"{tmp_path / 'config.toml'}: {key}: ")
    assert hint in line.removeprefix(f"{tmp_path / 'config.toml'}: {key}: ")
    assert "\n" not in line


def test_all_errors_are_reported_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigErrors) as refusal:
        loaded(tmp_path, "usr = 1\nzone = 2\nnotify = 'x'\n[keymap]\nupdate = 1\n")
    assert len(refusal.value.lines) == 4


def test_the_file_explains_every_setting_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    write_config(path, Settings(keymap={"a b": 'x"y'}))
    text = path.read_text()
    assert all(setting.means in text and key in text for key, setting in declared().items())
    assert load_settings(path) == Settings(keymap={"a b": 'x"y'})


def test_a_webhook_shows_in_no_error_and_no_log(tmp_path: Path) -> None:
    with pytest.raises(ConfigErrors) as refused:
        loaded(tmp_path, "slack_webhook = 'ftp://secret'")
    assert "secret" not in str(refused.value)
    assert "hooks.example.com" not in repr(CHOSEN)


def test_a_file_that_is_no_text_or_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigErrors):
        load_settings(path)
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(ConfigErrors):
        load_settings(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(Refused, match=r"config\.toml"):
        load_settings(path)


@given(st.binary(max_size=60))
def test_no_bytes_in_the_file_are_a_traceback(junk: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.toml")
        path.write_bytes(junk)
        try:
            load_settings(path)
        except ConfigErrors as refused:
            lines = refused.lines
        else:
            lines = ("fine",)
    assert len(lines) >= 1
