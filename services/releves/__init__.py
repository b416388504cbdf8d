"""The entry of a meeting, and the life of its relevé de conclusions."""
