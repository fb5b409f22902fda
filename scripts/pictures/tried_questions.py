"""What the action server would say to a question that is tried, and to ways that are alike."""

from __future__ import annotations

from typing import Any

from bot.console.trying import routes as trying
from bot.db import transaction
from bot.faq import editing
from bot.faq.fields import fields_of
from bot.faq.published import with_basis
from scripts.pictures.editors_desk import PICK_UP

ASKED = "bisa istri yg ambil paketku di kantor pos?"
ALIKE = "lokasi kantor pos buat paket internasional"
_RANKED = (
    ("kiriman_pos_makassar", "Tempat paket internasional untuk Makassar diproses", 0.846),
    ("kiriman_identitas", "NIK atau NPWP penerima paket dari luar negeri", 0.822),
    ("kiriman_lacak", "Cara melacak paket di Bea Cukai", 0.791),
)
_NEAREST = ("paket saya di kantor pos mana", "KTP istri boleh dipakai?", "paket sampai di mana")
_SURE = {"answer_from": 0.88, "choices_from": 0.3}
_DRAFT = {
    "article": "kiriman_ambil_paket",
    "title": "Mengambil paket di kantor pos",
    "revision": 1,
    "score": 0.957,
    "nearest": "sy di luar kota, boleh istri yg ambil",
}


def answer_what_is_tried() -> None:
    """Let the console have the answers of this module; no encoder is loaded."""
    told = {"action_try": _tried, "action_alike": lambda: {"near": [_NEAR]}}
    trying.ask = lambda action, **_: told[action]()


def _tried() -> dict[str, Any]:
    ranked = [
        {"article": article, "title": title, "revision": 1, "score": score, "nearest": nearest}
        for (article, title, score), nearest in zip(_RANKED, _NEAREST, strict=True)
    ]
    offered = [one["article"] for one in ranked[:2]]
    return {
        "now": _decision("choices", offered, ranked, 0.47),
        "with_draft": _decision("answer", [_DRAFT["article"]], [_DRAFT, *ranked], 0.95)
        | {"said": [_draft_as_said()]},
    }


def _draft_as_said() -> dict[str, Any]:
    """The draft's answer with its PDF, as its last edition has them."""
    with transaction() as session:
        draft = editing.draft_of(session, PICK_UP.id)
        assert draft is not None
        filled = fields_of(editing.last_edition(session, draft).source)
    basis, since = filled.legal_basis.splitlines(), filled.valid_from_date
    assert since is not None
    text = with_basis(filled.answer, basis, since, "id")
    return {"text": text, "attachments": filled.attached}


def _decision(
    outcome: str, articles: list[Any], ranked: list[dict[str, Any]], sure: float
) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "articles": articles,
        "said": [],
        "language": "id",
        "urgent": False,
        "intent": "ask",
        "confidence": sure,
        **_SURE,
        "ranked": ranked,
        "margin": ranked[0]["score"] - ranked[1]["score"],
        "knowledge": "5f0c9a41d2be",
        "encoder": "multilingual-e5-small/9f2c",
    }


_NEAR = {
    "text": ALIKE,
    "near": "lokasi kantor pos buat barang internasional di makassar",
    "kind": "question",
    "article": "kiriman_pos_makassar",
}
