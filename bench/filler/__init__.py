"""Filling the stores of a county with the petitions of many years.

The rows are those of lives that were really lived: the sample county's week is played in simulated
time, its stores are kept as they stood week after week, and the petitions of those weeks are copied
under new numbers, days, people and keys, until there are as many as are wanted.
So what is filled in cannot drift from what the services write.
"""
