"""Supervisor as our process manager: its own process, spoken to over a private socket."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import xmlrpc.client
from dataclasses import dataclass
from typing import Any, cast

from bot.launcher.lifetime import MANAGED, end_with_manager
from bot.launcher.places import (
    LaunchError,
    absolute,
    log_folder,
    own_folder,
    run_folder,
    socket_folder,
)
from bot.launcher.programs import configuration, rpc_socket
from bot.settings import ROOT, Settings

START_SECONDS = 10
STOP_SECONDS = 20


@dataclass(frozen=True)
class State:
    """A process as the manager sees it."""

    name: str
    group: str
    pid: int  # 0 when it does not run
    started: int  # its last start, in seconds since 1970; 0 before the first
    failing: bool  # it ended soon after its start and waits for the next try


class Manager:
    """A client of the process manager of one data folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the manager itself, with no program running yet."""
        data_dir = self._settings.data_dir
        own_folder(socket_folder(data_dir, "run"))
        file = run_folder(data_dir) / "manager.conf"
        file.write_text(configuration(self._settings))
        output = (log_folder(data_dir) / "manager.out").open("wb")
        with output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot.launcher.manager", "-c", str(file)],
                cwd=absolute(data_dir),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_managed_environment(),
                start_new_session=True,  # Ctrl-C is the launcher's to turn into a clean stop
            )
        until = time.monotonic() + START_SECONDS
        while not self.answers():
            if not self.alive or time.monotonic() > until:
                raise LaunchError(f"The process manager did not start. Details: {output.name}")
            time.sleep(0.05)

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def answers(self) -> bool:
        try:
            self._call("getPID")
        except (OSError, LaunchError, xmlrpc.client.Error):
            return False
        return True

    def start_program(self, group: str) -> None:
        self._call("startProcessGroup", group, False)

    def states(self) -> list[State]:
        found = cast("list[dict[str, Any]]", self._call("getAllProcessInfo"))
        return [
            State(
                name=info["name"],
                group=info["group"],
                pid=info["pid"],
                started=info["start"],
                failing=info["statename"] in {"BACKOFF", "FATAL"},
            )
            for info in found
        ]

    def stop(self) -> None:
        """Stops every program and the manager, and waits until all have ended.

        A turn that a worker is at may end first, so Rasa and the actions stay until then;
        PostgreSQL stays longest.
        """
        try:
            groups = {state.group for state in self.states()}
            self._call("stopProcessGroup", "web", False)
            self._call("stopProcessGroup", "worker", True)
            for group in groups & {"rasa", "actions"}:
                self._call("stopProcessGroup", group, False)
            self._call("shutdown")
        except (OSError, xmlrpc.client.Error):
            if self.alive:
                self._signal(signal.SIGTERM)
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + STOP_SECONDS
        while self.alive if self._process else self.answers():
            if time.monotonic() > until:
                self._signal(signal.SIGKILL)  # its programs end with it
                return
            time.sleep(0.05)

    def _signal(self, by: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(by)

    def _call(self, method: str, *arguments: object) -> object:
        from supervisor.xmlrpc import SupervisorTransport

        transport = SupervisorTransport(None, None, f"unix://{rpc_socket(self._settings)}")
        with xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport) as server:
            return getattr(server.supervisor, method)(*arguments)


def _managed_environment() -> dict[str, str]:
    # The package is found wherever the manager runs, and first.
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, MANAGED: "1", "PYTHONPATH": path}


def main() -> None:
    from supervisor import supervisord

    end_with_manager()
    supervisord.main()


if __name__ == "__main__":
    main()
