"""One reading says what many would: standing at each moment asked, and now."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from audit.approving import ApprovalRefused, Verdict
from audit.report.past import look_back
from audit.standing import standings
from audit.withdrawal import report_wrong
from tests.audit.fakes import World


@pytest.mark.parametrize("seed", range(8))
def test_one_reading_is_as_many(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    world = World.make(tmp_path)
    people = [world.reviewer(name) for name in ("Anna", "Ben", "Carla")]
    images = [world.decide(f"part-{number}") for number in range(5)]
    for _ in range(50):
        image, person = dice.choice(images), dice.choice(people)
        what = dice.random()
        try:
            if what < 0.45:
                world.say(person, dice.choice(list(Verdict)), image, second_opinion=True)
            elif what < 0.6:
                world.decide(f"part-{images.index(image)}", findings_digest=dice.choice("12") * 64)
            elif what < 0.65:
                world.withdraw(image)
            elif what < 0.72:
                report_wrong(world.ledger, "a query", image, at=world.now)
            elif what < 0.76:
                world.revoke(person)
            else:
                world.pass_time(days=dice.choice((0, 1, 20, 60)))
        except ApprovalRefused:
            continue
    entries, name = list(world.ledger.entries()), world.ledger.workspace_id
    asked = dict.fromkeys(dice.sample(range(1, len(entries)), 6), images)
    _, book, stood = look_back(entries, asked, world.now, name)
    assert list(book) == list(standings(entries, world.now, workspace_id=name))
    for index in asked:
        then = standings(entries[:index], entries[index].at, workspace_id=name)
        assert stood[index] == {image: then.of(image) for image in images}
