"""How alike sentences are: by their pieces (`features`) and by the encoder (cubed cosine).

And the ridge regression over that, whose weights are found in closed form.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve, lapack

from knowledge_base.features import SHARE, Floats
from knowledge_base.ranking import Numbers

RIDGE = 0.5
_SHARE_OF_MEANING = 1 - SHARE
_BLOCK = 1024  # rows of the kernel made at a time, as its parts are larger than itself


def kernel(pieces: Any, vectors: Floats, slots: Any, meanings: Floats) -> Floats:
    """The likeness of each row to each of the others: shape (rows, others).

    `slots` and `meanings` hold the others' pieces and vectors transposed.
    """
    made = np.empty((len(vectors), meanings.shape[1]), dtype=np.float32)
    for start in range(0, len(vectors), _BLOCK):
        rows = slice(start, start + _BLOCK)
        made[rows] = _likeness(pieces[rows], vectors[rows], slots, meanings)
    return made


def weights_of_all(pieces: Any, vectors: Floats, targets: Floats) -> Floats:
    """The weights of very many ways for their targets: shape (ways, classes), float32.

    Memory: ways² x 4 bytes.
    """
    factor = _cholesky(_lower_kernel(pieces, vectors))
    return np.asarray(cho_solve((factor, False), targets, check_finite=False), dtype=np.float32)


def weights_of_few(likeness: Floats, targets: Floats) -> Floats:
    """The weights of ways with this likeness to each other, which is used up."""
    likeness[np.diag_indices(len(likeness))] += RIDGE
    factor = cho_factor(likeness, lower=True, check_finite=False)
    return np.asarray(cho_solve(factor, targets, check_finite=False), dtype=np.float32)


def targets(owners: Numbers, classes: int) -> Floats:
    """1 for a way's own class, else 0: shape (ways, classes)."""
    return np.asarray(owners[:, None] == np.arange(classes)[None, :], dtype=np.float32)


def by_meaning(cosines: Floats) -> Floats:
    """What cosines of the encoder's vectors add to a likeness; they are used up."""
    np.clip(cosines, 0.0, None, out=cosines)
    cosines *= cosines * cosines * np.float32(_SHARE_OF_MEANING)
    return cosines


def _lower_kernel(pieces: Any, vectors: Floats) -> Floats:
    """The likeness of all rows to each other, where it is below the diagonal or on it."""
    made = np.zeros((len(vectors), len(vectors)), dtype=np.float32)

    def fill(start: int) -> None:
        own, rest = slice(start, start + _BLOCK), slice(start, None)
        made[rest, own] = _likeness(
            pieces[rest], vectors[rest], pieces[own].T.tocsr(), vectors[own].T
        )

    with ThreadPoolExecutor(os.cpu_count()) as cores:
        list(cores.map(fill, range(0, len(vectors), _BLOCK)))
    return made


def _likeness(pieces: Any, vectors: Floats, slots: Any, meanings: Floats) -> Floats:
    likeness = by_meaning(vectors @ meanings)
    likeness += (pieces @ slots).toarray()
    return np.asarray(likeness, dtype=np.float32)


def _cholesky(likeness: Floats) -> Floats:
    """The upper factor of the likeness with the ridge, made in place of its lower half."""
    likeness[np.diag_indices(len(likeness))] += RIDGE
    # The transpose has LAPACK's order of memory, so that nothing is copied.
    factor, _ = lapack.spotrf(likeness.T, lower=0, clean=0, overwrite_a=1)
    return np.asarray(factor, dtype=np.float32)
