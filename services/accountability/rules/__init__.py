"""The rules of accountability: what is a ground, and the way of a circular."""
