"""FASTA read letter by letter, as `optsweep.importing.cleaning` says; slow and plain, to compare with."""

import re
from collections import Counter
from dataclasses import dataclass, field

from optsweep.importing.residues import INVISIBLE, REASONS

NAMES = {letter: name for name, letters in INVISIBLE.items() for letter in letters}
SPACES, RESIDUES, UTF8 = " \t\v\f", "ACDEFGHIKLMNPQRSTVWY", ("utf-8", "surrogateescape")


@dataclass
class Reading:
    kept: dict[str, bytes] = field(default_factory=dict)  # tokens -> name
    lengths: Counter[str] = field(default_factory=Counter)  # characters as written, kept and dropped as tokens
    dropped: Counter[str] = field(default_factory=Counter)
    altered: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[int, int]] = field(default_factory=list)  # (line, byte offset)


def read(content: bytes) -> Reading:
    reading, records = Reading(), []
    for number, match in enumerate(re.finditer(rb"([^\r\n]*)(?:\r\n|\r|\n|\Z)", content), 1):
        offset, text = match.start(), match[1].decode(*UTF8)
        bare = text.lstrip(SPACES + "".join(NAMES))
        orphan = bare and bare[0] not in ">;#" and not records and bare.rstrip(SPACES) != "//"
        wrong = "\0" in text or re.match(">[ \t]*[A-Za-z0-9]{2};", bare) or orphan
        reading.refused += [(number, offset + max(0, match[1].find(b"\0")))] if wrong else []
        if bare[:1] in ("", ">"):
            reading.altered.update(NAMES[letter] for letter in text[: len(text) - len(bare)] if letter in NAMES)
            records += [(re.split("[\0- ]", bare[1:].lstrip(SPACES))[0].encode(*UTF8), [])] if bare else []
        elif bare[0] in ";#" or bare.rstrip(SPACES) == "//":
            reading.altered["end marks (//)" if bare[0] == "/" else "comment lines"] += 1
        else:
            behind = re.search("[ \t\v\f][;#]", text)
            reading.altered["comments behind sequences"] += behind is not None
            for column, letter in enumerate(text[: behind.start()] if behind else text):
                reading.altered.update([NAMES[letter]] if letter in NAMES else [])
                if "!" <= letter <= "~" and letter != ">" and records:
                    records[-1][1].append(letter.upper())
                elif letter not in SPACES and letter not in NAMES:
                    reading.refused.append((number, offset + len(text[:column].encode(*UTF8))))
    for name, letters in records:
        judge(reading, name, "".join(letters))
    return reading


def judge(reading: Reading, name: bytes, letters: str) -> None:
    left, gaps = re.sub("[-.~0-9]", "", letters), len(re.findall("[-.~]", letters))
    tidy, digits = left.rstrip("*"), len(letters) - len(left) - gaps
    reading.altered.update({"digits": digits, "gap characters": gaps, "stop signs at the end": len(left) - len(tidy)})
    strange = re.sub(f"[{RESIDUES}:/*]", "", tidy)
    reading.altered.update(f"{'letters' if letter.isalpha() else letter} read as unknown" for letter in strange)
    tokens, used = re.sub(f"[^{RESIDUES}]", "X", tidy), set(tidy)
    faults = [not tidy, set(":/") & used, "*" in used, len(tidy) < 30, used <= set("ACGTUN")]
    faults += [tokens.count("X") * 20 > len(tokens), tokens in reading.kept]
    reading.dropped.update([reason for reason, fault in zip(REASONS, faults, strict=True) if fault][:1])
    reading.kept.update({} if any(faults) else {tokens: name})
    reading.lengths.update({"written": len(letters), "dropped" if any(faults) else "kept": len(tokens)})
