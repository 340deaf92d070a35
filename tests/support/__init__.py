"""Kits for tests: builders of plans and incidents, screens, terminals, stores and stories."""
