"""Tells how a batch goes: a bar on a terminal, a line for each failure, a summary at the end."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tqdm import tqdm

    from hcr.errors import HcrError


class Progress:
    """Counts what is done and shows it on standard error.

    Parameters
    ----------
    total
        How many inputs there are.
    bar
        Whether to draw a bar with rate, time left and failures, if that is a terminal.
    summary
        Whether to end with a line that sums up.
    """

    def __init__(self, total: int, *, bar: bool, summary: bool) -> None:
        self.failed = 0
        self._total, self._done, self._kept = total, 0, 0
        self._summary = summary
        self._start = time.monotonic()
        self._bar: tqdm | None = None
        if bar and total > 1 and sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(total=total, unit="input", leave=False, file=sys.stderr)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()
        reached = self._done + self._kept > 0 or error is None
        if self._summary and self._total > 1 and reached:
            click.echo(self._sum(), err=True)

    def keep(self) -> None:
        """Count an input that need not be read again."""
        self._kept += 1
        if self._bar is not None:
            self._bar.total -= 1  # so that rate and time left are those of reading
            self._bar.refresh()

    def done(self, error: HcrError | None = None) -> None:
        """Count an input that was read, or print why it was not."""
        self._done += 1
        if error:
            self.fail(error)
        if self._bar is not None:
            self._bar.set_postfix(failed=self.failed, refresh=False)
            self._bar.update()

    def fail(self, error: HcrError) -> None:
        """Count a failure and print it above the bar."""
        self.failed += 1
        if self._bar is None:
            click.echo(str(error), err=True)
        else:
            self._bar.write(str(error), file=sys.stderr)

    def _sum(self) -> str:
        seconds = time.monotonic() - self._start
        parts = [f"{self._done - self.failed} written"]
        if self._kept:
            parts.append(f"{self._kept} kept from before")
        parts.append(f"{self.failed} failed")
        left = self._total - self._done - self._kept
        if left:
            parts.append(f"{left} not reached")
        rate = f"{self._done / seconds:.2f} a second" if seconds else ""
        return f"{self._total} inputs: {', '.join(parts)} in {seconds:.0f} s ({rate})"
