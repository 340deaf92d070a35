"""What to look at once more before a text goes: promises, causes, names, gaps; nothing of it stops anybody."""
