"""Text from people and machines: cleaned at every entrance, escaped at every exit, secrets found on the way."""
