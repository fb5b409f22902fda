"""Whether a message can't wait: danger, goods that spoil, a deadline today, money demanded now.

Learnt from messages that are urgent and such that only sound so, against a sample of the ways of
asking. It goes with the head beside which it was learnt, and is stored with it.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import cache
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
_SHARE_OF_PIECES, _SHARE_OF_MEANING = np.float32(3), np.float32(2)


@dataclass(frozen=True)
class Urgency:
    """A logistic regression; what it makes of a text is above 0 where urgent is the likelier."""

    rarities: Floats  # of the head that it goes with
    by_piece: Floats  # weight of each slot of `lexical`
    by_meaning: Floats  # weight of each dimension of the vector
    offset: float

    @classmethod
    def learn(cls, head: Head, encoder: Encoder) -> Urgency:
        """Learn beside the ways of asking of `head`; some 3 s for 27,000 of them on one core."""
        slots, dimension = head.slots.shape[0], head.meanings.shape[0]
        if len(head.keys) < FEWEST:
            nothing = np.zeros(slots, np.float32), np.zeros(dimension, np.float32)
            return cls(head.rarities, *nothing, offset=-1.0)
        urgent = read_none_messages(URGENT_FILE)
        taught = [*urgent, *read_none_messages(SOUNDS_URGENT_FILE)]
        ways = head.slots.T.tocsr()[::_EVERY]
        pieces = sparse.vstack([lexical(taught, head.rarities), ways], format="csr")
        vectors = np.concatenate([encoder.encode(taught), head.meanings[:, ::_EVERY].T])
        shares = [pieces * _SHARE_OF_PIECES, sparse.csr_array(vectors * _SHARE_OF_MEANING)]
        model = LogisticRegression(class_weight=_WEIGHT, max_iter=300)
        model.fit(sparse.hstack(shares, format="csr"), np.arange(len(vectors)) < len(urgent))
        by_piece, by_meaning = np.split(model.coef_[0].astype(np.float32), [slots])
        return cls(
            head.rarities,
            by_piece * _SHARE_OF_PIECES,
            by_meaning * _SHARE_OF_MEANING,
            float(model.intercept_[0]),
        )

    def of(self, text: str, vector: Vectors) -> bool:
        """Whether `text` with its vector (shape: dimension) is rather urgent than not."""
        pieces = lexical([text], self.rarities)
        return bool((pieces @ self.by_piece)[0] + vector @ self.by_meaning + self.offset > 0)

    def to_bytes(self) -> bytes:
        """As stored; without the rarities, which the head holds."""
        stored = io.BytesIO()
        np.savez(
            stored, by_piece=self.by_piece, by_meaning=self.by_meaning, offset=np.array(self.offset)
        )
        return stored.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes, head: Head) -> Urgency:
        """What was learnt beside `head` and stored. Raises ValueError for what is none."""
        with np.load(io.BytesIO(stored), allow_pickle=False) as parts:
            return cls(
                head.rarities, parts["by_piece"], parts["by_meaning"], float(parts["offset"])
            )


@cache
def fingerprint() -> str:
    """Changes whenever what is learnt from does: 8 hexadecimal digits."""
    sources = [path.read_bytes() for path in (URGENT_FILE, SOUNDS_URGENT_FILE, Path(__file__))]
    return hashlib.sha256(b"\0".join(sources)).hexdigest()[:8]
