"""The programs of the running system, and how the process manager is told about them."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.launcher.checks import is_here
from bot.launcher.lifetime import MANAGED
from bot.launcher.places import run_folder, socket_folder
from bot.settings import ROOT, Settings


@dataclass(frozen=True)
class Program:
    name: str
    command: str  # of `python -m bot`
    priority: int  # started in this order, stopped in the opposite one
    stop_seconds: int
    stop_signal: str = "TERM"
    copies: int = 1


def programs(settings: Settings) -> list[Program]:
    """What runs on this machine under these settings."""
    chosen = []
    if settings.database_url is None:
        chosen.append(Program("postgres", "postgres", 10, 8, stop_signal="INT"))
    if is_here(settings.actions_url):
        chosen.append(Program("actions", "actions", 20, 3))
    if is_here(settings.rasa_url):
        chosen.append(Program("rasa", "rasa", 30, 3))
    chosen.append(Program("worker", "worker", 40, 9, copies=settings.workers))
    chosen.append(Program("web", "web", 50, 7, copies=settings.web_processes))
    return chosen


def rpc_socket(settings: Settings) -> Path:
    return socket_folder(settings.data_dir, "run") / "manager.sock"


def configuration(settings: Settings) -> str:
    """Supervisor's configuration. Nothing starts by itself: the launcher has an order.

    The manager runs in the data folder and the logs are told relative to it, as supervisor
    reads a percent sign in their path once more than in other values.
    """
    parts = [
        _section(
            "supervisord",
            nodaemon="true",
            silent="true",
            identifier="maraga",
            umask="077",
            logfile="log/manager.log",
            logfile_maxbytes="5MB",
            logfile_backups="2",
            pidfile=run_folder(settings.data_dir) / "manager.pid",
            **({"user": "root"} if os.geteuid() == 0 else {}),
        ),
        _section("unix_http_server", file=rpc_socket(settings), chmod="0700"),
        "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = "
        "supervisor.rpcinterface:make_main_rpcinterface\n",
    ]
    parts += [_program(program) for program in programs(settings)]
    return "\n".join(parts)


def _program(program: Program) -> str:
    command = [sys.executable, "-m", "bot", program.command]
    many = program.copies > 1
    text = _section(
        f"program:{program.name}",
        command=shlex.join(command),
        directory=ROOT,
        priority=program.priority,
        numprocs=program.copies,
        autostart="false",
        autorestart="true",
        # A program that can't run is tried again for as long as it takes, ever less often.
        startsecs=2,
        startretries=100_000,
        stopsignal=program.stop_signal,
        stopwaitsecs=program.stop_seconds,
        killasgroup="true",
        redirect_stderr="true",
        stdout_logfile_maxbytes="10MB",
        stdout_logfile_backups="3",
    )
    copy = "-%(process_num)d" if many else ""
    text += f"process_name = {program.name}{copy}\n"
    text += f"stdout_logfile = log/{program.name}{copy}.log\n"
    return text + f'environment = {MANAGED}="1",PYTHONUNBUFFERED="1"\n'


def _section(name: str, **values: object) -> str:
    lines = [f"{key} = {str(value).replace('%', '%%')}" for key, value in values.items()]
    return "\n".join([f"[{name}]", *lines, ""])
