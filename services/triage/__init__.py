"""triage (一疏理): the sorting, the office directory and the suggestions that sorting yields."""
