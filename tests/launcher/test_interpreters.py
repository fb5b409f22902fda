"""Finding a Python that really runs, among shims that only look like one."""

from __future__ import annotations

from pathlib import Path

import interpreters
import pytest


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def python(folder: Path, answers: str = "3.10") -> Path:
    """A stand-in that answers the probe as an interpreter of that version would."""
    file = folder / "python3.10"
    return program(folder, "python3.10", f'echo {answers}; echo "{file}"')


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    return tmp_path


def search_path(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    # /bin keeps the stand-ins' own shell commands.
    monkeypatch.setenv("PATH", ":".join(map(str, folders)))


def silent(_: str) -> None:
    pass


def test_a_shim_that_does_not_run_is_passed_over(
    nothing_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shims, real = nothing_installed / "shims", nothing_installed / "real"
    program(shims, "python3.10", 'echo "pyenv: python3.10: command not found" >&2; exit 127')
    good = python(real)
    search_path(monkeypatch, shims, real)
    assert interpreters.find((3, 10), silent) == good


def test_an_interpreter_of_another_version_is_passed_over(
    nothing_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong, real = nothing_installed / "wrong", nothing_installed / "real"
    python(wrong, answers="3.12")
    good = python(real)
    search_path(monkeypatch, wrong, real)
    assert interpreters.find((3, 10), silent) == good


def test_pyenv_is_asked_and_its_newest_wins(nothing_installed: Path) -> None:
    versions = nothing_installed / "pyenv" / "versions"
    python(versions / "3.10.9" / "bin")
    newest = python(versions / "3.10.13" / "bin")
    assert interpreters.find((3, 10), silent) == newest


def test_uv_installs_what_is_missing(
    nothing_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools, store = nothing_installed / "tools", nothing_installed / "store"
    fetched = python(store)
    done = nothing_installed / "installed"
    program(
        tools,
        "uv",
        f'case "$2" in install) : > "{done}";; '
        f'find) [ -e "{done}" ] && echo "{fetched}" || exit 2;; esac',
    )
    search_path(monkeypatch, tools)
    said: list[str] = []
    assert interpreters.find((3, 10), said.append) == fetched
    assert said == ["installing Python 3.10 through uv"]


def test_one_line_says_what_to_install_when_there_is_none(nothing_installed: Path) -> None:
    with pytest.raises(interpreters.InterpreterError) as refusal:
        interpreters.find((3, 10), silent)
    text = str(refusal.value)
    assert "\n" not in text
    assert "python3.10" in text
    assert "pyenv install 3.10" in text
    assert "uv" in text
