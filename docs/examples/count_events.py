"""Counts all events by name, by SUBSCRIBE through redis-py. Where it has got to is in one file with the counts, so it
can be killed at any time and started again.

    pip install redis
    python count_events.py counts.txt [port]
"""

import json
import os
import sys
import time

import redis


class Counts:
    """How often each event name came, and for each partition the sequence that has not been counted yet."""

    def __init__(self, path):
        self.path = path
        self.positions = {}
        self.by_name = {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                for line in file:
                    kind, a, b = line.rstrip("\n").split(" ", 2)
                    if kind == "position":
                        self.positions[int(a)] = int(b)
                    else:
                        self.by_name[b] = int(a)

    def add(self, event):
        partition, sequence = event["partition_id"], event["partition_sequence"]
        expected = self.positions.get(partition, 0)
        if sequence < expected:
            return  # redis-py has reconnected by itself and subscribed from where it began
        if sequence > expected:
            raise AssertionError(f"partition {partition}: {sequence} instead of {expected}")
        self.positions[partition] = sequence + 1
        self.by_name[event["event_name"]] = self.by_name.get(event["event_name"], 0) + 1

    def save(self):
        """Positions and counts together, or neither: that is what makes a restart exact."""
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            file.writelines(f"position {p} {n}\n" for p, n in self.positions.items())
            file.writelines(f"count {n} {name}\n" for name, n in self.by_name.items())
            file.flush()
            os.fsync(file.fileno())
        os.replace(self.path + ".new", self.path)
        print(sum(self.by_name.values()), "events counted", flush=True)


def follow(path, port):
    counts = Counts(path)
    with redis.Redis(port=port, protocol=2) as client:
        hello = client.execute_command("HELLO", "2")
        partitions = dict(zip(hello[::2], hello[1::2]))[b"num_partitions"]
        with client.pubsub(ignore_subscribe_messages=True) as pubsub:
            pubsub.subscribe(
                *(f"sierra:partition:{p}?from={counts.positions.get(p, 0)}" for p in range(partitions))
            )
            unsaved = 0
            while True:
                message = pubsub.get_message(timeout=0 if unsaved else 1)
                if message is not None:
                    event = json.loads(message["data"])
                    if "error" in event:
                        raise redis.ConnectionError(event["error"])
                    counts.add(event)
                    unsaved += 1
                if unsaved and (message is None or unsaved == 500):
                    counts.save()
                    unsaved = 0


def main():
    while True:
        try:
            follow(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 9090)
        except (redis.ConnectionError, redis.TimeoutError) as problem:
            print("connecting again:", problem, flush=True)
            time.sleep(1)


main()
