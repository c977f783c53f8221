"""Every event, request, reply and error of the system, declared once, one module for each owner.

A reader of the wire needs nothing but this package: it imports no service, no bus and no database.
"""
