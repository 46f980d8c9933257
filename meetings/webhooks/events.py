"""What webhooks can be told of."""

from typing import Final

STARTED: Final = "meeting.started"
EMPTIED: Final = "meeting.emptied"
ENDED: Final = "meeting.ended"
JOINED: Final = "participant.joined"
LEFT: Final = "participant.left"
MESSAGE: Final = "chat.message"
# Of the test button alone; nobody asks for it.
TEST: Final = "webhook.test"

EVENTS: Final = (STARTED, EMPTIED, ENDED, JOINED, LEFT, MESSAGE)
# What people write is told only to whoever asks for it by name.
UNLESS_TOLD: Final = (STARTED, EMPTIED, ENDED, JOINED, LEFT)
