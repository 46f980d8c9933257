"""Have a file looked at by the site's virus scanner, before anybody else gets it."""

import logging
import shlex
import subprocess
from typing import BinaryIO, Final

from django.conf import settings

from meetings.protocol.codes import Refusal

log = logging.getLogger(__name__)

_CLEAN: Final = 0
_INFECTED: Final = 1


def scan(content: BinaryIO) -> None:
    """Hand the file to SCAN_COMMAND's standard input; nothing is done where there is none. Leaves `content` at its
    beginning.

    Raises Refusal FILE_INFECTED when the command ends with 1, SCAN_FAILED when it ends with anything else but 0, cannot
    be run, or takes longer than SCAN_SECONDS.
    """
    if not settings.SCAN_COMMAND:
        return
    content.seek(0)
    status = _run(shlex.split(settings.SCAN_COMMAND), content)
    content.seek(0)
    if status == _INFECTED:
        raise Refusal("FILE_INFECTED", "The virus scanner found something in it.")
    if status != _CLEAN:
        raise Refusal("SCAN_FAILED", "The virus scanner could not look at it. Try again in a moment.", retryAfter=10.0)


def _run(command: list[str], content: BinaryIO) -> int | None:
    """With which status it ends; None when it does not."""
    try:
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        ) as scanner:
            try:
                said, _ = scanner.communicate(content.read(), timeout=settings.SCAN_SECONDS)
            except subprocess.TimeoutExpired:
                scanner.kill()
                log.error("The virus scanner takes longer than %g s", settings.SCAN_SECONDS)
                return None
    except OSError as error:
        log.error("The virus scanner %s cannot be run: %s", command[0], error)
        return None
    if scanner.returncode not in (_CLEAN, _INFECTED):
        log.error("The virus scanner ended with %d: %s", scanner.returncode, said[-500:].decode("utf-8", "replace"))
    return scanner.returncode
