"""What a worker process is kept from: the rights of whoever runs the node, new ones, and more than its share.

A worker parses what strangers send. It needs no rights for that but to listen on its port, so it gets none, as far as
the platform lets us take them away: util-linux's `prlimit` and `setpriv` are put in front of its command line.
"""

import functools
import logging
import os
import pwd
import resource
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

USUAL_USER: Final = "nobody"
MOST_FILES: Final = 65_536
MOST_PROCESSES: Final = 1024
LEAST_ADDRESS_SPACE: Final = 2 * 1024**3
PROBE_SECONDS: Final = 5.0
CAP_KILL: Final = 5
# What of our own environment a worker may see. The rest holds secrets of the site.
ENVIRONMENT: Final = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "TMPDIR")


class CannotConfine(Exception):
    """What was asked for explicitly cannot be had. The text names the setting and the remedy."""


@dataclass(frozen=True, slots=True)
class Confinement:
    """`wrapper` goes in front of a worker's command line; it is empty when nothing can be, or shall be, taken away.

    `dropped` and `kept` say in words what the worker is without, and what could not be taken from it, with the reason.
    """

    wrapper: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    def __str__(self) -> str:
        kept = f"; they keep {', '.join(self.kept)}" if self.kept else ""
        return f"MediaSoup workers run {', '.join(self.dropped) or 'unconfined'}{kept}"


def worker_environment() -> Mapping[str, str]:
    """The environment for a worker."""
    return {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}


@functools.cache
def confinement(user: str, *, wanted: bool = True, for_everybody: bool = True) -> Confinement:
    """The most that works here, tried out, which takes some milliseconds the first time.

    `user` is the name or number of the user to run workers as; empty means `nobody` where we are root, else ourselves.
    `for_everybody` says whether any user may execute the worker's binary: where not, only a user that was named is
    tried. Raises `CannotConfine` for a user that there is not, or that was named and that we may not become.
    """
    if not wanted:
        return Confinement(kept=("anything (MEDIASOUP_WORKER_CONFINE is off)",))
    account = _account(user)
    refusals = []
    for attempt in _attempts(account, named=bool(user), for_everybody=for_everybody):
        refusal = _refusal(attempt.wrapper)
        if refusal is None:
            return attempt
        refusals.append(refusal)
    if user and account is not None:
        raise CannotConfine(
            f"MEDIASOUP_WORKER_USER is {user}, and workers cannot be run as that user: {refusals[0]}. Unset it, or run "
            "the media node as root with the capabilities SETUID, SETGID, SETPCAP and KILL."
        )
    return Confinement(kept=(f"anything ({refusals[-1]})",))


@functools.cache
def announce(found: Confinement) -> None:
    """Say once in the log what workers may not do, and what could not be taken from them."""
    log.log(logging.WARNING if found.kept and os.geteuid() == 0 else logging.INFO, "%s", found)


def _account(user: str) -> pwd.struct_passwd | None:
    """Whom to become; None to stay who we are."""
    if not user and os.geteuid() != 0:
        return None
    wanted = user or USUAL_USER
    try:
        account = pwd.getpwuid(int(wanted)) if wanted.isdigit() else pwd.getpwnam(wanted)
    except KeyError:
        if not user:
            return None
        raise CannotConfine(
            f"MEDIASOUP_WORKER_USER is {user}, which is no user of this machine. Make one "
            f"(`adduser --system --no-create-home {user}`), or unset it."
        ) from None
    return None if account.pw_uid == os.geteuid() else account


def _attempts(account: pwd.struct_passwd | None, *, named: bool, for_everybody: bool) -> Iterator[Confinement]:
    """From the most to the least. A user that was named is no less than required."""
    setpriv, no_way_up = _program("setpriv"), "without a way to gain rights"
    no_gain = ("--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all")
    if account is not None and (named or (for_everybody and may_signal_others())):
        limits, limited = _limits(account)
        become = (f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--bounding-set=-all")
        who = f"as {account.pw_name} ({account.pw_uid}:{account.pw_gid})"
        yield Confinement(
            (*limits, setpriv, *become, *no_gain, "--"), (who, "without capabilities", no_way_up, *limited)
        )
        if named:
            return
    limits, limited = _limits(None)
    kept: tuple[str, ...] = ()
    if os.geteuid() == 0:
        if account is not None:
            why = "SETUID, SETGID or KILL is missing" if for_everybody else "others may not execute the worker's binary"
            kept = (f"our user ({why})",)
        yield Confinement(
            (*limits, setpriv, "--bounding-set=-all", *no_gain, "--"),
            ("without capabilities", no_way_up, *limited),
            kept,
        )
        kept = (*kept, "capabilities (SETPCAP is missing)")
    yield Confinement((*limits, setpriv, *no_gain, "--"), (no_way_up, *limited), kept)
    yield Confinement(limits, limited, (*kept, "ways to gain rights (setpriv does not work here)"))


def _limits(account: pwd.struct_passwd | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The command that sets them, and what they are in words. Hard limits of our own are never exceeded."""
    files = _at_most(resource.RLIMIT_NOFILE, MOST_FILES)
    memory = _at_most(resource.RLIMIT_AS, max(LEAST_ADDRESS_SPACE, _physical_memory()))
    options = ["--core=0:0", f"--nofile={files}:{files}", f"--as={memory}:{memory}"]
    words = ["without core dumps", f"with at most {files} open files", f"{memory / 1024**3:.0f} GiB of address space"]
    if account is not None:
        # Counted for the user, not for the process: where workers run as we do, it would count everything we run.
        processes = _at_most(resource.RLIMIT_NPROC, MOST_PROCESSES)
        options.append(f"--nproc={processes}:{processes}")
        words.append(f"{processes} processes of that user")
    return (_program("prlimit"), *options, "--"), tuple(words)


def _at_most(limit: int, wanted: int) -> int:
    hard = resource.getrlimit(limit)[1]
    return wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)


def _physical_memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def may_signal_others() -> bool:
    """Whether we could end a worker that runs as another user."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return False
    effective = next((line.split()[1] for line in lines if line.startswith("CapEff:")), "0")
    return bool(int(effective, 16) & 1 << CAP_KILL)


def _program(name: str) -> str:
    return shutil.which(name) or name


def _refusal(wrapper: tuple[str, ...]) -> str | None:
    """Why this wrapper does not work here, in its own words; None when it does."""
    try:
        tried = subprocess.run([*wrapper, _program("true")], capture_output=True, text=True, timeout=PROBE_SECONDS)
    except OSError as error:
        return f"{wrapper[0]} cannot be run ({error.strerror})"
    except subprocess.TimeoutExpired:
        return f"{wrapper[0]} does not end"
    if tried.returncode == 0:
        return None
    return (tried.stderr.strip().splitlines() or [f"exit code {tried.returncode}"])[-1]
