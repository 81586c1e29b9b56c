"""hcr-bench: error rates of this and other readers on transcribed pages."""
