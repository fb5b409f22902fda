"""The head: which article a question asks for, or none of them.

Kernel ridge regression, one target an article and one for "none of these", over ways of
asking (`kernel`). It is fitted in closed form, so the fit is deterministic. A change of a few ways
updates a head in milliseconds, without fitting all of it anew.

Of very many ways no such fit can be made. There each question has a small head of its own, fitted
when it is asked to the ways that are nearest to it (`nearby`).
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from knowledge_base.confidence import EVIDENCE, Confidence, Experience
from knowledge_base.encoder import Vectors
from knowledge_base.features import Floats, counted, lexical, rarity, weighted
from knowledge_base.kernel import kernel, targets, weights_of_all, weights_of_few
from knowledge_base.nearby import Nearby
from knowledge_base.ranking import NONE, Look, Names, Numbers, Owned, Ranking

FORMAT = 5  # of a stored head; another one is fitted anew
# One fit to all: beyond these it needs too much memory, or a question too much time.
MOST_WAYS, MOST_WEIGHTS = 40_000, 20_000_000


@dataclass(frozen=True)
class Ways:
    """Ways of asking, a row each: a key of the caller's, the text, its article (or NONE)."""

    keys: Sequence[int]
    texts: Sequence[str]
    labels: Sequence[str]
    vectors: Vectors  # shape (ways, dimension), unit length


@dataclass(frozen=True)
class Questions:
    """Questions with known answers, a row each: the ids that are right, none for a person."""

    texts: Sequence[str]
    answers: Sequence[Collection[str]]
    vectors: Vectors


