"""The rules of sorting, one module for each subject; pure functions over frozen facts."""
