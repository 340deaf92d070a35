"""What touches the world: clipboard and notifications."""
