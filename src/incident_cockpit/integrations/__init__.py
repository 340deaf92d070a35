"""What touches the world: clipboard, notifications, the browser, and whether there is a terminal at all."""
