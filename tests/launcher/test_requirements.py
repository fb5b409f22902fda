"""The pinned lists are exact and complete, and every import has its line with a reason."""

from __future__ import annotations

import ast
import re
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from bot.settings import ROOT

FOLDER = ROOT / "requirements"
OURS = {"bot", "actions", "knowledge_base"}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def lines(name: str) -> list[str]:
    stripped = (line.split("#")[0].strip() for line in (FOLDER / name).read_text().splitlines())
    return [line for line in stripped if line]


def pins(name: str) -> dict[str, str]:
    found = {}
    for line in lines(name):
        package, _, version = line.partition("==")
        found[plain(package)] = version
    return found


def direct(name: str) -> list[Requirement]:
    return [Requirement(line) for line in lines(name)]


@pytest.mark.parametrize("name", ["service.txt", "dev.txt", "rasa.txt"])
def test_every_package_is_pinned_exactly(name: str) -> None:
    for line in lines(name):
        assert re.fullmatch(r"[\w.-]+==[\w.]+", line), line  # no +cpu: pip knows what fits


def test_torch_and_rasa_are_the_versions_that_were_decided() -> None:
    assert pins("service.txt")["torch"] == "2.13.0"
    assert pins("rasa.txt")["rasa"] == "3.6.21"


def test_every_direct_dependency_has_its_reason_and_its_pin() -> None:
    for name in ("service", "dev", "rasa"):
        for line in (FOLDER / f"{name}.in").read_text().splitlines():
            assert not line or line.startswith("#") or "# " in line, line
    assert {plain(one.name) for one in direct("service.in")} <= set(pins("service.txt"))
    assert {plain(one.name) for one in direct("dev.in")} <= set(pins("dev.txt"))
    assert {plain(one.name) for one in direct("rasa.in")} <= set(pins("rasa.txt"))


def test_the_pinned_lists_hold_everything_that_their_packages_need() -> None:
    pinned = {**pins("service.txt"), **pins("dev.txt")}
    wanted = [*direct("service.in"), *direct("dev.in")]
    seen: set[tuple[str, frozenset[str]]] = set()
    while wanted:
        one = wanted.pop()
        key = (plain(one.name), frozenset(one.extras))
        if key in seen:
            continue
        seen.add(key)
        assert plain(one.name) in pinned, one
        for text in metadata.requires(one.name) or []:
            needed = Requirement(text)
            extras = one.extras or {""}
            if needed.marker is None or any(
                needed.marker.evaluate({"extra": extra}) for extra in extras
            ):
                wanted.append(needed)
    assert {name for name, _ in seen} == set(pinned), "a list pins what nothing needs"


def imported(folder: Path) -> set[str]:
    found = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found


def test_every_import_of_ours_is_a_direct_dependency() -> None:
    owners = metadata.packages_distributions()
    known = {plain(one.name) for one in direct("service.in")}
    foreign = set().union(*(imported(ROOT / name) for name in OURS))
    for name in sorted(foreign - OURS - set(sys.stdlib_module_names)):
        assert {plain(owner) for owner in owners.get(name, [])} & known, name
