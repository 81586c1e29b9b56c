"""Reads images of text lines and characters: networks, decoding, confidence, metrics."""
