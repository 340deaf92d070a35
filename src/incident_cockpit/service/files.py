"""Documents as files: a new one never takes the place of an old one."""

from __future__ import annotations

import os
from pathlib import Path

from incident_cockpit.errors import Refused

_MOST = 1000


def write_new(folder: Path, stem: str, suffix: str, text: str | bytes) -> Path:
    """Write the text to a new file for its owner, `stem-2` and so on where there is one; return it. Raises Refused."""
    for number in range(1, _MOST):
        path = folder / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        except OSError as error:
            raise Refused(f"{path} cannot be written ({error.strerror})", "go to a folder you can write to") from error
        # Bytes: a calendar file has line ends of its own, which no system may change.
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8") if isinstance(text, str) else text)
        return path
    raise Refused(f"{folder} has {_MOST} files called {stem}", "move the old ones away")
