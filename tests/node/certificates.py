"""Certificates for links over TCP, made for a test."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Made:
    """A certificate and its key, as files and as objects."""

    certificate: Path
    key: Path
    _x509: x509.Certificate
    _private: ec.EllipticCurvePrivateKey

    @property
    def name(self) -> x509.Name:
        return self._x509.subject

    @property
    def private(self) -> ec.EllipticCurvePrivateKey:
        return self._private


def make_certificate(
    directory: Path,
    name: str,
    *,
    signed_by: Made | None = None,
    authority: bool = False,
    expired: bool = False,
    days: float = 1,
) -> Made:
    """A certificate for `name` (an address or a host name), signed by itself unless told otherwise, and good for so
    many days from now.
    """
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    ends = now - datetime.timedelta(days=1) if expired else now + datetime.timedelta(days=days)
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        alternative = x509.DNSName(name)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signed_by.name if signed_by else subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=2))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(signed_by.private if signed_by else private, hashes.SHA256())
    )
    stem = f"{name.replace(':', '-')}-{built.serial_number % 10**6}"
    certificate, key = directory / f"{stem}.crt", directory / f"{stem}.key"
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return Made(certificate, key, built, private)
