#!/usr/bin/env python3
"""Make resize90.npy: what OpenCV makes of synthetic prints resized to 90x90.

Run with Debian's python3-opencv from this folder, after
whorl synth --subjects 2 --seed 1 prints: ./make.py prints
"""
import sys

import cv2
import numpy as np

names = [line.strip() for line in open("prints.txt")]
out = []
for name in names:
    image = cv2.imread(f"{sys.argv[1]}/{name}", 0)
    out.append(image)
    # SOCOFing's larger images are of 241x298: the print repeated and cut.
    out.append(np.tile(image, (3, 3))[:298, :241])
np.save("resize90.npy", np.stack([cv2.resize(i, (90, 90)) for i in out]))
