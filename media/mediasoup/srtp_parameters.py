"""Shapes of SRTP parameters, for plain and pipe transports that encrypt."""

from typing import Literal, TypedDict

SrtpCryptoSuite = Literal[
    "AEAD_AES_256_GCM",
    "AEAD_AES_128_GCM",
    "AES_CM_128_HMAC_SHA1_80",
    "AES_CM_128_HMAC_SHA1_32",
]


class SrtpParameters(TypedDict):
    """Crypto suite and keying material of one direction."""

    cryptoSuite: SrtpCryptoSuite
    keyBase64: str
    """Master key and salt, in Base64."""
