"""Files of the staff and reference data. They write everywhere: nothing imports them but screens and the start."""
