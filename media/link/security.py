"""Who may open a link over TCP, and how each end knows the other: a certificate for the node, a secret for its callers.

The caller checks the node's certificate before it says anything, and then shows the secret in the handshake's
`Authorization` header. Nothing here puts the secret into a text that people read.
"""

import base64
import binascii
import hmac
import ssl
from dataclasses import dataclass, field
from pathlib import Path

SCHEME = "Bearer "
SHORTEST_SECRET = 16

_PEM_END = "-----END CERTIFICATE-----"


class LinkMisconfigured(Exception):
    """The settings do not allow a link over TCP. The message is one sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class LinkSecurity:
    """`certificate` and `key` are the node's, as PEM files; `authority` is whoever signed the certificate. Without an
    `authority` that very certificate is expected, whatever name is in it.
    """

    certificate: Path | None = None
    key: Path | None = None
    authority: Path | None = None
    secret: str = field(default="", repr=False)

    def for_listening(self) -> ssl.SSLContext:
        """The node's end of TLS. Raises `LinkMisconfigured` when certificate, key or secret are missing or unusable."""
        if self.certificate is None or self.key is None:
            raise LinkMisconfigured(
                "A link over TCP needs a certificate: set MEDIA_LINK_CERT and MEDIA_LINK_KEY to PEM files."
            )
        self._check_secret()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        try:
            context.load_cert_chain(self.certificate, self.key, password="")
        except (OSError, ValueError) as error:
            raise LinkMisconfigured(
                f"MEDIA_LINK_CERT {self.certificate} and MEDIA_LINK_KEY {self.key} cannot be used: {_reason(error)}. "
                "Both are PEM files, the key without a passphrase and belonging to the certificate."
            ) from None
        return context

    def for_dialling(self) -> ssl.SSLContext:
        """The caller's end of TLS. Raises `LinkMisconfigured` when there is nothing to know the node by, or no
        secret.
        """
        self._check_secret()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        trusted = self.authority or self.certificate
        if trusted is None:
            raise LinkMisconfigured(
                "A media node over TCP is known by its certificate: set MEDIA_LINK_CERT to it, or MEDIA_LINK_CA to "
                "whoever signed it."
            )
        try:
            if self.authority is not None:
                context.load_verify_locations(cafile=self.authority)
            else:
                context.check_hostname = False
                context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
                context.load_verify_locations(cadata=_first_certificate(trusted))
        except (OSError, ValueError) as error:
            name = "MEDIA_LINK_CERT" if self.authority is None else "MEDIA_LINK_CA"
            raise LinkMisconfigured(f"{name} {trusted} cannot be used: {_reason(error)}. It is a PEM file.") from None
        return context

    def credentials(self) -> str:
        """The `Authorization` header of a caller."""
        return SCHEME + base64.b64encode(self.secret.encode()).decode()

    def lets_in(self, authorization: str) -> bool:
        """Whether a caller's `Authorization` header shows the secret. A near miss takes as long as a far one."""
        try:
            offered = base64.b64decode(authorization.removeprefix(SCHEME).encode(), validate=True)
        except (ValueError, binascii.Error):
            offered = b""
        return hmac.compare_digest(offered, self.secret.encode()) and bool(self.secret)

    def _check_secret(self) -> None:
        if not self.secret:
            raise LinkMisconfigured(
                "A link over TCP needs a secret: set MEDIA_LINK_SECRET, or MEDIA_LINK_SECRET_FILE to a file with it, "
                "to the same for nodes and web processes."
            )
        if len(self.secret) < SHORTEST_SECRET:
            raise LinkMisconfigured(
                f"MEDIA_LINK_SECRET is shorter than {SHORTEST_SECRET} characters: `openssl rand -base64 32` makes one."
            )


def _first_certificate(path: Path) -> str:
    """Of a file that holds a chain, the certificate itself: whoever else its issuer signed is not meant."""
    first, end, _ = path.read_text().partition(_PEM_END)
    if not end:
        raise ValueError("there is no certificate in it")
    return first + end


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or "it is none").replace("_", " ").lower()
    return (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__
