"""Owns how what was recorded lies on the disk: as ciphertext that can still be searched.

broken     what is raised of bytes that are not what was sealed
rotation   the key-derived turn of vectors
seal       one data key: cells, hashed terms and marks, turned vectors
container  a file in sealed chunks, any of which is read by itself
places     where the key that wraps the data keys lies: keyring, file, or a person's head
ring       the data keys of a profile, wrapped in `key.json`
keys       the ring of a profile, read when it is first needed
holding    what a person decides about the key: where it lies, lock, unlock, renew
files      a profile's files by path: sealed when written, clear when read
resealing  brings files that are not sealed with the newest key up to it
"""
