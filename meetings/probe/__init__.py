"""Synthetic participants that call each other, to see whether a call works before people find out that it does not.

`report` and `causes` are pure. `call` and `crowd` drive bots and so bring a whole media stack along: the web process
must not import them, and runs `manage.py media_probe` as a process of its own instead (`process`).
"""

TITLE = "Probe"
