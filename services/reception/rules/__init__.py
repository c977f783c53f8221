"""What is decided at a reception node: one module for each step of C-03 to C-15."""
