"""The notes that people in a meeting write together: how edits that were made at once become one text."""
