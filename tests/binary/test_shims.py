"""The recipe's C++ headers: each does what upstream's code relies on. Small programs, compiled and run."""

import subprocess
from pathlib import Path

import pytest

from media.binary.pinned import RECIPE

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


@pytest.mark.parametrize(
    ("program", "subproject", "libraries"),
    [
        ("srtp_round_trip.cpp", "libsrtp3", ["libsrtp2"]),
        ("dense_containers.cpp", "unordered_dense", ["absl_flat_hash_map", "absl_flat_hash_set"]),
        ("bio_callback.cpp", "openssl", ["openssl"]),
    ],
)
def test_shim(program: str, subproject: str, libraries: list[str], tmp_path: Path) -> None:
    found = subprocess.run(["pkg-config", "--cflags", "--libs", *libraries], capture_output=True, text=True, check=True)
    binary = tmp_path / "program"
    include = f"-I{RECIPE / 'subprojects' / subproject / 'include'}"
    compiler = ["g++", "-std=c++20", "-Wall", "-Wextra", "-Werror", *SANITIZERS, include]
    compiled = subprocess.run(
        [*compiler, str(HERE / program), "-o", str(binary), *found.stdout.split()], capture_output=True, text=True
    )
    assert compiled.returncode == 0, compiled.stderr
    ran = subprocess.run([str(binary)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
