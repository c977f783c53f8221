"""What the compose files of the deployment must hold to, checked without Docker."""
