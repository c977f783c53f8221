"""What the developers of Balian run: the docs generator and the checks; no service imports it."""
