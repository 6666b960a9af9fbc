"""Python's hashlib in the tightest loop: nothing is formatted in it, and the comparison is of bytes."""
import sys
from hashlib import sha256
from time import perf_counter

challenge = sys.argv[1].encode()
suffixes = [b"%03d" % n for n in range(1000)]
target = b"\0\0\0\0\xff"
outer = 1000

for line in sys.stdin:
    budget = int(line) / 1000
    start = perf_counter()
    elapsed = hashes = 0
    while elapsed < budget:
        head = challenge + b"%d" % outer
        outer += 1
        for suffix in suffixes:
            if sha256(head + suffix).digest() < target:
                break
        hashes += 1000
        elapsed = perf_counter() - start
    print(hashes, elapsed * 1000)
