"""The child process that parses a file: `python -m core.table.child FOLDER`, request on stdin, progress on stdout.

It sets its own memory limit before it opens anything, and leaves its result in FOLDER: result.json and, if there is a
table, text.arrow and typed.arrow. Whatever a file does to it (abort, endless loop, all memory) ends this process only.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Any

OUT_OF_MEMORY = 77


def main() -> None:
    """Read the request, limit the memory, parse, write the result."""
    folder, parent = Path(sys.argv[1]), os.getppid()
    threading.Thread(target=_end_with, args=(parent, folder), daemon=True).start()
    request = json.loads(sys.stdin.readline())
    memory = int(request["limits"]["memory"])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)
    (folder / "result.json").write_text(json.dumps(respond(folder, request)), "utf-8")
    if os.getppid() != parent:
        shutil.rmtree(folder, ignore_errors=True)


def _end_with(parent: int, folder: Path) -> None:
    """Where whoever asked was killed, nobody else would end the reading and remove what lies in the folder."""
    while os.getppid() == parent:
        time.sleep(0.5)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def respond(folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    """The result of one request; ends the process where the memory limit is hit."""
    try:
        return _run(folder, request)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BaseException as error:  # noqa: BLE001 - whatever a file breaks, its text must not reach a log
        if "memory" in str(error).lower() or type(error).__name__ == "ArrowMemoryError":
            os._exit(OUT_OF_MEMORY)
        return _broken(error, request)


def _broken(error: BaseException, request: dict[str, Any]) -> dict[str, Any]:
    """A reader failed in a way that was not foreseen: the class and place of the error, never its text."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        if "core/table" in trace.tb_frame.f_code.co_filename:
            place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    if request.get("debug"):
        raise error
    text = "The file is damaged, or of a kind that cannot be read ({error} at {place})."
    facts = {"error": type(error).__name__, "place": place}
    return {
        "status": "rejected",
        "findings": [{"code": "UNREADABLE", "text": text, "where": None, "facts": facts, "note": False}],
        "questions": [],
    }


def _run(folder: Path, request: dict[str, Any]) -> dict[str, Any]:
    from core.problem import Problem
    from core.table.findings import Found, Stop, finding
    from core.table.limits import Limits
    from core.table.parse import parse
    from core.table.raw import Job

    found = Found()
    job = Job(
        request["path"],
        request["answers"],
        Limits.of(request["limits"]),
        found,
        request.get("password"),
        progress=_progress,
    )
    try:
        if request.get("source"):
            from core.table.database_rows import read_url
            from core.table.parse import finish

            source = request["source"]
            parsed = finish(read_url(source["url"], source.get("query"), job), job, from_text=False)
        else:
            parsed = parse(job)
    except Stop as stop:
        found.findings.append(stop.finding)
        if stop.question:
            found.questions = [stop.question]
        return {**_said(found), "status": "needs_answer" if stop.question else "rejected", "answers": job.used}
    except Problem as problem:
        found.findings.append(finding("UNREADABLE", "{said}", said=str(problem)))
        return {**_said(found), "status": "rejected", "answers": job.used}
    return {**_said(found), **_handed_over(folder, parsed, found)}


def _progress(share: float, doing: str) -> None:
    print(json.dumps([round(share, 3), doing]), flush=True)  # noqa: T201 - stdout is the channel to the parent


def _said(found: Any) -> dict[str, Any]:
    return {
        "findings": [
            {"code": f.code, "text": f.text, "where": f.where, "facts": f.facts, "note": f.note} for f in found.findings
        ],
        "questions": [
            {
                "key": q.key,
                "text": q.text,
                "default": q.default,
                "choices": [{"value": c.value, "label": c.label, "preview": c.preview} for c in q.choices],
            }
            for q in found.questions
        ],
    }


def _handed_over(folder: Path, parsed: Any, found: Any) -> dict[str, Any]:
    from core.table.handover import save

    waiting = any(q.default is None for q in found.questions)
    warned = any(not f.note for f in found.findings)
    save(parsed.as_text, folder / "text.arrow")
    save(parsed.table, folder / "typed.arrow")
    return {
        "status": "needs_answer" if waiting else "accepted_with_warnings" if warned else "accepted",
        "answers": dict(parsed.answers),
        "descriptions": dict(parsed.descriptions),
        "sheet": parsed.sheet,
        "proposals": {
            name: {**p.__dict__, "facts": dict(p.facts), "markers": dict(p.markers)}
            for name, p in parsed.proposals.items()
        },
    }


if __name__ == "__main__":
    main()
