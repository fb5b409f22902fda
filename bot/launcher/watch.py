"""A line for every process that ended and was started again, while the system runs."""

from __future__ import annotations

import time
import xmlrpc.client
from collections.abc import Callable

from bot.launcher.manager import Manager, State
from bot.launcher.places import LaunchError, log_folder
from bot.launcher.ready import probes
from bot.launcher.steps import say
from bot.settings import Settings

LOOK_EVERY = 1.0  # seconds


class Watch:
    def __init__(self, manager: Manager, settings: Settings) -> None:
        self._manager = manager
        self._settings = settings
        self._probes = probes(settings)
        self._pids: dict[str, int] = {}
        self._down: dict[str, float] = {}  # by group, since when

    def forever(self) -> None:
        """Looks until it is interrupted; raises LaunchError when the manager itself is gone."""
        while True:
            self.look()
            time.sleep(LOOK_EVERY)

    def look(self) -> None:
        try:
            states = self._manager.states()
        except (OSError, xmlrpc.client.Error):
            if self._manager.alive:
                return  # busy; the next look tells
            log = log_folder(self._settings.data_dir) / "manager.log"
            raise LaunchError(f"The process manager ended. Details: {log}") from None
        for state in states:
            self._notice(state)
        for group in list(self._down):
            self._notice_recovery(group, self._probes[group])

    def _notice(self, state: State) -> None:
        before = self._pids.get(state.name)
        if state.pid:
            self._pids[state.name] = state.pid
        if before is None or before == state.pid:
            return
        if state.group not in self._down:
            self._down[state.group] = time.monotonic()
            _tell(f"{state.name} ended unexpectedly and is started again")

    def _notice_recovery(self, group: str, ready: Callable[[], bool]) -> None:
        if ready():
            seconds = time.monotonic() - self._down.pop(group)
            _tell(f"{group} works again after {seconds:.0f} s")


def _tell(line: str) -> None:
    say(f"{time.strftime('%H:%M:%S')}  {line}")
