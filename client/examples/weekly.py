"""Start a meeting, invite people to it, and greet them.

    KCS_MEET_SITE=https://meet.example.org KCS_MEET_TOKEN=kcs_… python weekly.py ada@example.org bob@example.org

The token needs the scopes meetings:write, meetings:read, people:write, chat:read and chat:write.
"""

import os
import sys
from collections.abc import Sequence

from kcs_meet_client import Client, Refused


def main(emails: Sequence[str]) -> int:
    """Whether it could, as an exit code."""
    with Client(os.environ["KCS_MEET_SITE"], os.environ["KCS_MEET_TOKEN"]) as meet:
        try:
            meeting = meet.start_meeting("Weekly")
            for email in emails:
                invited = meet.invite(meeting.id, email)
                print(f"{invited.email} is invited.")
            meet.write(meeting.id, "Good morning! We begin in five minutes.")
            for message in meet.chat(meeting.id):
                print(f"{message.author_name}: {message.message}")
        except Refused as refused:
            print(f"{refused.code}: {refused.detail}", file=sys.stderr)
            return 1
        print(f"Come in: {meeting.join_url}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
