"""An environment is built anew when its inputs changed, and only then."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path

import environments
import pytest
from environments import Environment, Layer, SetupError
from progress import Log

pytestmark = pytest.mark.slow


@pytest.fixture
def built(tmp_path: Path) -> Environment:
    """An environment that is complete, as far as can be told without running pip."""
    environment = make(tmp_path)
    environment.program.parent.mkdir(parents=True)
    environment.program.symlink_to(sys.executable)
    for layer in (environment.base, *environment.extra):
        environment.mark(layer)
    return environment


def make(folder: Path) -> Environment:
    base, dev = folder / "base.txt", folder / "dev.txt"
    base.write_text("# reasons elsewhere\ntiny==1.0\n")
    dev.write_text("other==2.0\n")
    return Environment(
        title="trial",
        folder=folder / "venv",
        python=(sys.version_info.major, sys.version_info.minor),
        first=(),
        base=Layer("base", base),
        gigabytes=0,
        imported=("tiny",),
        extra=(Layer("dev", dev),),
    )


def missing(environment: Environment) -> list[str]:
    return [layer.name for layer in environment.missing_layers()]


def test_a_complete_one_misses_nothing(built: Environment) -> None:
    assert missing(built) == []


def test_touching_a_list_or_changing_a_comment_rebuilds_nothing(built: Environment) -> None:
    os.utime(built.base.requirements, (0, 0))
    built.base.requirements.write_text("# another reason\n\ntiny==1.0  # so\n")
    assert missing(built) == []


def test_a_changed_pin_rebuilds_all(built: Environment) -> None:
    built.base.requirements.write_text("tiny==1.1\n")
    assert missing(built) == ["base", "dev"]


def test_a_changed_pin_of_a_later_layer_leaves_the_base(built: Environment) -> None:
    built.extra[0].requirements.write_text("other==2.1\n")
    assert missing(built) == ["dev"]


def test_one_that_was_interrupted_is_rebuilt(built: Environment) -> None:
    (built.folder / ".complete-base").unlink()
    assert missing(built) == ["base", "dev"]


def test_one_whose_interpreter_went_away_is_rebuilt(built: Environment) -> None:
    built.program.unlink()
    built.program.symlink_to("/nowhere/python")
    assert missing(built) == ["base", "dev"]


def test_another_interpreter_version_is_another_fingerprint(built: Environment) -> None:
    assert built.fingerprint(built.base, "3.11.7") != built.fingerprint(built.base, "3.11.8")


def test_too_little_disk_is_one_line_before_anything_is_done(tmp_path: Path) -> None:
    environment = environments.replace(make(tmp_path), gigabytes=1_000_000)
    with pytest.raises(SetupError) as refusal:
        environments.refuse_full_disk([environment])
    assert "1000000 GB" in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk is full"),
        ("Temporary failure in name resolution", "can't be reached"),
        ("WARNING: Retrying (Retry(total=4, ...)) after connection broken", "can't be reached"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "damaged"),
        ("zipfile.BadZipFile: Bad CRC-32 for file", "damaged"),
        ("PermissionError: [Errno 13] Permission denied: '/srv/x'", "may not be written"),
        ("ERROR: No matching distribution found for tiny==9", "tiny==9"),
    ],
)
def test_what_pip_says_becomes_one_clause(said: str, meaning: str) -> None:
    clause = environments.explain(["Collecting tiny==1.0", said, ""])
    assert meaning in clause
    assert "\n" not in clause


def tiny_wheel(folder: Path, version: str) -> None:
    """A package with two empty modules, so that a build needs no network."""
    info = f"tiny-{version}.dist-info"
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"tiny-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
        wheel.writestr("tiny.py", "")
        wheel.writestr("tiny_unused.py", "")


def test_building_changing_and_failing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wheels = tmp_path / "wheels"
    tiny_wheel(wheels, "1.0")
    tiny_wheel(wheels, "1.1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    environment = environments.replace(make(tmp_path), extra=(), first=("tiny",))
    log = Log(tmp_path / "log")

    environments.build_all([environment], log)
    assert missing(environment) == []
    assert list(environment.folder.glob("lib/python*/site-packages/tiny-1.0.dist-info"))
    assert "trial: ready in" in capsys.readouterr().out
    compiled = {file.name.split(".")[0] for file in environment.folder.rglob("tiny*.pyc")}
    assert compiled == {"tiny"}

    environment.base.requirements.write_text("tiny==1.1\n")
    environments.build_all([environment], log)
    assert missing(environment) == []
    assert not list(environment.folder.glob("lib/python*/site-packages/tiny-1.0.dist-info"))

    environment.base.requirements.write_text("tiny==1.2\n")
    with pytest.raises(SetupError) as refusal:
        environments.build_all([environment], log)
    assert "tiny==1.2" in str(refusal.value)
    assert str(log.path) in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert missing(environment) == ["base"]
