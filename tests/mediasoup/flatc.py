"""The real flatc."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any


class Flatc:
    """Turns buffers into JSON and back, in a folder of its own."""

    def __init__(self, schemas: Path, folder: Path) -> None:
        program = shutil.which("flatc")
        assert program, "flatc (flatbuffers-compiler) is needed"
        self._command = [program, "-I", str(schemas), "--strict-json", "--natural-utf8", "--defaults-json"]
        self._message = str(schemas / "message.fbs")
        self._folder = folder

    def to_json(self, table: str, buffers: list[bytes], *options: str) -> list[dict[str, Any]]:
        names = [f"{number}.bin" for number in range(len(buffers))]
        for name, buffer in zip(names, buffers, strict=True):
            (self._folder / name).write_bytes(buffer)
        self._run("--json", "--raw-binary", *options, "--root-type", table, self._message, "--", *names)
        texts = [(self._folder / f"{number}.json").read_text() for number in range(len(buffers))]
        # flatc writes control characters as they are.
        return [json.loads(text, strict=False) for text in texts]

    def to_binary(self, table: str, values: list[dict[str, Any]], *options: str) -> list[bytes]:
        names = [f"{number}.json" for number in range(len(values))]
        for name, value in zip(names, values, strict=True):
            (self._folder / name).write_text(json.dumps(value))
        self._run("--binary", *options, "--root-type", table, self._message, *names)
        return [(self._folder / f"{number}.bin").read_bytes() for number in range(len(values))]

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            [*self._command, *arguments], cwd=self._folder, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
