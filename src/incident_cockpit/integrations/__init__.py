"""Access to the outside world: clipboard, notifications, browser, shell, webhook and evidence files."""
