"""Finds a Python of a given version that really runs and can build an environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

# What an interpreter must answer: its version and where it really is. A pyenv shim answers
# nothing when its version is not selected; Debian's python3.11 lacks ensurepip by default.
PROBE = (
    "import ensurepip, sys, venv;"
    "print('%d.%d' % sys.version_info[:2]);"
    "print(getattr(sys, '_base_executable', sys.executable))"
)


class InterpreterError(Exception):
    """No usable interpreter; the text says what to install."""


def find(version: tuple[int, int], say: Callable[[str], None]) -> Path:
    """An interpreter of `version`, installed through uv when uv is there and none is."""
    for candidate in _candidates(version):
        found = _probe(candidate, version)
        if found:
            return found
    found = _through_uv(version, say)
    if found:
        return found
    name = _name(version)
    raise InterpreterError(
        f"Python {name} is needed and none that runs was found: install python{name} with "
        f"python{name}-venv, or `pyenv install {name}`, or uv (which then fetches it by itself)."
    )


def _name(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def _candidates(version: tuple[int, int]) -> Iterator[Path]:
    if sys.version_info[:2] == version:
        yield Path(sys.executable)
    program = f"python{_name(version)}"
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if folder and (Path(folder) / program).is_file():
            yield Path(folder) / program
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    built = pyenv.glob(f"versions/{_name(version)}*/bin/{program}")
    yield from sorted(built, key=_patch_level, reverse=True)


def _patch_level(program: Path) -> tuple[int, ...]:
    """3.10.13 before 3.10.9; anything that is no plain number counts as oldest."""
    parts = program.parent.parent.name.split(".")
    return tuple(int(part) if part.isdigit() else -1 for part in parts)


def _probe(candidate: Path, version: tuple[int, int]) -> Path | None:
    try:
        answer = subprocess.run(
            [str(candidate), "-c", PROBE],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            timeout=30,
            check=True,
        ).stdout.decode()
    except (OSError, subprocess.SubprocessError):
        return None
    lines = answer.splitlines()
    if len(lines) != 2 or lines[0] != _name(version):
        return None
    # The real interpreter, not an environment built from it, which may be about to go.
    return Path(lines[1]) if Path(lines[1]).exists() else candidate


def _through_uv(version: tuple[int, int], say: Callable[[str], None]) -> Path | None:
    uv = shutil.which("uv")
    if not uv:
        return None
    found = _uv_finds(uv, version)
    if found:
        return found
    say(f"installing Python {_name(version)} through uv")
    install = [uv, "python", "install", _name(version)]
    if subprocess.run(install, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        return None
    return _uv_finds(uv, version)


def _uv_finds(uv: str, version: tuple[int, int]) -> Path | None:
    answer = subprocess.run(
        [uv, "python", "find", _name(version)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    path = answer.stdout.decode().strip()
    return _probe(Path(path), version) if answer.returncode == 0 and path else None
