"""One durable insert by a process of its own: what `incident log` is measured against."""

from __future__ import annotations

import sqlite3
import sys

store = sqlite3.connect(sys.argv[1], isolation_level=None)
for pragma in ("journal_mode=TRUNCATE", "synchronous=FULL", "fullfsync=1"):
    store.execute(f"PRAGMA {pragma}").fetchall()
store.execute("BEGIN IMMEDIATE")
store.execute("INSERT INTO events (line) VALUES (?)", (sys.argv[2],))
store.execute("COMMIT")
print("saved")
