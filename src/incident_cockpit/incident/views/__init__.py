"""Readings of an incident: due items, deadlines, timeline, metrics; none of them writes."""
