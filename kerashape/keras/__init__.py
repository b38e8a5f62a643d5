"""What Keras is: its layers, models, applications, losses and names, without importing it."""
