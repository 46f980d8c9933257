"""Building the worker from mediasoup's npm package against the distribution's libraries, by the recipe beside this."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from . import cache
from .errors import WorkerBinaryMissing
from .pinned import DEBIAN_PACKAGES, NPM_PACKAGE, RECIPE, VERSION, npm_version
from .progress import Progress

PKG_CONFIG_NAMES = ("openssl", "libuv", "libsrtp2", "absl_flat_hash_map", "flatbuffers")
FAILURE_LINES = 30
ENDING_SECONDS = 5.0


def build_worker(workshop: Path, progress: Progress) -> Path:
    """Build in `workshop` (an empty folder) and return the folder there that is ready to be installed.

    Raises WorkerBinaryMissing with the failing compiler lines. Interrupted, it ends the compilers that it started.
    """
    check_prerequisites()
    source, build, finished = workshop / "source", workshop / "build", workshop / "finished"
    progress.step("preparing the source")
    shutil.copytree(NPM_PACKAGE / "worker", source, ignore=shutil.ignore_patterns("subprojects"))
    shutil.copytree(RECIPE / "subprojects", source / "subprojects")
    progress.step("getting meson and ninja")
    tools = _install_tools(workshop)
    header = workshop / "precompiled" / "precompiled.hpp"
    header.parent.mkdir()
    # Empty while meson asks the compiler its questions, and until the schemas have become headers.
    header.touch()
    progress.step("configuring")
    options = [line for line in (RECIPE / "options.txt").read_text().splitlines() if not line.startswith("#")]
    _run(
        [str(tools / "meson"), "setup", str(build), str(source), *options, f"-Dcpp_args=['-include','{header}']"],
        _environment(tools),
    )
    _run([str(tools / "ninja"), "-C", str(build), "fbs/FBS/message.h"], _environment(tools))
    progress.step("compiling the common headers")
    shutil.copyfile(RECIPE / header.name, header)
    _precompile(header, build, _environment(tools))
    # The other targets of upstream's project (a library, tests) are not built.
    ours = (f"{cache.BINARY_NAME}.p/", "deps/libwebrtc/")
    total = sum(command["output"].startswith(ours) for command in _compile_commands(build))
    _run_ninja([str(tools / "ninja"), "-C", str(build), cache.BINARY_NAME], _environment(tools), progress, total)
    finished.mkdir()
    _run(["strip", "-o", str(finished / cache.BINARY_NAME), str(build / cache.BINARY_NAME)], _environment(tools))
    cache.copy_schemas(NPM_PACKAGE / "worker" / "fbs", finished / "fbs")
    cache.write_record(finished, "built")
    return finished


def check_prerequisites() -> None:
    """Raises WorkerBinaryMissing, with the one command to run, where something that the build needs is missing."""
    found = npm_version()
    if found != VERSION:
        have = "is not there" if found is None else f"is version {found}"
        raise WorkerBinaryMissing(
            f"Cannot build mediasoup-worker {VERSION}: its source, {NPM_PACKAGE}, {have}.",
            "Run `npm ci`, then try again.",
        )
    environment = _environment()
    missing = [name for name in ("g++", "pkg-config", "flatc", "strip") if not _which(name, environment)]
    if "pkg-config" not in missing:
        asked = {name: subprocess.run(["pkg-config", "--exists", name], env=environment) for name in PKG_CONFIG_NAMES}
        missing += [name for name, answer in asked.items() if answer.returncode != 0]
    if missing:
        sudo = "" if os.geteuid() == 0 else "sudo "
        raise WorkerBinaryMissing(
            f"Cannot build mediasoup-worker {VERSION}: not installed: {', '.join(missing)}.",
            f"On Debian 12, run `{sudo}apt-get install -y {' '.join(DEBIAN_PACKAGES)}`, then try again.",
        )


def _environment(tools: Path | None = None) -> dict[str, str]:
    """The system's own tools before any virtual environment's: the `flatc` must be the one its headers belong to."""
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    hidden = ("CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "DESTDIR")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return {**kept, "PATH": f"{tools}:{path}" if tools else path, "LC_ALL": "C.UTF-8", "NINJA_STATUS": "[%f/%t] "}


def _which(name: str, environment: dict[str, str]) -> str | None:
    return shutil.which(name, path=environment["PATH"])


def _install_tools(workshop: Path) -> Path:
    """Put the pinned meson and ninja into a virtual environment of the build's own; returns its bin folder."""
    venv = workshop / "tools"
    try:
        _run([sys.executable, "-m", "venv", str(venv)], dict(os.environ))
    except WorkerBinaryMissing as failure:
        raise WorkerBinaryMissing(
            failure.cause, "If it says that ensurepip is not available, install Debian's python3-venv, then try again."
        ) from None
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    _run([*pip, "-r", str(RECIPE / "tools.txt")], dict(os.environ))
    return venv / "bin"


