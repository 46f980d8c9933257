"""`manage.py take_reply`: take in an answer to an invitation, from a mail on standard input."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from meetings.calendars.replies import LARGEST_MAIL, NoReply, read_reply
from meetings.planning.invitees import take_answer

# What mail servers take for "this mail is nothing for us, do not send it again" (sysexits.h).
EX_DATAERR = 65


class Command(BaseCommand):
    """For the alias of CALENDAR_EMAIL in the mail server, such as `meet: "|…/manage.py take_reply"`. An answer counts
    when it comes from the address that was invited.
    """

    help = "Take in an answer to an invitation, from a mail on standard input."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            reply = read_reply(sys.stdin.buffer.read(LARGEST_MAIL + 1))
        except NoReply as reason:
            raise CommandError(str(reason), returncode=EX_DATAERR) from None
        if reply.sender != reply.attendee:
            raise CommandError("It answers for somebody else than it comes from.", returncode=EX_DATAERR)
        if not take_answer(reply.uid, reply.attendee, reply.answer):
            raise CommandError("Nobody with that address is invited to that.", returncode=EX_DATAERR)
        self.stdout.write(f"{reply.attendee}: {reply.answer}")
