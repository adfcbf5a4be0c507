"""Wrong tables for `optsweep transfer`, and wrong columns and lengths."""

from __future__ import annotations

from .outcome import Case

RIGHT = "D,lr,bs,loss\n" + "".join(f"1e9,{lr}e-3,64,2.{lr}\n" for lr in range(1, 9))
NAMED = {"--table": "runs.csv", "--length": "D", "--value": "loss", "--lr": "lr", "--batch": "bs", "--to": "4e9"}


def case(id: str, text: bytes | str, *says: str, **changed: str) -> Case:
    options = NAMED | {f"--{option}": value for option, value in changed.items()}
    line = [word for pair in options.items() for word in pair]
    return Case(f"transfer: {id}", ["transfer", *line], list(says), files={"runs.csv": text})


CASES = [
    case("empty file", "", "runs.csv", "is empty"),
    case("no text", b"\x89PNG\r\n\x1a\n\0\0", "runs.csv", "is no text"),
    case("another text", "Dear colleague,\nthe runs are below.\n", "runs.csv", "no column 'D'", "Dear colleague"),
    case("column not there", RIGHT, "runs.csv", "no column 'value'", "D, lr, bs, loss", value="value"),
    case("column in capitals", RIGHT, "no column 'LR'", "D, lr, bs, loss", lr="LR"),
    case("one column for two", RIGHT, "--lr and --batch", "'lr'", batch="lr"),
    case("column twice", RIGHT.replace("loss", "loss,loss", 1), "2 columns 'loss'"),
    case("text for a number", RIGHT.replace("2.3", "good"), "runs.csv: line 4", "loss is 'good'", "a number"),
    case("decimal comma", RIGHT.replace(",", ";").replace("2.3", "2,3"), "line 4", "'2,3'", "decimal point"),
    case("length 0", RIGHT.replace("1e9", "0", 1), "runs.csv: line 2", "D is 0", "above 0"),
    case("lr below 0", RIGHT.replace("4e-3", "-4e-3"), "runs.csv: line 5", "lr is -4e-3", "above 0"),
    case("batch nan", RIGHT.replace("64", "nan", 1), "runs.csv: line 2", "bs is nan", "above 0"),
    case("line cut off", RIGHT + "1e9,1e-3", "runs.csv: line 10", "has 2 fields", "4"),
    case("escapes in a cell", RIGHT.replace("2.3", "\x1b[31mred"), "runs.csv: line 4", "a number"),
    case("to 0", RIGHT, "--to 0", "above 0", to="0"),
    case("to nan", RIGHT, "--to nan", "above 0", to="nan"),
    case("to in words", RIGHT, "--to", "'far'", to="far"),
    case("to shorter", RIGHT, "--to 5e+08", "1e+09", "no less", to="5e8"),
    case("table not there", RIGHT, "nowhere.csv: No such file", table="nowhere.csv"),
    case("table is a folder", RIGHT, ".: Is a directory", table="."),
]
