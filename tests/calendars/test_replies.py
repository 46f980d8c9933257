"""Answers that calendars send by mail."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.calendars.replies import NoReply, Reply, read_reply

CALENDAR = """BEGIN:VCALENDAR
PRODID:-//Somebody//EN
VERSION:2.0
METHOD:REPLY
BEGIN:VEVENT
UID:4d0b1c1e-1c2b-4b51-a4d0-b2b1b1b1b1b1@kcs-meet
DTSTAMP:20261127T150000Z
DTSTART:20261207T080000Z
ORGANIZER:mailto:meet@example.org
ATTENDEE;CN=Eve;PARTSTAT=ACCEPTED:MAILTO:Eve@Example.org
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


def mail(calendar: str = CALENDAR, kind: str = "text/calendar; method=REPLY") -> bytes:
    message = EmailMessage()
    message["from"], message["to"], message["subject"] = "Eve <eve@example.org>", "meet@example.org", "Accepted"
    message.set_content("Eve accepts.")
    maintype, subtype = kind.split(";", maxsplit=1)[0].split("/")
    message.add_attachment(calendar.encode(), maintype=maintype, subtype=subtype, filename="reply.ics")
    return bytes(message)


@pytest.mark.parametrize("status", ["ACCEPTED", "TENTATIVE", "DECLINED"])
def test_an_answer(status: str) -> None:
    assert read_reply(mail(CALENDAR.replace("ACCEPTED", status))) == Reply(
        "4d0b1c1e-1c2b-4b51-a4d0-b2b1b1b1b1b1@kcs-meet", "eve@example.org", "eve@example.org", status.lower()
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        mail(kind="text/plain"),
        mail(CALENDAR.replace("REPLY", "REQUEST")),
        mail(CALENDAR.replace("ACCEPTED", "NEEDS-ACTION")),
        mail(CALENDAR.replace("UID", "X-ID")),
        mail("BEGIN:VCALENDAR"),
        mail("nonsense"),
        mail(CALENDAR + "x" * 2_000_000),
    ],
    ids=["nothing", "bytes", "no-calendar", "request", "says-nothing", "without-uid", "cut", "nonsense", "too-large"],
)
def test_what_is_no_answer(content: bytes) -> None:
    with pytest.raises(NoReply):
        read_reply(content)


@given(st.binary(max_size=300))
def test_whatever_comes(content: bytes) -> None:
    for one in (content, mail(content.decode("latin-1").replace("\0", ""))):
        with pytest.raises(NoReply):
            read_reply(one)
