"""supervision (访后督办, 八联单): slips, clocks, promises, opinions, closing and the archive."""
