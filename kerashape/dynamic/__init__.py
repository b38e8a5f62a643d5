"""The dynamic mode: what the analysis inferred, put to the proof on real Keras.

Two ways. *Replay* rebuilds the inferred graph with real Keras layers and runs a batch of zeros
through it; nothing of the program's own code is executed. *Run* executes the program itself,
in a process of its own under :mod:`kerashape.dynamic.nursery`, and records what Keras did.

Nothing here is imported by linting.
"""
