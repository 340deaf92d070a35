"""Every stored line, read and printed as it is: what `incident timeline` and `incident status` are measured against."""

from __future__ import annotations

import sqlite3
import sys

for (line,) in sqlite3.connect(sys.argv[1]).execute("SELECT line FROM events").fetchall():
    print(line)
