"""Which questions are alike, by their letters: no encoder is needed, and slips of the pen matter
little.

scikit-learn, which this imports, is more than a process that answers shall carry: see
`bot/faq/regrouping.py`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.faq.personal import REMOVED

# Cosine of two questions' letters. Of 20 ways each of asking 67 articles, which lint keeps unlike
# each other, 29% fall into groups of three and more at this, 56% of them with their own kind; the
# encoder's vectors do no better (at 33%: 51%).
ALIKE_FROM = 0.3
_AT_ONCE = 250  # rows whose likenesses to all others are held in memory


@dataclass(frozen=True)
class Alike:
    """Texts that are alike, by their places in what was grouped; `seed` is the one in the middle.

    `given` is the seed's place among the seeds that were given, if it was one of them.
    """

    seed: str
    members: tuple[int, ...]
    given: int | None = None


def grouped(texts: Sequence[str], seeds: Sequence[str] = ()) -> list[Alike]:
    """The texts in groups: first around the `seeds` given, then around those with most neighbours.

    Every text is in one group; no group is empty.
    """
    same = _same(texts)
    wordings = list(same)
    if not wordings:
        return []
    neighbours = _neighbours([*map(_normal, seeds), *wordings])
    first = len(seeds)
    weights = np.array([0] * first + [len(same[wording]) for wording in wordings])
    size = [int(weights[near].sum()) for near in neighbours]
    # Of equals one that says all it said.
    cut = [False] * first + [REMOVED.search(texts[same[one][0]]) is not None for one in wordings]
    rest = sorted(range(first, len(neighbours)), key=lambda n: (-size[n], cut[n], n))
    taken = np.zeros(len(neighbours), dtype=bool)
    taken[:first] = True  # a seed is nobody's member
    groups = []
    for center in [*range(first), *rest]:
        if center >= first and taken[center]:
            continue
        near = neighbours[center][~taken[neighbours[center]]]
        taken[near] = True
        members = sorted(place for n in near for place in same[wordings[n - first]])
        if members:
            given = center if center < first else None
            seed = seeds[center] if given is not None else texts[same[wordings[center - first]][0]]
            groups.append(Alike(seed, tuple(members), given))
    return groups


def _same(texts: Sequence[str]) -> dict[str, list[int]]:
    """The places of each wording, whatever its case and signs."""
    same: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        same[_normal(text)].append(place)
    return same


def _normal(text: str) -> str:
    return " ".join(re.findall(r"\w+", REMOVED.sub(" ", text).lower()))


def _neighbours(wordings: Sequence[str]) -> list[np.ndarray]:
    """For each wording the places of those that are like it, itself among them."""
    letters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, dtype=np.float32
    )
    try:
        vectors = letters.fit_transform(wordings)
    except ValueError:  # no letters at all
        return [np.array([place]) for place in range(len(wordings))]
    others = vectors.T.tocsr()
    found = []
    for start in range(0, len(wordings), _AT_ONCE):
        likeness = (vectors[start : start + _AT_ONCE] @ others).toarray()
        for row, near in enumerate(likeness, start):
            near[row] = 1.0
            found.append(np.flatnonzero(near >= ALIKE_FROM))
    return found
