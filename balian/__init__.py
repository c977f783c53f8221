"""The command line, the one-process host, and the player of casebooks."""
