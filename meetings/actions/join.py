"""Enter a meeting: as somebody new, or as the participant that a resume token belongs to."""

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from meetings import access, facts, lifecycle
from meetings.actions.breakouts.seats import carried_by, comes_back, person_of, seat_of, whole_of
from meetings.actions.breakouts.state import breakout_of
from meetings.actions.depart import depart
from meetings.actions.find import find_place
from meetings.actions.judge import lost_places, passcode_fits
from meetings.actions.knock import Waiting, knock, open_door, was_admitted
from meetings.actions.missed import lost_process
from meetings.actions.resume import resume, resume_hash
from meetings.identity import Person, is_banned
from meetings.models import BreakoutSeat, Meeting, Participant
from meetings.planning.invitees import is_taken_back
from meetings.protocol.codes import Refusal
from meetings.sends import sends
from meetings.snapshots import meeting_entry, participant_entry, present_participants, waiting_people
from meetings.tickets import read_ticket
from meetings.webhooks.events import JOINED, STARTED
from meetings.webhooks.telling import Data, nothing_else, participant_told, tell

GUEST_NAME = "Guest"
# The roles that somebody is invited in; the host's is decided before.
_OF_TICKETS = (Participant.Role.CO_HOST, Participant.Role.PRESENTER)


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody's way in: the socket `connection`, held by the process `served_by`. `ticket` is as it was handed in.
    `knock` is as whom they waited at the door, when they were let in just now; `leaves` the participant as whom the
    socket is in another room of the same meeting, where their stay ends with this.
    """

    person: Person
    connection: UUID
    served_by: UUID | None = None
    display_name: str = ""
    passcode: str = ""
    resume_token: str = ""
    ticket: str = ""
    knock: UUID | None = None
    leaves: UUID | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """A participant, and the meeting as it was when they came in. `lost_process` says what became of the web
    process that held the participant's socket before; empty while that runs.
    """

    meeting_id: UUID
    code: str
    participant_id: UUID
    role: str
    display_name: str
    user_id: int | None
    guest: str
    resume_token: str
    resumed: bool
    lost_process: str
    meeting: dict[str, Any]
    participants: list[dict[str, Any]]
    waiting: list[dict[str, Any]]
    breakout: dict[str, Any] | None
    permissions: dict[str, bool]
    sends: dict[str, Any]


def join(reference: str, entry: Entry) -> Joined | Waiting:
    """Come in, or wait at the door. Raises Refusal with MEETING_NOT_FOUND, a code of `access.enter`, MEETING_FULL,
    NOT_AUTHENTICATED for a ticket that is not valid, or NOT_ALLOWED for one to another meeting.

    A resume token comes first, and needs no ticket, if its participant is still there; if they left meanwhile, they
    come in as somebody new, unless they were removed.
    """
    meeting = find_place(reference)
    # Hashing takes long on purpose, so it is not done while the row is locked.
    fits = passcode_fits(meeting, entry.passcode)
    with transaction.atomic():
        if entry.resume_token:
            resumed = resume(meeting, entry.resume_token, entry.connection, entry.served_by)
            if resumed is not None:
                meeting.refresh_from_db()
                gone = lost_process(resumed.served_before, entry.served_by)
                stay = resumed.participant
                seat = seat_of(meeting, person_of(stay), stay.id) if _is_divided(meeting) else None
                return _joined(
                    meeting,
                    stay,
                    entry.resume_token,
                    participants=present_participants(meeting),
                    resumed=True,
                    lost_process=gone,
                    seat=seat,
                )
        person = _bearer(entry, meeting)
        now = timezone.now()
        seat = _seat(meeting, person, entry.leaves)
        is_room = meeting.parent_id is not None
        has_place = is_room or entry.leaves is not None or comes_back(meeting, seat, now)
        carried = seat if has_place else None
        is_host = person.is_host_of(meeting) or (carried is not None and carried.role == Participant.Role.HOST)
        called_in = person.is_called_into(meeting.id)
        if is_room and (refusal := access.enter_room(meeting, seat, is_host=is_host, called_in=called_in)):
            raise refusal
        knows = fits or has_place or person.knows_passcode_of(meeting.id)
        banned = is_banned(meeting, person)
        let_in = has_place or entry.knock is not None
        if refusal := access.enter(
            meeting,
            is_host=is_host,
            banned=banned,
            has_account=person.counts_as_account_in(meeting.id),
            passcode_known=knows,
            now=now,
            let_in=let_in,
        ):
            raise refusal
        # Asked of nobody where there is no door.
        has_door = meeting.waiting_room != Meeting.WaitingRoom.NOBODY
        admitted = let_in or (has_door and was_admitted(meeting, person))
        has_account = person.user_id is not None
        known_as = person.display_name if carried is None else carried.display_name
        name = (entry.display_name.strip() or known_as or GUEST_NAME)[:80]
        if not has_place and (
            wait := access.wait(meeting, is_host=is_host, has_account=has_account, admitted=admitted)
        ):
            return knock(meeting, person, name, wait, entry.connection, entry.served_by)
        # Before the meeting's row is locked, for all who come in wait for that. Of whoever comes or goes between the
        # two, the newcomer's socket, which listens already, is told.
        others = present_participants(meeting)
        taken = _take_a_place(meeting, person, is_host=is_host, let_in=let_in, has_place=has_place)
        if is_host and not meeting.before_host:
            open_door(meeting)
        token = secrets.token_urlsafe(24)
        participant = Participant.objects.create(
            id=entry.knock or uuid4(),
            meeting=meeting,
            user_id=person.user_id,
            guest="" if person.user_id is not None else person.guest,
            display_name=name,
            **(({} if carried is None else carried_by(carried)) | _role(person, carried, is_host=is_host)),
            joined_at=now,
            connection=entry.connection,
            served_by_id=entry.served_by,
            resume_hash=resume_hash(token),
        )
        mine = participant_entry(participant, meeting)
        others = [one for one in others if one["participantId"] != str(taken.given_up)]
        facts.publish(meeting.id, "participant-joined", mine, skip=[participant.id])
        began: dict[str, Data] = {STARTED: nothing_else} if taken.starts else {}
        tell(meeting, {**began, JOINED: lambda seen: [participant_told(participant, seen)]})
        if seat is not None:
            seat.participant = participant
            seat.save()
        if entry.leaves is not None:
            depart(entry.leaves, Participant.Left.LEFT)
        return _joined(meeting, participant, token, participants=[*others, mine], resumed=False, seat=seat)


def _seat(meeting: Meeting, person: Person, leaves: UUID | None) -> BreakoutSeat | None:
    """Where they belong, if the meeting is divided; what holds of them is as it is where they come from. The row of the
    whole meeting is locked from then on.
    """
    if not _is_divided(meeting):
        return None
    whole = whole_of(meeting)
    Meeting.objects.select_for_update().get(id=whole)
    seat = seat_of(meeting, person, leaves)
    before = None if leaves is None else Participant.objects.filter(id=leaves, meeting_id=whole).first()
    if seat is not None and before is not None:
        for name, value in carried_by(before).items():
            setattr(seat, name, value)
    return seat


def _is_divided(meeting: Meeting) -> bool:
    return meeting.divided or meeting.parent_id is not None


def _role(person: Person, carried: BreakoutSeat | None, *, is_host: bool) -> dict[str, object]:
    if is_host:
        return {"role": Participant.Role.HOST}
    if carried is not None:
        return {"role": carried.role}
    if person.ticket is not None and person.ticket.role in _OF_TICKETS:
        return {"role": person.ticket.role}
    return {"role": Participant.Role.GUEST if person.user_id is None else Participant.Role.ATTENDEE}


@dataclass(frozen=True, slots=True)
class _Place:
    """A place that was taken: whether the meeting is live by it (of many at once, by one), and as whom the same person
    had the one that they gave up for it.
    """

    starts: bool
    given_up: UUID | None


def _take_a_place(meeting: Meeting, person: Person, *, is_host: bool, let_in: bool, has_place: bool) -> _Place:
    """Count one more, if there is room, or they have a place already: in the whole meeting, of whose rooms they come
    or go. Of many who do this at once, exactly as many succeed as there are places.

    In a full meeting, whoever reloaded the page gives up the place that they lost for the one that they take.
    """
    enterable = Meeting.objects.filter(id=meeting.id)
    if not has_place:
        enterable = enterable.filter(present__lt=F("capacity"))
    if not (is_host or let_in):
        enterable = enterable.filter(locked=False)
    one_more = {
        "present": F("present") + 1,
        "state": Meeting.State.LIVE,
        "started_at": Coalesce("started_at", timezone.now()),
        "emptied_at": None,
    }
    # The state that was read is tried first, and is the right one nearly always.
    states = sorted(lifecycle.STEPS["end"], key=lambda state: state != meeting.state)

    def take() -> Meeting.State | None:
        return next((state for state in states if enterable.filter(state=state).update(**one_more)), None)

    lost = None
    taken = take()
    if taken is None and (lost := lost_places(meeting, person).first()) is not None:
        depart(lost.id, Participant.Left.DISCONNECTED, Q(disconnected_at__isnull=False))
        taken = take()
    meeting.refresh_from_db()
    if taken is not None:
        return _Place(starts=taken == Meeting.State.OPEN, given_up=None if lost is None else lost.id)
    # Ended or locked since it was read, or full.
    if refusal := access.enter(
        meeting,
        is_host=is_host,
        banned=False,
        has_account=True,
        passcode_known=True,
        now=timezone.now(),
        let_in=let_in,
    ):
        raise refusal
    raise access.full(meeting)


def _bearer(entry: Entry, meeting: Meeting) -> Person:
    if not entry.ticket:
        return entry.person
    ticket = read_ticket(entry.ticket)
    if ticket.meeting not in (meeting.id, meeting.parent_id):
        raise Refusal("NOT_ALLOWED", "The ticket is for another meeting.")
    if is_taken_back(ticket):
        raise Refusal("NOT_AUTHENTICATED", "You are not invited to this meeting any more.")
    return entry.person.with_ticket(ticket)


def _joined(
    meeting: Meeting,
    participant: Participant,
    token: str,
    *,
    participants: list[dict[str, Any]],
    resumed: bool,
    lost_process: str = "",
    seat: BreakoutSeat | None = None,
) -> Joined:
    return Joined(
        meeting_id=meeting.id,
        code=meeting.code,
        participant_id=participant.id,
        role=participant.role,
        display_name=participant.display_name,
        user_id=participant.user_id,
        guest=participant.guest,
        resume_token=token,
        resumed=resumed,
        lost_process=lost_process,
        meeting=meeting_entry(meeting),
        participants=participants,
        waiting=waiting_people(meeting) if participant.role in access.HOSTS else [],
        breakout=breakout_of(meeting, seat) if _is_divided(meeting) else None,
        permissions=access.permissions(participant, meeting),
        sends=sends(participant, meeting),
    )
