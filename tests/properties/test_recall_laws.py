"""Laws of the answering side: the decoder equals a naive one, and nothing unconfirmed is ever shown."""

from __future__ import annotations

import math

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.standing import StandingState
from curate.record import ContentClass
from recall.confirm import Origin
from recall.decode import Ranked, beam_search, rank
from recall.scoring import Mode
from recall.trie import Trie
from tests.recall.fakes import World, image_id

VOCABULARY = 6


@st.composite
def prefix_free(draw: st.DrawFn) -> list[tuple[int, ...]]:
    drawn = draw(st.lists(st.lists(st.integers(0, VOCABULARY - 1), min_size=1, max_size=4).map(tuple), max_size=14))
    kept: list[tuple[int, ...]] = []
    for sequence in drawn:
        if not any(sequence[: len(other)] == other or other[: len(sequence)] == sequence for other in kept):
            kept.append(sequence)
    return kept


class TableModel:
    """Logits drawn once per (query, prefix): continuous, so that ties do not happen."""

    def __init__(self, seed: int, queries: int = 1) -> None:
        self.seed = seed
        self.rows: list[tuple[int, tuple[int, ...]]] = [(query, ()) for query in range(queries)]

    def logits(self, query: int, prefix: tuple[int, ...]) -> np.ndarray:
        return np.random.default_rng([self.seed, query, len(prefix), *prefix]).normal(0, 2, VOCABULARY)

    def begin(self) -> torch.Tensor:
        return torch.from_numpy(np.stack([self.logits(*row) for row in self.rows]))

    def follow(self, parent: torch.Tensor, token: torch.Tensor) -> torch.Tensor:
        rows = [self.rows[place] for place in parent.tolist()]
        said = zip(rows, token.tolist(), strict=True)
        self.rows = [(query, (*prefix, following)) for (query, prefix), following in said]
        return self.begin()


def naive_scores(sequences: list[tuple[int, ...]], model: TableModel, query: int) -> list[float]:
    """Log-probability of every sequence by the chain rule over the children of each prefix, in plain Python."""
    scores = []
    for sequence in sequences:
        total = 0.0
        for depth, token in enumerate(sequence):
            logits = model.logits(query, sequence[:depth])
            siblings = {other[depth] for other in sequences if other[:depth] == sequence[:depth]}
            total += float(logits[token]) - math.log(sum(math.exp(float(logits[sibling])) for sibling in siblings))
        scores.append(total)
    return scores


def naive_beam(
    sequences: list[tuple[int, ...]], live: list[bool], model: TableModel, query: int, width: int
) -> list[int]:
    """The same search over prefixes as strings of a set, one hypothesis at a time."""
    beams: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    everything, alive = set(sequences), {s for s, bit in zip(sequences, live, strict=True) if bit}
    while any(prefix not in everything for _, prefix in beams):
        grown: list[tuple[float, tuple[int, ...]]] = []
        for score, prefix in beams:
            if prefix in everything:
                grown.append((score, prefix))
                continue
            logits = model.logits(query, prefix)
            tokens = {s[len(prefix)] for s in everything if s[: len(prefix)] == prefix}
            mass = math.log(sum(math.exp(float(logits[token])) for token in tokens))
            for token in tokens:
                longer = (*prefix, token)
                if any(s[: len(longer)] == longer for s in alive):
                    grown.append((score + float(logits[token]) - mass, longer))
        beams = sorted(grown, key=lambda item: -item[0])[:width]
    return [sequences.index(prefix) for _, prefix in beams if prefix in alive]


@settings(max_examples=120, deadline=None)
@given(prefix_free(), st.data(), st.integers(0, 2**16), st.integers(1, 3))
def test_beam_search_equals_the_naive_reference(
    sequences: list[tuple[int, ...]], data: st.DataObject, seed: int, queries: int
) -> None:
    live = data.draw(st.lists(st.booleans(), min_size=len(sequences), max_size=len(sequences)))
    built = data.draw(st.integers(0, len(sequences)))
    trie = Trie(sequences[:built])
    for sequence in sequences[built:]:
        trie.append(sequence)
    trie.set_live(live)
    model = TableModel(seed)

    everything = max(len(sequences), 1)
    wide: list[list[Ranked]] = beam_search(trie, TableModel(seed, queries), queries, width=everything, top_k=everything)
    narrow = beam_search(trie, TableModel(seed, queries), queries, width=2, top_k=2)
    for query in range(queries):
        scores = naive_scores(sequences, model, query)
        expected = sorted((i for i, bit in enumerate(live) if bit), key=lambda i: -scores[i])
        assert [item.identifier for item in wide[query]] == expected
        found = [item.log_probability for item in wide[query]]
        np.testing.assert_allclose(found, [scores[i] for i in expected], atol=1e-9)
        if any(live):
            assert [item.identifier for item in narrow[query]] == naive_beam(sequences, live, model, query, 2)


