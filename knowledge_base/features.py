"""Texts as sparse vectors of their pieces: runs of 2 to 5 characters, words, words as glossed.

Pieces of words forgive spelling and endings (-nya, -ku, -mi); whole words tell apart what shares
its letters; the gloss gives words of one meaning one form. Of words the pairs count too. The
product of two texts' vectors is at most SHARE.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

from knowledge_base.gloss import gloss

SHARE_OF_CHARACTERS = 0.15
SHARE_OF_WORDS = 0.1
SHARE_OF_GLOSSED = 0.25
SHARE = SHARE_OF_CHARACTERS + SHARE_OF_WORDS + SHARE_OF_GLOSSED
_CHARACTER_SLOTS, _WORD_SLOTS = 2**18, 2**17
_GLOSSED = _CHARACTER_SLOTS + _WORD_SLOTS  # where the slots of glossed words begin
_SHARES = np.array([SHARE_OF_CHARACTERS, SHARE_OF_WORDS, SHARE_OF_GLOSSED])
_KINDS_END = np.array([_CHARACTER_SLOTS, _GLOSSED])
# What stands in more than this part of all texts tells little and costs most of the time. Glossed
# words are few, and "package" stands in many questions.
_TOO_COMMON, _TOO_COMMON_GLOSSED = 0.15, 0.6

Floats = npt.NDArray[np.float32]

# Hashed, so that there is no vocabulary to store or to fit: a slot is a piece's for good.
_CHARACTERS = HashingVectorizer(
    analyzer="char_wb",
    ngram_range=(2, 5),
    n_features=_CHARACTER_SLOTS,
    alternate_sign=False,
    norm=None,
    dtype=np.float32,
)
_WORDS = HashingVectorizer(
    token_pattern=r"\w+",
    ngram_range=(1, 2),
    n_features=_WORD_SLOTS,
    alternate_sign=False,
    norm=None,
    dtype=np.float32,
)


def rarity(counts: Any) -> Floats:
    """How much each slot tells (inverse document frequency), from these texts' `counted`."""
    texts = counts.shape[0]
    in_texts = np.bincount(counts.indices, minlength=counts.shape[1])
    weights = np.log((1 + texts) / (1 + in_texts)) + 1
    too_common = np.where(np.arange(len(in_texts)) < _GLOSSED, _TOO_COMMON, _TOO_COMMON_GLOSSED)
    weights[in_texts > np.maximum(50, too_common * texts)] = 0
    return np.asarray(weights, dtype=np.float32)


def lexical(texts: Sequence[str], rarities: Floats) -> Any:
    """A CSR matrix of shape (texts, slots), float32."""
    return weighted(counted(texts), rarities)


def weighted(counts: Any, rarities: Floats) -> Any:
    """Counts as the matrix of `lexical`; they are used up."""
    weights = (1 + np.log(counts.data)) * rarities[counts.indices]
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    kinds = np.searchsorted(_KINDS_END, counts.indices, side="right")
    parts = rows * len(_SHARES) + kinds  # of each text its characters, words and glossed words
    lengths = np.sqrt(np.bincount(parts, weights * weights))
    lengths[lengths == 0] = 1
    counts.data = (weights * np.sqrt(_SHARES)[kinds] / lengths[parts]).astype(np.float32)
    counts.eliminate_zeros()
    return counts


def counted(texts: Sequence[str]) -> Any:
    """How often each text has each piece: CSR, shape (texts, slots)."""
    plain = [" ".join(text.lower().split()) for text in texts]
    glossed = [gloss(text) for text in texts]
    parts = [_CHARACTERS.transform(plain), _WORDS.transform(plain), _WORDS.transform(glossed)]
    return sparse.hstack(parts, format="csr")
