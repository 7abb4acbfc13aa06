"""Stores into a long list: the sieve of Eratosthenes, then the gaps between the primes."""
def sieve(limit):
    prime = [True] * (limit + 1)
    prime[0] = prime[1] = False
    number = 2
    while number * number <= limit:
        if prime[number]:
            for multiple in range(number * number, limit + 1, number):
                prime[multiple] = False
        number += 1
    return [number for number, is_prime in enumerate(prime) if is_prime]


primes = sieve(1_500_000)
gaps = [b - a for a, b in zip(primes, primes[1:])]
counts = [0] * (max(gaps) + 1)
for gap in gaps:
    counts[gap] += 1
print(len(primes), primes[-1], max(gaps), counts[2:20:2])
