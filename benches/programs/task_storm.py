"""Tasks that start tasks: a tree of 2^14 leaves on the event loop."""
import asyncio


async def grow(depth):
    if depth == 0:
        await asyncio.sleep(0)
        return 1
    left = asyncio.create_task(grow(depth - 1))
    right = asyncio.create_task(grow(depth - 1))
    return await left + await right


print(asyncio.run(grow(14)))
