"""hcr-bench as this project measures itself: ``python -m benchmarks.accuracy FOLDER [OPTIONS]``.

The protocol of pages from *Copiste d'un jour*: printed headers, which are not transcribed, are cut
off for every reader; `>struck out<` writing is left out of the truth; pages by the same hand have
the same number in their names. All options of hcr-bench may follow.
"""

from __future__ import annotations

import sys

from hcr.bench.cli import main

PROTOCOL = ("--cut-header", "--strike-outs", "--writer", r"^(?:imp_)?wikitexte_\d+")

if __name__ == "__main__":
    main([*PROTOCOL, *sys.argv[1:]], prog_name="python -m benchmarks.accuracy")
