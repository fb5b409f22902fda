"""Article files as an editor's form would write them."""

from __future__ import annotations


def text_of(
    article_id: str = "lelang_ikut",
    *,
    title: str = "Cara ikut lelang",
    answer: str = "Lelang diumumkan di lelang.go.id.",
    ways: tuple[str, ...] = ("cara ikut lelang barang sitaan", "lelang bea cukai bagaimana"),
    legal_basis: str = "PMK 213/2020",
    review_by: str = "2027-02-28",
    related: str = "[]",
) -> str:
    """A whole file that lint has nothing against, unless told otherwise."""
    asked = "\n".join(f"- {way}" for way in ways)
    return f"""---
id: {article_id}
title: {title}
group: umum
section: PLI
confidence: tinggi
to_confirm: []
legal_basis:
  - {legal_basis}
valid_from: 2025-03-05
review_by: {review_by}
link: https://www.beacukai.go.id
sources: []
handover_data: []
related: {related}
---

## Jawaban

{answer}

## Cara bertanya

{asked}
"""
