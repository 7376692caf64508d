package io.sierra.server.cli.transfer;

import io.sierra.server.cli.tool.CommandFailedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Some lines on their way to the server.
 *
 * <p>They are sent without waiting for replies, but each names the version that its stream must
 * have by then. So when one is refused, because a queue is full or somebody else wrote to the
 * stream, those behind it are refused too instead of overtaking it, and all are sent again in their
 * order. An event that is already stored is acknowledged whatever version it names.
 */
final class Batch {
    /** Codes of refusals that pass by themselves. */
    private static final Set<String> TEMPORARY =
            Set.of(
                    "MAILBOXFULL",
                    "TIMEOUT",
                    "QUORUMFAILED",
                    "INSUFFICIENTREPLICAS",
                    "CLUSTERDOWN",
                    "TRYAGAIN",
                    "ACTORSTOPPED");

    /** Have no code of their own. */
    private static final List<String> TEMPORARY_TEXTS =
            List.of("database operation failed: disk full", "gets no room on the disk");

    /** The stream moved on; the next round asks where it is. */
    private static final String OUTRUN = "WRONGVER";

    /** Refusals of this one event; with any other code nothing else would work either. */
    private static final Set<String> OF_THE_EVENT =
            Set.of("INVALIDARG", "IDCONFLICT", "DBOPFAILED");

    private static final long EMPTY = -1;

    /** An event and its line's number. */
    record Item(long lineNumber, EventLine event) {}

    private record StreamKey(String stream, @Nullable UUID partitionKey) {
        static StreamKey of(Item item) {
            return new StreamKey(item.event().stream(), item.event().partitionKey());
        }
    }

    private final BiConsumer<Item, String> onRefused;
    private List<Item> waiting;
    private @Nullable Map<StreamKey, Long> versionsBefore;
    private long added;
    private long alreadyThere;
    private String lastRefusal = "";

    /**
     * Lines to send.
     *
     * @param onRefused is told of events that the server will never take, and why
     */
    Batch(List<Item> items, BiConsumer<Item, String> onRefused) {
        this.waiting = items;
        this.onRefused = onRefused;
    }

    long added() {
        return added;
    }

    long alreadyThere() {
        return alreadyThere;
    }

    boolean isDone() {
        return waiting.isEmpty();
    }

    /** Why the server has not taken the rest yet; empty before it was asked. */
    String lastRefusal() {
        return lastRefusal;
    }

    /**
     * Sends what is still waiting.
     *
     * @return whether anything was settled by it
     */
    boolean sendOnce(ServerLink link) throws IOException {
        List<Item> sent = waiting;
        List<RespValue> replies = link.ask(client -> send(client, sent));
        List<Item> again = new ArrayList<>();
        lastRefusal = "";
        for (int i = 0; i < sent.size(); i++) {
            if (!settle(sent.get(i), replies.get(i))) {
                again.add(sent.get(i));
            }
        }
        waiting = again;
        return again.size() < sent.size();
    }

    private List<RespValue> send(RespClient client, List<Item> items) throws IOException {
        Map<StreamKey, Long> versions = currentVersions(client, items);
        if (versionsBefore == null) {
            versionsBefore = Map.copyOf(versions);
        }
        List<List<Object>> commands = new ArrayList<>();
        for (Item item : items) {
            long version = Objects.requireNonNull(versions.get(StreamKey.of(item)));
            commands.add(append(item.event(), version));
            versions.put(StreamKey.of(item), version + 1);
        }
        return client.callAll(commands);
    }

    private static Map<StreamKey, Long> currentVersions(RespClient client, List<Item> items)
            throws IOException {
        Set<StreamKey> streams = new LinkedHashSet<>();
        items.forEach(item -> streams.add(StreamKey.of(item)));
        List<List<Object>> commands = new ArrayList<>();
        for (StreamKey stream : streams) {
            List<Object> command = new ArrayList<>(List.of("ESVER", stream.stream()));
            addOption(command, "PARTITION_KEY", stream.partitionKey());
            commands.add(command);
        }
        Map<StreamKey, Long> versions = new HashMap<>();
        var replies = client.callAll(commands).iterator();
        for (StreamKey stream : streams) {
            RespValue reply = replies.next();
            versions.put(stream, reply instanceof RespValue.Null ? EMPTY : reply.asNumber());
        }
        return versions;
    }

    private static List<Object> append(EventLine event, long version) {
        List<Object> command = new ArrayList<>(List.of("EAPPEND", event.stream(), event.name()));
        addOption(command, "EVENT_ID", event.eventId());
        addOption(command, "PARTITION_KEY", event.partitionKey());
        addOption(command, "EXPECTED_VERSION", version == EMPTY ? "empty" : version);
        addOption(command, "TIMESTAMP", event.timestampMillis());
        addOption(command, "PAYLOAD", event.payload().length == 0 ? null : event.payload());
        addOption(command, "METADATA", event.metadata().length == 0 ? null : event.metadata());
        return command;
    }

    private static void addOption(List<Object> command, String word, @Nullable Object value) {
        if (value != null) {
            command.add(word);
            command.add(value);
        }
    }

    private boolean settle(Item item, RespValue reply) throws IOException {
        if (reply instanceof RespValue.Failed failed) {
            return settleRefusal(item, failed);
        }
        long version = reply.asDictionary().number("stream_version");
        long before =
                Objects.requireNonNull(
                        Objects.requireNonNull(versionsBefore).get(StreamKey.of(item)));
        if (version > before) {
            added++;
        } else {
            alreadyThere++;
        }
        return true;
    }

    private boolean settleRefusal(Item item, RespValue.Failed refusal) {
        boolean isOutrun = refusal.code().equals(OUTRUN);
        if (!isOutrun || lastRefusal.isEmpty()) { // behind a refused event others are outrun
            lastRefusal = refusal.message();
        }
        if (isOutrun || isTemporary(refusal)) {
            return false;
        }
        if (!OF_THE_EVENT.contains(refusal.code())) {
            throw new CommandFailedException(
                    "line " + item.lineNumber() + ": the server cannot go on: " + lastRefusal);
        }
        onRefused.accept(item, lastRefusal);
        return true;
    }

    private static boolean isTemporary(RespValue.Failed refusal) {
        return TEMPORARY.contains(refusal.code())
                || TEMPORARY_TEXTS.stream().anyMatch(refusal.message()::contains);
    }
}
