"""Why there is no worker binary."""


class WorkerBinaryMissing(Exception):
    """No usable worker binary. The text names the cause and, in its last sentence, the remedy; it is fit for a log."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause} {remedy}")
        self.cause = cause
        self.remedy = remedy


class BinaryUnfit(Exception):
    """This binary does not start, or is of another version. The text is a sentence that says so."""
