"""Everything a person can do, one file a group of the help; `registry` puts them together."""
