"""Imports point one way: the edges know the domain, the domain knows the tables, no one back."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from bot.settings import ROOT

PACKAGES = ("bot", "actions", "knowledge_base")

# What each part may import of ours, beside itself. A part is a package or module by the
# longest name that fits. The order is that of the floors of a house, lowest first.
BASE = {"bot.settings", "bot.clock", "bot.db", "bot.models", "bot.audit"}
DOMAIN = BASE | {"bot.conversation", "bot.desk", "bot.faq", "bot.splitting", "bot.turns"}
DOMAIN |= {"bot.file_types", "bot.formatting", "bot.sending_files"}
ALLOWED = {
    "knowledge_base": set(),
    "bot.clock": set(),
    "bot.splitting": set(),
    "bot.formatting": set(),
    "bot.file_types": set(),
    "bot.settings": {"bot.launcher"},  # where the embedded database is, when none is configured
    "bot.db": {"bot.settings"},
    "bot.models": set(),
    "bot.audit": {"bot.models"},
    "bot.migrations": {"bot.db", "bot.models"},
    "bot.heartbeat": BASE,
    "bot.staff": BASE,
    "bot.accounts": BASE | {"bot.desk", "bot.staff"},
    "bot.retention": BASE,
    "bot.housekeeping": BASE | {"bot.retention"},
    "bot.conversation": BASE | {"bot.splitting"},
    "bot.sending_files": BASE | {"bot.conversation", "bot.file_types"},
    "bot.desk": BASE | {"bot.conversation", "bot.file_types", "bot.sending_files", "bot.splitting"},
    "bot.figures": BASE | {"bot.desk"},
    "bot.faq": BASE | {"knowledge_base"},
    "bot.turns": BASE | {"bot.conversation", "bot.desk", "bot.faq", "bot.sending_files"},
    "bot.dialogue": BASE | {"bot.conversation", "bot.sending_files", "bot.splitting", "bot.turns"},
    "bot.whatsapp": BASE | {"bot.conversation", "bot.file_types", "bot.turns"},
    "bot.moves": DOMAIN,
    "bot.turn_taking": DOMAIN | {"bot.dialogue"},
    "bot.worker": DOMAIN
    | {
        "bot.dialogue",
        "bot.heartbeat",
        "bot.housekeeping",
        "bot.turn_taking",
        "bot.whatsapp",
    },
    "bot.console": DOMAIN
    | {
        "bot.accounts",
        "bot.figures",
        "bot.heartbeat",
        "bot.housekeeping",
        "bot.retention",
        "bot.staff",
    },
    "bot.simulator": DOMAIN | {"bot.whatsapp", "bot.staff"},
    "bot.web": DOMAIN | {"bot.heartbeat", "bot.whatsapp", "bot.console", "bot.simulator"},
    "bot.seed": DOMAIN | {"bot.staff", "bot.demo.accounts", "knowledge_base"},
    "bot.staff_commands": BASE | {"bot.staff", "bot.launcher"},
    "bot.faq_commands": BASE
    | {"bot.faq", "bot.faq_files", "bot.faq_ways", "bot.launcher", "knowledge_base"},
    "bot.faq_files": BASE | {"bot.faq", "bot.launcher"},
    "bot.faq_ways": {"knowledge_base"},
    "bot.demo.accounts": set(),
    "bot.demo": BASE | {"bot.demo.accounts", "bot.launcher"},
    "bot.launcher": None,  # starts everything, so it may know everything but the actions
    "bot.__main__": None,
    "bot": set(),
    "actions": DOMAIN | {"bot.moves"},
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    module_name(path): path for package in PACKAGES for path in (ROOT / package).rglob("*.py")
}


@cache
def parsed(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def part_of(module: str) -> str:
    fitting = [part for part in ALLOWED if module == part or module.startswith(f"{part}.")]
    return max(fitting, key=len)


def imports_of(path: Path) -> set[str]:
    """Every module of ours that the file imports, at its top or inside a function."""
    found = set()
    for node in parsed(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it points"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else str(node.module) for name in names}
    return {name for name in found if name.split(".")[0] in PACKAGES}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_imports_only_what_lies_below_it(module: str) -> None:
    part = part_of(module)
    allowed = ALLOWED[part]
    imported = {part_of(name) for name in imports_of(MODULES[module])} - {part, "bot"}
    if allowed is None:
        assert "actions" not in imported
        return
    assert imported <= allowed, f"{module} may not import {sorted(imported - allowed)}"


def test_nobody_imports_the_actions() -> None:
    importers = {m for m, path in MODULES.items() if "actions" in map(_top, imports_of(path))}
    assert {_top(module) for module in importers} <= {"actions"}


def test_only_the_faq_its_commands_and_the_seed_import_the_knowledge_base() -> None:
    importers = {
        part_of(m) for m, path in MODULES.items() if "knowledge_base" in map(_top, imports_of(path))
    }
    commands = {"bot.faq_commands", "bot.faq_ways"}
    assert importers <= commands | {"bot.faq", "bot.seed", "knowledge_base"}


@pytest.mark.parametrize("module", sorted(m for m in MODULES if m.startswith("bot.desk")))
def test_the_desk_knows_nothing_of_http_html_or_rasa(module: str) -> None:
    foreign = {"starlette", "httpx", "jinja2", "twilio", "requests", "rasa_sdk"}
    for node in parsed(MODULES[module]):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        assert not foreign & set(map(_top, names))


@pytest.mark.parametrize("module", sorted(MODULES))
def test_no_module_but_the_clock_asks_for_the_time(module: str) -> None:
    """Rules take the time as an argument; who measures durations uses time.monotonic."""
    if module == "bot.clock" or module.startswith("bot.launcher"):
        return
    for node in parsed(MODULES[module]):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            asked = f"{node.value.id}.{node.attr}"
            assert asked not in {"datetime.now", "datetime.utcnow", "date.today", "time.time"}


def test_the_rules_would_notice_an_import_that_points_up(tmp_path: Path) -> None:
    upward = tmp_path / "upward.py"
    upward.write_text("def f():\n    from bot.console import routes\n    import actions.turn\n")
    assert {part_of(name) for name in imports_of(upward)} == {"bot.console", "actions"}
    assert not {"bot.console", "actions"} & (ALLOWED["bot.desk"] or set())


def _top(module: str) -> str:
    return module.split(".")[0]
