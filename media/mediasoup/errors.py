"""Every error this package raises, in one tree.

Data lives in attributes, wording in `__str__`. Where upstream throws a `TypeError` (arguments that make no sense),
a plain `TypeError` is raised, or an error here that is also a `TypeError`.
"""

from __future__ import annotations


class MediasoupError(Exception):
    """Anything that went wrong in the object model of mediasoup."""


class InvalidStateError(MediasoupError):
    """The object is closed or not in a state that allows this call."""


class UnsupportedError(MediasoupError):
    """What was asked for (a codec, a capability) is not supported by mediasoup."""


class NotFoundError(MediasoupError):
    """An object that was referred to by id does not exist."""


class CodecError(MediasoupError):
    """Bytes are not what their schema says, or a value does not fit its schema."""


class UnfitValue(CodecError, TypeError):
    """A value does not fit its schema: it was not sent. The text says which part of it, and why."""


class SchemaError(MediasoupError):
    """The schema files are missing, or hold something that this package cannot read."""


class MessageTooLarge(MediasoupError):
    """A message is over the worker's limit (8 MiB with its length prefix). It was not sent."""

    def __init__(self, name: str, size: int, limit: int) -> None:
        super().__init__(name, size, limit)
        self.name = name
        self.size = size
        self.limit = limit

    def __str__(self) -> str:
        return f"{self.name}: message of {self.size} bytes is over the limit of {self.limit}"


class RequestError(MediasoupError):
    """A request to the worker did not succeed. `method` and `handler_id` say which one."""

    def __init__(self, method: str, handler_id: str, reason: str) -> None:
        super().__init__(method, handler_id, reason)
        self.method = method
        self.handler_id = handler_id
        self.reason = reason

    def __str__(self) -> str:
        target = f" [{self.handler_id}]" if self.handler_id else ""
        return f"{self.method}{target}: {self.reason}"


class RequestRejected(RequestError):
    """The worker refused the request and said why in `reason`."""


class InvalidRequest(RequestRejected, TypeError):
    """The worker refused the request because its arguments make no sense (its own TypeError)."""


class HandlerNotFound(RequestRejected, NotFoundError):
    """The worker refused the request because what it names does not exist (its own NotFoundError)."""


class RequestTimeout(RequestError, TimeoutError):
    """No reply within the time allowed. The worker may still carry the request out; its reply will be ignored."""


class PipeClosed(RequestError):
    """The pipe to the worker is closed: the request was not sent, or its reply can no longer come."""


class WorkerStartError(MediasoupError):
    """The worker process did not come up.

    `exit_code` and `signal` are None when it was not the process that ended (a time-out, a file that cannot be run);
    `output` holds the last lines that it wrote to its standard error.
    """

    def __init__(
        self, reason: str, *, exit_code: int | None = None, signal: int | None = None, output: tuple[str, ...] = ()
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.exit_code = exit_code
        self.signal = signal
        self.output = output

    def __str__(self) -> str:
        said = "; it said: " + " | ".join(self.output) if self.output else ""
        return f"mediasoup-worker did not start: {self.reason}{said}"


class WrongSettings(WorkerStartError, TypeError):
    """The worker refused its command line (exit code 42): a port range, a log tag or a certificate is wrong."""


class WorkerDied(MediasoupError):
    """The worker process ended without having been told to. Handed to listeners of the Worker's `died` event."""

    def __init__(self, pid: int, exit_code: int | None, signal: int | None, reason: str = "") -> None:
        super().__init__(pid, exit_code, signal, reason)
        self.pid = pid
        self.exit_code = exit_code
        self.signal = signal
        self.reason = reason

    def __str__(self) -> str:
        if self.signal is not None:
            how = f"killed by signal {self.signal}"
        elif self.exit_code is not None:
            how = f"exit code {self.exit_code}"
        else:
            how = self.reason or "exit status unknown"
        return f"mediasoup-worker {self.pid} died ({how})"
