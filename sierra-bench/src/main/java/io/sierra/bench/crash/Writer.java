package io.sierra.bench.crash;

import io.sierra.bench.crash.Attempt.Outcome;
import io.sierra.bench.crash.Attempt.Position;
import io.sierra.bench.crash.Attempt.Sent;
import io.sierra.server.cli.transfer.RespValue;
import io.sierra.server.cli.transfer.RespValue.Dictionary;
import io.sierra.server.cli.transfer.RespValue.Failed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client that appends in pipelined batches: single events and transactions, right and wrong
 * expected versions, repeats with the same ids, ids with other content. Its own streams are written
 * by nobody else, so it knows what each reply must be; some streams are shared.
 */
final class Writer {
    private static final int KEYS = 4;
    private static final int STREAMS_OF_KEY = 6;
    private static final int SHARED_STREAMS = 3;
    private static final int MAX_PIPELINE = 48;
    private static final int MAX_TRANSACTION = 12;
    private static final int RECENT = 64;

    private final String name;
    private final Ledger ledger;
    private final Profile profile;
    private final SplittableRandom random;
    private final StreamModel model = new StreamModel();
    private final List<UUID> keys = new ArrayList<>();
    private final List<Attempt> recent = new ArrayList<>();
    private StreamModel planned = new StreamModel();
    private volatile @Nullable String lastRefusal;

    /**
     * How it writes.
     *
     * @param largeShare percent of events with a payload of 4 to 16 KiB
     * @param oversizedBytes payload that no segment can hold, sent now and then; 0 for never
     * @param maxPauseMillis between two batches
     * @param maxAttempts in one run, which then rests until the connection ends
     */
    record Profile(int largeShare, int oversizedBytes, int maxPauseMillis, int maxAttempts) {}

    Writer(String name, Ledger ledger, Profile profile, SplittableRandom random) {
        this.name = name;
        this.ledger = ledger;
        this.profile = profile;
        this.random = random;
        for (int i = 0; i < KEYS; i++) {
            keys.add(Content.newId(random, false));
        }
    }

    /** The last refusal that no expected version explains, or null. Any thread. */
    @Nullable String lastRefusal() {
        return lastRefusal;
    }

    /** Until the next one there is no last refusal. Any thread. */
    void forgetRefusal() {
        lastRefusal = null;
    }

    /** Takes over how long streams have turned out to be; not while it runs. */
    void resume(StreamModel found) {
        for (int key = 0; key < KEYS; key++) {
            for (int i = 0; i < STREAMS_OF_KEY; i++) {
                model.setLength(stream(key, i), found.lengthOf(stream(key, i)));
            }
        }
    }

    /**
     * Sends again what is not there, then new attempts, until the connection ends or {@code stop}
     * says so.
     */
    void run(Connection server, List<Attempt> absent, Stop stop)
            throws IOException, InterruptedException {
        lastRefusal = null;
        for (Attempt attempt : absent) {
            attempt.sentAgain();
            send(server, attempt);
        }
        server.awaitReplies();
        for (int sent = 0; !stop.isDue(); ) {
            if (sent < profile.maxAttempts()) {
                sent += sendBatch(server);
            }
            server.awaitReplies();
            TimeUnit.MILLISECONDS.sleep(random.nextInt(profile.maxPauseMillis() + 1));
        }
    }

    /** Tells a writer to end. */
    interface Stop {
        /** Whether it is time. */
        boolean isDue();
    }

    /** Whether an attempt is this writer's. */
    boolean owns(Attempt attempt) {
        return attempt.events().getFirst().stream().startsWith(name + "-");
    }

    private int sendBatch(Connection server) throws IOException {
        planned = new StreamModel();
        int size = 1 + random.nextInt(MAX_PIPELINE);
        for (int i = 0; i < size; i++) {
            int dice = random.nextInt(1000);
            if (dice < 30 && !recent.isEmpty()) {
                send(server, recent.get(random.nextInt(recent.size())));
            } else if (dice < 40 && !recent.isEmpty()) {
                sendOtherContent(server, recent.get(random.nextInt(recent.size())));
            } else if (dice < 60) {
                sendVersionQuery(server);
            } else if (dice < 62 && profile.oversizedBytes() > 0) {
                sendOversized(server);
            } else {
                Attempt attempt = dice < 160 ? sharedAttempt() : ownAttempt(dice > 970);
                ledger.add(attempt);
                send(server, attempt);
            }
        }
        return size;
    }

