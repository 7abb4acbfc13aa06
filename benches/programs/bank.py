"""Objects, methods, properties and exceptions: a bank that refuses overdrafts."""


class Refused(Exception):
    pass


class Account:
    def __init__(self, owner, balance):
        self.owner = owner
        self._balance = balance
        self.refusals = 0

    @property
    def balance(self):
        return self._balance

    def withdraw(self, amount):
        if amount > self._balance:
            raise Refused(self.owner)
        self._balance -= amount

    def deposit(self, amount):
        self._balance += amount


class Savings(Account):
    def deposit(self, amount):
        super().deposit(amount + amount // 50)


accounts = [(Savings if number % 3 else Account)(f"owner {number}", 1000) for number in range(50)]
for step in range(300_000):
    giver, taker = accounts[step % 50], accounts[(step * 7 + 3) % 50]
    try:
        giver.withdraw(step % 97)
        taker.deposit(step % 97)
    except Refused:
        giver.refusals += 1
print(sum(account.balance for account in accounts), sum(account.refusals for account in accounts))
