"""Who acts: the person who named themselves, and the machine's account, as pseudonyms for the ledger."""

from __future__ import annotations

import os
import pwd
import socket

from audit.duties import Actor, account_pseudonym
from audit.ledger import Ledger
from audit.reviewers import ReviewerRefused, resolve
from imprimatur.record_book import ledger_exists, open_ledger
from imprimatur.workspace import Workspace


def account_of(ledger: Ledger) -> str:
    """The pseudonym of the account this process runs in: login name by the system's table and host, not by $USER."""
    number = os.getuid()
    try:
        login = pwd.getpwuid(number).pw_name
    except KeyError:
        login = str(number)  # a container without a passwd line
    return account_pseudonym(ledger.signing_key(), ledger.workspace_id, f"{login}@{socket.gethostname()}")


def actor(workspace: Workspace, ledger: Ledger, named: str | None = None) -> Actor:
    """Who runs this command: `named`, else the settings' operator, else the account alone.

    Raises:
        ReviewerRefused: nobody of that name is registered.
    """
    name = named or workspace.settings.operator
    return Actor(resolve(ledger, name).reviewer if name else None, account_of(ledger))


def check_operator(workspace: Workspace, named: str | None) -> None:
    """Refuse an unknown name before the work, not after it.

    Raises:
        ReviewerRefused: nobody of that name is registered.
    """
    name = named or workspace.settings.operator
    if not name:
        return
    if not ledger_exists(workspace):
        raise ReviewerRefused(
            f"One reviewer '{name}' was expected, found none.", hint=f"imprimatur reviewer add '{name}' --role curator"
        )
    with open_ledger(workspace) as ledger:
        resolve(ledger, name)
