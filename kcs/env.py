"""What the settings need from the machine: a place for run-time files, and a secret that outlives restarts."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import environ  # type: ignore[import-untyped]  # has no types
from django.core.exceptions import ImproperlyConfigured

LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")

KINDS: dict[Any, str] = {int: "a whole number", float: "a number"}


class Environment(environ.FileAwareEnv):  # type: ignore[misc]  # as above
    """Settings from the environment or `.env`. One that cannot be read raises ImproperlyConfigured, in one line."""

    def get_value(self, var: str, *args: Any, **options: Any) -> Any:
        try:
            return super().get_value(var, *args, **options)
        except ValueError as error:
            kind = KINDS.get(options.get("cast"))
            why = f"{self.ENVIRON[var]!r} is not {kind}" if kind and var in self.ENVIRON else f"{error}"
            raise ImproperlyConfigured(f"The setting {var} cannot be read: {why}.") from None

    def one_of(self, var: str, choices: tuple[str, ...], *, default: str) -> str:
        """A setting that is one of these words. Raises ImproperlyConfigured for any other."""
        word: str = self.str(var, default=default)
        if word not in choices:
            known = ", ".join(choices[:-1])
            raise ImproperlyConfigured(f"The setting {var} cannot be read: {word!r} is not {known} or {choices[-1]}.")
        return word


def is_loopback(host: str) -> bool:
    """Whether a server that listens on `host` can be reached from this machine only."""
    return host in LOOPBACK


def ensure_directory(path: Path) -> Path:
    """`path`, made when missing, for this user only. Raises ImproperlyConfigured where that cannot be."""
    with _written(path):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def lasting_secret(path: Path) -> str:
    """The secret kept in `path`; made on first use. Processes that start at the same time get the same one.

    Raises ImproperlyConfigured where it can neither be read nor be made.
    """
    with _written(path):
        return _read_or_made(path)


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be written: {error.strerror}. Make room or give this user the right to, "
            "or set KCS_VAR to a directory where both is so."
        ) from error


def _read_or_made(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        pass
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}-")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        # A link either takes the name with the whole secret behind it, or finds that another process was first.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
    return path.read_text()