def _precompile(header: Path, build: Path, environment: dict[str, str]) -> None:
    """Compile the common headers once, with the very flags that meson gives to the worker's files."""
    command = next(
        shlex.split(each["command"]) for each in _compile_commands(build) if each["file"].endswith("/src/Worker.cpp")
    )
    flags = [word for word in command[1:] if word.startswith(("-I", "-D", "-O", "-f", "-std", "-W", "-m", "-p"))]
    system = [flag for at, word in enumerate(command) if word == "-isystem" for flag in command[at : at + 2]]
    _run(
        [command[0], *flags, *system, "-x", "c++-header", str(header), "-o", f"{header}.gch"], environment, folder=build
    )


def _compile_commands(build: Path) -> list[dict[str, str]]:
    commands: list[dict[str, str]] = json.loads((build / "compile_commands.json").read_text())
    return commands


def _run(command: list[str], environment: dict[str, str], folder: Path | None = None) -> None:
    """Run a command that takes seconds. Interrupted, everything it started is killed."""
    with _started(command, environment, folder, ended_by=signal.SIGKILL) as process:
        said, _ = process.communicate()
    if process.returncode != 0:
        raise _failure(command, said.splitlines())


def _run_ninja(command: list[str], environment: dict[str, str], progress: Progress, total: int) -> None:
    """Run ninja and count the files that it has compiled. Interrupted, ninja ends its compilers itself."""
    said: list[str] = []
    compiled = 0
    with _started(command, environment, ended_by=signal.SIGTERM) as ninja:
        assert ninja.stdout is not None
        for line in ninja.stdout:
            said.append(line.rstrip())
            if re.match(r"\[\d+/\d+\] Compiling C\+\+", line):
                compiled += 1
                progress.count(compiled, total)
    progress.end_line()
    if ninja.returncode != 0:
        raise _failure(command, said)


@contextmanager
def _started(
    command: list[str], environment: dict[str, str], folder: Path | None = None, *, ended_by: signal.Signals
) -> Iterator[subprocess.Popen[str]]:
    """A program in a process group of its own. Interrupted, the group is sent `ended_by`, and is gone afterwards."""
    # An interrupt between the start of a program and the moment we know it would leave it running.
    unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=partial(signal.pthread_sigmask, signal.SIG_SETMASK, unblocked),
        )
    except BaseException:
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
        raise
    with process:
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
            yield process
        except BaseException:
            _end_group(process, ended_by)
            raise


def _end_group(process: subprocess.Popen[str], by: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, by)
    process.wait()
    # The programs that it had started write files until they are gone as well.
    deadline = time.monotonic() + ENDING_SECONDS
    with suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(process.pid, 0)
            time.sleep(0.01)


def _failure(command: list[str], said: list[str]) -> WorkerBinaryMissing:
    """The lines around the first compiler error, or else the last ones."""
    first = next((at for at, line in enumerate(said) if re.search(r"\berror\b|ERROR|FAILED", line)), None)
    shown = said[-FAILURE_LINES:] if first is None else said[max(0, first - 5) : first - 5 + FAILURE_LINES]
    lines = "\n    ".join(line[:300] for line in shown)
    return WorkerBinaryMissing(
        f"Building mediasoup-worker {VERSION} failed in `{Path(command[0]).name}`:\n    {lines}\n",
        "Try again once that is mended, or set MEDIASOUP_WORKER_BIN to a binary of your own (docs/worker-binary.md).",
    )
