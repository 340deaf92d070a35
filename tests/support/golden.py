"""Documents that were read by a person once and are compared ever after."""

from __future__ import annotations

import os
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "documents" / "golden"


def check_golden(name: str, text: str) -> None:
    """Compare the text with tests/documents/golden/NAME; REWRITE=1 in the environment writes it anew."""
    path = GOLDEN / name
    if os.environ.get("REWRITE"):
        path.write_text(text + "\n", encoding="utf-8")
    assert path.exists(), f"{name} is missing: read it after REWRITE=1 pytest tests/documents"
    assert text + "\n" == path.read_text(encoding="utf-8"), f"{name} differs: if it is right, REWRITE=1 pytest"
