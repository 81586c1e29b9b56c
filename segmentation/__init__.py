"""From a picture of a page to its text lines and words; knows nothing of recognition."""
