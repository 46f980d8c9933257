"""Every request of the contract, as data: what it carries, what answers it, what the others hear, how it is refused."""

from meetings.protocol.requests.breakouts import BREAKOUT_ROOMS
from meetings.protocol.requests.chatting import CHATTING
from meetings.protocol.requests.coming import COMING
from meetings.protocol.requests.hosting import HOSTING
from meetings.protocol.requests.media import MEDIA
from meetings.protocol.requests.noting import NOTING
from meetings.protocol.requests.polling import POLLING
from meetings.protocol.requests.questions import QUESTIONS
from meetings.protocol.requests.request import COMMON_CODES, Request
from meetings.protocol.requests.telling import TELLING
from meetings.protocol.requests.testing import TESTING
from meetings.protocol.requests.together import TOGETHER

__all__ = ["COMMON_CODES", "REQUESTS", "Request"]

REQUESTS: dict[str, Request] = {
    request.event: request
    for request in (
        *COMING,
        *MEDIA,
        *TELLING,
        *TESTING,
        *HOSTING,
        *TOGETHER,
        *CHATTING,
        *NOTING,
        *POLLING,
        *QUESTIONS,
        *BREAKOUT_ROOMS,
    )
}
