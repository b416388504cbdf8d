"""Instances, meetings, series, the plan, points, who chairs."""
