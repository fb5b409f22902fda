"""What was encoded ahead is not encoded again, and is what the encoder makes of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge_base.encoder import Ahead, Encoder, Vectors
from tests.knowledge_base.hash_encoder import HashModel


class Counting(HashModel):
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def encode(self, texts: Sequence[str], **how: object) -> Vectors:
        self.asked.append(list(texts))
        return super().encode(texts, **how)


def test_what_is_known_ahead_is_encoded_once_and_all_at_once() -> None:
    model = Counting()
    encoder = Encoder("counting", lambda: model)
    ahead = Ahead(encoder, ["satu", "dua", "tiga"])
    assert ahead.name == encoder.name
    assert np.array_equal(ahead.encode(["tiga", "satu"]), HashModel().encode(["tiga", "satu"]))
    assert model.asked == [["satu", "dua", "tiga"]]
    assert np.array_equal(ahead.encode(["satu", "lain"]), HashModel().encode(["satu", "lain"]))
    assert model.asked[1:] == [["satu", "lain"]]


def test_ahead_of_nothing_it_is_the_encoder() -> None:
    model = Counting()
    ahead = Ahead(Encoder("counting", lambda: model), [])
    assert model.asked == []
    assert ahead.encode(["satu"]).shape == HashModel().encode(["satu"]).shape
