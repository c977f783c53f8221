"""What two or more services need, and nothing that only one of them decides."""
