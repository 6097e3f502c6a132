"""StoreSettings: where data, database and master key are, and what a job may use. Read from the environment once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.problem import Problem

MASTER_KEY_FILE = Path("~/.config/anonymisation-studio/master.key")


@dataclass(frozen=True)
class StoreSettings:
    """Where everything is kept. `repr` hides the database URL, which may hold a password.

    data             folder of the encrypted files, the SQLite database and the log       STUDIO_DATA
    database_url     "" is SQLite in the data folder; else any SQLAlchemy URL of PostgreSQL  STUDIO_DATABASE_URL
    master_key_file  must lie outside the data folder                                    STUDIO_MASTER_KEY_FILE
    plain_folder     for files a library must have in plain text for a moment; None: memory (/dev/shm) where it
                     has room, else the system's temporary folder                        STUDIO_PLAIN_FOLDER
    jobs_at_once     how many jobs run side by side; the others wait                     STUDIO_JOBS_AT_ONCE
    job_memory       memory one process of a job may use, GiB; 0: three quarters of the machine's  STUDIO_JOB_MEMORY
    job_hours        how long a job may run                                              STUDIO_JOB_HOURS
    """

    data: Path
    master_key_file: Path
    database_url: str = field(default="", repr=False)
    plain_folder: Path | None = None
    jobs_at_once: int = 2
    job_memory: float = 0.0
    job_hours: float = 12.0

    @staticmethod
    def from_environment(environ: Mapping[str, str] = os.environ) -> StoreSettings:
        plain = environ.get("STUDIO_PLAIN_FOLDER", "")
        return StoreSettings(
            data=_path(environ.get("STUDIO_DATA") or "data"),
            master_key_file=_path(environ.get("STUDIO_MASTER_KEY_FILE") or str(MASTER_KEY_FILE)),
            database_url=environ.get("STUDIO_DATABASE_URL", ""),
            plain_folder=_path(plain) if plain else None,
            jobs_at_once=int(_number(environ, "STUDIO_JOBS_AT_ONCE", 2, 1)),
            job_memory=_number(environ, "STUDIO_JOB_MEMORY", 0, 0),
            job_hours=_number(environ, "STUDIO_JOB_HOURS", 12, 0.0001),
        )

    def as_environment(self) -> dict[str, str]:
        """The same settings as environment variables, for a child process."""
        return {
            "STUDIO_DATA": str(self.data),
            "STUDIO_MASTER_KEY_FILE": str(self.master_key_file),
            "STUDIO_DATABASE_URL": self.database_url,
            "STUDIO_PLAIN_FOLDER": str(self.plain_folder or ""),
            "STUDIO_JOBS_AT_ONCE": str(self.jobs_at_once),
            "STUDIO_JOB_MEMORY": repr(self.job_memory),
            "STUDIO_JOB_HOURS": repr(self.job_hours),
        }


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _number(environ: Mapping[str, str], name: str, default: float, least: float) -> float:
    try:
        number = float(environ.get(name) or default)
    except ValueError:
        number = float("nan")
    if not least <= number < float("inf"):
        raise Problem("The setting {setting} is not a number of at least {least}.", "Correct it and start again.",
                      setting=name, least=f"{least:g}")
    return number
