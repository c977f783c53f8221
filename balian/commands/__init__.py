"""The commands of `balian`, one module for each."""
