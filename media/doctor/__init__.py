"""What keeps media from working, found out: each check is a question with a time limit, and its answer is a `Finding`.

The checks here are those of the media plane. `meetings.doctor` adds those of the site, runs them all and tells them.
"""

from media.doctor.checks import media_checks
from media.doctor.examining import Check, examine
from media.doctor.finding import Finding
from media.doctor.visits import Rounds

__all__ = ["Check", "Finding", "Rounds", "examine", "media_checks"]
