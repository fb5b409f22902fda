"""Where the running system keeps its files, all under the data folder where possible."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import Path

from bot.settings import ROOT

# Linux takes 107 bytes for a socket's whole path, macOS 103; names of ours have up to 24.
LONGEST_SOCKET_FOLDER = 78
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")


class LaunchError(Exception):
    """The system can't start; the text is one line that says what to do."""


def absolute(data_dir: Path) -> Path:
    """The data folder wherever the process was started; a relative one is in the checkout."""
    return (ROOT / data_dir).resolve()


def cluster_folder(data_dir: Path) -> Path:
    return absolute(data_dir) / "pg"


def run_folder(data_dir: Path) -> Path:
    return absolute(data_dir) / "run"


def log_folder(data_dir: Path) -> Path:
    return absolute(data_dir) / "log"


def model_folder(data_dir: Path) -> Path:
    return absolute(data_dir) / "rasa"


def socket_folder(data_dir: Path, name: str) -> Path:
    """A folder for sockets: under the data folder, or a short one where that can't be.

    That is where its path is too long, or has signs (a space, a percent sign) that not all
    who read a database's address understand alike. The folder is the same for every process
    with this data folder, whoever's environment it has.
    """
    folder = absolute(data_dir) / f"{name}-socket"
    if len(str(folder)) <= LONGEST_SOCKET_FOLDER and PLAIN_PATH.fullmatch(str(folder)):
        return folder
    digest = hashlib.sha256(os.fsencode(absolute(data_dir))).hexdigest()[:12]
    return Path("/tmp") / f"maraga-{digest}-{name}"


def own_folder(folder: Path, owner: int | None = None) -> None:
    """Makes `folder` for `owner` (a user id; None is us) alone; refuses one that isn't so."""
    owner = os.geteuid() if owner is None else owner
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.geteuid() == 0:
            if folder.lstat().st_uid not in (0, owner):
                raise LaunchError(f"{folder} belongs to another user; remove it and start again.")
            os.chown(folder, owner, -1, follow_symlinks=False)
        facts = folder.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != owner:
            raise LaunchError(f"{folder} belongs to another user; remove it and start again.")
        folder.chmod(0o700)
    except OSError as error:
        raise LaunchError(f"{folder} can't be used ({error.strerror}).") from None
