"""The user's settings: read from config.toml with every error at once, written with a comment to each."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, cast

from msgspec import Struct, field

from incident_cockpit.config.paths import make_private
from incident_cockpit.errors import Refused, StoreError
from incident_cockpit.files import UnreadableFileError, is_there, read_text, toml_tables
from incident_cockpit.text.plurals import counted

Notify = Literal["bell", "desktop", "off"]

LOCAL_ZONE = "local"
_NOTIFY = ("bell", "desktop", "off")
_LARGEST = 1_000_000
# Control characters, the marks that turn the direction of text, and halves of characters that no file can hold.
_CONTROL = "[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"


class Settings(Struct, frozen=True):
    """What a user may choose; `zone` is an IANA name or "local", `keymap` holds keys by action, joined by commas.

    `scripts` is whether there are words to read aloud.
    """

    user: str | None = None
    plan: str = "default"
    zone: str = LOCAL_ZONE
    theme: str = "cockpit-dark"
    notify: Notify = "bell"
    slack_webhook: str | None = None
    scripts: bool = True
    keymap: Mapping[str, str] = field(default_factory=dict)

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Return all but the webhook: its address lets anybody post, so it never shows in a log or an error."""
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name != "slack_webhook"]

    def __repr__(self) -> str:
        """Return the same in one line."""
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"


class SettingsErrors(Refused):
    """Settings that cannot be used; `lines` holds one sentence for each thing that is wrong."""

    def __init__(self, path: Path, lines: tuple[str, ...]) -> None:
        """Say how many errors the file has and list them."""
        self.lines = tuple(f"{path}: {line}" for line in lines)
        count = counted(len(lines), "error")
        super().__init__(f"The settings {path} have {count}", "\n".join(self.lines))


def load_settings(path: Path) -> Settings:
    """Return the settings in a file, or the defaults where there is none; raises SettingsErrors with every error."""
    try:
        raw = toml_tables(read_text(path, _LARGEST))
    except FileNotFoundError:
        return Settings()
    except UnreadableFileError as error:
        raise SettingsErrors(path, (str(error),)) from error
    if lines := _errors(raw):
        raise SettingsErrors(path, tuple(lines))
    known = Settings()
    return Settings(
        user=cast("str | None", raw.get("user", known.user)),
        plan=str(raw.get("plan", known.plan)),
        zone=str(raw.get("zone", known.zone)),
        theme=str(raw.get("theme", known.theme)),
        notify=cast("Notify", raw.get("notify", known.notify)),
        slack_webhook=cast("str | None", raw.get("slack_webhook", known.slack_webhook)),
        scripts=raw.get("scripts", known.scripts) is True,
        keymap=cast("dict[str, str]", raw.get("keymap", {})),
    )


def _nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is written nearly so, or an empty one; imported late, only slips need it."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(known), 1)), "")


def _errors(raw: Mapping[str, object]) -> list[str]:
    found = []
    for key, value in raw.items():
        if key not in _CHECKS:
            near = _nearest(key, _CHECKS)
            hint = f", did you mean {near!r}?" if near else f"; there are {', '.join(_CHECKS)}"
            found.append(f"{_bare(key)}: unknown key{hint}")
        elif key == "keymap":
            found.extend(_keymap_errors(value))
        elif wanted := _CHECKS[key](value):
            # What a webhook's value is stays out of errors: they get copied into chats.
            shown = "" if key == "slack_webhook" else f" = {_shown(value)}"
            found.append(f"{key}{shown}: {wanted}")
    return found


def _keymap_errors(value: object) -> list[str]:
    if not isinstance(value, dict):
        return [f"keymap = {_shown(value)}: must be a table, an action and its keys on each line"]
    return [
        f'keymap.{_bare(action)} = {_shown(keys)}: must be text in quotes, such as "u" or "u, f5"'
        for action, keys in value.items()
        if not isinstance(keys, str)
    ]


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        return "must be text in quotes, not empty"
    return "holds a control character" if re.search(_CONTROL, value) else ""


