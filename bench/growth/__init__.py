"""Benchmark 6: how the time of what people and machines ask grows with what is stored."""
