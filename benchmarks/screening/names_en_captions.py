"""Captions for measuring false alarms and missed names: written for the measurement, none of it taught to the tagger.

`captions()` names nobody; `captions_with_people()` names somebody in each line. One seed, always the same lines.
"""

from __future__ import annotations

import random

_BRANDS = (
    "Bosch Makita Festool Hilti Metabo Wera Knipex Stahlwille Gedore Mitutoyo Siemens Schneider Omron Keyence Festo SMC Fanuc Yaskawa Kuka Danfoss Grundfos "
    "Parker Eaton Swagelok Rexroth Timken SKF NSK Schaeffler Loctite Dremel Stanley Irwin Facom Bahco Lindström Weller Fluke Rittal Phoenix Wago Harting "
    "Miele Philips Braun Kenwood Smeg Dyson Bialetti Barilla Lindt Heinz Kellogg Campbell Lavazza Twinings Danone Lego Samsonite Birkenstock Levi's"
).split()
_THINGS = (
    "cordless drill|impact driver|angle grinder|torque wrench|socket set|feeler gauge|caliper|limit switch|proximity sensor|solenoid valve|gear pump|ball valve|"
    "pressure gauge|hydraulic hose|deep groove ball bearing|linear guide|timing belt|roller chain|hex bolt|flange nut|spring washer|set screw|dowel pin|O-ring|"
    "cable gland|terminal block|circuit breaker|servo motor|inverter|gearbox|coupling|heat sink|enclosure|junction box|welding mask|safety goggles|work gloves|"
    "toaster|kettle|coffee maker|vacuum cleaner|tomato soup|dark chocolate|olive oil|oat milk|pasta|biscuits|jam|mustard|suitcase|sandals|jeans|desk lamp|armchair"
).split("|")
_CODES = "GSR 18V-55|M8x40|DIN 933|ISO 4762|6204-2RS|G1/2|DN50 PN16|IP67|24 VDC|230 V|A4-80|SUS304|RAL 7035|PA66 GF30|HSS-Co|TX25|PH2|XH-2.54|1/4-20 UNC|3RT2016-1BB41|E2E-X5ME1|40x40|Ø12 h7|0.5 mm²|10 kN|1.4301|Rev. C|Lot 4471|12 pcs|500 g".split(
    "|"
)
_LOOKS = "stainless|zinc plated|black oxide|galvanised|matte grey|left-hand|long|short|heavy duty|spare|used|boxed|refurbished|limited edition|organic|sugar free|family size".split(
    "|"
)
_PLACES = "Germany|Japan|Italy|Vietnam|Poland|Taiwan|Switzerland|Czech Republic|South Korea|Mexico|Portugal".split("|")
_VARIETIES = (
    "Cox's Orange Pippin apple|Jonagold apple|Gala apples in a crate|Williams pear|Marie Rose sauce|Victoria plum|Maris Piper potatoes|San Marzano tomato|Lady Finger banana|Jersey Royal potatoes|"
    "Pierre de Ronsard rose|Peace rose|Sweet William|Black-eyed Susan|Jacob's ladder, violet|Johnny Walker bottle, empty|Jack Daniel's label|Ben & Jerry's tub|Aunt Jemima bottle|Uncle Ben's rice|"
    "Victorinox Swiss Army knife|Chesterfield sofa|Eames lounge chair|Tiffany lamp|Adirondack chair|Charles Eames style chair|Chippendale desk|Windsor chair|Dutch oven|French press|Chinese lantern|"
    "Stevenson screen|Newton's cradle|Archimedes screw|Leclanché cell|Maxwell bridge|Wheatstone bridge|Crookes radiometer|Van de Graaff generator|Foucault pendulum|Geneva drive|Hooke joint|Oldham coupling"
).split("|")  # fmt: skip
_GIVEN = "Emma Oliver Priya Hiroshi Fatima Lars Ingrid Mateusz Giulia Thiago Nomvula Kwame Svetlana Dmitri Aoife Siobhan Chen Mei Yusuf Leila Pavel Zuzana Andrei Ioana Hannah George Noah Chloe Rajesh Anjali".split()
_SURNAME = "Whitfield Okonkwo Tanaka Lindqvist Kowalczyk Ferrari Almeida Dlamini Mensah Ivanova O'Connor Murphy Zhang Haddad Yilmaz Novák Popescu Baker Harrison Bennett Fischer Schmidt Patel Iyer Nguyen Castillo Moreau Dubois Jansen Petrov".split()


def captions(count: int = 1_000, seed: int = 5) -> list[str]:
    """Different captions without a person, as catalogues write them."""
    rng = random.Random(seed)
    found: dict[str, None] = dict.fromkeys(_VARIETIES)
    while len(found) < count:
        brand, thing, code, look, place = (rng.choice(pool) for pool in (_BRANDS, _THINGS, _CODES, _LOOKS, _PLACES))
        line = rng.choice([
            f"{brand} {thing}", f"{brand} {code} {thing}", f"{thing.capitalize()} {code} {look}", f"{thing.title()} {code}", f"{brand} {thing.title()}, {look}",
            f"{brand} {thing}, made in {place}", f"Made in {place}", f"{thing} from {place}, {look}", f"{brand} {code}", f"{look} {thing}, front view",
            f"{thing.replace(' ', '_')}_{code.replace(' ', '')}.jpg", f"Exploded view of a {thing} ({brand})", f"{thing}, {look}, {code}", f"{brand} & {rng.choice(_BRANDS)} {thing}",
            f"{thing.title()} For {rng.choice(_THINGS).title()}", f"Replacement {thing} for {brand} {code}", f"{brand.upper()} {thing.upper()} {code.upper()}",
            f"The {thing} is {look}. It fits the {brand} {rng.choice(_THINGS)} and is shipped from {place}.", f"{thing} on a wooden table", f"Our best-selling {thing} in {place}",
        ])  # fmt: skip
        found[line] = None
    return list(found)


def captions_with_people(count: int = 500, seed: int = 6) -> list[tuple[str, str]]:
    """(caption, the name in it): given name and surname, in the places where captions put them."""
    rng = random.Random(seed)
    found: dict[str, str] = {}
    while len(found) < count:
        name, thing, place, brand = (
            f"{rng.choice(_GIVEN)} {rng.choice(_SURNAME)}",
            rng.choice(_THINGS),
            rng.choice(_PLACES),
            rng.choice(_BRANDS),
        )
        line = rng.choice([
            f"{name} with a {thing}", f"{thing.capitalize()} tested by {name}", f"{name}, {brand}", f"Portrait of {name}", f"{name} at the {brand} booth, 2023", f"{name} in {place}",
            f"{thing} (photo: {name})", f"{name} explains the {thing}", f"Quality check of the {thing}: {name}", f"{name} and the new {thing}", f"{thing.title()} - {name} - {place}", f"{name} on the shop floor",
            f"{name}'s {thing}", f"{name}", f"Visit of {name} to the plant", f"{thing}, operator {name}",
        ])  # fmt: skip
        found[line] = name
    return list(found.items())
