"""The import contracts that import-linter does not bring itself; pyproject.toml states them all."""
