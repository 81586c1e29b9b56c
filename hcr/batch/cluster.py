"""Does jobs on a Dask cluster: inputs travel there and results back as bytes.

The workers need hcr in the same version, no shared storage, and the model and other files that
options name under the same paths.
"""

from __future__ import annotations

import asyncio
import logging
import platform
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hcr.batch.digests import is_file, model_digest, options_text
from hcr.batch.executor import died
from hcr.errors import ConfigError, HcrError, InputError, ModelError
from hcr.jobs import Job, Outcome, Task, failed

if TYPE_CHECKING:
    from hcr.config import RunConfig

_ADDRESS = re.compile(r"(tcp|tls)://\S+:[0-9]+")
_CONNECT_SECONDS = 10
_WORKER_SECONDS = 30
_REMEDY = "what is finished is kept: run again with --resume"
# A worker that was started with several threads must not read several pages at a time: pdfium is
# not safe for that, and one thread a page is all that a core can do.
_one_at_a_time = threading.Lock()


class ClusterExecutor(Executor):
    """Runs jobs on the workers of a Dask scheduler.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://host:8786``.

    Raises
    ------
    ConfigError
        If `distributed` is not installed, no scheduler answers or it gets no workers.
    """

    def __init__(self, address: str) -> None:
        if not _ADDRESS.fullmatch(address):
            raise ConfigError(address, "this is no scheduler", "name it as tcp://host:8786")
        try:
            import dask
            from distributed import Client
        except ImportError:
            remedy = "install it: pip install 'hcr[cluster]'"
            raise ConfigError("--scheduler", "distributed is not installed", remedy) from None
        # Its messages about lost connections come besides the error that we report.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        # Inputs are sent with the task, so that a worker that dies takes none with it.
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"})
        try:
            self._client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except OSError:
            remedy = "start one with `dask scheduler`, or check the address"
            raise ConfigError(address, "no scheduler answers there", remedy) from None
        self._address = address
        self._executor = self._client.get_executor(pure=False)
        try:
            self._client.wait_for_workers(1, timeout=_WORKER_SECONDS)
        except asyncio.TimeoutError:
            self._client.close()
            remedy = f"start some with `dask worker --nthreads 1 {address}`"
            raise ConfigError(address, "the scheduler has no workers", remedy) from None

    @property
    def ahead(self) -> int:
        """Two jobs for each of the workers that there are now."""
        with self._connected():
            return 2 * max(1, len(self._client.nthreads()))

    def submit(self, fn: Task, job: Job, config: RunConfig, path: Path, /) -> Future[Outcome]:  # type: ignore[override]
        """Send the input, and a task to do `fn` with it."""
        future: Future[Outcome] = Future()
        data = _content(path)
        if data is None:
            future.set_result(_read_here(job, config))
            return future
        config = _absolute(config)
        with self._connected():
            sent = self._executor.submit(read_sent, fn, job, config, data, _expected(config))
        sent.add_done_callback(partial(self._pass_on, job, future))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Part from the scheduler."""
        if self._client.status == "running":
            self._executor.shutdown(wait=wait and not cancel_futures)
        self._client.close()

    def abandon(self) -> None:
        """Part from the scheduler, which then drops what was submitted."""
        self.shutdown(cancel_futures=True)

    def _pass_on(self, job: Job, future: Future[Outcome], sent: Future[Any]) -> None:
        from distributed import KilledWorker

        try:
            future.set_result(sent.result())
        except HcrError as error:
            future.set_exception(error)
        except KilledWorker:
            future.set_result(died(job))
        except (CancelledError, OSError):
            future.set_exception(self._lost())
        except Exception as error:  # hcr raises no others: the task did not begin
            problem = f"the workers cannot do the task ({type(error).__name__}: {error})"
            remedy = "install the same version of hcr for the scheduler and every worker"
            future.set_exception(ConfigError(self._address, problem, remedy))

    @contextmanager
    def _connected(self) -> Iterator[None]:
        from distributed.client import ClosedClientError

        try:
            yield
        except (ClosedClientError, OSError):
            raise self._lost() from None

    def _lost(self) -> HcrError:
        return HcrError(self._address, "the connection to the scheduler is lost", _REMEDY)


def read_sent(
    task: Task, job: Job, config: RunConfig, data: bytes, expected: tuple[str, str]
) -> Outcome:
    """Do `task` on a worker with an input that came as bytes.

    Raises
    ------
    ModelError
        If the worker would not read as the machine that sent the job.
    """
    import cv2

    with _one_at_a_time:
        cv2.setNumThreads(1)
        config = replace(config, jobs=1)
        if _expected(config) != expected:
            problem = "it has another model, file named by an option, or version of hcr"
            remedy = "install the same there, files at the same paths"
            raise ModelError(f"worker {platform.node()}", problem, remedy)
        with tempfile.TemporaryDirectory(prefix="hcr-") as folder:
            path = Path(folder) / f"input{job.path.suffix}"
            path.write_bytes(data)
            return task(job, config, path)


def _content(path: Path) -> bytes | None:
    """Return what is in a file; None for what is no file that can be read."""
    try:
        return path.read_bytes() if path.is_file() else None
    except (OSError, ValueError):
        return None


def _absolute(config: RunConfig) -> RunConfig:
    """Return the settings with paths that mean the same in every folder."""
    values = {field.name: getattr(config, field.name) for field in fields(config)}
    paths: dict[str, Any] = {
        key: value.absolute() for key, value in values.items() if isinstance(value, Path)
    }
    language = tuple(str(Path(x).absolute()) if is_file(x) else x for x in config.language)
    return replace(config, language=language, **paths)


@lru_cache(maxsize=4)
def _expected(config: RunConfig) -> tuple[str, str]:
    """Return what must be the same here and on the workers."""
    return model_digest(config.model), options_text(config)


def _read_here(job: Job, config: RunConfig) -> Outcome:
    """Open an input that cannot be opened, and return what is wrong with it."""
    from hcr.images import load

    start = time.monotonic()
    try:
        for _ in load(job.path, config.images):
            pass
    except HcrError as problem:
        return failed(job, problem, start)
    error = InputError(job.path, "it is being changed", "run again with --resume")
    return failed(job, error, start)
