"""Texts that leave: status updates, the postmortem, the timeline; one file a target, all pure."""
