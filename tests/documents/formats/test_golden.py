"""Every format's text of one internal and one external update, as a person has read and approved it."""

from __future__ import annotations

import json

import pytest

from incident_cockpit.documents.blocks import literal, read
from incident_cockpit.documents.formats.format import Heading
from incident_cockpit.documents.formats.registry import FORMATS
from support.golden import check_golden

HEADING = Heading("INC-7", "Checkout returns 500 for EU cards", "SEV1", "Investigating", 3)
INSIDE = f"""*SEV1 INC-7 {literal(HEADING.title)}*: Investigating
Update 3, 40 minutes since it started. Bo is in command.
*Impact:* {literal("8% of EU payments fail; tell @here & <!channel>? see https://grafana.example/d/pay_api?from=now-1h")}
*Done:*
- 14:18 UTC {literal("Rollback of *4512* started, `kubectl rollout undo deploy/pay_api`")}
- 14:50 UTC {literal("[~raj] says: {noformat} #4512 is back")}

*Next update at 15:29 UTC*
"""
OUTSIDE = f"""*Investigating: {literal(HEADING.title)}* (SEV1 INC-7)
We are looking into a problem with our service.
What you may notice: {literal("Some card payments in the EU fail – please try again @acme #help")}
It started at 14:48 Paris (13:48 UTC).
We will write again by 16:59 Paris (15:59 UTC).
"""


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("readers", "text"), [("inside", INSIDE), ("outside", OUTSIDE)], ids=["inside", "outside"])
def test_a_format_reads_as_it_was_approved(name: str, readers: str, text: str) -> None:
    rendered = FORMATS[name].render(read(text), HEADING)
    notes = "".join(f"\n[note] {note}" for note in rendered.notes)
    machine = "".join("\n" + json.dumps(each, indent=1, ensure_ascii=False) for each in rendered.payloads)
    check_golden(
        f"format-{name}-{readers}.txt", rendered.text + notes + (machine if name in ("blocks", "teams") else "")
    )
