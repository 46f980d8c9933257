"""What the API's requests carry, in the kinds of the signalling contract."""

from typing import Any, Final

from django.http import QueryDict
from rest_framework.request import Request

from meetings.access import SCOPES
from meetings.api.notations import EMAIL, RULE, WALL_TIME, WEB_ADDRESS, ZONE
from meetings.calendars.plan import LONGEST_MINUTES
from meetings.planning.invitees import MOST as MOST_INVITED
from meetings.protocol.codes import Refusal
from meetings.protocol.fields import (
    Flag,
    Forms,
    Invalid,
    Kind,
    ListOf,
    Nullable,
    OneOf,
    Shape,
    Text,
    Uuid,
    When,
    Whole,
)
from meetings.protocol.requests import REQUESTS
from meetings.protocol.requests.hosting import LONGEST_EXTENSION
from meetings.protocol.requests.polling import POLL_CONTENT
from meetings.protocol.shapes import KIND, LONGEST_MESSAGE, NOTES_BY, RECIPIENT_TYPE
from meetings.webhooks.events import EVENTS

LARGEST_MEETING = 1000
LARGEST_PAGE = 200
LONGEST_PATIENCE = 7 * 24 * 60

_EVENTS = ListOf(OneOf(*EVENTS), longest=len(EVENTS), shortest=1)
_PASSCODE = Text(longest=100, shortest=0)
_CAPACITY = Whole(least=1, most=LARGEST_MEETING)
SAID = Shape({"microphone?": Flag(), "camera?": Flag(), "screen?": Flag(), "chat?": Flag()}, name="Permit")
NOTHING = Shape()
PLAN = Shape(
    {"first": WALL_TIME, "zone": ZONE, "minutes": Whole(least=1, most=LONGEST_MINUTES), "rule?": RULE}, name="Plan"
)
PERSON = Shape(
    {
        "email": EMAIL,
        "name?": Text(longest=80, shortest=0),
        "role?": OneOf("co_host", "presenter", "attendee"),
    },
    name="PersonToInvite",
)
INVITE = Shape({"people": ListOf(PERSON, longest=MOST_INVITED, shortest=1)}, name="InvitePeople")
WHICH = Shape({"occurrence?": Uuid()}, name="WhichOccurrence")
OCCURRENCE_CHANGE = Shape(
    {
        "startsAt?": When(),
        "minutes?": Whole(least=1, most=LONGEST_MINUTES),
        "title?": Text(longest=200, shortest=0),
        "cancelled?": Flag(),
        "following?": Flag(),
    },
    name="ChangeOccurrence",
)
_ABOUT: dict[str, Kind] = {
    "description?": Text(longest=4000, shortest=0),
    "closes?": Flag(),
    "earlyMinutes?": Whole(most=24 * 60),
    "remindMinutes?": Whole(most=LONGEST_PATIENCE),
}
START = Shape(
    {
        "title?": Text(longest=200, shortest=0),
        **_ABOUT,
        "schedule?": PLAN,
        "people?": ListOf(PERSON, longest=MOST_INVITED),
        "startsAt?": When(),
        "capacity?": _CAPACITY,
        "passcode?": _PASSCODE,
        "guestsAllowed?": Flag(),
    },
    name="StartMeeting",
)
JOIN = Shape({"displayName?": Text(longest=80, shortest=0), "passcode?": _PASSCODE}, name="AskToJoin")
CHANGE = Shape(
    {
        "title?": Text(longest=200, shortest=0),
        "startsAt?": Nullable(When()),
        "capacity?": _CAPACITY,
        "passcode?": _PASSCODE,
        "beforeHost?": Flag(),
        "guestsAllowed?": Flag(),
        "notesBy?": NOTES_BY,
        **_ABOUT,
        "emptyMinutes?": Nullable(Whole(most=LONGEST_PATIENCE)),
        "locked?": Flag(),
        "waitingRoom?": OneOf("nobody", "guests", "everybody"),
        "permissions?": SAID,
    },
    name="ChangeMeeting",
)
EXTEND = Shape({"minutes": Whole(least=1, most=LONGEST_EXTENSION)}, name="ExtendMeeting")
ROLE_GIVEN = Shape({"role": OneOf("host", "co_host", "presenter", "attendee")}, name="GiveRole")
MAKE_TOKEN = Shape(
    {
        "name": Text(longest=80),
        "scopes": ListOf(OneOf(*SCOPES), longest=len(SCOPES), shortest=1),
        "days?": Whole(least=1, most=3660),
    },
    name="MakeToken",
)
MAKE_WEBHOOK = Shape(
    {"url": WEB_ADDRESS, "events?": _EVENTS, "active?": Flag(), "forOrganisation?": Flag()},
    name="MakeWebhook",
)
CHANGE_WEBHOOK = Shape({"url?": WEB_ADDRESS, "events?": _EVENTS, "active?": Flag()}, name="ChangeWebhook")
_WORDS = Text(longest=LONGEST_MESSAGE, blank=False)
WRITE = Forms(
    recipientId=Shape(
        {"message": _WORDS, "recipientId": Uuid(), "recipientType?": OneOf("private")}, name="WriteToOne"
    ),
    message=Shape({"message": _WORDS, "recipientType?": OneOf("all", "host")}, name="WriteToAll"),
)
CREATE_BREAKOUTS = REQUESTS["create-breakouts"].data
ASSIGN_BREAKOUT = Shape({"roomId": Nullable(Uuid())}, name="AssignBreakout")
CLOSE_BREAKOUTS = REQUESTS["close-breakouts"].data
BROADCAST = REQUESTS["broadcast"].data
CREATE_POLL = REQUESTS["create-poll"].data
CHANGE_POLL = Shape(
    {f"{name}?": kind for name, kind in POLL_CONTENT.items()},
    name="ChangePoll",
)
ANSWERED = Shape({"answered": Flag()}, name="AnswerQuestion")
EDIT = Shape({"message": _WORDS}, name="EditMessage")
MUTE = Shape({"kind": KIND}, name="Mute")
MUTE_ALL = Shape({"except?": Uuid()}, name="MuteAll")
SPOTLIGHT = Shape({"participantId": Nullable(Uuid())}, name="Spotlight")

