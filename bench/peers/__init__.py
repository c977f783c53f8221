"""The peers: the same work as others would do it, in processes and an environment of their own."""
