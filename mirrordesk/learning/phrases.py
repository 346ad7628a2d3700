"""The phrases that link a value to its subject, by its kind; `patterns.py` reads with them."""

from __future__ import annotations

import re

from mirrordesk.learning.values import PERSON, ValueKind

_NOW = (
    r"(?: (?:now|currently|officially|again|still|already|finally|actually|just|therefore|today"
    r"|instead|also))*"
)
_BE = (
    r"(?: (?:is going to be|is|are|will be|will now be|becomes|become|became"
    r"|has become|stays|remains|has been"
    r"|have been|got|gets)|['’]s|['’]ll be)"
)
_AUX = r"(?:(?: (?:is|are|was|were|has|have|had|will|got|gets|be|been|being|going to be)|['’]s)*)"
_FROM = r"(?: from (?:[^;]{1,40}?))?"
_WAY = r"(?: (?:up|down|back|forward|forwards|out|over|ahead|again|on|once more|slightly|all))*"
_MOVED = (
    r"(?:moves?|moving|brought|slips|slid|put off|put back|goes|went|gone|slides|jumps|changes"
    r"|switches|shifts|shift|set|\w{2,}ed)"
)
_WHO = rf"(?:we|i|they|you|he|she|(?:the )?(?:\w+ )?(?:team|board|management|client)|{PERSON})"
_HAVE = r"(?:['’](?:ll|ve)| will| have| has| had to| agreed to| decided to| had)?(?: now| just)?"
_DO = (
    r"(?:do|did|hold|held|moved?|moves|rescheduled?|pushe?[ds]?|shifte?d?|bring|brought|put|set"
    r"|scheduled?|postponed?|changed?|planned|booke?d?|kept|keep|delayed|have|having"
    r"|set up|arranged?"
    r"|agreed on|fixed|confirmed|settled on)"
)
_CHANGED = (
    r"(?:\w{2,}ed|cut|set|put|keep|kept|brought|took|raise|lower|reduce|increase|change"
    r"|double|fix|cap)"
)
_THE = r"(?:(?:the|our|my|your|their|his|her|this|a|an)\b|[^\W\d_a-z][\w-]*['’]s)"
_LET = rf"^(?:.*\b)?(?:let['’]?s|let us) (?:just )?{_DO} (?P<subject>.+?){_WAY}{_FROM}"
_ACTIVE = rf"^(?:.*[,;:] )?{_WHO}{_HAVE} {_DO} (?P<subject>{_THE} .+?){_WAY}{_FROM}"
_TO = r"(?: (?:to|for|on|at|until|till|onto|in))"
_LABEL = r"^(?P<label>[^:]{2,60}):"


def _links(*patterns: str) -> tuple[re.Pattern[str], ...]:
    """Patterns of what stands before a value, each with the subject in it."""
    whole = (one if one.startswith("^") else rf"^(?P<subject>.+?){one}" for one in patterns)
    return tuple(re.compile(rf"{one}\s*$", re.IGNORECASE) for one in whole)


