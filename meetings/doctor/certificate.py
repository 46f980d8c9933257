"""TLS: without it browsers give no camera and no microphone."""

import socket
import ssl
import time
from urllib.parse import urlsplit

from django.conf import settings

from media.doctor.aside import aside
from media.doctor.finding import Finding, green, red, yellow
from meetings.doctor.whereabouts import LOOPBACK, is_local

PATIENCE = 4.0
DAY = 24 * 3600.0
SOON_DAYS, NOW_DAYS = 21, 5

# Of OpenSSL (x509_vfy.h).
NOT_YET_VALID, EXPIRED, NAME_MISMATCH, ADDRESS_MISMATCH = 9, 10, 62, 64
UNKNOWN_ISSUER = (2, 18, 19, 20, 21)


async def tls() -> Finding:
    """The certificate of PUBLIC_URL, judged as a browser does it."""
    url = str(settings.PUBLIC_URL)
    if not url:
        if settings.HOST in LOOPBACK:
            return green("PUBLIC_URL is not set: the site is for this machine, whose browsers need no TLS for it.")
        return yellow(
            f"The site listens on {settings.HOST} and has no PUBLIC_URL: browsers of others give it no camera.",
            "Put HTTPS in front, and set PUBLIC_URL=https://…",
        )
    if url.startswith("http://"):
        if is_local(url):
            return green(f"{url} is on this machine: browsers need no TLS for it.")
        return red(f"{url} is plain HTTP: browsers give it no camera and no microphone.", "Put HTTPS in front of it.")
    return await aside(_look, url)


def _look(url: str) -> Finding:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    try:
        with (
            socket.create_connection((host, port), timeout=PATIENCE) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secured,
        ):
            certificate, version = secured.getpeercert() or {}, secured.version()
    except ssl.SSLCertVerificationError as error:
        return red(f"The certificate of {host}:{port} is not taken: {error.verify_message}.", _remedy(error, host))
    except ssl.SSLError as error:
        said = (error.reason or "no TLS").replace("_", " ").lower()
        return red(f"{host}:{port} does not speak TLS: {said}.", "Let whatever stands in front end HTTPS there.")
    except OSError as error:
        said = error.strerror or str(error) or type(error).__name__
        return red(f"{host}:{port} cannot be reached: {said}.", "Start what ends HTTPS, or mend DNS and firewall.")
    expires = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    days = (expires - time.time()) / DAY
    said = (
        f"The certificate of {host}:{port} is good for {days:.0f} more days ({certificate['notAfter']}), over {version}"
    )
    facts = {"expires": expires, "days": round(days, 1), "version": version}
    if days < NOW_DAYS:
        return red(f"{said}.", "Renew it now, and have what ends HTTPS take up the new one.", **facts)
    if days < SOON_DAYS:
        return yellow(f"{said}.", "Renew it, and see why that did not happen by itself.", **facts)
    return green(f"{said}.", **facts)


def _remedy(error: ssl.SSLCertVerificationError, host: str) -> str:
    if error.verify_code == EXPIRED:
        return "Renew it, and have what ends HTTPS take up the new one."
    if error.verify_code == NOT_YET_VALID:
        return "See whether the clock of this host is right: `clock` says."
    if error.verify_code in (NAME_MISMATCH, ADDRESS_MISMATCH):
        return f"Get a certificate for {host}, or set PUBLIC_URL to a name that is in this one."
    if error.verify_code in UNKNOWN_ISSUER:
        return "Have it signed by an authority that browsers know, and send the whole chain."
    return "Get another certificate."
