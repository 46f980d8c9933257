"""The one door to a site."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, Self

from kcs_meet_client.objects import (
    Banned,
    Delivery,
    Invited,
    Meeting,
    Message,
    Ordering,
    Participant,
    StartedMeeting,
    State,
    Ticket,
    Webhook,
)
from kcs_meet_client.paths import at, quoted, said
from kcs_meet_client.running import RunsCalls
from kcs_meet_client.transport import Transport


class Client(RunsCalls):
    """A site, asked as the account of a token. Each method raises Refused (by its code, see `errors`) or Unreachable.

    `timeout` is how many seconds an answer may take, `patience` how many a request waits in all for a site that says
    that it is to be asked again. A meeting is named by its id or code. Not for several threads at once.
    """

    def __init__(self, site: str, token: str, *, timeout: float = 10.0, patience: float = 60.0) -> None:
        self._to = Transport(site, token, timeout=timeout, patience=patience)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of its connections."""
        self._to.close()

    def start_meeting(
        self,
        title: str = "",
        *,
        starts_at: datetime | None = None,
        capacity: int | None = None,
        passcode: str | None = None,
        guests_allowed: bool | None = None,
    ) -> StartedMeeting:
        """A new meeting of this account's; once, whatever becomes of the connection."""
        body = said(
            title=title,
            startsAt=None if starts_at is None else starts_at.isoformat(),
            capacity=capacity,
            passcode=passcode,
            guestsAllowed=guests_allowed,
        )
        return StartedMeeting.read(self._to.ask("POST", "meetings/", body=body, once=True).json())

    def meetings(
        self,
        *,
        state: State | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        search: str | None = None,
        ordering: Ordering | None = None,
        page_size: int | None = None,
    ) -> Iterator[Meeting]:
        """Those that this account hosts or was in. `since` and `until` are of when they start, or were made."""
        query = said(
            state=state,
            to=None if until is None else until.isoformat(),
            search=search,
            ordering=ordering,
            pageSize=page_size,
        )
        if since is not None:
            query["from"] = since.isoformat()
        return self._to.pages("meetings/", query, Meeting.read)

    def meeting(self, meeting: str) -> Meeting:
        """One meeting, with its ETag."""
        answer = self._to.ask("GET", at(meeting))
        return Meeting.read(answer.json(), answer.headers.get("ETag", ""))

    def change_meeting(self, meeting: str, *, etag: str = "", **changes: Any) -> Meeting:
        """Change what is named, as the API calls it (`title`, `startsAt`, `locked`, …). With the ETag of what is known,
        ChangedMeanwhile is raised where somebody has changed it since.
        """
        answer = self._to.ask("PATCH", at(meeting), body=changes, etag=etag)
        return Meeting.read(answer.json(), answer.headers.get("ETag", ""))

    def delete_meeting(self, meeting: str) -> None:
        """With all that belongs to it."""
        self._to.ask("DELETE", at(meeting))

    def step(self, meeting: str, step: Literal["start", "end", "cancel", "reopen"]) -> Meeting:
        """A step of its life. Raises WrongState with what is `allowed`."""
        return Meeting.read(self._to.ask("POST", at(meeting, step), body={}).json())

    def join(self, meeting: str, *, display_name: str = "", passcode: str = "") -> Ticket:
        """A ticket for the meeting's socket."""
        body = said(displayName=display_name or None, passcode=passcode or None)
        return Ticket.read(self._to.ask("POST", at(meeting, "join"), body=body).json())

    def participants(self, meeting: str) -> Iterator[Participant]:
        """Who is in it, in the order in which they came."""
        return self._to.pages(at(meeting, "participants"), {}, Participant.read)

    def invite(
        self,
        meeting: str,
        email: str,
        *,
        name: str = "",
        role: Literal["co_host", "presenter", "attendee"] = "attendee",
    ) -> Invited:
        """Invite somebody, who gets mail. Whoever is invited already stays so."""
        body = {"email": email, "name": name, "role": role}
        return Invited.read(self._to.ask("POST", at(meeting, "participants"), body=body).json())

    def remove(self, meeting: str, participant: str, *, ban: bool = False) -> None:
        """Put somebody out of it; with `ban` for good."""
        query = {"ban": "true" if ban else "false"}
        self._to.ask("DELETE", at(meeting, "participants", participant), query=query)

    def banned(self, meeting: str) -> list[Banned]:
        """Who was put out of it for good, the last one first."""
        return [Banned.read(one) for one in self._to.ask("GET", at(meeting, "bans")).json()["results"]]

    def lift_ban(self, meeting: str, participant: str) -> None:
        """Let somebody come again."""
        self._to.ask("DELETE", at(meeting, "bans", participant))

    def chat(self, meeting: str, *, latest_first: bool = False, page_size: int | None = None) -> Iterator[Message]:
        """What was written, as far as it is for this account."""
        query = said(ordering="-sentAt" if latest_first else None, pageSize=page_size)
        return self._to.pages(at(meeting, "chat"), query, Message.read)

    def write(
        self, meeting: str, message: str, *, to: Literal["all", "host"] = "all", participant: str | None = None
    ) -> Message:
        """Write to everybody, to the hosts, or to one `participant` alone; once, whatever becomes of the connection."""
        whom = {"recipientType": to} if participant is None else {"recipientId": participant}
        return Message.read(
            self._to.ask("POST", at(meeting, "chat"), body={"message": message, **whom}, once=True).json()
        )

    def edit_message(self, meeting: str, message: str, words: str) -> Message:
        """Give a message of this account's other words."""
        return Message.read(self._to.ask("PATCH", at(meeting, "chat", message), body={"message": words}).json())

    def delete_message(self, meeting: str, message: str) -> Message:
        """Take a message's words and file away for good. Its place stays."""
        return Message.read(self._to.ask("DELETE", at(meeting, "chat", message)).json())

    def webhooks(self) -> list[Webhook]:
        """This account's."""
        return [Webhook.read(one) for one in self._to.ask("GET", "webhooks/").json()["results"]]

    def make_webhook(self, url: str, *, events: Sequence[str] | None = None, for_organisation: bool = False) -> Webhook:
        """Have an address told what happens. The `secret` is told this once."""
        body = said(url=url, events=None if events is None else list(events), forOrganisation=for_organisation)
        return Webhook.read(self._to.ask("POST", "webhooks/", body=body).json())

    def change_webhook(
        self,
        webhook: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        active: bool | None = None,
    ) -> Webhook:
        """Change what is named."""
        body = said(url=url, events=None if events is None else list(events), active=active)
        return Webhook.read(self._to.ask("PATCH", f"webhooks/{quoted(webhook)}/", body=body).json())

    def rotate_secret(self, webhook: str) -> Webhook:
        """Give it another `secret`. For a day it is told what is signed with both."""
        return Webhook.read(self._to.ask("POST", f"webhooks/{quoted(webhook)}/secret/", body={}).json())

    def test_webhook(self, webhook: str) -> Delivery:
        """Have it told `webhook.test`; what becomes of that stands among its `deliveries` in a moment."""
        return Delivery.read(self._to.ask("POST", f"webhooks/{quoted(webhook)}/test/", body={}).json())

    def deliveries(self, webhook: str) -> Iterator[Delivery]:
        """What it was and will be told, the latest first."""
        return self._to.pages(f"webhooks/{quoted(webhook)}/deliveries/", {}, Delivery.read)

    def remove_webhook(self, webhook: str) -> None:
        """Tell it nothing any more."""
        self._to.ask("DELETE", f"webhooks/{quoted(webhook)}/")
