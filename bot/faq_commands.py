"""`python -m bot faq`: ask what the bot would do; check, compare, export and import articles."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import httpx

from bot.launcher.places import LaunchError

_AT_ONCE = 4


def main(words: list[str]) -> None:
    """Raises LaunchError with what to do when it can't be done."""
    options = _parser().parse_args(words)
    if options.command == "ask":
        _ask(options)
    elif options.command == "lint":
        _lint(options.folder)
    elif options.command == "ways":
        _ways(options)
    elif options.command == "export":
        from bot.faq_files import export_articles

        export_articles(options.folder)
    elif options.command == "import":
        from bot.faq_files import import_table

        import_table(options)
    elif options.command == "group":
        _group()
    else:
        _to_confirm()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot faq")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    ask = commands.add_parser("ask", help="what the bot would do with a message; nothing is sent")
    ask.add_argument("text", nargs="?", help="the message")
    ask.add_argument("--batch", metavar="FILE", help="JSON objects with id and text, one a line")
    ask.add_argument("--json", action="store_true", help="one JSON object a line")
    lint = commands.add_parser("lint", help="check the article files, naming file, line and fault")
    lint.add_argument("folder", nargs="?", type=Path, help="of articles; ours if left out")
    ways = commands.add_parser(
        "ways",
        help="how much ways of asking are alike, those of one article and of several",
        description="A line an article, that with the most alike pair of ways first. In detail: "
        "closest articles and near-duplicates, each with its likeness, 0 to 1, and both ways.",
    )
    ways.add_argument("articles", nargs="*", metavar="ARTICLE", help="to be told in detail")
    ways.add_argument("--all", action="store_true", help="tell all of them in detail")
    commands.add_parser("group", help="group the open questions of the last days anew, if due")
    commands.add_parser("to-confirm", help="what the office still has to confirm, by article")
    export = commands.add_parser(
        "export", help="write every published article to a folder, its PDFs beside it"
    )
    export.add_argument("folder", type=Path)
    _add_import(commands)
    return parser


def _add_import(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    importing = commands.add_parser(
        "import",
        help="what a table of questions and answers would change, and drafts of it",
        description="Tells what a CSV file or workbook would change, then saves drafts. Nothing "
        "is published.",
    )
    importing.add_argument("file", type=Path)
    importing.add_argument("--dry-run", action="store_true", help="tell only; save nothing")
    importing.add_argument("--as", dest="username", help="whose drafts they are")
    importing.add_argument("--sheet", help="of a workbook; the first if left out")
    importing.add_argument("--group", default="umum", help="of new articles that name none")
    importing.add_argument("--section", default="PLI", help="the same; a section's code")
    importing.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="HEADING=FIELD",
        help="what a column holds (question, answer, title...), if its heading does not tell",
    )


def _ask(options: argparse.Namespace) -> None:
    if (options.text is None) == (options.batch is None):
        raise LaunchError("Give either a message or --batch FILE.")
    asked = [("", options.text)] if options.batch is None else list(_read(Path(options.batch)))
    from bot.launcher.running import running_service

    with running_service():
        _print_all(asked, options)


def _print_all(asked: list[tuple[str, str]], options: argparse.Namespace) -> None:
    from bot.db import transaction
    from bot.faq.asking import Asked, Understanding, ask
    from bot.faq.search import Knowledge

    knowledge = Knowledge()

    def one(understanding: Understanding, text: str) -> Asked:
        with transaction() as session:
            return ask(session, knowledge, understanding, text)

    try:
        with closing(Understanding()) as understanding, ThreadPoolExecutor(_AT_ONCE) as several:
            answers = several.map(partial(one, understanding), [text for _, text in asked])
            for (name, _), made in zip(asked, answers, strict=True):
                print(_as_json(name, made) if options.json else _explained(made), flush=True)
    except httpx.HTTPError as error:
        raise LaunchError(f"Rasa does not answer: {type(error).__name__}.") from None


def _read(file: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            yield str(entry["id"]), str(entry["text"])
        except (ValueError, LookupError, TypeError):
            raise LaunchError(
                f'{file}:{number}: must be a JSON object such as {{"id": "1", "text": "..."}}'
            ) from None


def _as_json(name: str, made: object) -> str:
    from bot.faq.asking import Asked

    assert isinstance(made, Asked)
    told = {
        "decision": made.outcome,
        "articles": list(made.articles),
        "confidence": round(made.confidence, 4),
        "language": made.language,
        "urgent": made.urgent,
    }
    return json.dumps({"id": name, **told} if name else told, ensure_ascii=False)


def _explained(made: object) -> str:
    from bot.faq.asking import Asked

    assert isinstance(made, Asked)
    lines = [
        f"decision    {made.outcome}  {', '.join(made.articles)}".rstrip(),
        f"confidence  {made.confidence:.2f}",
        f"language    {made.language}",
        f"intent      {made.intent}",
    ]
    if made.found is not None:
        lines.append(f"knowledge   {made.found.knowledge}")
        for rank, candidate in enumerate(made.found.candidates, start=1):
            lines.append(
                f"  {rank}. {candidate['score']:6.3f}  {candidate['article']:<32}"
                f"nearest: {candidate['nearest']}"
            )
    return "\n".join(lines)


def _lint(folder: Path | None) -> None:
    from bot.clock import now
    from knowledge_base.articles import FOLDER
    from knowledge_base.lint import faults

    found = list(faults(folder or FOLDER, now().date()))
    for fault in found:
        print(fault)
    if found:
        raise LaunchError(f"{len(found)} faults.")
    print("No faults.", file=sys.stderr)


def _ways(options: argparse.Namespace) -> None:
    if options.articles and options.all:
        raise LaunchError("Give either articles or --all.")
    from bot.faq_ways import WaysReport
    from knowledge_base.articles import read_articles

    articles = read_articles()
    unknown = set(options.articles) - {article.id for article in articles}
    if unknown:
        raise LaunchError(f"There is no article {min(unknown)}.")
    report = WaysReport(articles)
    if options.articles:
        told: Iterator[str] = map(report.of, options.articles)
    else:
        told = report.of_all() if options.all else report.overview()
    for text in told:
        print(text)


def _group() -> None:
    from bot.clock import now
    from bot.db import transaction
    from bot.launcher.lifetime import yield_to_all

    yield_to_all()  # before arithmetic starts threads, which have what they started with
    from bot.faq.regrouping import regroup_if_due

    with transaction() as session:
        questions = regroup_if_due(session, now())
    print("Not due." if questions is None else f"{questions} questions.")


def _to_confirm() -> None:
    from knowledge_base.articles import read_articles

    for article in read_articles():
        for point in article.front_matter["to_confirm"]:
            print(f"{article.id}: {point}")
