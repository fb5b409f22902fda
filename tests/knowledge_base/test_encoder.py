"""The real encoder, loaded once: unit vectors, likeness where it should be, nothing fetched."""

from __future__ import annotations

import socket

import numpy as np
import pytest

from knowledge_base.articles import read_articles
from knowledge_base.encoder import load_encoder
from tests.knowledge_base.hash_encoder import hash_encoder

pytestmark = pytest.mark.slow


def test_the_packaged_encoder_needs_no_network_and_knows_likeness(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the encoder reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    load_encoder.cache_clear()
    encoder = load_encoder(None)
    asked, same, other = encoder.encode(
        [
            "berapa batas bebas bea masuk paket",
            "sampai nilai berapa kiriman tidak kena bea masuk",
            "resep coto makassar",
        ]
    )
    assert asked.shape == (512,)
    assert np.allclose(np.linalg.norm([asked, same, other], axis=1), 1, atol=1e-5)
    assert asked @ same > asked @ other + 0.1
    assert encoder.name.startswith("use-multilingual-3/")
    assert load_encoder(None) is encoder
    once, again = (encoder.encode(["halo"]) for _ in range(2))
    assert np.array_equal(once, again)


def test_the_hash_encoder_of_the_tests_makes_unit_vectors_too() -> None:
    vectors = hash_encoder().encode([read_articles()[0].title, ""])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
