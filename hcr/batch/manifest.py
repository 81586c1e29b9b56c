"""The record, in the output folder, of what was read how and what became of it (SQLite)."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType

from hcr.batch.summary import PageSummary, lines_from_json
from hcr.errors import ConfigError, OutputError
from hcr.jobs import Job

NAME = ".hcr-manifest.sqlite"
_VERSION = 1
_BUSY_SECONDS = 60
_SCHEMA = """
CREATE TABLE inputs (
    name TEXT PRIMARY KEY,   -- of the results, below the folder and without suffix
    source TEXT NOT NULL,    -- path of the input as given
    digest TEXT NOT NULL,    -- SHA-256 of the input, empty if it cannot be read
    options TEXT NOT NULL,   -- JSON
    model TEXT NOT NULL,     -- SHA-256
    outcome TEXT NOT NULL CHECK (outcome IN ('written', 'failed')),
    problem TEXT NOT NULL,   -- the line that told of the failure
    outputs TEXT NOT NULL,   -- JSON: [[path below the folder, or elsewhere, bytes], ...]
    seconds REAL NOT NULL,
    finished TEXT NOT NULL   -- UTC, ISO 8601
);
CREATE TABLE pages (
    name TEXT NOT NULL REFERENCES inputs ON DELETE CASCADE,
    number INTEGER NOT NULL, -- from 1
    confidence REAL,         -- null: nothing was found
    lines TEXT NOT NULL,     -- JSON: [[[word, confidence], ...], ...]
    picture BLOB NOT NULL,   -- JPEG, may be empty
    PRIMARY KEY (name, number)
);
"""


@dataclass(frozen=True)
class Reported:
    """A page, or an input that failed (number 0), as the report shows it."""

    name: str
    source: str
    number: int
    problem: str
    summary: PageSummary


class Manifest:
    """The record of an output folder; every change is on the disk when its method returns.

    Parameters
    ----------
    folder
        Where the results are, and the record among them.
    options
        What the results depend on besides input and model.
    model
        Digest of the model.

    Raises
    ------
    ConfigError
        If the record is of another version or damaged.
    OutputError
        If it cannot be written, here and in every method.
    """

    def __init__(self, folder: Path, options: str, model: str) -> None:
        self.path = folder / NAME
        self._folder = folder
        self._read_with = (options, model)
        with self._errors():
            self._base = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
            try:
                self._open()
            except BaseException:
                self._base.close()
                raise

    def __enter__(self) -> Manifest:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._base.close()

    def begin(self, names: Iterable[str], resume: bool) -> None:
        """Take `names` as what this run is about; unless resuming, forget what is known of them."""
        with self._change():
            self._base.execute("DELETE FROM wanted")
            rows = ((_key(name),) for name in names)
            self._base.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", rows)
            if not resume:
                self._base.execute("DELETE FROM inputs WHERE name IN wanted")

    def is_done(self, job: Job) -> bool:
        """Tell whether a job's results are there, from the same input, options and model."""
        with self._errors():
            row = self._base.execute(
                "SELECT outputs FROM inputs WHERE name = ? AND outcome = 'written' "
                "AND digest = ? AND options = ? AND model = ?",
                (_key(job.name), job.digest, *self._read_with),
            ).fetchone()
        if row is None or not job.digest:
            return False
        outputs = dict(json.loads(row[0]))
        if job.show and self._relative(job.show) not in outputs:
            return False
        return all(_holds(self._folder / path, size) for path, size in outputs.items())

    def written(
        self, job: Job, outputs: Iterable[Path], seconds: float, pages: Iterable[PageSummary]
    ) -> None:
        """Record that all results of a job are on the disk."""
        with self._change():
            sizes = [(self._relative(path), path.stat().st_size) for path in outputs]
            self._insert(job, "written", "", json.dumps(sizes), seconds)
            rows = (
                (_key(job.name), number, page.confidence, page.lines_json(), page.picture)
                for number, page in enumerate(pages, 1)
            )
            self._base.executemany("INSERT INTO pages VALUES (?, ?, ?, ?, ?)", rows)

    def failed(self, job: Job, problem: str, seconds: float) -> None:
        """Record that a job has failed."""
        with self._change():
            self._insert(job, "failed", problem, "[]", seconds)

    def lacks_pictures(self, job: Job) -> bool:
        """Tell whether a job was done without keeping pictures of the pages."""
        with self._errors():
            row = self._base.execute(
                "SELECT count(*) FROM pages WHERE name = ? AND length(picture) = 0",
                (_key(job.name),),
            ).fetchone()
        return bool(row[0])

    def add_pictures(self, job: Job, pictures: Iterable[bytes]) -> None:
        """Record the pictures of a job that was done without."""
        rows = ((picture, _key(job.name), number) for number, picture in enumerate(pictures, 1))
        with self._change():
            self._base.executemany(
                "UPDATE pages SET picture = ? WHERE name = ? AND number = ?", rows
            )

    def worst_first(self) -> Iterator[Reported]:
        """Yield what this run is about: failures, pages without writing, then the least sure."""
        with self._errors(), closing(self._base.cursor()) as cursor:
            cursor.execute(
                "SELECT name, source, ifnull(number, 0), problem, ifnull(lines, '[]'), confidence, "
                "ifnull(picture, x'') FROM inputs JOIN wanted USING (name) "
                "LEFT JOIN pages USING (name) "
                "ORDER BY outcome = 'written', confidence, name, number"
            )
            for name, source, number, problem, lines, confidence, picture in cursor:
                summary = PageSummary(lines_from_json(lines), confidence, picture)
                yield Reported(name, source, number, problem, summary)

    def _open(self) -> None:
        self._base.execute("PRAGMA foreign_keys = ON")
        with self._change():
            (version,) = self._base.execute("PRAGMA user_version").fetchone()
            if version == 0:
                for statement in _SCHEMA.split(";"):
                    self._base.execute(statement)
                self._base.execute(f"PRAGMA user_version = {_VERSION}")
            elif version != _VERSION:
                problem = "it was written by another version of hcr"
                raise ConfigError(self.path, problem, "write to another folder")
        self._base.execute("CREATE TEMPORARY TABLE wanted (name TEXT PRIMARY KEY)")

    def _insert(self, job: Job, outcome: str, problem: str, outputs: str, seconds: float) -> None:
        finished = datetime.now(timezone.utc).isoformat(timespec="seconds")
        read = (_key(job.name), _key(job.path), job.digest, *self._read_with)
        self._base.execute("DELETE FROM inputs WHERE name = ?", (_key(job.name),))
        self._base.execute(
            "INSERT INTO inputs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*read, outcome, problem, outputs, round(seconds, 3), finished),
        )

    def _relative(self, path: Path) -> str:
        inside = path.is_relative_to(self._folder)
        return str(path.relative_to(self._folder) if inside else path.absolute())

    @contextmanager
    def _change(self) -> Iterator[None]:
        """Do all of it or nothing, also when the power fails in between."""
        with self._errors():
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._base.execute("COMMIT")
            finally:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.OperationalError) as error:
            remedy = "see to it and run again with --resume"
            raise OutputError(self.path, f"it cannot be written ({error})", remedy) from None
        except sqlite3.DatabaseError as error:
            problem = f"it is damaged or no record of hcr ({error})"
            raise ConfigError(self.path, problem, "remove it and read all again") from None


def _key(name: str | Path) -> str:
    """Return a name as UTF-8 can hold it."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _holds(path: Path, size: int) -> bool:
    """Tell whether a result is there, edited or not; one that lost its content is not."""
    try:
        return path.stat().st_size > 0 or size == 0
    except OSError:
        return False
