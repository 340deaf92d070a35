"""The registry of everything a person can do, and the grammar of the entry line."""
