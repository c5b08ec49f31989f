"""Starts another program with limits: `python -m ingest.confined SECONDS PROGRAM ARGUMENT…`, as `ingest.child` has."""

import contextlib
import ctypes
import os
import resource
import signal
import sys

ADDRESS_SPACE = 6 * 1024**3
"""Bytes of address space, most of which LibreOffice reserves and never uses."""
NICENESS = 10
"""Who reads files waits for whoever answers people, and still has a tenth of their share of a processor. At 5, people
wait some 3 ms each time that the processors are taken, as if nobody yielded."""
LARGEST_FILE = 256 * 1024**2
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Give up the network and much of the machine, and become the program."""
    seconds, *command = sys.argv[1:]
    os.nice(max(0, NICENESS - os.nice(0)))
    libc = ctypes.CDLL(None, use_errno=True)
    with contextlib.suppress(AttributeError):
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.unshare(_CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWNET | _CLONE_NEWUSER)
    for limit, value in (
        (resource.RLIMIT_AS, ADDRESS_SPACE),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CPU, int(seconds)),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    os.execv(command[0], command)  # noqa: S606 - the program and its arguments are ours


if __name__ == "__main__":
    main()
