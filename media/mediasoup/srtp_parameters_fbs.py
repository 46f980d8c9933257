"""SRTP parameters between the JSON shape and the bodies of the schema. Both spell the crypto suites alike."""

from typing import Any, Final, cast

from media.mediasoup.srtp_parameters import SrtpParameters

CRYPTO_SUITES: Final = frozenset(
    ("AEAD_AES_256_GCM", "AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32")
)


def crypto_suite_to_fbs(crypto_suite: object) -> str:
    """The suite's name in the schema; TypeError for a suite that mediasoup does not know."""
    if not isinstance(crypto_suite, str) or crypto_suite not in CRYPTO_SUITES:
        raise TypeError(f"invalid SrtpCryptoSuite: {crypto_suite}")
    return crypto_suite


def srtp_parameters_to_fbs(parameters: SrtpParameters) -> dict[str, Any]:
    key = parameters.get("keyBase64")
    if not isinstance(key, str):
        raise TypeError("srtpParameters.keyBase64 must be a string")
    return {"cryptoSuite": crypto_suite_to_fbs(parameters.get("cryptoSuite")), "keyBase64": key}


def srtp_parameters_from_fbs(body: dict[str, Any]) -> SrtpParameters:
    return cast(SrtpParameters, {"cryptoSuite": body["cryptoSuite"], "keyBase64": body["keyBase64"]})
