"""Two coroutines on the event loop that hand a number to each other through futures."""
import asyncio


class Mailbox:
    def __init__(self):
        self.letters = []
        self.waiter = None

    def put(self, letter):
        self.letters.append(letter)
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)

    async def get(self):
        while not self.letters:
            self.waiter = asyncio.get_running_loop().create_future()
            await self.waiter
        return self.letters.pop()


async def player(inbox, outbox, rounds):
    for _ in range(rounds):
        number = await inbox.get()
        outbox.put(number + 1)


async def main():
    left, right = Mailbox(), Mailbox()
    left.put(0)
    await asyncio.gather(player(left, right, 40_000), player(right, left, 40_000))
    print(left.letters)


asyncio.run(main())
