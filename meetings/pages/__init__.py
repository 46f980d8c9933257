"""The pages before and after a meeting: what is planned, planning it, and what was sent to those who are invited."""
