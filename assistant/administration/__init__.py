"""Administration: what the index is made of, and how a new one comes into service.

A build makes a candidate beside the index in service; the gate asks both the gold questions; a
person publishes or refuses it. Whatever is done is on record.
"""
