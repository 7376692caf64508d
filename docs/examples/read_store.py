#!/usr/bin/env python3
"""Prints all events of a data directory as JSON lines, one partition after the other, without the server.

    python3 read_store.py /var/lib/sierradb > events.jsonl

Written from docs/storage.md alone. Verifies both checksums of every frame and the chain of every partition, and stops with an
error at damage that was acknowledged. What is lost for good is told on stderr. Slow on purpose: it is to be read.
"""
import base64
import json
import pathlib
import struct
import sys
import uuid

TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    TABLE.append(byte)


def crc32c(*parts):
    crc = 0xFFFFFFFF
    for part in parts:
        for byte in part:
            crc = crc >> 8 ^ TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


class Segment:
    def __init__(self, store, bucket, path):
        self.path, self.number = path, int(path.parent.name)
        self.data = path.read_bytes()
        high, low = struct.unpack(">QQ", store.bytes)
        salt = high ^ int(f"{low:064b}"[::-1], 2)
        place = bucket << 32 | self.number
        self.seed = struct.pack("<Q", place ^ salt)
        magic, version, own_bucket, own_number, crc, _, self.previous_end, store_high, store_low = struct.unpack_from(
            "<4sHHIIqQQQ", self.data
        )
        expected = crc32c(struct.pack("<QQ", place, 0), self.data[:12], self.data[16:64])
        if (magic, version, own_bucket, own_number, crc) != (b"EVTS", 1, bucket, self.number, expected):
            sys.exit(f"{path}: not the segment that belongs here")
        if (store_high, store_low) != (high, low):
            sys.exit(f"{path}: a segment of another store")

    def frame(self, offset):
        """The frame at this offset, or None."""
        header = self.data[offset : offset + 104]
        if len(header) < 104 or header[8:12] != b"FRME":
            return None
        at = struct.pack("<Q", offset)
        header_crc, body_crc, length = struct.unpack_from("<II4xI", header)
        body = self.data[offset + 104 : offset + length]
        if crc32c(self.seed, at, header[4:]) != header_crc or crc32c(self.seed, at, body) != body_crc:
            return None
        return Frame(header, body, length)


class Frame:
    def __init__(self, header, body, length):
        self.length, self.body = length, body
        (self.kind, self.partition, self.event_count, self.log_index, self.term, self.first_sequence, self.chain,
         self.durable_end) = struct.unpack_from("<BxHIQQQI4xQ", header, 16)  # fmt: skip
        self.partition_key = uuid_at(header, 88)
        self.last_log_index = self.log_index
        self.digest = crc32c(header[12:56], header[72:], body) if self.kind in (1, 2) else None
        if self.kind == 5:
            self.last_log_index, self.end_sequence, self.digest = struct.unpack_from("<QQI", header, 72)

    def events(self):
        at = 0
        for i in range(self.event_count):
            version, nanos, payload, metadata, stream, name = struct.unpack_from("<QqIIBB", self.body, at + 16)
            texts, start = [], at + 44
            for length in (stream, name, metadata, payload):
                texts.append(self.body[start : start + length])
                start += length
            yield {
                "stream": texts[0].decode(),
                "name": texts[1].decode(),
                "timestamp": nanos // 1_000_000,
                "payload_base64": base64.b64encode(texts[3]).decode(),
                "metadata_base64": base64.b64encode(texts[2]).decode(),
                "event_id": str(uuid_at(self.body, at)),
                "partition_key": str(self.partition_key),
                "stream_version": version,
                "partition_id": self.partition,
                "partition_sequence": self.first_sequence + i,
            }
            at = start


def uuid_at(data, offset):
    high, low = struct.unpack_from("<QQ", data, offset)
    return uuid.UUID(int=high << 64 | low)


def frames(segment, end):
    """All frames up to the end, which is None in the open segment."""
    offset = 64
    while end is None or offset < end:
        frame = segment.frame(offset)
        if frame is None:
            later = (segment.frame(at) for at in range(offset + 8, len(segment.data), 8))
            if end is not None or any(f and f.durable_end > offset for f in later):
                sys.exit(f"{segment.path} at offset {offset}: damaged")
            return
        yield frame
        offset += (frame.length + 7) // 8 * 8


def read_bucket(store, bucket, directory):
    paths = sorted((directory / "segments").glob("*/data.evts"))
    segments = [Segment(store, bucket, path) for path in paths]
    ends = [following.previous_end for following in segments[1:]] + [None]
    last = {}  # partition -> its last entry
    for segment, end in zip(segments, ends):
        for frame in frames(segment, end):
            if frame.kind not in (1, 2, 5):
                continue
            before = last.get(frame.partition)
            follows = (before.last_log_index + 1, before.digest) if before else (1, 0)
            if (frame.log_index, frame.chain) != follows:
                sys.exit(f"{segment.path}: entries of partition {frame.partition} are missing")
            last[frame.partition] = frame
            if frame.kind == 5:
                lost = f"sequences {frame.first_sequence} to {frame.end_sequence - 1}"
                print(f"partition {frame.partition}: {lost} are lost for good", file=sys.stderr)
            yield from frame.events()


def main(directory):
    meta = json.loads((directory / "meta.json").read_text())
    if meta["format_version"] != 1:
        sys.exit("this store has another format")
    store = uuid.UUID(meta["store_id"])
    for bucket in range(meta["bucket_count"]):
        for event in read_bucket(store, bucket, directory / f"buckets/{bucket:05}"):
            print(json.dumps(event, ensure_ascii=False))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
