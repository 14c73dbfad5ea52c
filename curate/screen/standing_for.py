"""Which picture stands for which others: each is like the one that stands for it, and no two that stand are alike.

Likeness is no equivalence: in a dense family of products each is like the next, and the last nothing like the first. A
group of all that hang together would send different things away from memory because of a chain between them; here whatever
is sent away was itself found to be like what stays (star clustering: Aslam, Pelekhov, Rus, J. Graph Algorithms Appl. 2004).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set


def standing_for(alike: Mapping[int, Set[int]], sizes: Sequence[int], better: Sequence[int]) -> dict[int, list[int]]:
    """Members, ascending and itself included, of each that stands, in the order in which they were chosen.

    The one with the most look-alikes comes first: an original, with its edited copies, which are less like each other. It
    gives way to the best of them that is like all of these as well.

    Args:
        alike: symmetric; whom each number is like, itself not included. Who is missing is like nobody.
        sizes: how many equal pictures each number is.
        better: rank of each, 0 is the best to stand for others; no two are equal.
    """
    found: dict[int, list[int]] = {}
    free = set(range(len(sizes)))
    liked = [sizes[one] + sum(sizes[other] for other in alike.get(one, ())) for one in range(len(sizes))]
    for one in sorted(free, key=lambda number: (-liked[number], better[number])):
        if one in free:
            star = (alike.get(one, frozenset()) & free) | {one}
            stands = min(
                (item for item in star if star <= alike.get(item, frozenset()) | {item}), key=better.__getitem__
            )
            members = (alike.get(stands, frozenset()) & free) | {stands}
            found[stands] = sorted(members)
            free -= members
    return found
