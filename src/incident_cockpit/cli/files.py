"""Writing a file that somebody asked for: never over another one by accident, and never half of it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from incident_cockpit.errors import Refused


def write_file(path: Path, data: bytes, *, force: bool) -> None:
    """Write a file for its owner alone; raises Refused where one is there already or it cannot be written whole."""
    try:
        if force and path.exists():
            _replace(path, data) if path.is_file() else _write(path, data, os.O_WRONLY)
        else:
            _write(path, data, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    except FileExistsError as error:
        raise Refused(f"{path} is there already", "choose another name, or write over it with --force") from error
    except OSError as error:
        raise Refused(f"{path} cannot be written ({error.strerror})", "choose another place") from error


def _replace(path: Path, data: bytes) -> None:
    """Put the new file in place of the old one at once; a link stays a link."""
    path = Path(os.path.realpath(path))
    made = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    _write(made, data, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    made.replace(path)


def _write(path: Path, data: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, mode, 0o600), "wb") as file:
        try:
            file.write(data)
            file.flush()
            # A pipe or a device has no disk to reach.
            if path.is_file():
                os.fsync(file.fileno())
        except OSError:
            if mode & os.O_EXCL:
                with suppress(OSError):
                    path.unlink()
            raise
