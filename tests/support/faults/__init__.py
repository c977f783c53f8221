"""The fault harness: load, faults, and a checker that reads what they left in the stores.

Nothing here asks a service whether all is well: the checker reads the tables, and what the tables
hold is compared with what the callers were answered.
"""
