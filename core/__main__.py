"""The command line: `python -m core read|detect|risk|methods|protect|compare|... --help`.

Each command prints for people, or one JSON object on stdout with `--json`; files go where `--out` says.
Exit code 0; 1 for a Problem (two lines, or {"problem": {"what", "do", "column", "step"}}); 2 for wrong usage.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from types import FrameType

from core.problem import Problem
from core.redact import where_it_broke

COMMANDS: tuple[str, ...] = (
    "read",
    "detect",
    "risk",
    "methods",
    "protect",
    "find",
    "synthesise",
    "compare",
    "report",
    "ask",
    "budget",
    "dashboard",
    "export",
    "decrypt",
    "secrets",
    "detokenise",
    "master-key",
    "sample",
    "docs",
)
"""One file each in core/commands, in the order a person meets them; a test compares this with the folder."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    # Only the command that is asked for is imported: `read` shall not wait for what `detect` needs.
    asked = [c for c in COMMANDS if c in words[:1]] or list(COMMANDS)
    parser = argparse.ArgumentParser(
        prog="python -m core", description="Find, measure and protect personal data in a table."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in asked:
        module = importlib.import_module(f"core.commands.{name.replace('-', '_')}")
        sub = commands.add_parser(name, help=module.HELP, description=module.HELP)
        module.arguments(sub)
        sub.add_argument("--json", action="store_true", help="print one JSON object instead of text")
        sub.set_defaults(module=module)
    args = parser.parse_args(words)
    warnings.simplefilter("ignore")  # libraries quote cells in their warnings
    try:
        result = args.module.run(args)
        print(
            json.dumps(result, ensure_ascii=False, default=float) if args.json else args.module.say(result), flush=True
        )
        return 0
    except Problem as problem:
        return _failed(problem, args.json)
    except BrokenPipeError:
        # The reader (head, less) has seen enough; Python must not complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Stopped. No file was left half written.", file=sys.stderr)
        return 130
    except Exception as error:  # noqa: BLE001 - a library's own sentence may hold a cell, so it is not shown
        return _failed(
            Problem(
                "Something broke inside the program ({where}).",
                "Nothing was written. Tell the people who maintain it, with the place in brackets.",
                where=where_it_broke(error),
            ),
            args.json,
        )


def _failed(problem: Problem, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"problem": problem.as_dict()}, ensure_ascii=False))
    else:
        print(f"{problem.what}\n{problem.do}", file=sys.stderr)
    return 1


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    """An end asked for by the system is one as by Ctrl-C: reading ends and its working files go."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGHUP, _stop)
    sys.exit(main())
