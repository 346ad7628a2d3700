"""Frames that are no longer fresh: many in one file, what is drawn or written without any loss.

A frame keeps its name for life. While it is fresh there is a file of that name; afterwards a
segment in the same folder lists it. So nothing that refers to a frame ever changes.

regions   what changed between two frames, and which of it is a photograph
ink       the lossless layer: text, windows, icons
shots     the film of photographs and videos (AV1)
binding   frames into the bytes of a segment
segment   a segment as a file, and one frame out of it
shelf     the segments of a folder: find a frame, take frames out
packing   moves fresh frames into segments when there is nothing else to do
thinning  keeps the profile within its budget
"""
