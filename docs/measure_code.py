"""Counts the code by room: lines without blanks, comments and docstrings, and what has no type.

python docs/measure_code.py
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1] / "optsweep"
NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


def code_lines(source: str) -> set[int]:
    """Numbers of the lines that hold code: a bare string (a docstring, a note to a name) is none."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def count(path: Path) -> Counter[str]:
    """What one file has."""
    source = path.read_text()
    text = source.splitlines()
    code = code_lines(source)
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return Counter(
        modules=1,
        code=len(code),
        lines=len(text),
        untyped=len(re.findall(r"dict\[str, (?:Any|object)\]|Mapping\[str, (?:Any|object)\]", source)),
        any_lines=sum(bool(re.search(r"\bAny\b", text[n - 1])) and "import" not in text[n - 1] for n in code),
        ignored=source.count("type: ignore"),
        functions=len(functions),
        told=sum(ast.get_docstring(node) is not None for node in functions),
    )


def main() -> None:
    rooms: dict[str, Counter[str]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        place = path.relative_to(ROOT).parts
        rooms.setdefault(place[0] if len(place) > 1 else "(top)", Counter()).update(count(path))
    total = sum(rooms.values(), Counter[str]())
    outside = total - rooms["data"] - rooms["importing"] - rooms["torch_format"]
    print(
        f"{'room':14}{'modules':>8}{'code':>8}{'share':>7}{'untyped dicts':>15}{'Any lines':>11}"
        f"{'ignored':>9}{'docstrings':>12}"
    )
    for name, room in [*rooms.items(), ("outside data", outside), ("all", total)]:
        print(
            f"{name:14}{room['modules']:8}{room['code']:8,}{room['code'] / total['code']:7.0%}{room['untyped']:15}"
            f"{room['any_lines']:11}{room['ignored']:9}{room['told'] / max(1, room['functions']):12.0%}"
        )
    print(f"lines with Any per 1,000 lines: {1000 * total['any_lines'] / total['lines']:.1f}")


if __name__ == "__main__":
    main()
