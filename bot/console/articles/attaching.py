"""The PDFs of an article: uploaded for a draft, which names them when it is saved; and opened."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console.access import EDITORS, READERS
from bot.console.handling import Missing, Refused, Visit, screen, step_with_files
from bot.console.language import Words
from bot.console.media.ranges import ranged
from bot.desk.attachments import MEGABYTE, plain_name
from bot.faq import attachments
from bot.file_types import PDF, safe_type


def attaching_routes() -> list[BaseRoute]:
    return [
        Route("/attachments", step_with_files(upload, *EDITORS), methods=["POST"]),
        Route("/attachments/{sha256}/{name}", screen(show, *READERS), methods=["GET"]),
    ]


def upload(visit: Visit) -> Response:
    """Keep one PDF, and tell what the draft's text calls it."""
    if len(visit.files) != 1:
        raise Refused(visit.gettext("Pilih dulu berkasnya."), 422)
    [file] = visit.files
    why = "type" if safe_type(file.content) != PDF else ""
    if len(file.content) > attachments.LARGEST:
        why = "size"
    if why:
        sentence = str(file_rules(visit.words)[why])
        raise Refused(sentence.format(name=file.name), 422)
    name = plain_name(file.name, PDF)
    return JSONResponse(
        {"name": name, "sha256": attachments.keep(visit.session, file.content, visit.now)}
    )


def show(visit: Visit) -> Response:
    name = str(visit.request.path_params["name"])
    content = attachments.content_of(visit.session, str(visit.request.path_params["sha256"]))
    if content is None or name != plain_name(name, PDF):
        raise Missing
    return ranged(
        visit.request, content, PDF, {"Content-Disposition": f'inline; filename="{name}"'}
    )


def file_rules(words: Words) -> dict[str, object]:
    """The limits, and what is said of a file beyond them, for the page to check beforehand."""
    return {
        "most": attachments.MOST,
        "largest": attachments.LARGEST,
        "type": words.gettext("{name} tidak dilampirkan: hanya PDF yang bisa menyertai artikel."),
        "size": words.gettext("{name} tidak dilampirkan: PDF paling besar {document} MB.").format(
            name="{name}", document=attachments.LARGEST // MEGABYTE
        ),
        "away": words.gettext("{name} tidak terunggah: sambungan terputus. Coba lagi."),
    }
