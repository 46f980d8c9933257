"""What stays of a meeting, for its hosts: a page of sections, each of which reads its own part of what happened."""
