"""What a site answers. Fields that a later version of it adds are not looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

State = Literal["open", "live", "ended", "cancelled"]
Role = Literal["host", "co_host", "presenter", "attendee", "guest"]
PollKind = Literal["single", "multiple"]
ResultsFor = Literal["everybody", "hosts"]
Ordering = Literal["startsAt", "-startsAt", "createdAt", "-createdAt", "title", "-title"]
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StartedMeeting:
    """A new meeting. Whoever has the `host_ticket` is its host."""

    id: str
    title: str
    code: str
    join_url: str
    host_ticket: str = field(repr=False)

    @classmethod
    def read(cls, told: Json) -> "StartedMeeting":
        return cls(told["id"], told["title"], told["code"], told["join_url"], told["host_ticket"])


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as this account sees it. `etag` is of the answer it came with, where it came alone."""

    id: str
    code: str
    title: str
    state: State
    locked: bool
    capacity: int
    is_host: bool
    created_at: datetime
    starts_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    etag: str = field(default="", compare=False, repr=False)

    @classmethod
    def read(cls, told: Json, etag: str = "") -> "Meeting":
        return cls(
            id=told["id"],
            code=told["code"],
            title=told["title"],
            state=told["state"],
            locked=told["locked"],
            capacity=told["capacity"],
            is_host=told["isHost"],
            created_at=datetime.fromisoformat(told["createdAt"]),
            starts_at=_time(told["startsAt"]),
            started_at=_time(told["startedAt"]),
            ended_at=_time(told["endedAt"]),
            etag=etag,
        )


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who is in a meeting. `user_id` is None for guests."""

    id: str
    display_name: str
    role: Role
    joined_at: datetime
    user_id: str | None

    @classmethod
    def read(cls, told: Json) -> "Participant":
        joined_at = datetime.fromisoformat(told["joinedAt"])
        return cls(told["participantId"], told["displayName"], told["role"], joined_at, told.get("userId"))


@dataclass(frozen=True, slots=True)
class Banned:
    """Somebody who was put out for good; `id` is whom they were in the meeting."""

    id: str
    display_name: str
    at: datetime

    @classmethod
    def read(cls, told: Json) -> "Banned":
        return cls(told["participantId"], told["displayName"], datetime.fromisoformat(told["at"]))


@dataclass(frozen=True, slots=True)
class Ticket:
    """What opens a meeting's socket, for `expires_in` seconds."""

    ticket: str = field(repr=False)
    expires_in: int
    socket_url: str

    @classmethod
    def read(cls, told: Json) -> "Ticket":
        return cls(told["ticket"], told["expiresIn"], told["socketUrl"])


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who is invited, and their way in: `join_url` opens the meeting's page as them."""

    id: str
    email: str
    name: str
    role: Role
    join_url: str = field(repr=False)
    ticket: Ticket

    @classmethod
    def read(cls, told: Json) -> "Invited":
        return cls(told["id"], told["email"], told["name"], told["role"], told["joinUrl"], Ticket.read(told))


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the chat. `author_id` is None where the author was not in the meeting, or is known no more."""

    id: str
    author_id: str | None
    author_name: str
    mine: bool
    to: Literal["all", "host", "private"]
    message: str
    sent_at: datetime
    deleted: bool

    @classmethod
    def read(cls, told: Json) -> "Message":
        return cls(
            id=told["messageId"],
            author_id=told["participantId"],
            author_name=told["displayName"],
            mine=told["mine"],
            to=told["recipientType"],
            message=told["message"],
            sent_at=datetime.fromisoformat(told["sentAt"]),
            deleted=told["deletedAt"] is not None,
        )


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who is in a meeting or in one of its breakout rooms: where they belong, and where they are. None is no
    room, and the main one.
    """

    participant: str
    display_name: str
    role: Role
    room: str | None
    is_in: str | None

    @classmethod
    def read(cls, told: Json) -> "Seat":
        return cls(told["participantId"], told["displayName"], told["role"], told["roomId"], told["isIn"])


@dataclass(frozen=True, slots=True)
class Breakouts:
    """The breakout rooms of a meeting: their names by id, and who belongs where. `closes_in` seconds, when they are
    closing.
    """

    state: Literal["none", "prepared", "open", "closing", "closed"]
    closes_in: float | None
    rooms: Mapping[str, str]
    people: tuple[Seat, ...]

    @classmethod
    def read(cls, told: Json) -> "Breakouts":
        rooms = {room["roomId"]: room["name"] for room in told["rooms"]}
        return cls(told["state"], told["closesIn"], rooms, tuple(map(Seat.read, told["people"])))


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll. `votes` are how many each option has, and `voters` how many people voted, where that is for this
    account.
    """

    id: str
    question: str
    options: tuple[str, ...]
    kind: PollKind
    anonymous: bool
    results_for: ResultsFor
    state: Literal["draft", "open", "closed"]
    voters: int | None
    votes: tuple[int, ...] | None

    @classmethod
    def read(cls, told: Json) -> "Poll":
        results = told["results"]
        return cls(
            id=told["pollId"],
            question=told["question"],
            options=tuple(told["options"]),
            kind=told["kind"],
            anonymous=told["anonymous"],
            results_for=told["resultsFor"],
            state=told["state"],
            voters=None if results is None else results["voters"],
            votes=None if results is None else tuple(results["votes"]),
        )


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to know, and how many want it too."""

    id: str
    author_name: str
    question: str
    state: Literal["open", "answered", "dismissed"]
    votes: int
    asked_at: datetime

    @classmethod
    def read(cls, told: Json) -> "Question":
        asked_at = datetime.fromisoformat(told["askedAt"])
        return cls(told["questionId"], told["displayName"], told["question"], told["state"], told["votes"], asked_at)


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told what happens. Its `secret` is known where it was made or given another one, and is empty
    elsewhere.
    """

    id: str
    url: str
    events: tuple[str, ...]
    active: bool
    for_organisation: bool
    failing_since: datetime | None
    disabled_because: str
    secret: str = field(default="", repr=False)

    @classmethod
    def read(cls, told: Json) -> "Webhook":
        return cls(
            id=told["id"],
            url=told["url"],
            events=tuple(told["events"]),
            active=told["active"],
            for_organisation=told["forOrganisation"],
            failing_since=_time(told["failingSince"]),
            disabled_because=told["disabledBecause"],
            secret=told.get("secret", ""),
        )


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that a webhook was or will be told, and what became of it."""

    id: str
    event: str
    state: Literal["due", "sent", "failed", "dropped"]
    tries: int
    status_code: int | None
    response: str
    error: str
    created_at: datetime
    next_try_at: datetime | None
    payload: Json

    @classmethod
    def read(cls, told: Json) -> "Delivery":
        return cls(
            id=told["id"],
            event=told["event"],
            state=told["state"],
            tries=told["tries"],
            status_code=told["statusCode"],
            response=told["response"],
            error=told["error"],
            created_at=datetime.fromisoformat(told["createdAt"]),
            next_try_at=_time(told["nextTryAt"]),
            payload=told["payload"],
        )


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
