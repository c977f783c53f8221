"""A county that Prometheus watches, and what tests ask of it."""
