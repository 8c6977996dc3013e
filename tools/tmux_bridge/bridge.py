#!/usr/bin/env python3
"""MACS's path of `bridge`: becomes the bridge of this package, with the same arguments."""
import os
import sys

package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
bridge = os.path.join(package, "dist", "cli", "main.js")
if not os.path.isfile(bridge):
    sys.exit(f"bridge.py: the bridge is not built: run npm install in {package}")
try:
    os.execvp("node", ["node", bridge, *sys.argv[1:]])
except OSError as fault:
    sys.exit(f"bridge.py: node: {fault.strerror}: Node 20.19 or newer is needed")
