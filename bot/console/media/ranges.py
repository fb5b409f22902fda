"""Parts of a file, so that a browser can seek in a voice note (RFC 9110, one range at a time)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def ranged(
    request: Request, content: bytes, media_type: str, headers: Mapping[str, str]
) -> Response:
    """The part that the request asks for (206), all (200), or 416 if there is no such part.

    Several ranges, or what is no range, are answered with everything, as the standard allows.
    """
    size = len(content)
    asked = _asked(request)
    if asked is None:
        return Response(
            content, media_type=media_type, headers={**headers, "Accept-Ranges": "bytes"}
        )
    first, last = _within(*asked, size)
    if first > last:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    return Response(
        content[first : last + 1],
        status_code=206,
        media_type=media_type,
        headers={
            **headers,
            "Accept-Ranges": "bytes",
            "Content-Range": f"bytes {first}-{last}/{size}",
        },
    )


def _asked(request: Request) -> tuple[str, str] | None:
    """The two ends as written; either may be empty. None: everything is asked for."""
    if "if-range" in request.headers:
        return None  # only for what still has a validator that we never gave
    match = _ONE_RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return None
    return first, last


def _within(first: str, last: str, size: int) -> tuple[int, int]:
    """The first and the last byte; the first lies behind the last if the file has none of them."""
    if not first:  # the last so many bytes
        count = int(last)
        return (max(0, size - count), size - 1) if count else (size, size - 1)
    return int(first), min(int(last), size - 1) if last else size - 1
