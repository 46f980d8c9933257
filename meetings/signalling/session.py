"""One socket's side of the conversation: who is behind it, what they are in, and what goes out to them."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence, Set
from dataclasses import dataclass
from functools import partial
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qs
from uuid import UUID, uuid4

from django.conf import settings

from media.errors import MediaError
from media.media_peer import MediaPeer
from meetings import facts
from meetings.actions.disconnect import disconnect
from meetings.actions.knock import give_up
from meetings.audience import Told
from meetings.database import in_database
from meetings.lane import Lane
from meetings.presence import presence
from meetings.protocol.codes import Refusal
from meetings.signalling.allowance import Allowance
from meetings.signalling.outbox import AT_ONCE, Outbox
from meetings.signalling.rehearsal import Rehearsal
from meetings.signalling.whence import whence_of
from meetings.trace.attempt import Attempt
from meetings.trace.media_events import MEDIA_STEP, note_media_event
from meetings.trace.watch import AttemptWatch, Company

log = logging.getLogger(__name__)

Json = dict[str, Any]

# A burst is what a page with many tiles asks for when it opens, several times over.
REQUESTS_AT_ONCE = 400
REQUESTS_A_SECOND = 100
PASSCODES_AT_ONCE = 10
PASSCODES_A_SECOND = 1 / 6
# Each may become a row.
REPORTS_AT_ONCE = 10
REPORTS_A_SECOND = 1 / 10
# As quickly as people write, and read back.
MESSAGES_AT_ONCE = 10
MESSAGES_A_SECOND = 1
PAGES_AT_ONCE = 20
PAGES_A_SECOND = 2
TYPING_AT_ONCE = 10
TYPING_A_SECOND = 1
# Votes, and what is done with polls and questions.
DECISIONS_AT_ONCE = 10
DECISIONS_A_SECOND = 1
# A page sends what was typed while the edit before was on its way.
EDITS_AT_ONCE = 30
EDITS_A_SECOND = 5
# A page tells its steps every few seconds, while it joins somewhat more often.
TRACES_AT_ONCE = 60
TRACES_A_SECOND = 2
TROUBLES_AT_ONCE = 20
# Each is a router on a worker.
REHEARSALS_AT_ONCE = 5
REHEARSALS_A_SECOND = 1 / 10
# Each makes up to fifty rooms, or calls everybody.
DIVISIONS_AT_ONCE = 10
DIVISIONS_A_SECOND = 1 / 5
# Enough for applause, too little to fill everybody's screen.
REACTIONS_AT_ONCE = 10
REACTIONS_A_SECOND = 1
# Pages come back after any close but those of 44xx.
SUPERSEDED_CODE = 4409
# With a resume, whose answer tells them all that they may have missed.
DEAF_CODE: Final = 4500
TOO_SLOW_CODE = 4508
# Longer than any call to media takes.
LAST_REQUEST_PATIENCE = 12.0
LAST_WORDS_PATIENCE = 1.0
DETACH_TIMEOUT = 2.0
FACTS_TAKE_AT_MOST = 10.0
BEGINS = {"participant-joined": "participantId", "new-producer": "producerId"}
ENDS = {"participant-left": "participantId", "producer-closed": "producerId"}


@dataclass(frozen=True, slots=True)
class Participation:
    """What a socket is in: a participant, and their peer."""

    meeting_id: UUID
    code: str
    participant_id: UUID
    resume_token: str
    peer: MediaPeer

    def is_in(self, reference: str) -> bool:
        """Whether `reference` is the id or the code of this meeting."""
        return reference in (str(self.meeting_id), self.code)


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """At which door a socket waits, as whom, and what it asked for."""

    meeting_id: UUID
    knock_id: UUID
    asked: Json


class Session:
    """A socket, from accept to close. Handlers get it, and act through it."""

    def __init__(
        self, scope: Json, send: Callable[[Json], Awaitable[None]], hear: Callable[["Session", Told], None]
    ) -> None:
        self.connection = uuid4()
        self.opened_at = time.time()
        self._hear = hear
        self.session_key = _cookie(scope, settings.SESSION_COOKIE_NAME)
        self.ticket = parse_qs(scope["query_string"].decode("latin-1")).get("ticket", [""])[0]
        self.outbox = Outbox(send, self._give_up, scope.get("extensions", {}).get(AT_ONCE))
        self.lane = Lane(f"requests of {self.connection}", REQUESTS_AT_ONCE)
        self.aside = Lane(f"troubles of {self.connection}", TROUBLES_AT_ONCE)
        self.at_once = Lane(f"pings of {self.connection}", REQUESTS_AT_ONCE)
        self.allowance = Allowance(REQUESTS_A_SECOND, REQUESTS_AT_ONCE)
        self.passcodes = Allowance(PASSCODES_A_SECOND, PASSCODES_AT_ONCE)
        self.reports = Allowance(REPORTS_A_SECOND, REPORTS_AT_ONCE)
        self.traces = Allowance(TRACES_A_SECOND, TRACES_AT_ONCE)
        self.messages = Allowance(MESSAGES_A_SECOND, MESSAGES_AT_ONCE)
        self.pages = Allowance(PAGES_A_SECOND, PAGES_AT_ONCE)
        self.typing = Allowance(TYPING_A_SECOND, TYPING_AT_ONCE)
        self.edits = Allowance(EDITS_A_SECOND, EDITS_AT_ONCE)
        self.decisions = Allowance(DECISIONS_A_SECOND, DECISIONS_AT_ONCE)
        self.rehearsals = Allowance(REHEARSALS_A_SECOND, REHEARSALS_AT_ONCE)
        self.reactions = Allowance(REACTIONS_A_SECOND, REACTIONS_AT_ONCE)
        self.divisions = Allowance(DIVISIONS_A_SECOND, DIVISIONS_AT_ONCE)
        self.rehearsal: Rehearsal | None = None
        self.limited = False
        self.knocked = False
        self.participation: Participation | None = None
        self.me = self.meeting = ""
        self.waiting: AtTheDoor | None = None
        self.attempt: Attempt | None = None
        self.watch: AttemptWatch | None = None
        self.company = Company()
        self.permissions: dict[str, bool] = {}
        self.whence = whence_of(scope)
        self._held: list[tuple[str, Json, Callable[[], None]]] = []
        self._holds = 0
        self._holds_facts = False
        self._told: set[str] = set()
        self.when_too_slow: Callable[[], Any] | None = None
        self._send = send
        self._too_slow = False
        self._hanging_up = False

    def log_ids(self) -> dict[str, Any]:
        """What log records about this socket carry: itself, its latest join-meeting, and what it is in."""
        mine = self.participation
        place = {"meeting": mine.meeting_id, "participant": mine.participant_id} if mine else {}
        attempt = self.attempt.report if self.attempt is not None else ""
        return {"connection": self.connection, "attempt": attempt, **place}

    def hold(self, *, facts_too: bool) -> None:
        """Keep pushes back until `release`, for a reply goes first. People's facts only when they depend on it. Of
        several holds at once, as a ping's beside another request's, each counts until its own release.
        """
        self._holds += 1
        self._holds_facts = self._holds_facts or facts_too

    def release(self, told: Set[str] | None = None) -> None:
        """Go on with what was kept back, once nothing holds it any more. Participants and producers whose ids the
        reply `told` are not told of again, not even when word of them comes late: a row can be read before the fact
        that follows it arrives.
        """
        if told is not None:
            self._told = set(told)
            asyncio.get_running_loop().call_later(FACTS_TAKE_AT_MOST, self._told.clear)
        self._holds -= 1
        if self._holds:
            return
        self._holds_facts = False
        held, self._held = self._held, []
        for event, data, act in held:
            if not self._is_old_news(event, data):
                act()

    def hear(self, told: Sequence[Told]) -> None:
        """Take facts of the meeting; what they bring goes out together."""
        if len(told) == 1 and len(told[0].each) == 1:
            self._hear(self, told[0])
            return
        with self.outbox.gathering():
            for fact in told:
                self._hear(self, fact)

    def deafen(self) -> None:
        """A socket that hears nothing of the others must not look alive; who comes back is told everything."""
        self.hang_up(DEAF_CODE)

    def fact(self, told: Told, act: Callable[["Session", Told], None]) -> None:
        """Draw the consequences of a fact: now, or when what is held is released."""
        if self._holds_facts:
            self._held.append((told.event, told.data, partial(act, self, told)))
        elif not self._is_old_news(told.event, told.data):
            act(self, told)

    def media_event(self, participant_id: UUID, event: str, data: Json) -> None:
        """Pass on a push from the media node: now, or when what is held is released, unless the socket speaks for
        another participant by then. What the node tells of an attempt's steps is for the stream only.
        """
        if self.attempt is not None:
            note_media_event(self.attempt, event, data)
        if event == MEDIA_STEP:
            return
        if event == "new-producer":
            self.company.sent[data["producerId"]] = data
        if self._holds:
            self._held.append((event, data, partial(self._push_to, participant_id, event, data)))
        else:
            self._push_to(participant_id, event, data)

    def enter(self, participation: Participation) -> None:
        """The socket speaks for a participant now, and for whom it spoke before no more."""
        if self.participation is not None:
            self.participation.peer.forget()
            presence().detach(self.participation.participant_id, self.connection)
        self.participation = participation
        self.me, self.meeting = str(participation.participant_id), str(participation.meeting_id)
        presence().attach(participation.participant_id, self.connection)

    async def quit(self) -> Participation | None:
        """The socket speaks for nobody any more. Whom it spoke for."""
        quitted, self.participation = self.participation, None
        if quitted is not None:
            quitted.peer.forget()
            presence().detach(quitted.participant_id, self.connection)
            await facts.unsubscribe(quitted.meeting_id, self)
        return quitted

    async def stop_waiting(self) -> None:
        """Go away from the door at which this socket waits, if it does."""
        waiting, self.waiting = self.waiting, None
        if waiting is not None:
            await facts.unsubscribe(waiting.meeting_id, self)
            try:
                await in_database(give_up, self.connection)
            except Refusal as away:
                log.warning("Who waited over connection %s seems to wait still (%s)", self.connection, away)

    def hang_up(self, code: int, refusal: Refusal | None = None) -> None:
        """Close the socket, saying why."""
        if not self._hanging_up:
            self._hanging_up = True
            if refusal is not None:
                self.outbox.push("error", {"event": None, **refusal.as_json()})
            self.outbox.hang_up(code)

    async def close(self, gone: Callable[[UUID, UUID], Any]) -> None:
        """The socket is gone. Its participant keeps their place for the grace period; when that passes, `gone` is
        awaited with the ids of meeting and participant. Never raises.
        """
        try:
            await self.lane.close(LAST_REQUEST_PATIENCE)
            await self.at_once.close(0)
            await self.aside.close(0)
            self._end_attempt()
            if self.rehearsal is not None:
                await self.rehearsal.end()
            await self._detach()
            await self.stop_waiting()
            if self.knocked:
                await self._disconnect(gone)
            await self.outbox.finish(LAST_WORDS_PATIENCE)
            if self._too_slow:
                async with asyncio.timeout(LAST_WORDS_PATIENCE):
                    await self._send({"type": "websocket.close", "code": TOO_SLOW_CODE})
        except TimeoutError:
            log.debug("Connection %s does not even read that it is closed", self.connection)
        except Exception:
            log.exception("Connection %s could not be cleaned up; the sweep will", self.connection)

    def _end_attempt(self) -> None:
        if self.watch is not None:
            self.watch.stop()
        if self.attempt is not None:
            self.attempt.write_all()
            if self.attempt.participant_id is None:
                self.attempt.give_up()

    async def _detach(self) -> None:
        """Nothing may come between the question who speaks and the call: another socket's join must not be undone."""
        current = self.participation
        if current is not None and presence().speaks(current.participant_id, self.connection):
            try:
                async with asyncio.timeout(DETACH_TIMEOUT):
                    await current.peer.call("detach")
            except (MediaError, TimeoutError):
                log.debug("Media could not be told that connection %s is gone", self.connection, exc_info=True)
        await self.quit()

    async def _disconnect(self, gone: Callable[[UUID, UUID], Any]) -> None:
        try:
            participant = await in_database(disconnect, self.connection)
        except Refusal:
            presence().say_goodbye(self.connection, gone)
            return
        if participant is not None:
            presence().await_return(participant.meeting_id, participant.id, gone)

    def _push_to(self, participant_id: UUID, event: str, data: Json) -> None:
        if self.participation is None or self.participation.participant_id == participant_id:
            self.outbox.push(event, data)

    def _is_old_news(self, event: str, data: Json) -> bool:
        """Whether this is news of somebody or something that the reply to the join had already. After word of its end
        it is news again.
        """
        if ended := ENDS.get(event):
            self._told.discard(data[ended])
        news = BEGINS.get(event)
        return news is not None and data[news] in self._told

    def _give_up(self) -> None:
        """The outbox takes no more."""
        if not self._hanging_up:
            self._hanging_up = self._too_slow = True
            log.info("Connection %s reads too slowly and is closed", self.connection)
            if self.when_too_slow is not None:
                self.when_too_slow()


def _cookie(scope: Json, name: str) -> str | None:
    for header, value in scope["headers"]:
        if header == b"cookie":
            try:
                cookies = SimpleCookie(value.decode("latin-1"))
            except CookieError:
                continue
            if name in cookies:
                return cookies[name].value
    return None
