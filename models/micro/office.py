"""Office talk: sentences made of a few hundred words, names, days, times and numbers.

Everything the micro models learn is generated from here; nothing is taken from any data set.
"""

from __future__ import annotations

import random
import re


def _words(text: str) -> list[str]:
    return text.split()


NAMES = _words("""
    Maria Peter Anna Thomas Julia Robert Sofia Daniel Emma Lucas Laura Martin Nina Paul Clara
    Victor Helen Oscar Alice Simon Grace Henry Olivia Felix Diana Marcus Rosa Adam Eva Jacob
""")
PROJECTS = _words("""
    Falcon Heron Orion Atlas Phoenix Saturn Willow Maple Granite Harbor Meadow Summit Cedar
    Comet Lantern Compass Horizon Amber River Copper
""")
DAYS = _words("""
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday
""")
MONTHS = _words("""
    January February March April May June July August September October November December
""")
TEAMS = _words("""
    finance design marketing sales support research legal security hardware software
""")
THINGS = _words("""
    report contract invoice budget proposal schedule presentation prototype review summary
    survey server database backup release ticket password laptop printer keyboard agenda
    document spreadsheet diagram newsletter website meeting workshop interview training audit
""")
PLACES = _words("""
    office kitchen library lobby warehouse basement garden cafeteria airport station hotel
    Berlin Paris London Madrid Vienna Oslo Lisbon Dublin Boston Chicago
""")
ADJECTIVES = _words("""
    new old final first second quarterly monthly weekly yearly urgent important short long
    updated signed missing broken ready late early blue red green
""")
VERBS = _words("""
    send check finish review print sign open close update move cancel discuss prepare share
    copy delete approve rewrite translate order repair test deploy archive confirm
""")
ONES = _words("""
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
""")
TENS = _words("""
    twenty thirty forty fifty sixty seventy eighty ninety
""")
ORDINALS = _words("""
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
    thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
""")

TEMPLATES = (
    "Please {verb} the {adjective} {thing} before {day}.",
    "Please {verb} the {thing} and {verb} the {thing}.",
    "{name} will {verb} the {thing} on {day}.",
    "{name} said the budget for {project} is {amount} {money}.",
    "The budget for {project} was {amount} {money}.",
    "The {project} meeting is on {day} at {time}.",
    "The {thing} for {project} moved to {day}.",
    "Let's {verb} the {thing} with the {team} team.",
    "Let's meet in the {place} at {time}.",
    "Can you {verb} the {thing} for {name}?",
    "Could {name} {verb} the {adjective} {thing} by {time}?",
    "I need the {adjective} {thing} by {day} morning.",
    "We decided to {verb} the {thing} in {month}.",
    "The deadline for {project} is {month} {ordinal}.",
    "{name} and {name} are in the {place} today.",
    "The {team} team wants {number} more days.",
    "Who has the {adjective} {thing} from {name}?",
    "The {thing} is {adjective} and the {thing} is {adjective}.",
    "Call {name} at {time} about the {thing}.",
    "My flight to {place} leaves at {time} on {day}.",
    "There are {number} people in the {thing} on {day}.",
    "{name} is the new lead of the {team} team.",
    "We have {number} open questions about {project}.",
    "Do not {verb} the {thing} yet.",
    "Yesterday {name} forgot the {thing} in the {place}.",
    "Tomorrow we will {verb} {number} pages of the {thing}.",
    "The room number is {number}.",
    "The code for the door is {digit} {digit} {digit} {digit}.",
    "Project {project} starts in {month} with {number} people.",
    "Thank you {name}, that is all for today.",
    "Good morning {name}, how is the {thing}?",
    "Send the {adjective} {thing} to the {team} team.",
    "{name} paid {amount} {money} for the {thing}.",
    "The {place} is closed on {day} afternoon.",
    "I will be back in {number} minutes.",
)


def number(chance: random.Random, below: int = 100) -> str:
    """A number from 1 to `below` - 1 in words."""
    return in_words(chance.randrange(1, below))


def in_words(value: int) -> str:
    """1 to 999,999 in English words, without "and"."""
    if value >= 1000:
        rest = value % 1000
        return f"{in_words(value // 1000)} thousand" + (f" {in_words(rest)}" if rest else "")
    if value >= 100:
        rest = value % 100
        return f"{ONES[value // 100 - 1]} hundred" + (f" {in_words(rest)}" if rest else "")
    if value >= 20:
        rest = value % 10
        return TENS[value // 10 - 2] + (f" {ONES[rest - 1]}" if rest else "")
    return ONES[value - 1]


def _amount(chance: random.Random) -> str:
    round_to = chance.choice((100, 500, 1000, 5000))
    return in_words(chance.randrange(1, 100) * round_to)


def _time(chance: random.Random) -> str:
    hour = chance.choice(ONES[:12])
    return chance.choice(
        (f"{hour} o'clock", f"{hour} thirty", f"half past {hour}", f"{hour} fifteen")
    )


def _slot(name: str, chance: random.Random) -> str:
    choices = {
        "name": NAMES, "project": PROJECTS, "day": DAYS, "month": MONTHS, "team": TEAMS,
        "thing": THINGS, "place": PLACES, "adjective": ADJECTIVES, "verb": VERBS,
        "ordinal": ORDINALS, "digit": ONES[:9], "money": ("euros", "dollars", "pounds"),
    }  # fmt: skip
    made = {"number": number, "amount": _amount, "time": _time}
    return made[name](chance) if name in made else chance.choice(choices[name])


def sentence(chance: random.Random) -> str:
    """One sentence, 3 to about 16 words."""
    template = chance.choice(TEMPLATES)
    return re.sub(r"\{(\w+)\}", lambda found: _slot(found[1], chance), template)
