"""Documents of others that the program has to cope with, kept beside the checkout and never copied into it."""

from __future__ import annotations

import os
from pathlib import Path

# The folder above `corpus` and `seeds`; another machine names its own. Tests that need it say that they did not run.
SHARED = Path(os.environ.get("INCIDENT_CORPUS") or Path(__file__).resolve().parents[3] / "shared")
RUNBOOKS = SHARED / "corpus" / "runbooks"
SEEDS = SHARED / "seeds"
