"""What `make bench` measures. Each module here with a `figures() -> dict[str, float]` adds its figures."""
