"""What a file is by its own first bytes, whatever its name or its sender says."""

from __future__ import annotations

PDF = "application/pdf"

# The first bytes of what a browser shows without running anything.
_SIGNATURES = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", PDF),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
)


def safe_type(content: bytes, stated: str = "") -> str | None:
    """What the bytes are, if a browser may open that; `stated` tells sound from moving pictures."""
    for offset, signature, content_type in _SIGNATURES:
        if content[offset : offset + len(signature)] == signature:
            return content_type
    if content[4:8] == b"ftyp":
        return "audio/mp4" if stated.startswith("audio/") else "video/mp4"
    return None