_HAND_IN = (
    r"(?:submit|send|hand in|turn in|finish|deliver|file|return|complete|upload|renew"
    r"|sign|get|wants?"
    r"|needs?|expects?|receive)"
)
LINKS: dict[ValueKind, tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]] = {
    ValueKind.TIME: (
        (
            "is due",
            _links(
                rf"{_BE}{_NOW} due(?: back| in)?(?: (?:on|by|at|before))?",
                r" (?:must|has to|have to|needs? to|is to)(?: now)? be (?:\w+ ){0,3}"
                r"(?:by|before|no later than)",
                rf"^(?:.*\b)?{_HAND_IN} (?P<subject>{_THE} .+?)(?: (?:in|back|done"
                rf"|ready|to {PERSON}))*"
                r" (?:by|before|no later than)",
            ),
        ),
        (
            "is on",
            _links(
                rf"{_LET}{_TO}?",
                rf"{_ACTIVE}{_TO}",
                rf"{_AUX}{_NOW} {_MOVED}{_WAY}(?: by [\w ]{{1,12}})?{_FROM}{_TO}",
                rf"{_BE}{_NOW}(?: (?:due to (?:start|begin)|starting|happening"
                rf"|taking place))?{_NOW}"
                r"(?: (?:for|on|at|from))?",
                r"(?: will)?(?: now)? (?:takes?|taking) place(?: (?:on|at|from))?",
                r"(?: will)?(?: now)? (?:happens?|starts?|begins?|kicks? off|be held)"
                r"(?: (?:on|at|from))?",
                _LABEL,
            ),
        ),
    ),
    ValueKind.AMOUNT: (
        (
            "costs",
            _links(
                r"(?: will)?(?: now)? (?:costs?|amounts? to|comes? to|stands? at|totals?)(?: now)?",
                rf"{_BE}{_NOW}(?: (?:set|capped|fixed|down|up|back))?(?: (?:at|to))?",
                rf"{_AUX}{_NOW} \w+{_WAY}{_FROM} (?:to|at)",
                rf"^(?:.*\b)?{_CHANGED} (?P<subject>(?:{_THE} )?.+?){_WAY}{_FROM} (?:to|at)",
                r"(?: now)? (?:has|have|gets?|got) (?:a |an |the )?(?:new )?(?P<head>\w+) of",
                _LABEL,
            ),
        ),
    ),
    ValueKind.VERSION: (
        (
            "has version",
            _links(
                rf"{_BE}{_NOW}(?: up to| down to| back (?:on|to)| on| at| running| using)?"
                r" (?:version|release)",
                rf"{_BE}{_NOW} (?:on|at|running|using)",
                rf"{_AUX}{_NOW} \w{{2,}}ed{_WAY}{_FROM} to(?: (?:version|release))?",
                r"(?: now)? (?:runs|uses|ships)(?: (?:on|with))?(?: (?:version|release))?",
                rf"^(?:.*[,;:] )?{_WHO}{_HAVE} \w{{2,}}ed (?P<subject>.+?){_WAY}{_FROM}"
                r" to(?: (?:version|release))?",
                rf"{_BE}{_NOW}",
                _LABEL,
            ),
        ),
    ),
    ValueKind.PLACE: (
        (
            "is in",
            _links(
                rf"{_LET} (?:in|at|on|to|over)",
                rf"{_ACTIVE} (?:in|at|on|to|into|over to)",
                rf"{_AUX}{_NOW} {_MOVED}{_WAY}{_FROM} (?:to|into|on)",
                rf"^(?:.*\b)?for (?P<subject>{_THE} .+?),? (?:we|they|everyone)(?:['’]ll| will)? "
                r"(?:meet|gather|use|go to|are)(?: (?:in|at|on))?",
                rf"{_BE}{_NOW}(?: (?:held|happening|located|taking place))?{_NOW} (?:in|at|on)",
                r"(?: will)?(?: now)? (?:takes? place|happens?|meets?|be held)(?: (?:in|at|on))",
                rf"{_BE}{_NOW}",
                _LABEL,
            ),
        ),
    ),
    ValueKind.STATE: (
        (
            "is",
            _links(
                rf"{_BE}{_NOW}(?: (?:marked|set|considered|back|declared))?(?: (?:as|to))?",
                r"(?P<act> (?:was|were))(?: just| finally)?",
                rf"{_AUX}{_NOW} (?:went|goes|turned|turns|changed|changes"
                rf"|switched|moved|moves){_WAY}"
                rf"{_FROM}(?: (?:to|into))?",
                rf"^(?:(?:.*[,;:] )?{_WHO}{_HAVE} |(?:.*[,;:] )?)(?:just )?(?:set"
                rf"|marked?|put|moved)"
                rf" (?P<subject>{_THE} .+?){_FROM} (?:to|as|on|into)",
                _LABEL,
            ),
        ),
    ),
    ValueKind.PHONE: (
        (
            "has phone number",
            _links(
                rf"{_BE}{_NOW}",
                r"^(?:.*\b)?(?:reach|call|text|phone) (?P<subject>.+?) (?:at|on|under)",
                _LABEL,
            ),
        ),
    ),
    ValueKind.MAIL: (
        (
            "has mail address",
            _links(
                rf"{_BE}{_NOW}",
                r"^(?:.*\b)?(?:reach|mail|e-?mail|write to) (?P<subject>.+?) (?:at|under)",
                _LABEL,
            ),
        ),
    ),
    ValueKind.LINK: (
        ("has link", _links(rf"(?:{_BE}| lives| can be found){_NOW}(?: (?:at|under|here))?:?")),
    ),
    ValueKind.FILE: (
        (
            "has file",
            _links(
                rf"(?:{_BE}| lives| lies| can be found){_NOW}(?: (?:saved|stored|kept))?"
                r" (?:at|under|in|as)"
            ),
        ),
    ),
}

_VALUE = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands for the value
_END = r"(?=[,.;:!?]| (?:now|from|as of|because|since|so|and|over)\b|$)"
_AFTER = rf"(?P<subject>.{{2,60}}?){_END}"


def _around(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(one.replace("@", _VALUE), re.IGNORECASE) for one in patterns)


# Where the subject stands behind the value, for which @ stands
_TOLD_OF = (
    rf"@ is(?: now)? (?:the|our)(?: new)? (?P<head>[a-z-]+(?: [a-z]+)?) (?:of|for|on) {_AFTER}"
)
AROUND: dict[ValueKind, tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]] = {
    ValueKind.TIME: (
        ("is due", _around(rf"(?:until|till|by) @ to {_HAND_IN} {_AFTER}", _TOLD_OF)),
    ),
    ValueKind.AMOUNT: (("", _around(rf"\b(?P<head>[a-z]+) of @ (?:for|on) {_AFTER}", _TOLD_OF)),),
    ValueKind.VERSION: (
        (
            "has version",
            _around(
                rf"@ is(?: now)? (?:live|running|deployed|installed|out) on {_AFTER}",
                rf"(?:deployed|installed|rolled out|released|put|shipped|pushed)"
                rf"(?: (?:version|release))? @ (?:to|on|onto) {_AFTER}",
            ),
        ),
    ),
    ValueKind.PLACE: (("is in", _around(rf"(?:^|[,:;] )@ it is for {_AFTER}", _TOLD_OF)),),
    ValueKind.STATE: (),
    ValueKind.PHONE: (),
    ValueKind.MAIL: (),
    ValueKind.LINK: (),
    ValueKind.FILE: (),
}


def marked(before: str, after: str) -> str:
    """A sentence with the mark of a value between what stands before and behind that."""
    return before + _VALUE + after
