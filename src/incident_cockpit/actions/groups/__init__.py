"""Declarations of all actions, one file per group of the help; `registry` combines them."""
