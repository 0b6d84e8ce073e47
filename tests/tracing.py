"""strace, with which tests see and disturb what a program asks of the system."""

from __future__ import annotations

import shutil
import subprocess

import pytest

#: Follows all processes. `QUICK` stops them only at the calls that are asked for, but then strace
#: sends no signals.
STRACE = ("strace", "-f", "-qq")
QUICK = (*STRACE, "--seccomp-bpf")


def _works() -> bool:
    if not shutil.which("strace"):
        return False
    command = [*QUICK, "-o", "/dev/null", "-e", "trace=execve", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


needs_strace = pytest.mark.skipif(
    not _works(), reason="strace does not work here: nothing was seen from the system's side"
)
