"""What would make a start fail later is said before anything is started, in one line."""

from __future__ import annotations

import errno
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.launcher.places import LaunchError, absolute
from bot.settings import Settings

FREE_GIGABYTES = 1.0  # below this PostgreSQL and the logs soon have no room


@dataclass(frozen=True)
class Listening:
    """Where a program of ours is going to listen, and the setting that says so."""

    program: str
    setting: str
    host: str
    port: int


def is_here(address: str) -> bool:
    """Whether an address is on this machine's loopback, so that we run what answers there."""
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def places(settings: Settings) -> Iterator[Listening]:
    yield Listening("web", "WEB_PORT", settings.web_host, settings.web_port)
    for program, setting, address in (
        ("Rasa", "RASA_URL", settings.rasa_url),
        ("the action server", "ACTIONS_URL", settings.actions_url),
    ):
        if is_here(address):
            yield Listening(program, setting, "127.0.0.1", urlsplit(address).port or 80)


def refuse_taken_ports(settings: Settings) -> None:
    wanted: dict[int, Listening] = {}
    for place in places(settings):
        if place.port in wanted:
            raise LaunchError(
                f"{wanted[place.port].setting} and {place.setting} name the same port "
                f"{place.port}; change one of them."
            )
        wanted[place.port] = place
        _refuse_taken(place)


def _refuse_taken(place: Listening) -> None:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((place.host, place.port))
            trial.listen(1)
        except OSError as error:
            raise LaunchError(_why_not(place, error)) from None


def _why_not(place: Listening, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {place.port} for {place.program} is taken{_holder(place.port)}; "
            f"stop that, or set {place.setting} to another port."
        )
    if error.errno == errno.EACCES:
        return (
            f"Port {place.port} for {place.program} needs more rights than we have; "
            f"set {place.setting} to one above 1023."
        )
    reason = error.strerror or str(error)
    return f"{place.program} can't listen on {place.host}:{place.port} ({reason})."


def _holder(port: int) -> str:
    """Who listens there, in words; nothing when the system doesn't tell us."""
    import psutil

    try:
        for connection in psutil.net_connections(kind="tcp"):
            listening = connection.status == psutil.CONN_LISTEN
            if listening and connection.laddr.port == port and connection.pid:
                name = psutil.Process(connection.pid).name()
                return f" by {name} (process {connection.pid})"
    except psutil.Error:
        pass
    return ""


def refuse_full_disk(settings: Settings) -> None:
    folder = absolute(settings.data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free / 1e9
    if free < FREE_GIGABYTES:
        raise LaunchError(
            f"Only {free:.1f} GB are free where the data is ({folder}); at least "
            f"{FREE_GIGABYTES:.0f} GB are needed. Free some, or set DATA_DIR elsewhere."
        )
