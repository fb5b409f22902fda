"""The command line: `python -m bot run` and the processes it consists of.

Each command imports what it needs when it is called, so that all of them start quickly.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    help: str
    call: Callable[[], None]


def _staff(words: list[str]) -> None:
    from bot.staff_commands import main as staff

    staff(words)


def _faq(words: list[str]) -> None:
    from bot.faq_commands import main as faq

    faq(words)


def _run() -> None:
    from bot.launcher.start import run

    run()


def _stop() -> None:
    from bot.launcher.instance import stop
    from bot.settings import settings

    if stop(settings()):
        print("Stopped.")


def _web() -> None:
    from bot.launcher.serve import web

    web()


def _worker() -> None:
    from bot.launcher.lifetime import yield_to_webhook
    from bot.launcher.serve import worker

    yield_to_webhook()
    worker()


def _actions() -> None:
    from bot.launcher.lifetime import yield_to_webhook
    from bot.launcher.serve import actions

    yield_to_webhook()
    actions()


def _rasa() -> None:
    from bot.launcher.lifetime import yield_to_webhook
    from bot.launcher.processes import become_rasa

    yield_to_webhook()
    become_rasa()


def _postgres() -> None:
    from bot.launcher.processes import become_postgres

    become_postgres()


def _train() -> None:
    from bot.launcher.rasa import train
    from bot.settings import settings

    train(settings())


def _migrate() -> None:
    from bot.launcher.database import create_parts, migrate
    from bot.settings import settings

    create_parts(settings())
    migrate()


def _seed() -> None:
    from bot.seed import seed

    seed()


def _fit() -> None:
    from bot.seed import fit

    fit()


def _demo() -> None:
    from bot.demo.script import main as demo

    demo()


COMMANDS = {
    "run": Command("start the whole system and stay; Ctrl-C stops it", _run),
    "stop": Command("stop the system that runs on this data folder", _stop),
    "demo": Command("play a conversation in the terminal", _demo),
    "web": Command("one process: webhook, console, simulator", _web),
    "worker": Command("one process: turns, sending, clocks", _worker),
    "actions": Command("one process: what Rasa calls", _actions),
    "rasa": Command("one process: the Rasa server on loopback", _rasa),
    "postgres": Command("one process: the embedded database", _postgres),
    "train": Command("train Rasa if what it is trained from has changed", _train),
    "migrate": Command("bring the database's tables up to date", _migrate),
    "seed": Command("load articles, calendar, sections and demo accounts", _seed),
    "fit": Command("fit the knowledge base to exactly what is published; a minute", _fit),
}


# These read the words that follow them.
WITH_WORDS = {
    "staff": ("add an account, or set its password", _staff),
    "faq": ("ask what the bot would do; check, compare, export and import articles", _faq),
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Maraga Care")
    chosen = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        chosen.add_parser(name, help=command.help)
    for name, (about, _) in WITH_WORDS.items():
        chosen.add_parser(name, help=about, add_help=False)
    known, rest = parser.parse_known_args(arguments)
    if rest and known.command not in WITH_WORDS:
        parser.error(f"{known.command} takes no {rest[0]}")
    from bot.launcher.faults import in_one_line
    from bot.launcher.lifetime import end_with_manager

    end_with_manager()
    if known.command in WITH_WORDS:
        return in_one_line(lambda: WITH_WORDS[known.command][1](rest))
    return in_one_line(COMMANDS[known.command].call)


if __name__ == "__main__":
    sys.exit(main())
