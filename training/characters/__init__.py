"""Training of the character recognizer: data, network fit, measures, pictures, export."""
