"""What a run remembers between steps beside its weights: who it is, and how often it has seen what."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.entry import moment_text
from train import threads
from train.checkpoint import Checkpoint
from train.emission import Emitted, read_emitted
from train.hard_pictures import Losses, unseen
from train.settings import TrainSettings


@dataclass
class RunState:
    """Changes with every step. `salt` makes public identifiers, `spellings` are their tokens, as the manifest keeps
    them; counts are per identifier; times are RFC 3339."""

    run: str
    salt: bytes
    threads: int
    texts_seen: NDArray[np.int64]
    pictures_seen: NDArray[np.int64]
    started_at: str
    admitted_at: str  # of the last admission under which anything was read
    spellings: tuple[str, ...] = ()
    seconds: float = 0.0
    step: int = 0
    picture_losses: Losses = field(default_factory=lambda: unseen(0))  # as lately seen in the last phase
    emission: tuple[Emitted, ...] = ()  # by rank: what was handed to the model up to the last checkpoint

    def to_json(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "salt": self.salt.hex(),
            "threads": self.threads,
            "texts_seen": self.texts_seen.tolist(),
            "pictures_seen": self.pictures_seen.tolist(),
            "started_at": self.started_at,
            "admitted_at": self.admitted_at,
            "spellings": list(self.spellings),
            "seconds": self.seconds,
            "picture_losses": self.picture_losses.tolist(),
            "emission": [asdict(one) for one in self.emission],
        }


def fresh_state(images: int, settings: TrainSettings, at: datetime) -> RunState:
    return RunState(
        run=f"run-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        salt=secrets.token_bytes(16),
        threads=settings.threads or threads.measured(),
        texts_seen=np.zeros(images, dtype=np.int64),
        pictures_seen=np.zeros(images, dtype=np.int64),
        started_at=moment_text(at),
        admitted_at=moment_text(at),
        picture_losses=unseen(images),
    )


def continued_state(found: Checkpoint) -> RunState:
    state = found.state
    return RunState(
        run=state["run"],
        salt=bytes.fromhex(state["salt"]),
        threads=int(state["threads"]),
        texts_seen=np.asarray(state["texts_seen"], dtype=np.int64),
        pictures_seen=np.asarray(state["pictures_seen"], dtype=np.int64),
        started_at=state["started_at"],
        admitted_at=state["admitted_at"],
        spellings=tuple(state["spellings"]),
        seconds=float(state["seconds"]),
        step=found.step,
        picture_losses=np.asarray(state["picture_losses"], dtype=np.float32),
        emission=tuple(read_emitted(one) for one in state["emission"]),
    )
