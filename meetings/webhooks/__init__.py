"""Telling other programs, over HTTP, what happens in meetings: a row with what happened, sent by Celery."""
