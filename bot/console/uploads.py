"""Forms with files, as browsers send them (multipart/form-data)."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

LARGEST_UPLOAD = 33 * 1024 * 1024  # bytes: a reply's files (bot/desk/attachments.py) and its text
_LARGEST_FIELD = 256 * 1024
_MOST_PARTS = 20


class UploadTooLarge(Exception):
    """The form is larger than what a reply may carry, or does not say how large it is."""


@dataclass(frozen=True)
class Upload:
    """A file as the browser named it. The name is the sender's word and no more."""

    name: str
    content: bytes


def has_files(request: Request) -> bool:
    """Whether the form is of the kind that may carry files."""
    return request.headers.get("content-type", "").startswith("multipart/form-data")


async def read_form_with_files(request: Request) -> tuple[dict[str, str], tuple[Upload, ...]]:
    """The fields and the files; raises UploadTooLarge, or ValueError when it is no such form.

    Larger files are on disk while they come in, so the limit is checked by the stated length,
    which the server holds the browser to.
    """
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > LARGEST_UPLOAD:
        raise UploadTooLarge
    try:
        async with request.form(
            max_files=_MOST_PARTS, max_fields=_MOST_PARTS, max_part_size=_LARGEST_FIELD
        ) as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            given = [v for _, v in form.multi_items() if isinstance(v, UploadFile) and v.filename]
            files = tuple([Upload(file.filename or "", await file.read()) for file in given])
    except HTTPException as error:
        raise ValueError(error.detail) from error
    return fields, files
