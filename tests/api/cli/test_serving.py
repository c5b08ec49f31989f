"""The long-running commands as a person starts them: real processes, real signals, real ports."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import httpx
import psutil
import pytest

from api.settings import load

STARTED_WITHIN = 90


class Running:
    """`narplan …` in a home of its own, with what it prints."""

    begun: ClassVar[list[subprocess.Popen[str]]] = []

    def __init__(self, home: Path, *arguments: str) -> None:
        environment = {
            **os.environ,
            "NARPLAN_HOME": str(home),
            "NARPLAN_EMBEDDING_CACHE": str(load({}).embedding.cache),
            "PYTHONUNBUFFERED": "1",
        }
        command = [sys.executable, "-m", "api.cli.main", *arguments]
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.begun.append(self.process)
        self.printed = ""

    def wait_for(self, pattern: str) -> str:
        """Return the first group of `pattern` in what is printed."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.printed += line
            if found := re.search(pattern, line):
                return found[1]
        raise AssertionError(self.printed)

    def end(self, number: signal.Signals) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        self.printed += rest
        return self.process.returncode


@pytest.fixture
def home() -> Iterator[Path]:
    """Return an empty home; whatever still runs in it after the test is killed."""
    folder = Path(tempfile.mkdtemp(prefix="narplan-serving-test-"))
    folder.chmod(0o755)
    yield folder
    while Running.begun:
        process = Running.begun.pop()
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
    for server in servers(folder):
        server.kill()
    shutil.rmtree(folder)


def servers(home: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name().startswith("postgres") and home in Path(process.cwd()).parents:
                found.append(process)
    return [process for process in found if process.status() != psutil.STATUS_ZOMBIE]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
        return port


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_cleanly_with_an_open_stream_and_leaves_nothing_running(
    home: Path, number: signal.Signals
) -> None:
    narplan = Running(home, "serve", "--port", str(free_port()))
    address = narplan.wait_for(r"Närplan: (http://\S+)")
    assert httpx.get(f"{address}/readyz").json() == {"status": "ok"}
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as idle:
        idle.sendall(b"GET /healthz HTTP/1.1\r\n")
        assert narplan.end(number) == 0, narplan.printed
    assert servers(home) == []
    assert "Traceback" not in narplan.printed


def test_killed_while_serving_it_starts_again(home: Path) -> None:
    narplan = Running(home, "serve", "--port", str(free_port()))
    narplan.wait_for(r"Närplan: (http://\S+)")
    narplan.end(signal.SIGKILL)
    again = Running(home, "serve", "--port", str(free_port()))
    address = again.wait_for(r"Närplan: (http://\S+)")
    assert httpx.get(f"{address}/readyz").status_code == 200
    assert again.end(signal.SIGTERM) == 0
    assert servers(home) == []


@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize("way", ["option", "setting"])
def test_a_chosen_port_that_is_taken_is_a_sentence_and_never_another_port(
    home: Path, monkeypatch: pytest.MonkeyPatch, command: str, way: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = str(door.getsockname()[1])
        if way == "setting":
            monkeypatch.setenv("NARPLAN_PORT", port)
        narplan = Running(home, command, *(["--port", port] if way == "option" else []))
        narplan.wait_for(r"(Är Närplan redan igång\?)")
        assert narplan.process.wait(30) == 1
    assert f"Port {port} på 127.0.0.1 används redan." in narplan.printed
    assert "Address" not in narplan.printed
    assert "Traceback" not in narplan.printed


def test_a_misspelt_setting_is_a_sentence(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "api.cli.main", "serve"],
        env={**os.environ, "NARPLAN_HOME": str(home), "NARPLAN_PROT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "NARPLAN_PROT finns inte" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_shows_where_to_go_and_is_quick_the_second_time(home: Path) -> None:
    first = Running(home, "demo", "--port", str(free_port()))
    address = first.wait_for(r"(http://\S+)")
    email = first.wait_for(r"(\S+@\S+)\s+programgruppen")
    password = re.search(r"lösenordet (\S+)", first.printed)
    assert password
    form = {"epost": email, "losenord": password[1]}
    with httpx.Client(base_url=address) as browser:
        signed_in = browser.post("/logga-in", data=form)
        assert signed_in.status_code == 303, signed_in.text
        assert browser.get("/initiativ").status_code == 200
    assert first.end(signal.SIGINT) == 0
    begun = time.monotonic()
    second = Running(home, "demo", "--port", str(free_port()))
    second.wait_for(r"(http://\S+)")
    assert time.monotonic() - begun < STARTED_WITHIN
    assert "Läser dokument" not in second.printed
    assert second.end(signal.SIGINT) == 0
    assert servers(home) == []
