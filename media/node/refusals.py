"""From mediasoup's errors to the codes of the contract."""

import ipaddress
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from media.errors import MEDIA_UNAVAILABLE, MediaError
from media.mediasoup.errors import (
    CodecError,
    InvalidStateError,
    MessageTooLarge,
    NotFoundError,
    PipeClosed,
    RequestRejected,
    RequestTimeout,
    UnsupportedError,
)

log = logging.getLogger(__name__)

_MAYBE_ADDRESS = re.compile(r"(?<!\w)[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]+(?!\w)")

WORKER_GONE = "The media worker of this meeting stopped; join the meeting again."
WORKER_SILENT = "The media worker did not answer in time."


@contextmanager
def refused_as(code: str, *, unsupported: str | None = None) -> Iterator[None]:
    """Turn what mediasoup raises in the block into a `MediaError` of `code`, or of `unsupported` for codecs it lacks.

    Wrap a single call on mediasoup: a TypeError is taken for its judgement of the arguments.
    """
    try:
        yield
    except PipeClosed:
        raise MediaError(MEDIA_UNAVAILABLE, WORKER_GONE) from None
    except RequestTimeout:
        raise MediaError(MEDIA_UNAVAILABLE, WORKER_SILENT) from None
    except UnsupportedError as error:
        raise MediaError(unsupported or code, _sentence(error)) from None
    except (RequestRejected, InvalidStateError, NotFoundError, CodecError, MessageTooLarge, TypeError) as error:
        log.debug("mediasoup refused a call", exc_info=True)
        raise MediaError(code, _sentence(error)) from None


def _sentence(error: Exception) -> str:
    match error:
        case RequestRejected():
            # Its text holds our object's id and the worker's method name, which are nobody's business outside.
            text = error.reason
        case InvalidStateError():
            text = "it is closed or not in a state that allows this"
        case CodecError() | MessageTooLarge():
            text = "a value is out of range"
        case _:
            text = str(error) or "the arguments make no sense"
    text = without_addresses(text.strip()[:300])
    return text if text.endswith(".") else f"mediasoup refused: {text}."


def without_addresses(text: str) -> str:
    """The text with an ellipsis for each IP address in it: what is inside is nobody's business outside."""

    def hidden(found: re.Match[str]) -> str:
        address = found[0].rstrip(".:")
        try:
            ipaddress.ip_address(address)
        except ValueError:
            return found[0]
        return "…" + found[0][len(address) :]

    return _MAYBE_ADDRESS.sub(hidden, text)
