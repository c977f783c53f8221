"""A counter that takes orders and a ledger that hears of them: services for tests of the bus.

They have contracts of their own, which are declared only as long as a test needs them, so that
nothing which lists the system's contracts ever finds these among them.
"""
