package io.sierra.storage;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.version.ExpectedVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Appends of all kinds: right and wrong versions, repeats, conflicts, small and huge ones. */
final class RandomAppends {
    private static final int MAX_STREAMS = 12;
    private static final int KEYS = 3;
    private static final int MAX_REMEMBERED = 200;

    /** One append. */
    record Append(PartitionKey key, List<NewEvent> events) {
        @Override
        public String toString() {
            return events.stream()
                    .map(event ->
                            "%s %s %s %d+%d+%d bytes"
                                    .formatted(
                                            event.streamId(),
                                            event.id(),
                                            event.expectedVersion(),
                                            event.name().length,
                                            event.metadata().length,
                                            event.payload().length))
                    .toList()
                    .toString();
        }
    }

    private final RandomGenerator random;
    private final Partitioning partitioning;
    private final StoreModel model;
    private final List<Append> earlier = new ArrayList<>();
    private final int streams;
    private long nextId;
    private long nextPayload;

    RandomAppends(RandomGenerator random, Partitioning partitioning, StoreModel model) {
        this.random = random;
        this.partitioning = partitioning;
        this.model = model;
        this.streams = random.nextInt(1, MAX_STREAMS);
    }

    /** An append to a partition, or the repeat of an earlier one to any of its bucket. */
    Append next(int partitionId) {
        if (!earlier.isEmpty() && random.nextInt(5) == 0) {
            Append append = earlier.get(random.nextInt(earlier.size()));
            int bucketId = partitioning.bucketOf(partitioning.partitionOf(append.key()));
            if (bucketId == partitioning.bucketOf(partitionId)) {
                return repeat(append, partitionId);
            }
        }
        List<NewEvent> events = new ArrayList<>();
        int count = random.nextInt(3) == 0 ? random.nextInt(2, 6) : 1;
        for (int i = 0; i < count; i++) {
            events.add(event(count));
        }
        return new Append(keyFor(events.getFirst(), partitionId), events);
    }

    /** Keeps an append to repeat it later. */
    void remember(PartitionKey key, List<NewEvent> events) {
        if (earlier.size() < MAX_REMEMBERED) {
            earlier.add(new Append(key, events));
        } else {
            earlier.set(random.nextInt(MAX_REMEMBERED), new Append(key, events));
        }
    }

    /** The same again, with one thing changed that matters, or with none. */
    private Append repeat(Append append, int partitionId) {
        List<NewEvent> events = new ArrayList<>(append.events());
        int i = random.nextInt(events.size());
        NewEvent event = events.get(i);
        switch (random.nextInt(8)) {
            case 0 -> events.set(i, with(event, event.id(), NewEvents.utf8("changed")));
            case 1 -> events.remove(i);
            case 2 -> events.add(event(1));
            case 3 -> events.set(i, with(event, NewEvents.id(nextId++), event.payload()));
            case 4 -> events.add(event); // the same id twice, if it has one
            case 5 -> {
                return new Append(keyIn(partitionId), events);
            }
            default -> events.replaceAll(e -> with(e, e.id(), e.payload()));
        }
        if (events.isEmpty()) {
            events.add(event(1));
        }
        return new Append(append.key(), events);
    }

    private NewEvent with(NewEvent event, @Nullable EventId id, byte[] payload) {
        return new NewEvent(
                event.streamId(),
                event.name(),
                id,
                expectedVersion(),
                random.nextBoolean() ? NewEvent.NOW : random.nextLong(1L << 40),
                payload,
                event.metadata());
    }

    private NewEvent event(int inTransaction) {
        byte[] name = new byte[nameLengthBytes()];
        byte[] metadata = new byte[random.nextInt(30)];
        return new NewEvent(
                StreamId.of("stream-" + random.nextInt(streams)),
                name,
                random.nextInt(3) == 0 ? null : NewEvents.id(nextId++),
                inTransaction == 1 ? expectedVersion() : new ExpectedVersion.Any(),
                timestampMillis(),
                payload(inTransaction),
                metadata);
    }

    /** Also the longest name, and one that is too long. */
    private int nameLengthBytes() {
        return switch (random.nextInt(60)) {
            case 0, 1 -> NewEvent.MAX_NAME_LENGTH_BYTES;
            case 2 -> NewEvent.MAX_NAME_LENGTH_BYTES + 1;
            default -> random.nextInt(10);
        };
    }

    /** Also one that nanoseconds have no room for. */
    private long timestampMillis() {
        if (random.nextInt(60) == 0) {
            return Long.MAX_VALUE / 1_000;
        }
        return random.nextInt(4) == 0 ? random.nextLong(1L << 40) : NewEvent.NOW;
    }

    private byte[] payload(int inTransaction) {
        int length =
                switch (random.nextInt(12)) {
                    case 0 -> random.nextInt(60_000) / inTransaction;
                    case 1 -> random.nextInt(20) == 0 ? nearMaximum() : 4_000;
                    default -> random.nextInt(600);
                };
        byte[] payload = new byte[length + 8];
        random.nextBytes(payload);
        byte[] number = NewEvents.utf8(Long.toHexString(0x1000_0000L + nextPayload++));
        System.arraycopy(number, 0, payload, 0, number.length);
        return payload;
    }

    /** A frame of one such event just fits into a segment, or just does not. */
    private int nearMaximum() {
        return (int) model.maxTransactionBytes(0) - random.nextInt(120, 700);
    }

    private ExpectedVersion expectedVersion() {
        return switch (random.nextInt(8)) {
            case 0 -> new ExpectedVersion.Empty();
            case 1 -> new ExpectedVersion.Exists();
            case 2 -> new ExpectedVersion.Exactly(random.nextInt(8));
            default -> new ExpectedVersion.Any();
        };
    }

    /** Mostly the default key of the event's stream, if it is in this partition. */
    private PartitionKey keyFor(NewEvent event, int partitionId) {
        PartitionKey own = event.streamId().defaultPartitionKey();
        boolean isHere = partitioning.partitionOf(own) == partitionId;
        return isHere && random.nextInt(4) > 0 ? own : keyIn(partitionId);
    }

    /** A key of this partition; there are few, so that streams meet under several. */
    private PartitionKey keyIn(int partitionId) {
        return keyIn(partitionId, random.nextInt(10) == 0 ? random.nextInt(KEYS) : 0);
    }

    /** One of the keys of this partition. */
    static PartitionKey keyIn(int partitionId, int number) {
        return new PartitionKey(number, Long.MIN_VALUE | (long) partitionId << 46);
    }
}
