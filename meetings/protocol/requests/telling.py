"""What a page tells of itself."""

from meetings.protocol.fields import Id, OneOf, Shape, Whole
from meetings.protocol.requests.request import Request
from meetings.protocol.shapes import (
    TRACE,
)

TELLING = (
    Request(
        "gap-report",
        "gap-noted",
        "Tell for how long the picture (or the sound, where there is no picture) stood still, once it is back: `gapMs` "
        "from the last frame before to the first one after, for the participant for whom it took longest, beginning "
        "`agoMs` ago. `cause` is what it looked like: `media-lost` was pushed (with this `incidentId`), or "
        "`addressChanged` was; the media path broke alone, the socket did, or both. It becomes part of the incidents "
        "of the site.",
        data=Shape(
            {
                "cause": OneOf("media-lost", "path-lost", "socket-lost", "network-lost", "address-changed"),
                "gapMs": Whole(most=3_600_000),
                "agoMs": Whole(most=7_200_000),
                "incidentId?": Id(),
            }
        ),
        codes=("NOT_IN_MEETING",),
    ),
    Request(
        "trace",
        "traced",
        "Tell what happened on the page's side of a join attempt, in a meeting or before. `attemptId` is a UUID that "
        "the page makes up for each attempt and tells nobody else; `sentAt` is what its clock shows, by which the "
        "server corrects the times of the steps. Steps and their data: [event-stream.md](event-stream.md).",
        data=TRACE,
        codes=("NOT_ALLOWED",),
    ),
)
