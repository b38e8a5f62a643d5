"""Pictures of models: what to draw, where to draw it, and the formats."""
