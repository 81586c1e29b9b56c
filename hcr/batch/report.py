"""The report on a batch: one HTML file with every page, the worst first."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from hcr.batch.manifest import Manifest, Reported
from hcr.batch.summary import PageSummary, Words, thumbnail
from hcr.errors import HcrError, printable
from hcr.files import write_atomically
from hcr.images import ImagesConfig, load
from hcr.jobs import Job

# As in the pictures of `--show`: below the first a word is to be reviewed, below the second it is
# more likely than not to be wrong in something.
_REVIEW = 0.9
_DOUBTFUL = 0.6
_MOST_WORDS = 60
# Nothing but what is in the file may load or run.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_HEAD = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width">
<title>Pages read by hcr</title>
<style>
body {{ font: 16px/1.5 sans-serif; color: #1e1e1e; max-width: 75em; margin: 2em auto;
  padding: 0 1em; }}
article {{ display: grid; grid-template-columns: 22em 1fr; gap: 0 1.5em; padding: 1em 0;
  border-top: 1px solid #c8c8c8; content-visibility: auto; contain-intrinsic-size: auto 24em; }}
h2 {{ font-size: 1em; grid-column: 1 / -1; margin: 0 0 .5em; overflow-wrap: anywhere; }}
img {{ max-width: 100%; border: 1px solid #c8c8c8; }}
pre {{ font: inherit; white-space: pre-wrap; margin: 0 0 1em; overflow-wrap: anywhere; }}
mark {{ background: #fbe5b6; }}
mark.doubtful {{ background: #f3c3a0; }}
.failed {{ color: #a33a00; }}
@media (max-width: 45em) {{ article {{ display: block; }} }}
</style>
</head>
<body>
<h1>Pages read by hcr</h1>
"""


def write_report(path: Path, jobs: Sequence[Job], manifest: Manifest, images: ImagesConfig) -> None:
    """Write the report on what a run was about, pages with the lowest confidence first.

    Parameters
    ----------
    path
        Of the HTML file; everything is in it, pictures too.
    jobs
        What the run was about; pages that an earlier run read without keeping a picture are
        opened again for one.
    manifest
        Their record.
    images
        How inputs are opened.

    Raises
    ------
    OutputError
        If the report cannot be written.
    """
    for job in jobs:
        if manifest.lacks_pictures(job):
            manifest.add_pictures(job, list(_pictures(job, images)))
    parts = [_HEAD, _summary(manifest.worst_first())]
    parts += map(_entry, manifest.worst_first())
    parts.append("</body>\n</html>\n")
    write_atomically(path, "".join(parts).encode("utf-8", "replace"))


def _pictures(job: Job, images: ImagesConfig) -> Iterator[bytes]:
    try:
        for pixels in load(job.path, images):
            yield thumbnail(pixels)
    except HcrError:  # it was read before; without its picture the report still says what it says
        return


def _summary(entries: Iterable[Reported]) -> str:
    pages = words = review = failed = 0
    for entry in entries:
        if not entry.number:
            failed += bool(entry.problem)
            continue
        pages += 1
        for line in entry.summary.lines:
            words += len(line)
            review += len(_to_review(line))
    return (
        f"<p>{pages} pages with {words} words, of which {review} are less than {_REVIEW:.0%} sure "
        f"and marked for review; {failed} inputs could not be read. Worst first.</p>\n"
    )


def _entry(entry: Reported) -> str:
    name = escape(printable(entry.source))
    if not entry.number:
        return (
            f'<article>\n<h2>{name}</h2>\n<p class="failed">'
            f"{escape(entry.problem or 'it has no pages')}</p>\n</article>\n"
        )
    sure = entry.summary.confidence
    judged = "no writing found" if sure is None else f"mean confidence {sure:.0%}"
    return (
        f"<article>\n<h2>{name}, page {entry.number}: {judged}</h2>\n"
        f"<div>{_image(entry)}</div>\n<div>\n{_text(entry.summary)}</div>\n</article>\n"
    )


def _image(entry: Reported) -> str:
    if not entry.summary.picture:
        return ""
    data = base64.b64encode(entry.summary.picture).decode("ascii")
    return f'<img alt="page {entry.number}" src="data:image/jpeg;base64,{data}">'


def _text(summary: PageSummary) -> str:
    text = "\n".join(" ".join(_word(*word) for word in line) for line in summary.lines)
    doubtful = sorted(
        (word for line in summary.lines for word in _to_review(line)), key=lambda word: word[1]
    )
    parts = [f"<pre>{text}</pre>\n" if text else ""]
    if doubtful:
        listed = ", ".join(f"{_word(*word)} {word[1]:.0%}" for word in doubtful[:_MOST_WORDS])
        more = len(doubtful) - _MOST_WORDS
        tail = f" and {more} more" if more > 0 else ""
        parts.append(f"<p>To review ({len(doubtful)}): {listed}{tail}</p>\n")
    return "".join(parts)


def _word(text: str, sure: float) -> str:
    shown = escape(text)
    if sure >= _REVIEW:
        return shown
    kind = ' class="doubtful"' if sure < _DOUBTFUL else ""
    return f'<mark{kind} title="{sure:.0%}">{shown}</mark>'


def _to_review(line: Words) -> list[tuple[str, float]]:
    return [word for word in line if word[1] < _REVIEW]
