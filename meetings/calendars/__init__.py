"""When meetings are, and how calendars are told: pure, over what is handed in."""
