"""Work in a process that one of its system calls is the end of."""

import ctypes
import os
import posix
import signal
import subprocess
from collections.abc import Callable
from typing import NoReturn

_PR_SET_PTRACER, _ANYBODY = 0x59616D61, -1


def is_killed_at(call: str, number: int, work: Callable[[], object]) -> bool:
    """Whether this work, done in a process of its own, is killed at the nth of these calls.

    The process has all that is loaded here, and begins once strace counts its calls.
    """
    child = os.fork()
    if not child:
        _do(work)
    os.waitpid(child, os.WUNTRACED)
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={number}"]
    command = ["strace", "-f", "-o", os.devnull, *inject, "-p", str(child)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr is not None
        told = strace.stderr.readline()
        os.kill(child, signal.SIGCONT)
        _, status = os.waitpid(child, 0)
        assert "attached" in told, told
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, -signal.SIGKILL)
    return code != 0


def _do(work: Callable[[], object]) -> NoReturn:
    """Wait to be traced, then do it, with a disk that is waited for."""
    os.fsync = posix.fsync
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY)
    code = 1
    try:
        os.kill(os.getpid(), signal.SIGSTOP)
        work()
        code = 0
    finally:
        os._exit(code)
