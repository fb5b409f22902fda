"""Whether a message can't wait: danger, goods that spoil, a deadline today, money demanded now.

Learnt from messages that are urgent and such that only sound so, against a sample of the ways of
asking; quickly enough to be done by each process when it loads its head.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from knowledge_base.articles import read_none_messages
from knowledge_base.encoder import Encoder, Vectors
from knowledge_base.features import Floats, lexical
from knowledge_base.head import Head

URGENT_FILE = Path(__file__).parent / "urgent.txt"
SOUNDS_URGENT_FILE = Path(__file__).parent / "not_urgent.txt"
# With fewer ways of asking beside them the urgent words would be seen everywhere.
FEWEST = 1000
_EVERY = 7  # of the ways of asking one in so many is learnt from
# Chosen on the tuning questions: of these about one in a hundred is taken for urgent.
_WEIGHT = {True: 5.0, False: 1.0}
_SHARE_OF_PIECES, _SHARE_OF_MEANING = 3.0, 2.0


class Urgency:
    """Tells what is urgent. Safe to share between threads."""

    def __init__(self, head: Head, encoder: Encoder) -> None:
        """Learn beside the ways of asking of `head`; some 2 s for 27,000 of them on one core."""
        self._rarities = head.rarities
        self._learnt = _learn(head, encoder) if len(head.keys) >= FEWEST else None

    def of(self, text: str, vector: Vectors) -> bool:
        """Whether `text` with its vector (shape: dimension) is rather urgent than not."""
        if self._learnt is None:
            return False
        pieces = lexical([text], self._rarities)
        by_piece, by_meaning = self._learnt.weights
        return bool((pieces @ by_piece)[0] + vector @ by_meaning + self._learnt.offset > 0)


@dataclass(frozen=True)
class _Learnt:
    """A logistic regression; what it makes of a text is above 0 where urgent is the likelier."""

    weights: tuple[Floats, Floats]  # of each slot of `lexical`, of each dimension of the vector
    offset: float


def _learn(head: Head, encoder: Encoder) -> _Learnt:
    urgent, sounds_so = read_none_messages(URGENT_FILE), read_none_messages(SOUNDS_URGENT_FILE)
    taught = [*urgent, *sounds_so]
    ways = head.slots.T.tocsr()[::_EVERY]
    pieces = sparse.vstack([lexical(taught, head.rarities), ways], format="csr")
    vectors = np.concatenate([encoder.encode(taught), head.vectors[::_EVERY]])
    labels = np.arange(len(vectors)) < len(urgent)
    shares = [pieces * _SHARE_OF_PIECES, sparse.csr_array(vectors * _SHARE_OF_MEANING)]
    model = LogisticRegression(class_weight=_WEIGHT, max_iter=300)
    model.fit(sparse.hstack(shares, format="csr"), labels)
    by_piece, by_meaning = np.split(model.coef_[0], [pieces.shape[1]])
    return _Learnt(
        (by_piece * _SHARE_OF_PIECES, by_meaning * _SHARE_OF_MEANING), float(model.intercept_[0])
    )