SHARE: Final[dict[str, Kind]] = {
    "message?": Text(longest=LONGEST_MESSAGE, shortest=0),
    "recipientType": RECIPIENT_TYPE,
    "recipientId?": Uuid(),
    "messageId?": Uuid(),
}

PAGE: dict[str, Kind] = {"cursor?": Text(longest=400), "pageSize?": Whole(least=1, most=LARGEST_PAGE)}
PAGED = Shape(PAGE)
BETWEEN = Shape({**PAGE, "from?": When(), "to?": When()})
LISTED = Shape(
    {
        **PAGE,
        "state?": OneOf("open", "live", "ended", "cancelled"),
        "from?": When(),
        "to?": When(),
        "search?": Text(longest=200, shortest=0),
        "ordering?": OneOf("startsAt", "-startsAt", "createdAt", "-createdAt", "title", "-title"),
    }
)
CHAT = Shape({**PAGE, "ordering?": OneOf("sentAt", "-sentAt")})
REMOVED = Shape({"ban?": Flag()})


def read_body(request: Request, shape: Shape | Forms) -> dict[str, Any]:
    """The body, if it is of this shape; none at all is an empty object. Raises Refusal BAD_REQUEST naming the field."""
    return _checked(request.data, shape)


def read_query(request: Request, shape: Shape) -> dict[str, Any]:
    """What stands behind the question mark, as values of this shape's kinds. Raises as `read_body` does."""
    return _checked({name: _read(name, values, shape) for name, values in request.query_params.lists()}, shape)


def read_form(request: Request, shape: Shape) -> dict[str, Any]:
    """What stands in a form beside its files. Raises as `read_body` does."""
    form = request.data
    assert isinstance(form, QueryDict), "only forms are read by this"
    fields = ((name, values) for name, values in form.lists() if name not in request.FILES)
    return _checked({name: _read(name, values, shape) for name, values in fields}, shape)


def _read(name: str, values: list[str], shape: Shape) -> Any:
    kind, _ = shape.fields.get(name, (None, True))
    if len(values) != 1:
        raise Refusal("BAD_REQUEST", f"{name[:80]} must not stand there more than once.")
    text = values[0]
    match kind:
        case Whole() if text.isascii() and text.isdigit() and len(text) < 12:
            return int(text)
        case Flag():
            return {"true": True, "false": False}.get(text, text)
        case _:
            return text


def _checked(content: Any, shape: Shape | Forms) -> dict[str, Any]:
    content = _whole(content, shape)
    try:
        shape.check(content, "")
    except Invalid as invalid:
        raise Refusal("BAD_REQUEST", f"{invalid}.") from None
    return dict(content)


def _whole(value: Any, kind: Kind | None) -> Any:
    """12 where 12.0 stands for a whole number, which to JSON is the same."""
    match kind:
        case Nullable():
            return _whole(value, kind.kind)
        case Forms() if isinstance(value, dict):
            shape = next((one for mark, one in kind.shapes.items() if mark in value), None)
            return _whole(value, shape)
        case Whole() if isinstance(value, float) and value.is_integer():
            return int(value)
        case Shape() if isinstance(value, dict):
            return {name: _whole(one, kind.fields.get(name, (None, True))[0]) for name, one in value.items()}
        case ListOf() if isinstance(value, list):
            return [_whole(one, kind.item) for one in value]
    return value
