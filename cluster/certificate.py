"""A certificate for the links between web processes and media nodes, signed by itself."""

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cluster.layout import HOST, write_private

LASTS = datetime.timedelta(days=30)
RENEWED_BEFORE = datetime.timedelta(days=7)


def ensure_certificate(certificate: Path, key: Path) -> None:
    """Make certificate and key as PEM files, where there are none or where they end soon."""
    if certificate.exists() and key.exists() and not _ends_soon(certificate):
        return
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "KCS Meet media nodes of this machine")])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + LASTS)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    no_passphrase = serialization.NoEncryption()
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_passphrase)
    write_private(key, pem.decode())
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))


def _ends_soon(certificate: Path) -> bool:
    try:
        known = x509.load_pem_x509_certificate(certificate.read_bytes())
    except ValueError:
        return True
    return known.not_valid_after_utc < datetime.datetime.now(datetime.UTC) + RENEWED_BEFORE
