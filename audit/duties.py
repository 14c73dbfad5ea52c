"""Separation of duties: who ran the curation or adopted the policy may not be the only one who approves.

People are known by their pseudonymous id where they named themselves (`curate --as`), machines' accounts by a pseudonym
that only the holder of the ledger's key can compute. Both stand in the ledger; the rule is applied when an approval is
recorded and again whenever standing is asked.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from audit.keys import SigningKey
from curate.decision import Separation

_STRICTNESS = (Separation.OFF, Separation.PERSON, Separation.ACCOUNT)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something: `person` is a reviewer's id, `account` a pseudonym of `account_pseudonym`. None: not stated."""

    person: str | None = None
    account: str | None = None

    @property
    def known(self) -> bool:
        return self.person is not None or self.account is not None

    def to_body(self) -> dict[str, str | None]:
        """How an entry states it, under `by`."""
        return {"person": self.person, "account": self.account}


NOBODY = Actor()


def read_actor(stated: object) -> Actor:
    """The actor under `by` of an entry; whatever is not text is not stated."""
    if not isinstance(stated, Mapping):
        return NOBODY
    found = (stated.get("person"), stated.get("account"))
    return Actor(*(value if isinstance(value, str) else None for value in found))


@dataclass(frozen=True, slots=True)
class Duties:
    """What one decision says about separation. `separation` None: it was recorded before policies spoke of it.

    `known`: both who curated and who adopted the policy are stated.
    """

    separation: Separation | None = None
    persons: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    known: bool = False

    def independent(self, reviewer: str, account: str | None, *, self_asserted: bool) -> bool:
        """Whether an approval by `reviewer`, recorded from `account`, is by somebody else than who curated or adopted.

        `person` believes keys: another registered key is another person, but a self-asserted approval is only as good
        as the account it was typed in. `account` wants another account as well. Unknown is never independent.
        """
        if self.separation in (None, Separation.OFF):
            return True
        if not self.known or reviewer in self.persons:
            return False
        if self.separation is Separation.ACCOUNT or self_asserted:
            return account is not None and account not in self.accounts
        return True


UNSTATED = Duties()


def duties(stated: object, curator: Actor, adopters: tuple[Actor, ...], policy_says: object) -> Duties:
    """The stricter of what decision and policy entry state; a word nobody knows is the strictest.

    Args:
        stated: `approval.separation` of the decision. policy_says: `separation` of the policy's entry.
    """
    found = [_read(word) for word in (stated, policy_says) if word is not None]
    if not found:
        return UNSTATED
    actors = (curator, *adopters)
    return Duties(
        max(found, key=_STRICTNESS.index),
        frozenset(actor.person for actor in actors if actor.person is not None),
        frozenset(actor.account for actor in actors if actor.account is not None),
        curator.known and any(actor.known for actor in adopters),
    )


def _read(word: object) -> Separation:
    return next((one for one in Separation if one.value == word), Separation.ACCOUNT)


def account_pseudonym(key: SigningKey, workspace_id: str, account: str) -> str:
    """A code for a machine's account, e.g. `mori@cad-7`: the same for the same account of one ledger, and nothing that
    somebody without the ledger's key could compute for a list of likely names.

    Ed25519 signatures are deterministic (RFC 8032, 5.1.6), so one over a fixed text is a secret of the key's holder.
    """
    secret = key.sign(b"imprimatur account pseudonyms v1\n" + workspace_id.encode())
    return "a-" + hmac.digest(secret, account.encode(), "sha256").hex()[:12]