def _zone(value: object) -> str:
    if value == LOCAL_ZONE:
        return ""
    if wrong := _text(value):
        return wrong
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    try:
        ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = _nearest(str(value), available_timezones())
        hint = f", did you mean {near!r}?" if near else ', such as "Europe/Paris", "UTC" or "local"'
        return f"is not a time zone{hint}"
    return ""


def _notify(value: object) -> str:
    return "" if value in _NOTIFY else f"must be one of {', '.join(map(repr, _NOTIFY))}"


def _webhook(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"https?://[^\s/@]+/[\x21-\x7e]+", value):
        return ""
    return "must be the address of an incoming webhook, such as 'https://hooks.slack.com/services/...'"


def _yes_or_no(value: object) -> str:
    return "" if isinstance(value, bool) else "must be true or false"


_CHECKS: Mapping[str, Callable[[object], str]] = {
    "user": _text,
    "plan": _text,
    "zone": _zone,
    "theme": _text,
    "notify": _notify,
    "slack_webhook": _webhook,
    "scripts": _yes_or_no,
    "keymap": lambda _value: "",
}


def _shown(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _bare(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else repr(key)


def write_config(path: Path, answers: Settings) -> None:
    """Write settings as a commented file that only its owner can read; a file that was there is kept as `.bak`.

    Raises SettingsErrors where a value could not be read back, StoreError where the file cannot be written.
    """
    raw = {key: getattr(answers, key) for key in _CHECKS}
    if lines := _errors({key: value for key, value in raw.items() if value is not None}):
        raise SettingsErrors(path, tuple(lines))
    # A link, as people have who keep their settings under version control, stays a link.
    path = Path(os.path.realpath(path))
    make_private(path.parent)
    try:
        if is_there(path):
            if not path.is_file():
                # A device that a link leads to, such as /dev/null, must not become a file.
                raise StoreError(
                    f"The settings {path} cannot be written: not an ordinary file", "remove it or its link"
                )
            _replace(path.with_name(path.name + ".bak"), path.read_bytes())
        _replace(path, config_text(answers).encode())
    except OSError as error:
        raise StoreError(f"The settings {path} cannot be written: {error.strerror}", "nothing was changed") from error


def _replace(path: Path, data: bytes) -> None:
    """Put a whole file in place at once, so that no reader and no crash ever meets half of one."""
    made = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def config_text(answers: Settings) -> str:
    """Return settings as the commented text of config.toml; what is not chosen stands there switched off."""
    return f"""\
# Settings of the incident cockpit. Every line may be left out.

# Who is speaking when you do not say so with --as or INCIDENT_USER. Without it: your login name.
{_line("user", answers.user, "Ana")}

# The response plan of new incidents: the name of a file in plans/ beside this one, or "default".
{_line("plan", answers.plan)}

# Your clock, shown beside UTC and meant by times you type: "local", or a name such as "Europe/Paris".
{_line("zone", answers.zone)}

# cockpit-dark, cockpit-light, cockpit-contrast, cockpit-colourblind, or one of your own in themes/ beside this file.
{_line("theme", answers.theme)}

# What happens once when something becomes late: "bell", "desktop" or "off".
{_line("notify", answers.notify)}

# Slack's incoming webhook, for `incident update --post`. Whoever has it can post: keep it to yourself.
{_line("slack_webhook", answers.slack_webhook, "https://hooks.slack.com/services/...")}

# Whether there are words to read aloud: the opening, a poll for objections, the transfer of command and others.
{"# scripts = false" if answers.scripts else "scripts = false"}

# Other keys for actions: an action's name and its keys, joined by commas; "" takes its keys away. `?` lists the names.
[keymap]
{_keymap_lines(answers.keymap)}"""


def _line(key: str, value: str | None, example: str = "") -> str:
    return f"{key} = {_quoted(value)}" if value is not None else f"# {key} = {_quoted(example)}"


def _keymap_lines(keymap: Mapping[str, str]) -> str:
    if not keymap:
        return '# update = "u, f5"\n'
    return "".join(
        f"{action if re.fullmatch('[A-Za-z0-9_-]+', action) else _quoted(action)} = {_quoted(keys)}\n"
        for action, keys in keymap.items()
    )


def _quoted(text: str) -> str:
    """Return text as a basic TOML string; everything TOML does not take as it stands is escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub("[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'
