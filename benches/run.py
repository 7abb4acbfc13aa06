#!/usr/bin/env python3
"""Run the benchmark programs under `co` and CPython 3.13 side by side and compare their CPU time.

    benches/run.py [--co PATH] [--python PATH] [--rounds N] [--only TEXT]

Rounds are interleaved, so that a busy machine disturbs both alike; the figure is the least CPU time (user and
system) of the rounds. The two must print the same. A ratio above 1 means that `co` is faster.
"""
import argparse
import glob
import math
import os
import resource
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def find_python():
    versions = sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/3.13.*/bin/python3.13")))
    return os.environ.get("PYTHON313") or next(iter(versions), None) or shutil.which("python3.13")


def run(command):
    """Output and CPU seconds of one run, or None with what went wrong."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        return None, "took too long"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        return None, (done.stderr.strip().splitlines() or ["exit %d" % done.returncode])[-1]
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--co", default=os.path.join(HERE, "..", "target", "release", "co"))
    options.add_argument("--python", default=find_python())
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", default="")
    chosen = options.parse_args()
    if not chosen.python:
        sys.exit("no CPython 3.13: name one with --python")
    if not os.path.exists(chosen.co):
        sys.exit(f"no {chosen.co}: build it with `cargo build --release`")
    runtimes = {"co": chosen.co, "cpython": chosen.python}
    print(f"{'program':<14}{'co':>9}{'CPython':>9}{'ratio':>8}")
    ratios, failed = [], False
    for path in sorted(glob.glob(os.path.join(HERE, "programs", "*.py"))):
        name = os.path.basename(path)[:-3]
        if chosen.only not in name:
            continue
        best, outputs, trouble = {}, {}, None
        for _ in range(chosen.rounds):
            for runtime, binary in runtimes.items():
                output, seconds = run([binary, path])
                if output is None:
                    trouble = f"{runtime}: {seconds}"
                    break
                outputs[runtime] = output
                best[runtime] = min(best.get(runtime, math.inf), seconds)
            if trouble:
                break
        if not trouble and outputs["co"] != outputs["cpython"]:
            trouble = f"the outputs differ: {outputs['co'][:40]!r} and {outputs['cpython'][:40]!r}"
        if trouble:
            failed = True
            print(f"{name:<14}{trouble}")
            continue
        ratios.append(best["cpython"] / max(best["co"], 1e-4))
        print(f"{name:<14}{best['co']:>8.3f}s{best['cpython']:>8.3f}s{ratios[-1]:>8.2f}")
    if ratios:
        print(f"{'geometric mean':<32}{math.exp(sum(map(math.log, ratios)) / len(ratios)):>8.2f}")
    sys.exit(failed)


main()
