"""Reads many inputs: on several processes or machines, and after an interruption where it ended."""
