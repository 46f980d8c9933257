"""The site as a browser meets it: a page, and the signalling socket, through whatever stands in front."""

import json
import ssl
import time
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, WebSocketException
from websockets.typing import Origin, Subprotocol

from media.doctor.aside import aside
from media.doctor.finding import Finding, green, red, yellow
from meetings.links import SOCKET_PATH, site_url

PATIENCE = 3.0
SUBPROTOCOL = Subprotocol("kcs.v1")
SLOW_SECONDS = 1.0


class NotServed(Exception):
    """No page came. The text says how it went."""


def look_at_page() -> tuple[float, float]:
    """The seconds until `/healthz` answered, and those by which the clock in its Date is before ours.

    Certificates are another check's business. Raises `NotServed`.
    """
    url = f"{site_url()}/healthz"
    began, sent_at = time.perf_counter(), time.time()
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE, context=unchecked_tls()) as answer:
            body, date = answer.read(4096), answer.headers.get("Date", "")
    except urllib.error.HTTPError as error:
        raise NotServed(f"{url} answers {error.code} {error.reason}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise NotServed(f"{url} cannot be had: {getattr(reason, 'strerror', None) or reason}") from None
    took = time.perf_counter() - began
    if b"alive" not in body:
        raise NotServed(f"{url} is answered by something that is not this site")
    try:
        # It has whole seconds.
        ahead = parsedate_to_datetime(date).timestamp() + 0.5 - (sent_at + took / 2)
    except ValueError:
        ahead = 0.0
    return took, ahead


def unchecked_tls() -> ssl.SSLContext:
    """TLS that takes any certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def site() -> list[Finding]:
    """One finding for pages; one for the socket, if there are pages."""
    try:
        took, _ = await aside(look_at_page)
    except NotServed as trouble:
        remedy = (
            "Start the web process, and have whatever stands in front pass PUBLIC_URL on to it."
            if settings.PUBLIC_URL
            else "Start it: `manage.py serve` (HOST and PORT say where), or set PUBLIC_URL to where it is served."
        )
        return [red(f"{trouble}.", remedy)]
    said = f"{site_url()} serves pages; /healthz took {took * 1000:.0f} ms."
    page = (
        yellow(said, "See what the web process and what stands in front are busy with.")
        if took > SLOW_SECONDS
        else green(said)
    )
    return [page, await _socket()]


async def _socket() -> Finding:
    base = site_url()
    url = f"ws{base.removeprefix('http')}{SOCKET_PATH}"
    options: dict[str, Any] = {"ssl": unchecked_tls()} if url.startswith("wss:") else {}
    remedy = "Have whatever stands in front pass WebSockets on: HTTP/1.1 with its Upgrade and Connection headers."
    began = time.perf_counter()
    try:
        async with connect(
            url,
            subprotocols=[SUBPROTOCOL],
            origin=Origin(_origin(base)),
            open_timeout=PATIENCE,
            close_timeout=1,
            proxy=None,
            **options,
        ) as socket:
            await socket.send(json.dumps({"id": 1, "event": "ping", "data": {}}))
            answer = json.loads(await socket.recv())
    except InvalidStatus as error:
        return red(f"{url} is refused with status {error.response.status_code}: the socket does not reach us.", remedy)
    except InvalidHandshake as error:
        return red(f"{url} does not become a socket: {error}.", remedy)
    except TimeoutError:
        return red(f"{url} does not open within {PATIENCE:g} s.", remedy)
    except (OSError, WebSocketException, ValueError) as error:
        return red(f"{url} breaks: {error}.", f"{remedy} See ALLOWED_HOSTS and CSRF_TRUSTED_ORIGINS too.")
    took = time.perf_counter() - began
    if answer.get("event") != "pong":
        return red(f"{url} answers a ping with {str(answer)[:80]}.", "See the web process's log.")
    return green(f"{url} opens and answers within {took * 1000:.0f} ms.", seconds=round(took, 4))


def _origin(base: str) -> str:
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}"
