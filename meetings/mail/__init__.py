"""Mail about meetings: what is due, what it says, and sending it."""
