"""Making a deployment's broker and database ready: users, rights, queues, roles, and their secrets.

`secrets` makes the passwords, `objects` says what the broker must hold, `broker` and `postgres`
bring it about and check it, over `management` and SQL.
"""
