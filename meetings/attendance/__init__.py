"""Who was there, from when to when."""
