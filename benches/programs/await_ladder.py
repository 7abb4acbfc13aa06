"""A coroutine that waits at the bottom of a ladder of awaits, resumed again and again."""
import types


@types.coroutine
def suspend():
    return (yield)


async def ladder(depth, rounds):
    if depth == 0:
        total = 0
        for _ in range(rounds):
            total += await suspend()
        return total
    return await ladder(depth - 1, rounds)


coroutine = ladder(300, 30_000)
coroutine.send(None)
try:
    while True:
        coroutine.send(1)
except StopIteration as stop:
    print(stop.value)
