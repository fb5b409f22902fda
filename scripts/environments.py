"""An environment: what it is made of, whether it is complete, and how it is built."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import interpreters
from progress import Log, Progress, Status


class SetupError(Exception):
    """Setting up failed; the text is one line that says why and where the details are."""


@dataclass(frozen=True)
class Layer:
    """Packages that are installed together, from one pinned list."""

    name: str
    requirements: Path

    def pins(self) -> list[str]:
        lines = (line.split("#")[0].strip() for line in self.requirements.read_text().splitlines())
        return [line for line in lines if line]


@dataclass(frozen=True)
class Environment:
    title: str
    folder: Path
    python: tuple[int, int]
    first: tuple[str, ...]  # packages of the base that are installed before the others
    base: Layer
    gigabytes: int  # free disk it needs while it is built
    imported: tuple[str, ...]  # the modules that a start imports, with what these import
    extra: tuple[Layer, ...] = ()

    def with_layer(self, layer: Layer) -> Environment:
        return replace(self, extra=(*self.extra, layer))

    @property
    def program(self) -> Path:
        return self.folder / "bin" / "python"

    def missing_layers(self) -> list[Layer]:
        """What has to be installed; the base among it means that all is built anew."""
        version = version_of(self.program)
        wanted = [self.base, *self.extra]
        if version is None or not self._has(self.base, version):
            return wanted
        return [layer for layer in wanted if not self._has(layer, version)]

    def _has(self, layer: Layer, version: str) -> bool:
        try:
            return self._stamp(layer).read_text() == self.fingerprint(layer, version)
        except OSError:
            return False

    def mark(self, layer: Layer) -> None:
        version = version_of(self.program)
        if version is None:
            raise SetupError(f"{self.program} does not run.")
        self._stamp(layer).write_text(self.fingerprint(layer, version))

    def _stamp(self, layer: Layer) -> Path:
        return self.folder / f".complete-{layer.name}"

    def fingerprint(self, layer: Layer, version: str) -> str:
        """Changes with the pins, the interpreter and the place (scripts name their folder)."""
        facts = "\n".join([version, str(self.folder), *self.first, *layer.pins()])
        return hashlib.sha256(facts.encode()).hexdigest()


def version_of(program: Path) -> str | None:
    """The interpreter's full version; None when it does not run."""
    try:
        answer = subprocess.run(
            [str(program), "-c", "import sys; print(sys.version)"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.decode()


def build_all(environments: list[Environment], log: Log) -> None:
    """Builds the environments side by side and shows how far each is."""
    refuse_full_disk(environments)
    progress = Progress()
    builds = [
        Build(environment, interpreters.find(environment.python, progress.line), log)
        for environment in environments
    ]
    progress.line(f"Setting up. Details go to {log.path}")
    for build in builds:
        build.start()
    try:
        progress.watch([build.status for build in builds])
    except KeyboardInterrupt:
        stop(builds)
        raise
    failed = next((build for build in builds if build.fault and not build.stopped), None)
    if failed:
        stop(builds)
        raise SetupError(
            f"Setting up {failed.environment.folder.name} failed: {failed.fault}. "
            f"Details: {log.path}"
        )


def stop(builds: list[Build]) -> None:
    for build in builds:
        build.stop()
    for build in builds:
        build.join()


def refuse_full_disk(environments: list[Environment]) -> None:
    needed = sum(
        environment.gigabytes
        for environment in environments
        if environment.base in environment.missing_layers()
    )
    free = shutil.disk_usage(environments[0].folder.parent).free / 1e9
    if free < needed:
        raise SetupError(
            f"Setting up needs about {needed} GB free beside {environments[0].folder}; "
            f"{free:.1f} GB are free. Free some space and run it again."
        )


class Build(threading.Thread):
    """Builds one environment with pip, in a thread that mostly waits for pip."""

    def __init__(self, environment: Environment, interpreter: Path, log: Log) -> None:
        super().__init__(daemon=True)
        self.environment = environment
        self.interpreter = interpreter
        self.log = log
        self.status = Status(environment.title)
        self.fault: str | None = None
        self.stopped = False
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        started = time.monotonic()
        try:
            self._build()
            self.status.end(f"ready in {time.monotonic() - started:.0f} s")
        except (SetupError, OSError) as error:
            self.fault = "the disk is full" if getattr(error, "errno", 0) == 28 else str(error)
            self.status.end("failed", failed=True)

    def stop(self) -> None:
        self.stopped = True
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def _build(self) -> None:
        missing = self.environment.missing_layers()
        if self.environment.base in missing:
            self._fresh_folder()
        for layer in missing:
            if layer is self.environment.base:
                self._install_first(layer)
            self._pip(layer, ["--no-deps", "-r", str(layer.requirements)], len(layer.pins()))
            self._run([str(self.environment.program), "-m", "pip", "check"], Counter(self, 0))
            if layer is self.environment.base:
                self._import_once()
            self.environment.mark(layer)

    def _fresh_folder(self) -> None:
        self.status.say("removing what was there")
        if self.environment.folder.is_symlink():
            self.environment.folder.unlink()
        shutil.rmtree(self.environment.folder, ignore_errors=True)
        version = ".".join(map(str, self.environment.python))
        self.status.say(f"new environment with Python {version}")
        folder = str(self.environment.folder)
        self._run([str(self.interpreter), "-m", "venv", folder], Counter(self, 0))

    def _install_first(self, layer: Layer) -> None:
        pins = [pin for pin in layer.pins() if pin.split("==")[0] in self.environment.first]
        if pins:
            self._pip(layer, ["-c", str(layer.requirements), *pins], len(pins))

    def _import_once(self) -> None:
        """Has Python keep the compiled form of what a start imports, whoever starts it later."""
        self.status.say("compiling what is imported at a start")
        names = ", ".join(self.environment.imported)
        self._run([str(self.environment.program), "-c", f"import {names}"], Counter(self, 0))

    def _pip(self, layer: Layer, what: list[str], total: int) -> None:
        # The lists are complete, so pip has nothing to resolve; `pip check` says if one is not.
        # Nor does it compile: few of the modules are ever imported.
        command = [str(self.environment.program), "-m", "pip", "install", "--no-compile"]
        self._run([*command, "--progress-bar", "off", *what], Counter(self, total))

    def _run(self, command: list[str], counter: Counter) -> None:
        if self.stopped:
            raise SetupError("stopped")
        self.log.write(self.environment.title, "$ " + " ".join(command))
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environment_variables(),
            start_new_session=True,  # Ctrl-C is ours to pass on
        ) as self._process:
            said = self._follow(self._process, counter)
        if self._process.returncode != 0:
            raise SetupError(explain(said))

    def _follow(self, process: subprocess.Popen[bytes], counter: Counter) -> list[str]:
        assert process.stdout is not None
        said = []
        for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip()
            said.append(line)
            self.log.write(self.environment.title, line)
            counter.read(line)
        return said


def environment_variables() -> dict[str, str]:
    """Ours, with pip's own settings left as they are and without what would mislead it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0", "PIP_NO_INPUT": "1"}


class Counter:
    """Turns pip's lines into a few words about how far it is."""

    def __init__(self, build: Build, total: int) -> None:
        self._status = build.status
        self._site = build.environment.folder / "lib"
        self._total = total
        self._seen = 0

    def read(self, line: str) -> None:
        collecting = re.match(r"Collecting ([\w.-]+)", line)
        fetching = re.match(r"\s+Downloading (?:\S*/)?([\w.]+)-\S+ \(([\d.]+ [MG]B)\)", line)
        if collecting:
            self._seen += 1
            self._status.say(f"fetching {self._seen} of {self._total}: {collecting[1]}")
        elif fetching:
            self._status.say(
                f"fetching {self._seen} of {self._total}: {fetching[1]} ({fetching[2]})"
            )
        elif line.startswith("Building wheels"):
            self._status.say("building the packages that come as source")
        elif line.startswith("Installing collected packages"):
            already = self._installed()
            self._status.say(lambda: self._installing(self._installed() - already))

    def _installing(self, done: int) -> str:
        # The packages that go first bring others along, so that their number is not known.
        return (
            f"installing {done} of {self._total}" if done <= self._total else f"installing {done}"
        )

    def _installed(self) -> int:
        return sum(1 for _ in self._site.glob("python*/site-packages/*.dist-info"))


FAULTS = (
    (r"No space left on device|Errno 28|Disk quota exceeded", "the disk is full"),
    (
        r"DO NOT MATCH THE HASHES|hash mismatch|BadZipFile|IncompleteRead|is invalid.*wheel"
        r"|incomplete-download|Wheel .* is invalid",
        "a download was damaged (its checksum or archive is wrong); run it again",
    ),
    (
        r"name resolution|NewConnectionError|ConnectTimeout|ReadTimeout|Read timed out"
        r"|Network is unreachable|Connection refused|Connection reset|Max retries exceeded"
        r"|ProxyError|SSLError|Retrying \(Retry",
        "the package index can't be reached; check the network, then run it again",
    ),
    (r"No module named '?(ensurepip|venv)", "this Python lacks venv; install python3-venv"),
    (r"Permission denied|Errno 13", "a folder here may not be written to"),
)


def explain(said: list[str]) -> str:
    """One clause about why a command failed, from what it said."""
    text = "\n".join(said[-400:])
    for pattern, meaning in FAULTS:
        if re.search(pattern, text, re.IGNORECASE):
            return meaning
    errors = [line for line in said if line.lower().startswith("error")]
    told = errors or [line for line in reversed(said) if line] or ["no reason was given"]
    return told[0].strip()[:200].rstrip(".")
