"""The languages that pages are in: which one somebody gets, choosing another, and the words of the scripts in it."""
