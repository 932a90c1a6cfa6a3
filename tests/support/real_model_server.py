"""The server of llama-cpp-python, with real weights, for the time of a block."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

READY = "Uvicorn running on"


@contextmanager
def llama_server(weights: Path, name: str) -> Iterator[str]:
    """The address of a server of these weights under this name, once it is ready."""
    pytest.importorskip("starlette_context", reason="needs the extra `test`")
    pytest.importorskip("sse_starlette", reason="needs the extra `test`")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "--model": str(weights),
        "--model_alias": name,
        "--host": "127.0.0.1",
        "--port": str(port),
        "--n_ctx": "1024",
        "--n_threads": "1",  # several wait for each other where the machine is busy
        "--n_threads_batch": "1",
        "--logits_all": "true",
        "--verbose": "false",
    }
    command = [sys.executable, "-m", "llama_cpp.server", *sum(options.items(), ())]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        try:
            said = []
            for line in running.stderr:
                said.append(line)
                if READY in line:
                    break
            else:
                pytest.fail("".join(said))
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            running.kill()
