"""Recall by whole captions: five people describe each scene, four of them teach, the fifth asks.

    python benchmarks/memory_captions.py --images 1000 --seed 0 --json result.json

A stand-in for photographs with human captions: no picture is photographed and nobody wrote the sentences. Scenes are drawn
at random, common things more often than rare ones (who, doing what, with what, where, wearing what, when, and what else is
there); each caption tells some of it in a sentence of its own, with its own choice among words of like meaning and among
inflections, now and then from another side of the scene, and sometimes mistaken. How much is left out and mistaken was set
so that BM25 finds about as much as on captions by people (hit@1 .55 at 1,000, .35 at 8,000), before any memory was trained. Pictures are coloured shapes. One hidden
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

# Words of like meaning stand together, divided by "|", what people say first before the rest; concepts are divided by ",",
# common ones before rare ones.
WHO = (
    "man|guy|person|gentleman|male,woman|lady|person|female,boy|young boy|child|kid,girl|young girl|child|little girl,"
    "dog|puppy|brown dog|animal,group of people|people|crowd|several people,couple|pair|two people,player|athlete|man,"
    "child|kid|toddler|little one,young man|teenager|youth,worker|workman|laborer|man,cyclist|biker|bike rider|person,"
    "older man|old man|elderly man|senior,musician|performer|band member,skateboarder|skater|boy,surfer|man|person,"
    "football player|player|quarterback,baby|infant|toddler,climber|mountaineer|person,dancer|performer|woman,skier|person,"
    "vendor|merchant|seller|man,older woman|old woman|elderly woman|lady,tourist|traveler|visitor,chef|cook|man,"
    "snowboarder|boarder|person,runner|jogger|athlete,police officer|policeman|officer,wrestler|fighter,cowboy|rider|man,"
    "gymnast|girl,hiker|backpacker|walker,bride|woman in white,fisherman|angler|man,soldier|serviceman,firefighter|fireman,"
    "two dogs|dogs|puppies,horse|pony|animal,acrobat|stuntman,drummer|musician,referee|umpire,waitress|server,diver|swimmer,"
    "clown|entertainer,mechanic|repairman,cheerleader|girls,painter|artist,golfer,boxer,nun,violinist,juggler,goalie,jockey"
)
DOING = (
    "standing|stands|posing|waiting,sitting|sits|seated|resting,walking|strolling|walks|heading,running|runs|racing|sprinting,"
    "playing|plays|having fun,jumping|leaps|leaping|in the air,holding|holds|carrying|with,looking at|watching|staring at|facing,"
    "riding|rides|on,smiling at|laughing at|grinning at,talking to|chatting with|speaking to,working on|busy with|doing something to,"
    "eating|eats|having,climbing|climbs|scaling|going up,performing with|performs with|entertaining with,throwing|throws|tossing,"
    "catching|catches|reaching for,swimming|swims|wading,reading|reads|looking through,kicking|kicks,pulling|pulls|dragging|towing,"
    "singing|sings,drinking|sipping|drinks,pushing|pushes,dancing with|dances with,pointing at|points at,cooking|preparing|making,"
    "painting|paints|drawing,sleeping near|lying by|napping near,cleaning|washing|scrubbing,fixing|repairing,digging|digs,"
    "balancing on|balances on,crawling through|crawls through,splashing|splashes,sliding down|slides down,chasing|chases|running after,"
    "hugging|embraces|hugs,juggling,sweeping|sweeps,selling|sells,photographing|taking a picture of,fighting over|struggling for,"
    "chewing|gnawing on,swinging|swings,diving for|dives for,whispering to,feeding|feeds,sewing|knitting,leaning on|leans against"
)
WITH = (
    "ball|soccer ball|football|toy,bicycle|bike|cycle,camera|cameras,guitar|instrument,stick|branch,car|automobile|vehicle,"
    "bench|seat,table|desk,skateboard|board,frisbee|disc|toy,book|novel|magazine,umbrella|parasol,bag|backpack|luggage|purse,"
    "rope|cord|leash,horse|pony|animal,motorcycle|motorbike|dirt bike,boat|canoe|rowboat,sign|signboard|poster,phone|cellphone|mobile,"
    "tennis racket|racket,surfboard|board,cup of coffee|coffee|drink|mug,microphone|mic,flag|banner,toy|plaything,stroller|carriage,"
    "ice cream|cone|treat,fence|railing|gate,newspaper|paper,balloon|balloons,fish|catch,cake|dessert,ladder|steps,laptop|computer,"
    "kite,drum|drums,shopping cart|cart|trolley,basket|hamper,hammer|tool,statue|sculpture|monument,bat|baseball bat,sled|sleigh,"
    "violin|fiddle,suitcase|luggage,shovel|spade,hoop|ring,tire|wheel,broom|mop,swing|swing set,trumpet|horn,wagon,kayak|paddle,"
    "bucket|pail,hose|sprinkler,puppet|doll,teddy bear|stuffed animal,accordion,canvas|easel,pillow|cushion,lantern|lamp,candle|candles,"
    "helmet|headgear,trampoline,tractor,tent|canopy,scooter,chessboard|chess set,telescope,bubbles,mask,paintbrush|brush,fountain,"
    "pumpkin,fruit|apples|oranges,vegetables|produce,flowers|bouquet,cigarette,pizza|slice,sandwich|burger,bottle|beer,map,needle,"
    "wheelbarrow,crutches,harp,saddle,net,snowball,tricycle,parachute,harness,rifle|gun,sword,trophy,whistle,yo-yo"
)
WHERE = (
    "street|road|city,grass|field|lawn|meadow,park|garden,water|lake|pond|river,beach|shore|sand|ocean,snow|ice|slope,"
    "building|house|home,sidewalk|pavement|walkway,mountain|hill|cliff|rocks,stage|platform|concert,forest|woods|trees,"
    "restaurant|cafe|bar|diner,kitchen|room,stadium|arena|game,river|stream|creek,pool|swimming pool,market|bazaar|stand,"
    "store|shop|mall,train station|subway|station,playground|yard,office|room,backyard|yard|lawn,gym|gymnasium,track|race track|course,"
    "bridge|overpass,classroom|school,construction site|building site,desert|dunes,harbor|dock|pier,church|cathedral,rooftop|roof,"
    "parking lot|lot,alley|lane,airport|terminal,carnival|fair,skate park|ramp,farm|barn,library,museum|gallery,parade|festival,"
    "bus|train,escalator|stairs,campsite|camp,dirt path|trail,wall|brick wall,fountain|plaza|square,tunnel,waterfall,cave,vineyard,"
    "laundromat,greenhouse,hospital,bowling alley,rodeo,zoo,amusement park,canyon,lighthouse,balcony,courtyard,workshop|garage"
)
WEARING = (
    "blue|navy|light blue,red|maroon,white|light,black|dark,green|lime green,yellow|gold,pink|purple,orange,brown|tan,"
    "gray|grey,striped,plaid|checkered,colorful|bright,purple,blond,tie-dyed,sequined,camouflage,floral,denim"
)
CLOTHES = (
    "shirt|t-shirt|top,jacket|coat,hat|cap,dress|gown,shorts|trunks,jeans|pants,helmet,uniform|outfit,sweater|hoodie,vest,"
    "suit|jacket,skirt,sunglasses|glasses,boots|shoes,apron,swimsuit|bathing suit,costume|outfit,scarf,gloves,robe,wetsuit,tie,turban"
)
WHEN = "at night|in the dark,at sunset|at dusk,on a sunny day|in the sun,in the rain|on a rainy day,in winter,during a race|in a race"
DRAWN = {"who": WHO, "doing": DOING, "with": WITH, "where": WHERE, "colour": WEARING, "clothes": CLOTHES, "when": WHEN}
BESIDE = (
    "another",
    "beside",
    "other with",
    "other where",
    "other colour",
    "other clothes",
)  # what else there is to see
_RARE = 4.0  # concept number n is drawn in proportion to 1 / (n + _RARE)
_OWN_EYES = 0.03  # of what is said, something else: people err, and guess
_LATER_WORD = 0.65  # the second word of a concept is said this much more rarely than the first, and so on


def concepts(text: str) -> list[list[str]]:
    return [group.split("|") for group in text.split(",")]


LISTS = {name: concepts(text) for name, text in DRAWN.items()}
WEIGHTS = {name: [1 / (n + _RARE) for n in range(len(groups))] for name, groups in LISTS.items()}


def one_of(name: str, draw: random.Random) -> list[str]:
    return draw.choices(LISTS[name], WEIGHTS[name])[0]


def scene(draw: random.Random) -> dict[str, list[str]]:
    kinds = [*DRAWN, *zip(BESIDE, ("who", "with", "with", "where", "colour", "clothes"), strict=True)]
    return {
        name: one_of(kind, draw) for name, kind in ((kind, kind) if isinstance(kind, str) else kind for kind in kinds)
    }


def caption(seen: dict[str, list[str]], draw: random.Random) -> str:
    """One person's sentence: some of the scene, from that person's side, in that person's words."""

    def say(name: str) -> str:
        words = seen[name]
        if draw.random() < _OWN_EYES:
            words = one_of({"another": "who", "beside": "with"}.get(name, name.removeprefix("other ")), draw)
        return draw.choices(words, [_LATER_WORD**n for n in range(len(words))])[0]

    first, second = ("who", "another") if draw.random() < 0.97 else ("another", "who")
    who = f"{draw.choice(('a', 'the', 'one', 'a'))} {say(first)}"
    if draw.random() < 0.35:
        colour, clothes = ("colour", "clothes") if draw.random() < 0.8 else ("other colour", "other clothes")
        who += f" {draw.choice(('in', 'wearing', 'with'))} a {say(colour)} {say(clothes)}"
    if draw.random() < 0.2:
        who += f" {draw.choice(('and', 'with', 'near'))} a {say(second)}"
    doing = f"{draw.choice(('is ', '', ''))}{say('doing')}" if draw.random() < 0.9 else "is there"
    if draw.random() < 0.6:
        doing += f" {draw.choice(('a', 'the', 'some'))} {say('with' if draw.random() < 0.8 else 'beside')}"
    if draw.random() < 0.15:
        doing += f" {draw.choice(('beside', 'next to', 'by'))} a {say('other with')}"
    tail = []
    if draw.random() < 0.5:
        tail = [
            f"{draw.choice(('in', 'at', 'on', 'near', 'by'))} the {say('where' if draw.random() < 0.85 else 'other where')}"
        ]
    tail += [say("when")] if draw.random() < 0.08 else []
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
    arguments.add_argument(
        "--picture-steps", type=int, default=None, help="0: questions answer the same, no twins told apart"
    )
    arguments.add_argument("--threads", type=int, default=0)
    arguments.add_argument("--json", type=Path, default=None)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        data = world(folder, asked.images, asked.seed)
        at = datetime.now(UTC)
        admitted = admission(folder, data, at)
        wall, cpu = time.perf_counter(), time.process_time()
        settings = TrainSettings(
            seed=asked.seed, steps=asked.steps, picture_steps=asked.picture_steps, threads=asked.threads
        )
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
    merged = both.weighed(texts, [query.right for query in data.queries], half)
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
