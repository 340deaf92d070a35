"""One file an idea: its facts, its rules, its fold and its words."""
