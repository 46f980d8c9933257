"""Breakout rooms: dividing a meeting, moving between its rooms, and bringing everybody back."""