@dataclass(frozen=True)
class Head:
    """A fitted head. Nothing in it changes: an update makes another one."""

    classes: Names  # the articles and NONE
    keys: Numbers  # of each way
    owners: Numbers  # each way's place in `classes`
    rarities: Floats
    slots: Any  # which ways have a piece, and its weight there: CSR, shape (slots, ways)
    meanings: Floats  # the ways' vectors as columns, as a question is multiplied with these faster
    weights: Floats | None  # shape (ways, classes); None: a question is fitted to what is near
    experience: Experience

    @classmethod
    def fit(cls, ways: Ways, questions: Questions) -> Head:
        """A head for these ways, whose confidence is learnt from the questions.

        Some 60 s for 27,000 ways on 2 cores; memory: ways² x 4 bytes for that time.

        Raises ValueError if there are fewer than two articles.
        """
        labels = np.array(ways.labels)
        classes = np.array(sorted({*ways.labels, NONE}))
        if len(classes) < 3:
            raise ValueError("needs ways of asking for two articles or more")
        owners = np.searchsorted(classes, labels)
        counts = counted(ways.texts)
        rarities = rarity(counts)
        pieces = weighted(counts, rarities)
        weights = None
        if len(labels) <= MOST_WAYS and len(labels) * len(classes) <= MOST_WEIGHTS:
            weights = weights_of_all(pieces, ways.vectors, targets(owners, len(classes)))
        head = cls(
            classes=classes,
            keys=np.asarray(ways.keys, dtype=np.int64),
            owners=owners,
            rarities=rarities,
            slots=pieces.T.tocsr(),
            meanings=np.ascontiguousarray(ways.vectors.T),
            weights=weights,
            experience=_NO_EXPERIENCE,
        )
        return replace(head, experience=head._tried(questions))

    @cached_property
    def _owned(self) -> Owned:
        return Owned(self.classes, self.keys, self.owners)

    @cached_property
    def _nearby(self) -> Nearby:
        vectors = np.ascontiguousarray(self.meanings.T)
        return Nearby(self.slots, vectors, self.owners == self._owned.none)

    @cached_property
    def _confidence(self) -> Confidence:
        return Confidence(self.experience)

    def changed(self, gone: Sequence[int], added: Ways) -> Head:
        """A head without the ways whose keys are `gone` and with those `added`.

        The added ways are fitted exactly to what the others leave of their targets; the
        others keep their weights, which a new fit would move a little.
        """
        keep = ~np.isin(self.keys, np.asarray(gone, dtype=np.int64))
        labels = np.concatenate([self.classes[self.owners[keep]], np.array(added.labels, str)])
        classes = np.array(sorted({*labels.tolist(), NONE}))
        pieces, meanings = self.slots.T.tocsr()[keep], self.meanings[:, keep]
        if len(added.keys):
            pieces = sparse.vstack([pieces, lexical(added.texts, self.rarities)], format="csr")
            meanings = np.concatenate([meanings, added.vectors.T], axis=1)
        head = Head(
            classes=classes,
            keys=np.concatenate([self.keys[keep], np.asarray(added.keys, dtype=np.int64)]),
            owners=np.searchsorted(classes, labels),
            rarities=self.rarities,
            slots=pieces.T.tocsr(),
            meanings=np.ascontiguousarray(meanings),
            weights=None,
            experience=self.experience,
        )
        if self.weights is None:
            return head
        here = np.isin(self.classes, classes)
        weights = np.zeros((len(labels), len(classes)), dtype=np.float32)
        old = int(keep.sum())
        weights[:old, np.searchsorted(classes, self.classes[here])] = self.weights[keep][:, here]
        if len(added.keys):
            likeness = kernel(pieces[old:], added.vectors, head.slots, head.meanings)
            wanted = targets(head.owners[old:], len(classes))
            left = wanted - likeness[:, :old] @ weights[:old]
            weights[old:] = weights_of_few(likeness[:, old:], left)
        return replace(head, weights=weights)

    def rank_all(self, questions: Sequence[str], vectors: Vectors) -> list[Ranking]:
        """The best articles for each question with its vector (shape: questions, dimension)."""
        looks = self._looks(questions, vectors)
        sure = self._confidence.of(np.array([look.evidence for look in looks]))
        return [
            Ranking(look.articles, look.none_score, float(first), float(three))
            for look, first, three in zip(looks, *sure, strict=True)
        ]

    def _looks(self, texts: Sequence[str], vectors: Vectors) -> list[Look]:
        pieces = lexical(texts, self.rarities)
        if self.weights is None:
            return [self._look_nearby(pieces[[row]], vectors[row]) for row in range(len(texts))]
        likeness = kernel(pieces, vectors, self.slots, self.meanings)
        scores = likeness @ self.weights
        return [self._owned.look(*row) for row in zip(likeness, scores, strict=True)]

    def _look_nearby(self, pieces: Any, vector: Vectors) -> Look:
        """By a small head of the nearest ways, for this question alone."""
        near = self._nearby.of(pieces, vector)
        own = self.owners[near.places]
        present = np.union1d(own, self._owned.none)
        owners = np.searchsorted(present, own)
        weights = weights_of_few(near.among, targets(owners, len(present)))
        owned = Owned(self.classes[present], self.keys[near.places], owners)
        return owned.look(near.likeness, near.likeness @ weights)

    def _tried(self, questions: Questions) -> Experience:
        """How the questions are ranked, and where that is right."""
        if not questions.texts:
            return _NO_EXPERIENCE
        looks = self._looks(questions.texts, questions.vectors)
        named = [[scored.article for scored in look.articles] for look in looks]
        pairs = list(zip(named, questions.answers, strict=True))
        return Experience(
            np.array([look.evidence for look in looks]),
            np.array([row[0] in right for row, right in pairs]),
            np.array([any(name in right for name in row[:3]) for row, right in pairs]),
        )

    def to_bytes(self) -> bytes:
        """As stored; numbers at half precision where that changes no ranking."""
        stored = io.BytesIO()
        also: dict[str, Any] = dict(vars(self.experience))
        if self.weights is not None:
            also["weights"] = self.weights.astype(np.float16)
        np.savez(
            stored,
            classes=self.classes,
            keys=self.keys,
            owners=self.owners.astype(np.int32),
            rarities=self.rarities,
            data=self.slots.data.astype(np.float16),
            indices=self.slots.indices.astype(np.int32),
            indptr=self.slots.indptr.astype(np.int32),
            meanings=self.meanings.astype(np.float16),
            **also,
        )
        return stored.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Head:
        """The head that was stored. Raises ValueError for what is none."""
        with np.load(io.BytesIO(stored), allow_pickle=False) as parts:
            shape = (len(parts["rarities"]), len(parts["keys"]))
            data = parts["data"].astype(np.float32)
            slots = sparse.csr_array((data, parts["indices"], parts["indptr"]), shape=shape)
            return cls(
                classes=parts["classes"],
                keys=parts["keys"],
                owners=parts["owners"].astype(np.int64),
                rarities=parts["rarities"],
                slots=slots,
                meanings=parts["meanings"].astype(np.float32),
                weights=parts["weights"].astype(np.float32) if "weights" in parts else None,
                experience=Experience(
                    parts["evidence"], parts["first_right"], parts["among_three"]
                ),
            )


_NO_EXPERIENCE = Experience(
    np.empty((0, len(EVIDENCE)), dtype=np.float32), np.empty(0, bool), np.empty(0, bool)
)
