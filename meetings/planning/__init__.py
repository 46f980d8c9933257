"""Planning meetings: schedules and their occurrences, who is invited, and what time does to both."""
