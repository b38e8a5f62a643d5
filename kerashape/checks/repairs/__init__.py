"""What can be repaired by machine: functions from facts to fixes, called when one is asked for.

A safe fix repairs what certainly raises, in the one way in which it can be meant, or keeps
what the program means. All others are unsafe.
"""
