"""`make run`: checks, then everything in order, then a watch until somebody stops it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

from bot.launcher import checks, database, postgres, rasa
from bot.launcher.instance import Instance
from bot.launcher.manager import Manager
from bot.launcher.places import LaunchError, cluster_folder, log_folder, own_folder, run_folder
from bot.launcher.processes import run_command
from bot.launcher.programs import programs
from bot.launcher.ready import probes
from bot.launcher.steps import say, step
from bot.launcher.watch import Watch
from bot.settings import Settings, settings

READY_SECONDS = 120
_TRIES = 3  # starts of a program that fail before we give up


class Stopped(BaseException):
    """Somebody asked us to stop."""


def run(open_page: bool = True) -> None:
    """Starts the whole system and stays until it is stopped; everything has ended then."""
    now = settings()
    for by in (signal.SIGINT, signal.SIGTERM):
        signal.signal(by, _stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
        signal.signal(signal.SIGHUP, _stop)
    launch = Launch(now)
    try:
        launch.start()
        _greet(now, open_page)
        Watch(launch.manager, now).forever()
    except Stopped:
        pass
    finally:
        # A second Ctrl-C must not leave half of it running.
        for by in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(by, signal.SIG_IGN)
        launch.stop()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


class Launch:
    """One start of the system, step by step."""

    def __init__(self, now: Settings) -> None:
        self._settings = now
        self._instance = Instance(now)
        self.manager = Manager(now)
        self._training: rasa.Training | None = None
        self._names = [program.name for program in programs(now)]
        self._manager_started = False

    def start(self) -> None:
        own_folder(run_folder(self._settings.data_dir))
        own_folder(log_folder(self._settings.data_dir))
        self._instance.claim()
        checks.refuse_full_disk(self._settings)
        checks.refuse_taken_ports(self._settings)
        database.refuse_unreachable(self._settings)
        say("Starting Maraga Care")
        if "rasa" in self._names and not rasa.is_trained(self._settings):
            self._training = rasa.Training(self._settings)
        self._start_manager()
        if "postgres" in self._names:
            self._start_postgres()
        database.create_parts(self._settings)
        self._start_rasa_early()
        self._fill_database()
        self._finish_training()
        self._start_others()

    def _start_manager(self) -> None:
        self._manager_started = True
        self.manager.start()

    def _start_postgres(self) -> None:
        with step("PostgreSQL"):
            folder = cluster_folder(self._settings.data_dir)
            if postgres.running_server(folder):
                postgres.stop_leftover(folder)
            postgres.prepare(self._settings.data_dir)
            self.manager.start_program("postgres")
            database.wait_for_embedded(self._settings)
            database.create_embedded(self._settings)

    def _start_rasa_early(self) -> None:
        """Rasa takes longest to load, so it loads while the database is filled."""
        if "rasa" in self._names and self._training is None:
            self.manager.start_program("rasa")

    def _fill_database(self) -> None:
        if database.is_prepared(self._settings):
            return
        with step("database tables"):
            run_command("migrate")
        with step("articles, calendar and accounts"):
            run_command("seed")
        database.mark_prepared(self._settings)

    def _finish_training(self) -> None:
        if self._training is not None:
            with step("training Rasa (once)"):
                self._training.finish()
            self._training = None
            self.manager.start_program("rasa")

    def _start_others(self) -> None:
        for name in self._names:
            if name not in {"postgres", "rasa"}:
                self.manager.start_program(name)
        ask = probes(self._settings)
        # Asked in the order in which they become ready, so that a line names who is slow.
        for name in ("actions", "web", "rasa", "worker"):
            if name in self._names:
                with step(name):
                    self._wait_ready(name, ask[name])

    def _wait_ready(self, name: str, ready: Callable[[], bool]) -> None:
        until = time.monotonic() + READY_SECONDS
        starts: set[tuple[str, int]] = set()
        while not ready():
            mine = [state for state in self.manager.states() if state.group == name]
            starts |= {(state.name, state.started) for state in mine}
            if len(starts) >= _TRIES * len(mine) and any(state.failing for state in mine):
                raise LaunchError(f"{name} ends as soon as it starts: {self._last_words(name)}")
            if time.monotonic() > until:
                raise LaunchError(
                    f"{name} was not ready within {READY_SECONDS} s: {self._last_words(name)}"
                )
            time.sleep(0.2)

    def _last_words(self, name: str) -> str:
        """The last line of a program's log, and where the others are."""
        logs = log_folder(self._settings.data_dir)
        newest = max(logs.glob(f"{name}*.log"), key=lambda log: log.stat().st_mtime)
        lines = newest.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
        return f"{lines[-1].strip()[:200]} (details: {newest})"

    def stop(self) -> None:
        if self._training is not None:
            self._training.stop()
        if self._manager_started:
            with step("stopping"):
                self.manager.stop()
        self._instance.release()


def _greet(now: Settings, open_page: bool) -> None:
    from bot.demo.accounts import DEMO_ACCOUNTS

    base = now.public_address
    say()
    say("Maraga Care runs." if not now.simulator else "Maraga Care runs, with a phone to try it.")
    if now.simulator:
        say(f"  Phone     {base}/")
    say(f"  Console   {base}/console")
    if now.simulator:
        for username, password, role in DEMO_ACCOUNTS:
            say(f"            {username:<10} {password:<14} {role}")
    say(f"  Logs      {log_folder(now.data_dir)}")
    say("Ctrl-C stops it.")
    if open_page and now.simulator:
        _open_in_browser(f"{base}/")


def _open_in_browser(address: str) -> None:
    """Only where somebody looks: at a terminal with a desktop around it."""
    desktop = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if desktop and not os.environ.get("CI") and sys.stdout.isatty() and os.geteuid() != 0:
        import webbrowser

        webbrowser.open(address)
