"""accountability (责任追究): duty failures, what is proposed and what a person decides."""
