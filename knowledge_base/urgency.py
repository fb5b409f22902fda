"""Whether a message can't wait: danger, goods that spoil, a deadline today, money demanded now.

Learnt from messages that are urgent and such that only sound so, against a sample of the ways of
asking; quickly enough to be done by each process when it loads its head.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from knowledge_base.articles import read_none_messages
from knowledge_base.encoder import Encoder, Vectors
from knowledge_base.features import Floats, lexical
from knowledge_base.head import Head

URGENT_FILE = Path(__file__).parent / "urgent.txt"
SOUNDS_URGENT_FILE = Path(__file__).parent / "not_urgent.txt"
# Chosen on the tuning questions: of these about one in a hundred is taken for urgent.
URGENT_FROM = 0.5
# With fewer ways of asking beside them the urgent words would be seen everywhere.
FEWEST = 1000
_EVERY = 7  # of the ways of asking one in so many is learnt from
_WEIGHT = {True: 5.0, False: 1.0}
_SHARE_OF_PIECES, _SHARE_OF_MEANING = 3.0, 2.0


class Urgency:
    """Tells what is urgent. Safe to share between threads."""

    def __init__(self, head: Head, encoder: Encoder) -> None:
        """Learn beside the ways of asking of `head`; some 2 s for 27,000 of them on one core."""
        self._rarities = head.rarities
        self._model = self._learnt(head, encoder) if len(head.keys) >= FEWEST else None

    def _learnt(self, head: Head, encoder: Encoder) -> LogisticRegression:
        urgent, sounds_so = read_none_messages(URGENT_FILE), read_none_messages(SOUNDS_URGENT_FILE)
        taught = [*urgent, *sounds_so]
        ways = head.slots.T.tocsr()[::_EVERY]
        pieces = sparse.vstack([lexical(taught, head.rarities), ways], format="csr")
        vectors = np.concatenate([encoder.encode(taught), head.vectors[::_EVERY]])
        labels = np.arange(len(vectors)) < len(urgent)
        model = LogisticRegression(class_weight=_WEIGHT, max_iter=300)
        return model.fit(_features(pieces, vectors), labels)

    def of(self, text: str, vector: Vectors) -> bool:
        """Whether `text` with its vector (shape: dimension) is urgent."""
        if self._model is None:
            return False
        features = _features(lexical([text], self._rarities), vector[None, :])
        return bool(self._model.predict_proba(features)[0, 1] >= URGENT_FROM)


def _features(pieces: Any, vectors: Floats) -> Any:
    return sparse.hstack(
        [pieces * _SHARE_OF_PIECES, sparse.csr_array(vectors * _SHARE_OF_MEANING)], format="csr"
    )
