"""What the tests of texts share: every plan that is shipped, one after the other."""

from __future__ import annotations

import pytest

from incident_cockpit.plan.model import Plan
from incident_cockpit.plan.read import load_plan
from incident_cockpit.resources import shipped


@pytest.fixture(params=sorted(path.stem for path in shipped("sample_data", "plans").glob("*.toml")))
def shipped_plan(request: pytest.FixtureRequest) -> Plan:
    """Return one of the shipped plans."""
    return load_plan(shipped("sample_data", "plans", f"{request.param}.toml"))
