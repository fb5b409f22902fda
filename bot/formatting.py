"""WhatsApp's formatting as safe HTML: *bold*, _italic_, ~strike~, ```mono```, lists, links."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from itertools import groupby

from markupsafe import Markup, escape

_MONO = re.compile(r"```(.+?)```", re.DOTALL)
_LINK = re.compile(r"https?://[^\s<>\"'`]*[^\s<>\"'`.,;:!?)\]*_~]")
_HELD = re.compile("\x00(\\d+)\x00")
_BULLET = re.compile(r"^[-*•] +(?=\S)")
_NUMBER = re.compile(r"^(\d{1,3})[.)] +(?=\S)")
_QUOTE = re.compile(r"^> ?")
_OWN_TAG = re.compile(r"<(/?)(strong|em|s|code)>")
_EMPHASIS = [
    (re.compile(rf"(?<![\w{mark}]){mark}(?=[^\s{mark}])([^\n{mark}]+)(?<=\S){mark}(?!\w)"), tag)
    for mark, tag in ((r"\*", "strong"), ("_", "em"), ("~", "s"), ("`", "code"))
]


def chat_html(text: str) -> Markup:
    """`text` as a bubble shows it. Whatever the text holds, only tags made here come out."""
    pieces: list[str] = []
    for place, piece in enumerate(_MONO.split(text.replace("\x00", ""))):
        if place % 2:
            pieces.append(f"<pre>{escape(piece.strip(chr(10)))}</pre>")
        elif piece.strip("\n"):
            pieces.append(_blocks(piece.strip("\n")))
    return Markup("".join(pieces))


def plain_start(text: str, length: int = 90) -> str:
    """The first words of a text without its formatting marks, for a quotation."""
    bare = re.sub(r"[*_~`]", "", " ".join(text.split()))
    return bare if len(bare) <= length else bare[: length - 1].rstrip() + "…"


def _blocks(text: str) -> str:
    return "".join(
        _block(kind, list(lines)) for kind, lines in groupby(text.split("\n"), key=_kind)
    )


def _kind(line: str) -> str:
    if not line.strip():
        return "gap"
    if _BULLET.match(line):
        return "bullets"
    if _NUMBER.match(line):
        return "numbers"
    return "quote" if _QUOTE.match(line) else "lines"


def _block(kind: str, lines: list[str]) -> str:
    if kind == "gap":
        return ""
    if kind == "bullets":
        return f"<ul>{_items(_BULLET.sub('', line) for line in lines)}</ul>"
    if kind == "numbers":
        first = _NUMBER.match(lines[0])
        start = first.group(1) if first else "1"
        return f'<ol start="{start}">{_items(_NUMBER.sub("", line) for line in lines)}</ol>'
    if kind == "quote":
        quoted = "<br>".join(_inline(_QUOTE.sub("", line)) for line in lines)
        return f"<blockquote>{quoted}</blockquote>"
    return f"<p>{'<br>'.join(_inline(line) for line in lines)}</p>"


def _items(lines: Iterable[str]) -> str:
    return "".join(f"<li>{_inline(line)}</li>" for line in lines)


def _inline(line: str) -> str:
    """One line: links are held aside while the marks are read, so that neither harms the other."""
    links: list[str] = []

    def hold(match: re.Match[str]) -> str:
        links.append(match.group())
        return f"\x00{len(links) - 1}\x00"

    html = str(escape(_LINK.sub(hold, line)))
    for pattern, tag in _EMPHASIS:
        html = pattern.sub(partial(_wrapped, tag), html)
    return _HELD.sub(lambda held: _link(links[int(held.group(1))]), html)


def _wrapped(tag: str, match: re.Match[str]) -> str:
    """The match within `tag`, unless that would cut through a tag made before."""
    opened: list[str] = []
    for closing, name in _OWN_TAG.findall(match.group(1)):
        if not closing:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return match.group()
    return match.group() if opened else f"<{tag}>{match.group(1)}</{tag}>"


def _link(address: str) -> str:
    safe = escape(address)
    return f'<a href="{safe}" target="_blank" rel="noopener noreferrer nofollow">{safe}</a>'
