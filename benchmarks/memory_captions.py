"""Recall by whole captions: five people describe each scene, four of them teach, the fifth asks.

    python benchmarks/memory_captions.py --images 1000 --seed 0 --json result.json

A stand-in for photographs with human captions: no picture is photographed and nobody wrote the sentences. Scenes are drawn
at random (who, how many, doing what, with what, where, wearing what, when); each caption tells some of it in a sentence of
its own, with its own choice among words of like meaning and among inflections. Pictures are coloured shapes. One hidden
picture is right for each question, as where such sets are used; BM25 finds what it says of the words' overlap. Training
goes through the trainer, a signed manifest and `Memory.load`; `hybrid` is as in `memory_emoji.py`.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from audit.keys import SigningKey
from benchmarks.memory_emoji import Both, Query, Split, admission
from curate.ngrams import BM25, NgramSpace, normalise
from train.manifest import build_manifest, read_manifest, write_manifest
from train.memory import Memory
from train.settings import TrainSettings
from train.trainer import train

# Words of like meaning stand together, divided by "|"; concepts are divided by ",".
WHO = (
    "man|guy|gentleman|male,woman|lady|female,boy|young boy|kid,girl|young girl|child,dog|puppy|brown dog,"
    "cyclist|biker|bike rider,player|athlete,worker|workman|laborer,couple|pair,toddler|baby|infant,teenager|youth|teen,"
    "group of people|crowd|several people,musician|performer,climber|mountaineer,skateboarder|skater,surfer,skier,dancer,"
    "chef|cook,soldier,police officer|policeman,vendor|merchant|seller,tourist|traveler,old man|elderly man,old woman"
)
DOING = (
    "running|runs|racing,jumping|leaps|leaping,sitting|sits|seated,standing|stands,walking|strolling|walks,swimming|swims,"
    "climbing|climbs|scaling,throwing|throws|tossing,catching|catches,holding|holds|carrying,riding|rides,eating|eats,"
    "drinking|sipping,reading|reads,singing|sings,playing|plays,pushing|pushes,pulling|pulls|dragging,looking at|watching|"
    "staring at,pointing at|points at,painting|paints,cooking|preparing,cleaning|washing,fixing|repairing,kicking|kicks,"
    "sleeping near|resting by,dancing with|dances with,laughing at|smiling at,talking to|chatting with,digging|digs"
)
WITH = (
    "ball|soccer ball|football,frisbee|disc,bicycle|bike,guitar,book|novel,camera,umbrella|parasol,stick|branch,rope|cord,"
    "skateboard|board,horse|pony,car|automobile|vehicle,motorcycle|motorbike,boat|canoe|rowboat,kite,microphone,newspaper|"
    "paper,sandwich|burger,ice cream|cone,cup of coffee|coffee,phone|cellphone|mobile,laptop|computer,suitcase|luggage|bag,"
    "balloon,flag|banner,hammer|tool,shopping cart|cart,stroller|carriage,drum|drums,violin|fiddle,toy|plaything,ladder,"
    "fish,cake|dessert,basket,bench|seat,table|desk,fence|railing,sign|signboard,statue|sculpture"
)
WHERE = (
    "beach|shore|sand,street|road,sidewalk|pavement,park|garden,field|meadow|grass,forest|woods|trees,mountain|hill|cliff,"
    "river|stream|creek,lake|pond,pool|swimming pool,kitchen,restaurant|cafe|diner,stage|platform,stadium|arena,gym,"
    "classroom|school,office,market|bazaar,store|shop,train station|subway,airport,bridge,rooftop|roof,playground,yard|"
    "backyard|lawn,snow|ice,desert|dunes,harbor|dock|pier,church|cathedral,construction site|building site,alley,parking lot"
)
WEARING = "red,blue|navy,green,yellow,white,black|dark,orange,pink,purple,striped,plaid|checkered,gray|grey,brown,colorful|bright"
CLOTHES = "shirt|t-shirt|top,jacket|coat,hat|cap,dress|gown,shorts,jeans|pants,helmet,uniform,sweater|hoodie,vest"
WHEN = "at night|in the dark,at sunset|at dusk,on a sunny day|in the sun,in the rain|on a rainy day,in winter,during a race"


def concepts(text: str) -> list[list[str]]:
    return [group.split("|") for group in text.split(",")]


def scene(draw: random.Random) -> dict[str, list[str]]:
    parts = {
        "who": WHO,
        "doing": DOING,
        "with": WITH,
        "where": WHERE,
        "colour": WEARING,
        "clothes": CLOTHES,
        "when": WHEN,
    }
    return {name: draw.choice(concepts(text)) for name, text in parts.items()}


def caption(seen: dict[str, list[str]], draw: random.Random) -> str:
    """One person's sentence: some of the scene, in that person's words."""

    def say(name: str) -> str:
        return draw.choice(seen[name])

    who = f"{draw.choice(('a', 'the', 'one', 'a'))} {say('who')}"
    if draw.random() < 0.35:
        who += f" {draw.choice(('in', 'wearing', 'with'))} a {say('colour')} {say('clothes')}"
    doing = f"{draw.choice(('is ', '', ''))}{say('doing')}"
    if draw.random() < 0.45:
        doing += f" {draw.choice(('a', 'the', 'some'))} {say('with')}"
    tail = [f"{draw.choice(('in', 'at', 'on', 'near', 'by'))} the {say('where')}"] if draw.random() < 0.4 else []
    tail += [say("when")] if draw.random() < 0.15 else []
    sentence = " ".join((who, doing, *tail))
    if tail and draw.random() < 0.2:
        sentence = f"{tail[0]} {who} {doing}"
    frame = draw.choice(("{}", "{}", "{}", "there is {}", "a photo of {}", "{} while others look on", "we see {}"))
    return f"{frame.format(sentence)}{draw.choice(('', ' .', '.'))}"


def painted(draw: random.Random) -> Image.Image:
    """Shapes that no other scene has: what the first stage learns to tell apart."""

    def colour() -> tuple[int, int, int]:
        return draw.randrange(256), draw.randrange(256), draw.randrange(256)

    picture = Image.new("RGB", (128, 128), colour())
    pen = ImageDraw.Draw(picture)
    for _ in range(6):
        x, y, wide, high = (draw.randrange(low, most) for low, most in ((-10, 110), (-10, 110), (15, 70), (15, 70)))
        (pen.ellipse if draw.random() < 0.5 else pen.rectangle)((x, y, x + wide, y + high), fill=colour())
    return picture


def world(folder: Path, images: int, seed: int) -> Split:
    """Pictures in `folder`; what teaches and what asks. A question that a teaching caption equals is left out."""
    draw = random.Random(seed)
    rows, taught, asked = [], [], []
    for number in range(images):
        seen = scene(draw)
        said = list(dict.fromkeys(caption(seen, draw) for _ in range(5)))
        name = f"{number:05d}.png"
        painted(draw).save(folder / name, compress_level=1)
        rows.append({"file": name})
        taught.append([("captions", "en", text) for text in said[:-1]])
        asked.append(Query("caption", said[-1], frozenset({number})))
    known = {normalise(text) for texts in taught for _, _, text in texts}
    return Split(rows, taught, [query for query in asked if normalise(query.text) not in known], [])


def hits(queries: Sequence[Query], rankings: Sequence[Sequence[int]], most: int) -> np.ndarray:
    return np.asarray([bool(query.right & set(found[:most])) for query, found in zip(queries, rankings, strict=True)])


def interval(values: np.ndarray) -> list[float]:
    """95 % bootstrap interval (2,000 draws over queries) of a mean."""
    rng = np.random.default_rng(0)
    means = [float(values[rng.integers(0, len(values), len(values))].mean()) for _ in range(2_000)]
    return [round(float(np.quantile(means, q)), 4) for q in (0.025, 0.975)]


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--images", type=int, default=1_000)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--steps", type=int, default=None)
    arguments.add_argument("--threads", type=int, default=0)
    arguments.add_argument("--json", type=Path, default=None)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        data = world(folder, asked.images, asked.seed)
        at = datetime.now(UTC)
        admitted = admission(folder, data, at)
        wall, cpu = time.perf_counter(), time.process_time()
        settings = TrainSettings(seed=asked.seed, steps=asked.steps, threads=asked.threads)
        result = train(admitted, admitted.plan, settings, folder / "run", at=at)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        key = SigningKey.generate()
        write_manifest(result.model_dir, build_manifest(result, admitted, created=at, checkpoint="benchmark"), key)
        memory = Memory.load(result.model_dir, read_manifest(result.model_dir, key.public))
    number = {name: row for row, name in enumerate(row["file"] for row in data.rows)}
    order = [number[entry.file_names[0]] for entry in memory.manifest.entries]
    texts = [query.text for query in data.queries]
    documents = ["\n".join(text for _, _, text in some) for some in data.taught]
    space, bm25 = NgramSpace.fit(documents), BM25.fit(documents)
    both = Both(memory, admitted, documents, order)
    draw = random.Random(asked.seed)
    half = [draw.random() < 0.5 for _ in texts]
    merged = both.weighed(both.proposed(texts), [query.right for query in data.queries], half)
    rankings: dict[str, list[list[int]]] = {
        "memory": np.asarray(order)[np.argsort(-memory.score(texts), axis=1, kind="stable")[:, :10]].tolist(),
        "hybrid": [[row for row, _ in found] for found in merged],
        "character TF-IDF": [[row for row, _ in space.search(text, 10)] for text in texts],
        "BM25": [[row for row, _ in bm25.search(text, 10)] for text in texts],
    }
    first = {name: hits(data.queries, found, 1).astype(float) for name, found in rankings.items()}
    report: dict[str, Any] = {
        "images": asked.images,
        "seed": asked.seed,
        "queries": len(texts),
        "steps": result.settings.steps,
        "threads": result.settings.threads,
        "train_seconds": round(wall, 1),
        "train_cpu_seconds": round(cpu, 1),
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "systems": {
            name: {
                "hit_at_1": round(float(first[name].mean()), 4),
                "interval": interval(first[name]),
                "hit_at_5": round(float(hits(data.queries, found, 5).mean()), 4),
            }
            for name, found in rankings.items()
        },
        "minus": {
            ours: {name: interval(first[ours] - first[name]) for name in rankings if name != ours}
            for ours in ("memory", "hybrid")
        },
    }
    print(
        f"{asked.images} scenes, seed {asked.seed}, {len(texts)} questions, {report['steps']} steps: "
        f"{report['train_seconds']} s ({report['train_cpu_seconds']} CPU), peak {report['peak_memory_mib']} MiB"
    )
    for name, found in report["systems"].items():
        print(f"{name:18s} hit@1 {found['hit_at_1']:.3f} {found['interval']}  hit@5 {found['hit_at_5']:.3f}")
    for ours, others in report["minus"].items():
        print(f"hit@1, {ours} minus the other, 95 %:", others)
    if asked.json:
        asked.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
