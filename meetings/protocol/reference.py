"""The reference page of the contract, written from the contract."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from meetings.protocol.codes import MESSAGES, PUSHED
from meetings.protocol.fields import Forms, Shape
from meetings.protocol.pushes import PUSHES
from meetings.protocol.requests import COMMON_CODES, REQUESTS, Request
from meetings.protocol.shapes import NAMED

INTRODUCTION = """\
# Signalling

<!-- Written by `manage.py signalling_reference` from meetings/protocol. Change it there. -->

What a client may rely on. `ws(s)://HOST/ws/signaling/`, JSON text frames, subprotocol `kcs.v1`.

Who you are comes from the session cookie, or from a ticket (`?ticket=`) that `POST /api/meetings/<id or code>/join`
hands out; never from the payload. Pages of other sites are told `NOT_ALLOWED` and closed with 4403; programs send no
`Origin`.

    request   {"id": 7, "event": "create-transport", "data": {…}}
    reply     {"id": 7, "event": "transport-created", "data": {…}}
    refusal   {"id": 7, "event": "error", "data": {"event", "code", "message", "details"}}
    push      {"event": "new-producer", "data": {…}}

- Every request gets exactly one reply or refusal. `id` is a whole number or a string of up to 64 characters; it may be
  absent, and is echoed when it is there.
- A refused `join-meeting` carries `verdicts` too, as the push `verdict` does: why, in sentences for people.
- Requests of one socket take effect in the order in which they were sent. `ping` is answered at once.
- Frames are objects of `id`, `event` and `data`, up to 64 KiB. What is wrong is refused, unknown fields too, and the
  socket stays open. A frame of over 4 MiB ends the connection.
- A socket may ask 400 times at once and 100 times a second after that; beyond, `RATE_LIMITED` says in `retryAfter` how
  many seconds to wait. Passcodes may be tried ten times at once and ten times a minute after that.
- What media do while a request is answered is told after its reply; while `join-meeting` is, what people do as well.
- A socket that drops leaves its participant in the meeting, and media flowing, for a grace period. `join-meeting` with
  the `resumeToken` in that time goes on as the same participant; nobody sees a `participant-left`. A socket that is
  still open then is told so and closed with 4409.
- Whoever is closed with 44xx need not come back. 4508 (what was sent was not read) and 4500 (news of people cannot
  reach this socket any more) are for coming back with the `resumeToken`.

A `?` stands behind the name of a field that may be absent; `string(80)` has up to 80 characters; `Rtp…`, `Ice…` and
`Dtls…` are the types of mediasoup.
"""


def page_path() -> Path:
    """Where the page lies in the checkout."""
    return Path(settings.BASE_DIR) / "docs" / "signalling.md"


def reference_page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([INTRODUCTION, *_requests(), *_pushes(), *_objects(), *_codes()])


def _requests() -> Iterable[str]:
    yield "## Requests\n"
    yield f"Each can be refused with {_listed(COMMON_CODES)} beside the codes that stand with it.\n"
    for request in REQUESTS.values():
        yield f"### `{request.event}` → `{request.reply}`\n"
        yield f"{_only_hosts(request)}{request.summary}\n"
        yield f"- data: {_shape(request.data)}"
        yield f"- reply: {_shape(request.answer)}"
        for event, shape in request.instead.items():
            yield f"- or, as `{event}`: {_shape(shape)}"
        if request.codes:
            yield f"- codes: {_listed(request.codes)}"
        if request.pushes:
            yield f"- pushed to others: {_listed(request.pushes)}"
        yield ""


def _pushes() -> Iterable[str]:
    yield "## Pushes\n"
    for push in PUSHES.values():
        yield f"- `{push.event}` {_shape(push.data)}  \n  {push.summary}"
    yield ""


def _objects() -> Iterable[str]:
    yield "## Objects\n"
    for shape in NAMED:
        yield f"- **{shape.name}** `{shape.describe_fields()}`"
    yield ""


def _codes() -> Iterable[str]:
    yield "## Codes\n"
    yield "Each has one fixed `message`; `details` says what happened in this case.\n"
    yield "| code | message |\n|---|---|"
    for code, message in MESSAGES.items():
        yield f"| `{code}` | {message}{' (with the push `join-denied`)' if code in PUSHED else ''} |"
    yield ""


def _shape(shape: Shape | Forms) -> str:
    return " or ".join(
        f"`{form.describe()}`" for form in (shape.shapes.values() if isinstance(shape, Forms) else [shape])
    )


def _only_hosts(request: Request) -> str:
    return "Hosts only. " if request.hosts_only else ""


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
