"""intake (访前接办): the register, petitioners' identities, and their own view of progress."""