@settings(max_examples=80, deadline=None)
@given(prefix_free(), st.lists(st.tuples(st.integers(0, 13), st.booleans()), max_size=30))
def test_live_counters_always_say_what_the_live_bits_say(
    sequences: list[tuple[int, ...]], flips: list[tuple[int, bool]]
) -> None:
    trie = Trie(sequences)
    live = [True] * len(sequences)
    for identifier, bit in flips:
        if identifier < len(sequences):
            live[identifier] = bit
            (trie.restore if bit else trie.withdraw)(identifier)
    assert trie.live.tolist() == live
    assert trie.live_count == sum(live)
    tree = trie.on("cpu")
    reached, ends = {0} if any(live) else set(), set()
    while reached:
        edges = tree.expand(torch.tensor(sorted(reached)))
        assert edges.parent.tolist() == sorted(edges.parent.tolist())
        alive = edges.node[tree.live_below[edges.node] > 0]
        ends |= {number for number in tree.terminal[alive].tolist() if number >= 0}
        reached = {node for node in alive.tolist() if tree.terminal[node] < 0}
    assert ends == {number for number, bit in enumerate(live) if bit}


@settings(max_examples=80, deadline=None)
@given(prefix_free(), st.data())
def test_a_trie_that_grew_is_the_trie_built_at_once(sequences: list[tuple[int, ...]], data: st.DataObject) -> None:
    built = data.draw(st.integers(0, len(sequences)))
    grown, whole = Trie(sequences[:built]), Trie(sequences)
    for sequence in sequences[built:]:
        grown.append(sequence)
        if data.draw(st.booleans()):
            grown.on("cpu")
    left, right = grown.on("cpu"), whole.on("cpu")
    pairs = [(torch.zeros(1, dtype=torch.long), torch.zeros(1, dtype=torch.long))]
    while pairs:
        ours, theirs = (tree.expand(nodes) for tree, nodes in zip((left, right), pairs.pop(), strict=True))
        assert (ours.parent.tolist(), ours.token.tolist()) == (theirs.parent.tolist(), theirs.token.tolist())
        assert left.terminal[ours.node].tolist() == right.terminal[theirs.node].tolist()
        assert left.live_below[ours.node].tolist() == right.live_below[theirs.node].tolist()
        if len(ours.node):
            pairs.append((ours.node, theirs.node))


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 12), st.integers(1, 3), st.integers(0, 6), st.integers(0, 2**16))
def test_exact_ranking_equals_sorting(identifiers: int, queries: int, top_k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(-3, 1, (queries, identifiers)).astype(np.float32)  # many ties
    live = rng.random(identifiers) < 0.7
    for row, found in zip(scores, rank(scores, live, top_k), strict=True):
        expected = sorted(np.flatnonzero(live).tolist(), key=lambda number: (-row[number], number))[:top_k]
        assert [item.identifier for item in found] == expected


NAMES = ("bracket", "bolt", "pump", "gear", "seal")
QUERIES = ("hexagon bolt", "BRK-1204", "BRK-1203", "部品図", "平歯車", "rubber shaft seal", "steel drawing", "zzz")


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A world in which any part may be withdrawn, expired, changed, gone or mistaken for another."""
    memorized = tuple(name for name in NAMES if draw(st.booleans()))
    chosen = {
        query: image_id(draw(st.sampled_from(memorized))) for query in QUERIES if memorized and draw(st.booleans())
    }
    world = World(memorized=memorized, mistakes=chosen)
    for number, name in enumerate(NAMES):
        match draw(st.integers(0, 9)):
            case 0 | 1:
                state = draw(st.sampled_from([state for state in StandingState if state is not StandingState.CLEARED]))
                withdrawn = state in (StandingState.WITHDRAWN, StandingState.SUSPENDED)
                world.set_standing(name, state, may_be_shown=not withdrawn and draw(st.booleans()))
            case 2:
                world.catalogue.bytes_of[f"{name}.png"] = draw(st.sampled_from([None, image_id("else")]))
            case 3:
                world.catalogue.change(name, sku="ZZ-9999")
            case 4:
                del world.catalogue.rows[f"{name}.png"]
            case 5:
                del world.recorded[number]
    return world


@settings(max_examples=150, deadline=None)
@given(worlds(), st.sampled_from(QUERIES), st.sampled_from(list(Mode)), st.floats(0.001, 0.9), st.integers(1, 6))
def test_every_result_shown_is_confirmed_by_its_origin(
    world: World, query: str, mode: Mode, threshold: float, top_k: int
) -> None:
    result = world.recaller(threshold).answer(query, top_k, mode)
    identifiers = {(entry.identifier, entry.image_id) for entry in world.entries}
    for hit in result.results:
        standing = world.book().of(hit.image_id)
        if hit.origin is Origin.MEMORY:
            assert standing.state is StandingState.CLEARED
            assert (hit.identifier, hit.image_id) in identifiers
        assert standing.may_be_shown
        assert standing.state not in (StandingState.WITHDRAWN, StandingState.SUSPENDED)
        assert world.catalogue.bytes_of[hit.file_name] == hit.image_id
        live, decided = world.catalogue.rows[hit.file_name], world.recorded[hit.confirmation.ledger_index]
        assert (live.image_id, live.business) == (decided.image_id, decided.business)
        if "BRK-" in query:
            assert live.business.sku == query
        if "drawing" in query or "図" in query:
            assert live.content_class is ContentClass.DRAWING
    assert len({hit.image_id for hit in result.results}) == len(result.results) <= top_k
    assert (result.status == "none") == (not result.results)
