"""`python -m balian` is the same as `balian`."""

from balian.cli import main

main()
