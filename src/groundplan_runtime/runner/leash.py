"""Ties a process to the one that started it, so that kill -9 of the runner leaves nothing running.

Run as a program it ties itself and then becomes another program (PostgreSQL, Valkey, Caddy):
``python -IS leash.py SIGNAL PARENT USER program argument…``. USER is ``-`` or a user id to become first.
Linux only; elsewhere the next ``run`` and ``stop`` clear leftovers.
Must stay importable without the package around it: it is started by its path, without site-packages, to be quick.
"""

import ctypes
import os
import sys

__all__ = ["become_user", "die_with_parent"]

# Numbers of the Linux kernel interface: include/uapi/linux/prctl.h, capability.h and securebits.h.
_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_SET_SECUREBITS = 28
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522


def die_with_parent(signal_number: int, parent: int) -> None:
    """Have the kernel send ``signal_number`` to this process when ``parent`` dies; leave at once when it already has."""
    if sys.platform != "linux":
        return
    _libc().prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(0)


def become_user(user: int) -> None:
    """Give up root for ``user``, keeping only the right to pass closed folders on the way to the data.

    PostgreSQL refuses to run as root. Opening the folders above it for everybody instead, as its wheel does, would change the
    owner's machine outside the project.
    """
    libc = _libc()
    libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0)  # or access(2), which its programs ask, forgets the right
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
    bit = 1 << _CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)  # effective, permitted, inheritable; the upper halves are empty
    if libc.capset(header, data) == 0:
        libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _main() -> None:
    signal_number, parent, user, program, *arguments = sys.argv[1:]
    if user != "-":
        become_user(int(user))
    die_with_parent(int(signal_number), int(parent))
    os.execv(program, [program, *arguments])  # noqa: S606  no shell on purpose: the program replaces this process


if __name__ == "__main__":
    _main()
