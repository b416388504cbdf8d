"""Calendar, plan, meetings, instances."""