    /** An attempt on own streams, with an expectation that is wrong if that is wanted. */
    private Attempt ownAttempt(boolean wrong) {
        int key = random.nextInt(KEYS);
        int size = random.nextInt(10) < 6 ? 1 : 2 + random.nextInt(MAX_TRANSACTION - 1);
        List<Sent> events = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            String stream = stream(key, random.nextInt(STREAMS_OF_KEY));
            long length = model.lengthOf(stream) + planned.lengthOf(stream);
            boolean isWrong = wrong && i == size - 1;
            events.add(new Sent(newId(), stream, isWrong ? "1234567" : expectation(length)));
            planned.setLength(stream, planned.lengthOf(stream) + 1);
        }
        if (wrong) {
            events.forEach(e -> planned.setLength(e.stream(), planned.lengthOf(e.stream()) - 1));
        }
        return new Attempt(keys.get(key), events);
    }

    private String expectation(long length) {
        return switch (random.nextInt(8)) {
            case 0 -> "any";
            case 1 -> length > 0 ? "exists" : "empty";
            default -> StreamModel.expectation(length);
        };
    }

    /** An attempt on a stream that the others write to, too. */
    private Attempt sharedAttempt() {
        int number = random.nextInt(SHARED_STREAMS);
        String stream = "shared-" + number;
        UUID key = new UUID(number, (long) number << 46);
        return new Attempt(key, List.of(new Sent(newId(), stream, "any")));
    }

    private UUID newId() {
        return Content.newId(random, random.nextInt(100) < profile.largeShare());
    }

    private void send(Connection server, Attempt attempt) throws IOException {
        server.send(reply -> judge(attempt, reply), attempt.command());
    }

    private void judge(Attempt attempt, RespValue reply) throws IOException {
        boolean wasStored = attempt.outcome() == Outcome.STORED;
        List<Long> versions = isShared(attempt) ? List.of() : model.versionsOf(attempt);
        if (reply instanceof Failed failed) {
            judgeRefusal(attempt, failed, wasStored, !versions.isEmpty());
            return;
        }
        List<Position> positions = positionsOf(attempt, reply.asDictionary());
        if (wasStored) {
            Violation.unless(
                    positions.equals(attempt.positions()),
                    "%s was repeated and answered with %s",
                    attempt,
                    positions);
            return;
        }
        if (!isShared(attempt)) {
            List<Long> actual = positions.stream().map(Position::streamVersion).toList();
            Violation.unless(
                    actual.equals(versions), "%s got %s, not %s", attempt, positions, versions);
            model.append(attempt);
        }
        attempt.stored(positions);
        remember(attempt);
    }

    private void judgeRefusal(Attempt attempt, Failed reply, boolean wasStored, boolean canPass) {
        switch (reply.code()) {
            case "WRONGVER" ->
                    Violation.unless(!wasStored && !canPass, "%s: %s", reply.message(), attempt);
            case "MAILBOXFULL", "ACTORSTOPPED", "DBOPFAILED" -> lastRefusal = reply.message();
            case "WRITEERR" -> {
                lastRefusal = reply.message();
                return; // and unknown it stays
            }
            default -> throw new Violation(reply.message() + ": " + attempt);
        }
        if (!wasStored) {
            attempt.refused();
        }
    }

    private static List<Position> positionsOf(Attempt attempt, Dictionary reply)
            throws IOException {
        int partitionId = (int) reply.number("partition_id");
        if (attempt.events().size() == 1) {
            return List.of(
                    new Position(
                            partitionId,
                            reply.number("partition_sequence"),
                            reply.number("stream_version")));
        }
        List<Position> positions = new ArrayList<>();
        if (reply.get("events") instanceof RespValue.Array(List<RespValue> events)) {
            for (RespValue event : events) {
                long sequence = reply.number("first_partition_sequence") + positions.size();
                positions.add(
                        new Position(
                                partitionId,
                                sequence,
                                event.asDictionary().number("stream_version")));
            }
        }
        return positions;
    }

    /** Visible before acknowledged: a query behind appends sees them. */
    private void sendVersionQuery(Connection server) throws IOException {
        int key = random.nextInt(KEYS);
        String stream = stream(key, random.nextInt(STREAMS_OF_KEY));
        server.send(
                reply -> {
                    long version = reply instanceof RespValue.Int(long value) ? value : -1;
                    Violation.unless(
                            version == model.lengthOf(stream) - 1 || reply instanceof Failed,
                            "ESVER of %s says %d, %d events were acknowledged",
                            stream,
                            version,
                            model.lengthOf(stream));
                },
                "ESVER",
                stream,
                "PARTITION_KEY",
                keys.get(key));
    }

    private void sendOtherContent(Connection server, Attempt stored) throws IOException {
        Sent event = stored.events().getFirst();
        server.send(
                reply ->
                        Violation.unless(
                                reply instanceof Failed,
                                "an id with other content was accepted: %s",
                                stored),
                "EAPPEND",
                event.stream(),
                "Other",
                "EVENT_ID",
                event.id(),
                "PARTITION_KEY",
                stored.partitionKey());
    }

    private void sendOversized(Connection server) throws IOException {
        Sent event = new Sent(newId(), stream(0, 0), "any");
        Attempt attempt = new Attempt(keys.getFirst(), List.of(event));
        ledger.add(attempt);
        attempt.refused();
        server.send(
                reply ->
                        Violation.unless(
                                reply instanceof Failed, "larger than a segment: %s", attempt),
                "EAPPEND",
                event.stream(),
                "Oversized",
                "EVENT_ID",
                event.id(),
                "PARTITION_KEY",
                attempt.partitionKey(),
                "PAYLOAD",
                new byte[profile.oversizedBytes()]);
    }

    private void remember(Attempt attempt) {
        if (recent.size() < RECENT) {
            recent.add(attempt);
        } else {
            recent.set(random.nextInt(RECENT), attempt);
        }
    }

    /** Whether an attempt is on a stream that all writers write to. */
    static boolean isShared(Attempt attempt) {
        return attempt.events().getFirst().stream().startsWith("shared-");
    }

    private String stream(int key, int number) {
        return name + "-" + key + "-" + number;
    }
}
