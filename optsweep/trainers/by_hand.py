"""command.sh: the call of one run as a shell script, to be run by hand in a folder of its own."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from optsweep.files import write_text
from optsweep.reporting import VARIABLE
from optsweep.study.config_text.config_file import ConfigFormat
from optsweep.study.script.command_line import Places, config_text, script_call
from optsweep.study.script.config import ScriptConfig
from optsweep.trainers.script_start import places_of

FILE = "command.sh"
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""With another number of threads a training may come to other last digits."""
_DIR, _PORT = "/optsweep-stands-here-for-DIR", "9867453201"
"""What stands for DIR, and for the port, while words and config are made."""

_HEAD = """\
#!/bin/sh
# The call of run {run}, to be run by hand: sh {file} [DIR]
# DIR, a new folder (default: one beside this file), takes the place of the run's own work folder.
set -eu
if [ $# -gt 0 ]; then
    mkdir -p -- "$1"
    dir=$(CDPATH='' cd -- "$1" && pwd -P)
else
    dir=$(mktemp -d "$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)/by-hand-XXXXXX")
fi
case "$dir/" in
{work}/*) echo "$dir is the run's own; give a new folder" >&2; exit 2 ;;
esac
if [ -n "$(ls -A -- "$dir")" ]; then
    echo "$dir is not empty; give a new folder" >&2
    exit 2
fi
"""
_NO_SIGNS = """\
case "$dir" in
*[{signs}]*) echo "$dir would spoil the config file; give a folder without {shown} in its path" >&2; exit 2 ;;
esac
"""
_SIGNS: Mapping[ConfigFormat, str] = {"json": '"\\', "toml": '"\\', "py": "'\"\\", "yaml": "'\"\\:#{}"}
"""What a path may not have that is put into a config of that format."""


def write_by_hand(config: ScriptConfig, directory: Path, subset: Path | None) -> None:
    """Keep the script in the run's folder, for its owner alone."""
    write_text(directory / FILE, by_hand(config, directory, subset), private=True)


def by_hand(config: ScriptConfig, directory: Path, subset: Path | None) -> str:
    """The shell script; what [trainer.env] sets, which may be secret, it demands from its caller by name."""
    own = places_of(config, directory, subset)
    places = Places(Path(_DIR) / own.config_file.name, own.data, Path(_DIR))
    trainer = config.trainer
    call = script_call(config, places, port=_PORT, gpus=trainer.gpus_per_run)
    run = str(config.provenance.get("run", ""))
    parts = [_HEAD.format(run=run, file=FILE, work=shlex.quote(str(own.work)))]
    if trainer.env:
        parts.append(_demanded(trainer.env, directory))
    if trainer.needs_port:
        ask = 'import socket; s = socket.create_server(("", 0)); print(s.getsockname()[1])'
        parts.append(f"port=$({shlex.quote(sys.executable)} -c {shlex.quote(ask)})\n")
    if trainer.config is not None:
        parts.append(_config_file(config, places))
    parts += [f"export {name}={shlex.quote(os.environ[name])}\n" for name in THREADS if name in os.environ]
    parts += [f'export PYTHONUNBUFFERED=1 {VARIABLE}="$dir"/reported.jsonl\n', f"cd -- {_quoted(str(call.cwd))}\n"]
    words = " \\\n    ".join(map(_quoted, call.words))
    return "".join([*parts, f'echo "DIR: $dir" >&2\nexec {words}\n'])


def _demanded(names: Iterable[str], directory: Path) -> str:
    """All that the caller has to set is told at once, and where its values stand."""
    checks = "".join(f'[ -n "${{{name}+set}}" ] || missing="$missing {name}"\n' for name in names)
    words = shlex.quote(
        f"; the study file's [trainer.env] has the values, and so has {directory.absolute()}/config.toml"
    )
    refusal = f'echo "set before the call:$missing"{words} >&2; exit 2'
    return f'missing=\n{checks}[ -z "$missing" ] || {{ {refusal}; }}\nexport {" ".join(names)}\n'


def _config_file(config: ScriptConfig, places: Places) -> str:
    trainer = config.trainer
    assert trainer.config is not None
    text = config_text(config, places, port=int(_PORT), gpus=trainer.gpus_per_run)
    end = "END_OF_CONFIG"
    while end in text:
        end += "_"
    edits = [f'-e "s|{_PORT}|$port|g"'] if _PORT in text else []
    if _DIR in text:
        edits.append(f"-e \"s|{_DIR}|$(printf '%s' \"$dir\" | sed 's/[&|\\\\]/\\\\&/g')|g\"")
    program = f"sed {' '.join(edits)}" if edits else "cat"
    lines = text if text.endswith("\n") else f"{text}\n"
    checked = ""
    if _DIR in text:
        signs = _SIGNS[trainer.config]
        checked = _NO_SIGNS.format(
            signs="".join(f"\\{sign}" for sign in signs), shown=" ".join(f"\\{sign}" for sign in signs)
        )
    return f"{checked}{program} >{_quoted(str(places.config_file))} <<'{end}'\n{lines}{end}\n"


def _quoted(word: str) -> str:
    """The word for a shell, with its variables in place of what stands for them."""
    variables = {_DIR: '"$dir"', _PORT: '"$port"'}
    parts = re.split(f"({_DIR}|{_PORT})", word)
    return "".join(variables.get(part) or shlex.quote(part) for part in parts if part) or "''"
