"""The Universal Sentence Encoder's packaged weights as a sentence-transformers module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from sentence_transformers.base.modules import InputModule

from knowledge_base.use import DIMENSION, encode


class UseModule(InputModule):
    """Texts in, sentence embeddings of 512 numbers out; frozen."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def preprocess(
        self, inputs: Sequence[Any], prompt: str | None = None, **_: Any
    ) -> dict[str, Any]:
        return {"texts": [f"{prompt or ''}{text}" for text in inputs]}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        features["sentence_embedding"] = torch.from_numpy(encode(features["texts"]))
        return features

    def get_embedding_dimension(self) -> int:
        return DIMENSION

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        self.save_config(output_path)
