"""Running a call from outside, as its hosts do who are in it."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from kcs_meet_client.objects import Breakouts, Participant, Poll, PollKind, Question, ResultsFor
from kcs_meet_client.paths import at, said
from kcs_meet_client.transport import Transport


class RunsCalls:
    """What a client can do to those who are in a meeting, who hear of it at once."""

    _to: Transport

    def mute(self, meeting: str, participant: str, kind: Literal["audio", "video"] = "audio") -> Participant:
        """Turn off somebody's microphone or camera, until they are let turn it on again."""
        return self._to_one(meeting, participant, "mute", {"kind": kind})

    def mute_all(self, meeting: str, *, spare: str | None = None) -> int:
        """Turn off the microphones of all who are no hosts, but of the participant who is spared. Of how many."""
        body = {} if spare is None else {"except": spare}
        return int(self._to.ask("POST", at(meeting, "mute-all"), body=body).json()["count"])

    def ask_to_unmute(self, meeting: str, participant: str) -> Participant:
        """Let somebody turn their microphone on, and ask them to."""
        return self._to_one(meeting, participant, "ask-to-unmute", {})

    def lower_hand(self, meeting: str, participant: str) -> Participant:
        """Take somebody's hand down."""
        return self._to_one(meeting, participant, "lower-hand", {})

    def spotlight(self, meeting: str, participant: str | None) -> None:
        """Show somebody larger to everybody, or (None) nobody."""
        self._to.ask("PUT", at(meeting, "spotlight"), body={"participantId": participant})

    def breakouts(self, meeting: str) -> Breakouts:
        """Its breakout rooms, who belongs in which, and who is where."""
        return Breakouts.read(self._to.ask("GET", at(meeting, "breakouts")).json())

    def create_breakouts(
        self, meeting: str, rooms: Sequence[str] | int, *, evenly: bool = False, closing_seconds: int | None = None
    ) -> Breakouts:
        """Make breakout rooms of these names, or so many; once, whatever becomes of the connection. `evenly` says by
        chance who belongs in which.
        """
        body = said(closingSeconds=closing_seconds, assign="evenly" if evenly else "by-hand")
        body |= {"count": rooms} if isinstance(rooms, int) else {"names": list(rooms)}
        return Breakouts.read(self._to.ask("POST", at(meeting, "breakouts"), body=body, once=True).json())

    def assign_breakout(self, meeting: str, participant: str, room: str | None) -> Breakouts:
        """Say in which room somebody belongs, or (None) in none. While rooms are open, they are called there."""
        where = at(meeting, "breakouts", "people", participant)
        return Breakouts.read(self._to.ask("PUT", where, body={"roomId": room}).json())

    def open_breakouts(self, meeting: str) -> Breakouts:
        """Call everybody to their room."""
        return Breakouts.read(self._to.ask("POST", at(meeting, "breakouts", "open"), body={}).json())

    def broadcast(self, meeting: str, text: str) -> None:
        """Say something to everybody, whichever room they are in."""
        self._to.ask("POST", at(meeting, "breakouts", "broadcast"), body={"text": text})

    def close_breakouts(self, meeting: str, *, seconds: int | None = None) -> Breakouts:
        """Bring everybody back in so many seconds, or as many as were said when the rooms were made."""
        body = said(seconds=seconds)
        return Breakouts.read(self._to.ask("POST", at(meeting, "breakouts", "close"), body=body).json())

    def delete_breakouts(self, meeting: str) -> None:
        """Bring everybody back at once."""
        self._to.ask("DELETE", at(meeting, "breakouts"))

    def polls(self, meeting: str) -> Iterator[Poll]:
        """All of them, the first first."""
        return self._to.pages(at(meeting, "polls"), {}, Poll.read)

    def poll(self, meeting: str, poll: str) -> Poll:
        """One of them."""
        return Poll.read(self._to.ask("GET", at(meeting, "polls", poll)).json())

    def create_poll(
        self,
        meeting: str,
        question: str,
        options: Sequence[str],
        *,
        kind: PollKind = "single",
        anonymous: bool = False,
        results_for: ResultsFor = "everybody",
        opened: bool = False,
    ) -> Poll:
        """A draft, or with `opened` a poll that everybody votes in; once, whatever becomes of the connection."""
        body = {
            "question": question,
            "options": list(options),
            "kind": kind,
            "anonymous": anonymous,
            "resultsFor": results_for,
            "open": opened,
        }
        return Poll.read(self._to.ask("POST", at(meeting, "polls"), body=body, once=True).json())

    def change_poll(
        self,
        meeting: str,
        poll: str,
        *,
        question: str | None = None,
        options: Sequence[str] | None = None,
        kind: PollKind | None = None,
        anonymous: bool | None = None,
        results_for: ResultsFor | None = None,
    ) -> Poll:
        """Change what is named of a draft."""
        body = said(
            question=question,
            options=None if options is None else list(options),
            kind=kind,
            anonymous=anonymous,
            resultsFor=results_for,
        )
        return Poll.read(self._to.ask("PATCH", at(meeting, "polls", poll), body=body).json())

    def open_poll(self, meeting: str, poll: str) -> Poll:
        """Let everybody vote in a draft."""
        return Poll.read(self._to.ask("POST", at(meeting, "polls", poll, "open"), body={}).json())

    def close_poll(self, meeting: str, poll: str) -> Poll:
        """Let nobody vote any more, and everybody see the results."""
        return Poll.read(self._to.ask("POST", at(meeting, "polls", poll, "close"), body={}).json())

    def delete_poll(self, meeting: str, poll: str) -> None:
        """With all votes."""
        self._to.ask("DELETE", at(meeting, "polls", poll))

    def questions(self, meeting: str) -> Iterator[Question]:
        """What was asked, what most want to know first."""
        return self._to.pages(at(meeting, "questions"), {}, Question.read)

    def answer_question(self, meeting: str, question: str, *, answered: bool = True) -> Question:
        """Say that it is answered, or is not after all."""
        where = at(meeting, "questions", question)
        return Question.read(self._to.ask("PATCH", where, body={"answered": answered}).json())

    def dismiss_question(self, meeting: str, question: str) -> None:
        """Take it out of everybody's list. It is kept for the hosts."""
        self._to.ask("DELETE", at(meeting, "questions", question))

    def _to_one(self, meeting: str, participant: str, verb: str, body: dict[str, Any]) -> Participant:
        return Participant.read(self._to.ask("POST", at(meeting, "participants", participant, verb), body=body).json())
