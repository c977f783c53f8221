"""The benchmarks: how fast Balian is, beside what a county might pick instead.

``make bench`` runs them; docs/performance.md says what each one measures, and shows the figures of
the last full run.
Nothing of it is part of a deployment.
"""
