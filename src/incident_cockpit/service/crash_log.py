"""The crash log: a file with the traceback of an unexpected error, for a bug report."""

from __future__ import annotations

import os
import stat
import traceback
from pathlib import Path

from incident_cockpit.config.paths import make_private
from incident_cockpit.errors import Refused

CRASH_LOG = "crash.log"  # in the data folder
_LOG_LIMIT = 1_000_000


def log_fault(error: BaseException, log_path: Path) -> str:
    """Append the traceback, without values, to a private log; return a sentence with its path, or why it failed."""
    try:
        make_private(log_path.parent)
        # Never through a link, and never blocked by a pipe without a reader.
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK
        handle = os.open(log_path, flags, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as log:
            status = os.fstat(handle)
            if stat.S_ISREG(status.st_mode) and status.st_size > _LOG_LIMIT:
                os.ftruncate(handle, 0)
            log.write("".join(traceback.format_exception(error)) + "\n")
    except (OSError, Refused) as failure:
        why = failure.why if isinstance(failure, Refused) else failure.strerror
        return f"The details could not be saved in {log_path}: {why}"
    return f"Details: {log_path}"
