"""The user's settings: one declaration gives a setting its type, default, check, comment in config.toml and manual."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

from msgspec import Struct, field

from incident_cockpit.config.check import (
    LARGEST_FILE,
    ConfigErrors,
    flag_error,
    quoted,
    shown,
    text_error,
    toml_key,
    unknown_key,
)
from incident_cockpit.config.paths import make_private
from incident_cockpit.errors import Refused, StoreError
from incident_cockpit.files import UnreadableFileError, is_there, read_text, replace_file, toml_tables

LOCAL_ZONE = "local"
Notify = Literal["bell", "desktop", "off"]
_NOTIFY = ("bell", "desktop", "off")


def _zone_error(value: object) -> str:
    if value == LOCAL_ZONE:
        return ""
    if error := text_error(value):
        return error
    # Late: most runs never name a zone.
    from incident_cockpit.times.parse import parse_zone

    try:
        parse_zone(str(value))
    except Refused as refused:
        return f"is not a time zone, {refused.what_to_do}"
    return ""


def _notify_error(value: object) -> str:
    return "" if value in _NOTIFY else f"must be one of {', '.join(map(quoted, _NOTIFY))}"


def _webhook_error(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"https?://[^\s/@]+/[\x21-\x7e]+", value):
        return ""
    return 'must be the URL of an incoming webhook, such as "https://hooks.slack.com/services/..."'


def _table_error(value: object) -> str:
    return "" if isinstance(value, dict) else "must be a table with one action and its keys on each line"


class Setting(Struct, frozen=True):
    """One setting's meaning, its check (a value to an error or an empty string) and an example for the file.

    The value of a `secret` one is kept out of errors and representations: they get copied into chats.
    """

    means: str
    check: Callable[[object], str] = text_error
    example: str = ""
    secret: bool = False


class Settings(Struct, frozen=True):
    """Choices of the user, from config.toml; `keymap` has the keys of an action joined by commas."""

    user: Annotated[
        str | None,
        Setting("Your name, unless --as or INCIDENT_USER gives one. Default: your login name.", example="Ana"),
    ] = None
    plan: Annotated[
        str, Setting('The response plan of new incidents: "default", or the name of a file in plans/ beside this one.')
    ] = "default"
    zone: Annotated[
        str,
        Setting(
            'The time zone shown beside UTC and used for the times you type: "local" or a name such as "Europe/Paris".',
            _zone_error,
        ),
    ] = LOCAL_ZONE
    theme: Annotated[
        str,
        Setting(
            "cockpit-dark, cockpit-light, cockpit-contrast, cockpit-colourblind, "
            "or one of your own in themes/ beside this file."
        ),
    ] = "cockpit-dark"
    notify: Annotated[
        Notify,
        Setting('How a due item that becomes late is announced, once: "bell", "desktop" or "off".', _notify_error),
    ] = "bell"
    slack_webhook: Annotated[
        str | None,
        Setting(
            "Slack's incoming webhook for `incident update --post`. Anyone who has it can post: keep it private.",
            _webhook_error,
            "https://hooks.slack.com/services/...",
            secret=True,
        ),
    ] = None
    scripts: Annotated[
        bool, Setting("Show scripts to read aloud, such as the opening of a call: true or false.", flag_error)
    ] = True
    keymap: Annotated[
        Mapping[str, str],
        Setting(
            "Keys of actions: the action's name and its keys, joined by commas; "
            '"" removes its keys. `?` lists the actions.',
            _table_error,
            "u, f5",
        ),
    ] = field(default_factory=dict)

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Return all but the secrets, so that none shows in a log or an error."""
        return [(name, getattr(self, name)) for name, setting in declared().items() if not setting.secret]

    def __repr__(self) -> str:
        """Return the same in one line."""
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"


def declared() -> dict[str, Setting]:
    """Return every setting by its key, in the order of the file."""
    hints = get_type_hints(Settings, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items()}


def load_settings(path: Path) -> Settings:
    """Return the settings in a file, or the defaults where it does not exist; raises ConfigErrors with every error."""
    try:
        values = toml_tables(read_text(path, LARGEST_FILE))
    except FileNotFoundError:
        return Settings()
    except UnreadableFileError as error:
        raise ConfigErrors(path, [str(error)]) from error
    if errors := _errors(values):
        raise ConfigErrors(path, errors)
    return Settings(**values)


def _errors(values: Mapping[str, object]) -> list[str]:
    errors, known = [], declared()
    for key, value in values.items():
        setting = known.get(key)
        if setting is None:
            errors.append(unknown_key(key, known))
        elif error := setting.check(value):
            errors.append(f"{key}{'' if setting.secret else f' = {shown(value)}'}: {error}")
        elif isinstance(value, dict):
            errors += [
                f'{key}.{toml_key(action)} = {shown(keys)}: must be text in quotes, such as "u" or "u, f5"'
                for action, keys in value.items()
                if not isinstance(keys, str)
            ]
    return errors


def write_config(path: Path, settings: Settings) -> None:
    """Write settings as a commented file that only its owner can read; an existing file is kept as `.bak`.

    Raises ConfigErrors where a value could not be read back, StoreError where the file cannot be written.
    """
    values = {key: getattr(settings, key) for key in declared()}
    if errors := _errors({key: value for key, value in values.items() if value is not None}):
        raise ConfigErrors(path, errors)
    make_private(Path(os.path.realpath(path)).parent)
    try:
        if is_there(path):
            if not path.is_file():
                # A device that a link leads to, such as /dev/null, must not become a file.
                raise StoreError(f"{path} is not a regular file", "remove it or its link")
            real = Path(os.path.realpath(path))
            replace_file(real.with_name(real.name + ".bak"), real.read_bytes())
        replace_file(path, config_text(settings).encode())
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}", "nothing was changed") from error


def config_text(settings: Settings) -> str:
    """Return settings as the commented text of config.toml; a setting that is not set is a comment."""
    defaults = Settings()
    parts = ["# Settings of Incident Cockpit. Every line is optional.\n"]
    for key, setting in declared().items():
        value = getattr(settings, key)
        comment = f"\n# {setting.means}\n"
        if key == "keymap":
            lines = [f"{toml_key(action)} = {quoted(keys)}\n" for action, keys in value.items()]
            example = f"# update = {quoted(setting.example)}\n"
            parts.append(f"{comment}[keymap]\n{''.join(lines) or example}")
        elif isinstance(value, bool):
            off = "# " if value == getattr(defaults, key) else ""
            parts.append(f"{comment}{off}{key} = {str(not getattr(defaults, key)).lower()}\n")
        elif value is None:
            parts.append(f"{comment}# {key} = {quoted(setting.example)}\n")
        else:
            parts.append(f"{comment}{key} = {quoted(value)}\n")
    return "".join(parts)
