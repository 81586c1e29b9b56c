"""``python -m hcr.bench`` is hcr-bench."""

from hcr.bench.cli import main

if __name__ == "__main__":
    main(prog_name="hcr-bench")
