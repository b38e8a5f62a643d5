"""How much of real programs is understood, and whether any of it is wrong.

``python -m tests.realworld FOLDER...`` runs kerashape over every program and notebook of some
folders, and the programs themselves on real Keras (see :mod:`kerashape.dynamic`), and compares.
"""
