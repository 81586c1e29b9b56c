"""Forms: a template of named fields, filled scans laid over it, and each field's value."""
