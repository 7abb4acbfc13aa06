"""A scheduler written with generators: a hundred tasks, each stepping aside a thousand times."""
from collections import deque


def worker(steps, box):
    for step in range(steps):
        box[0] += step
        yield


box = [0]
ready = deque(worker(3000, box) for _ in range(100))
while ready:
    task = ready.popleft()
    try:
        next(task)
    except StopIteration:
        continue
    ready.append(task)
print(box[0])
