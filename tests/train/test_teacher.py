"""The lexical teacher: characters and words at once."""

from __future__ import annotations

import numpy as np

from train.teacher import TeacherSpace

DOCUMENTS = ["red hexagon bolt\n六角ボルト", "red hexagonal nut\n六角ナット", "blue motor\n青いモーター", ""]


def test_a_cosine_is_a_weighted_mean_of_characters_and_words() -> None:
    space = TeacherSpace.fit(DOCUMENTS)
    found = (space.transform(["red hexagon bolt\n六角ボルト", "blue", "qqqq"]) @ space.matrix.T).toarray()
    assert len(space) == 4 and np.isclose(found[0, 0], 1, atol=1e-5) and not found[2].any() and not found[:, 3].any()
    grams = space.grams.transform(["hexagon"]) @ space.grams.matrix.T
    words = space.words.transform(["hexagon"]) @ space.words.matrix.T
    both = (space.transform(["hexagon"]) @ space.matrix.T).toarray()
    assert np.allclose(both, (grams.toarray() + 0.5 * words.toarray()) / 1.5, atol=1e-5)


def test_a_word_that_only_begins_like_another_is_farther_than_the_word_itself() -> None:
    space = TeacherSpace.fit(DOCUMENTS)
    scores = (space.transform(["hexagon"]) @ space.matrix.T).toarray()[0]
    by_characters = space.grams.scores("hexagon")
    assert scores[0] / scores[1] > by_characters[0] / by_characters[1] > 1
