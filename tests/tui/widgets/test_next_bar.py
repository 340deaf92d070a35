"""The NEXT bar: the time and the key stay whole beside any text."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.builders import default_plan
from support.deadlines import only
from support.screen import Scene, opened, until
from support.single_screen import text_of


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize(
    "words",
    [
        "replica lag?",
        "看一下数据库的延迟 and all else that is slow in the EU region since noon, 日本 too, on each replica",
    ],
)
async def test_next_bar_cuts_text_before_time(tmp_path: Path, width: int, words: str) -> None:
    app = (
        Scene(tmp_path)
        .follow(only(default_plan()))
        .declare()
        .do("ask", who="Raj", within="10m", text=words)
        .wait("13m")
        .app()
    )
    async with app.run_test(size=(width, 24)) as pilot:
        await opened(pilot)
        await until(lambda: "late" in text_of(app).splitlines()[1])
        line = text_of(app).splitlines()[1]
        assert line.rstrip().endswith("g answer")
        assert "late 3m" in line
        assert ("…" in line) is (len(words) > 20)
