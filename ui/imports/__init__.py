"""A file, its columns, its dry run."""
