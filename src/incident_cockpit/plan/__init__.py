"""Response plans: an organisation's process as data, read from TOML and checked whole; knows no incident."""
