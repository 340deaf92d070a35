"""The model of an incident, pure: facts are decided, folded and read here, without clock, disk or screen."""
