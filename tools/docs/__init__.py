"""The pages that are made from the code: docs/rules.md, docs/contracts.md, docs/metrics.md.

They are made and not written because a written list of rules is wrong from the first change that
forgets it, and the reader who most needs it, one who does not read Python, cannot tell.
"""
