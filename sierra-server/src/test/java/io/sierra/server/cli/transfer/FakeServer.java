package io.sierra.server.cli.transfer;

import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.id.StreamId;
import io.sierra.server.config.HostAndPort;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * A server in memory with what import and export ask for: HELLO, EAPPEND with its idempotency and
 * expected versions, ESVER, EPSEQ, ESCAN and EPSCAN. Can refuse appends and drop connections.
 */
final class FakeServer implements AutoCloseable {
    private static final Partitioning PARTITIONING = new Partitioning(8, 2);

    /** An event as it was stored. */
    record Stored(
            UUID id,
            UUID key,
            int partition,
            long sequence,
            String stream,
            long version,
            String name,
            long timestamp,
            byte[] payload,
            byte[] metadata) {

        boolean hasContentOf(Stored other) {
            return stream.equals(other.stream)
                    && name.equals(other.name)
                    && Arrays.equals(payload, other.payload)
                    && Arrays.equals(metadata, other.metadata);
        }
    }

    private final ServerSocket listener;
    private final List<Stored> events = new ArrayList<>();
    private final List<Socket> connections = new ArrayList<>();

    /** Answers appends of matching stream names with an error instead of storing them. */
    Predicate<String> refuse = _ -> false;

    String refusal = "MAILBOXFULL queue of bucket 0 is full; nothing was done, try again";

    /** After so many more appends the connection is cut before the reply; negative is never. */
    int appendsUntilCut = -1;

    FakeServer() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::acceptAll);
    }

    HostAndPort address() {
        return new HostAndPort("127.0.0.1", listener.getLocalPort());
    }

    synchronized List<Stored> events() {
        return List.copyOf(events);
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                synchronized (this) {
                    connections.add(socket);
                }
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            RespReader reader = new RespReader(new BufferedInputStream(socket.getInputStream()));
            OutputStream out = socket.getOutputStream();
            while (reader.read() instanceof RespValue.Array(List<RespValue> arguments)) {
                ByteArrayOutputStream reply = new ByteArrayOutputStream();
                answer(arguments, reply);
                out.write(reply.toByteArray());
            }
        } catch (IOException _) {
            // The client has gone, or the connection was to be cut.
        }
    }

    private synchronized void answer(List<RespValue> arguments, ByteArrayOutputStream out)
            throws IOException {
        String stream = arguments.get(1).toString();
        Map<String, byte[]> options = options(arguments);
        switch (arguments.get(0).toString()) {
            case "HELLO" -> text(out, "%1\r\n$14\r\nnum_partitions\r\n:8\r\n");
            case "EAPPEND" -> append(stream, arguments.get(2).toString(), options, out);
            case "ESVER" ->
                    last(out, count(event -> isIn(event, stream, key(stream, options))) - 1);
            case "EPSEQ" -> last(out, count(event -> event.partition == partition(stream)) - 1);
            case "ESCAN" ->
                    page(
                            arguments,
                            options,
                            events.stream()
                                    .filter(e -> isIn(e, stream, key(stream, options)))
                                    .toList(),
                            out);
            case "EPSCAN" ->
                    page(
                            arguments,
                            options,
                            events.stream().filter(e -> e.partition == partition(stream)).toList(),
                            out);
            default -> text(out, "-ERR unknown command\r\n");
        }
    }

    private void append(
            String stream, String name, Map<String, byte[]> options, ByteArrayOutputStream out)
            throws IOException {
        if (appendsUntilCut >= 0 && appendsUntilCut-- == 0) {
            appendsUntilCut = -1;
            throw new IOException("cut");
        }
        UUID key = key(stream, options);
        int partition = PARTITIONING.partitionOf(PartitionKey.of(key));
        long version = count(event -> isIn(event, stream, key));
        Stored event =
                new Stored(
                        UUID.fromString(string(options, "EVENT_ID", "")),
                        key,
                        partition,
                        count(other -> other.partition == partition),
                        stream,
                        version,
                        name,
                        Long.parseLong(string(options, "TIMESTAMP", "77")),
                        options.getOrDefault("PAYLOAD", new byte[0]),
                        options.getOrDefault("METADATA", new byte[0]));
        for (Stored stored : events) {
            if (stored.id.equals(event.id)) {
                text(
                        out,
                        stored.hasContentOf(event)
                                ? appended(stored)
                                : "-IDCONFLICT event exists with other content\r\n");
                return;
            }
        }
        if (refuse.test(stream)) {
            text(out, "-" + refusal + "\r\n");
            return;
        }
        String expected = string(options, "EXPECTED_VERSION", "any").toLowerCase(Locale.ROOT);
        String current = version == 0 ? "empty" : Long.toString(version - 1);
        if (!expected.equals("any") && !expected.equals(current)) {
            text(out, "-WRONGVER current is " + current + " but expected " + expected + "\r\n");
            return;
        }
        events.add(event);
        text(out, appended(event));
    }

    private static String appended(Stored event) {
        return "%1\r\n+stream_version\r\n:" + event.version + "\r\n";
    }

    /** Gives at most three events, so that pages are many. */
    private static void page(
            List<RespValue> arguments,
            Map<String, byte[]> options,
            List<Stored> found,
            ByteArrayOutputStream out)
            throws IOException {
        int start = Math.min(found.size(), Integer.parseInt(arguments.get(2).toString()));
        int count = Math.min(3, Integer.parseInt(string(options, "COUNT", "100")));
        int end = Math.min(found.size(), start + count);
        text(out, "%2\r\n+has_more\r\n" + (end < found.size() ? "#t" : "#f") + "\r\n+events\r\n");
        text(out, "*" + (end - start) + "\r\n");
        for (Stored event : found.subList(start, end)) {
            text(out, "%10\r\n+event_id\r\n+" + event.id + "\r\n+partition_key\r\n+" + event.key);
            text(out, "\r\n+partition_id\r\n:" + event.partition);
            text(out, "\r\n+partition_sequence\r\n:" + event.sequence);
            text(out, "\r\n+stream_version\r\n:" + event.version);
            text(out, "\r\n+timestamp\r\n:" + event.timestamp + "\r\n");
            bulk(out, "stream_id", event.stream.getBytes(StandardCharsets.UTF_8));
            bulk(out, "event_name", event.name.getBytes(StandardCharsets.UTF_8));
            bulk(out, "payload", event.payload);
            bulk(out, "metadata", event.metadata);
        }
    }

    private static void bulk(ByteArrayOutputStream out, String key, byte[] bytes)
            throws IOException {
        text(out, "+" + key + "\r\n$" + bytes.length + "\r\n");
        out.write(bytes);
        text(out, "\r\n");
    }

    private static void last(ByteArrayOutputStream out, long last) throws IOException {
        text(out, last < 0 ? "_\r\n" : ":" + last + "\r\n");
    }

    private static void text(ByteArrayOutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, byte[]> options(List<RespValue> arguments) {
        Map<String, byte[]> options = new HashMap<>();
        for (int i = arguments.size() - 2; i >= 2; i -= 2) {
            if (arguments.get(i + 1) instanceof RespValue.Text(byte[] bytes)) {
                options.put(arguments.get(i).toString(), bytes);
            }
        }
        return options;
    }

    private static String string(Map<String, byte[]> options, String word, String otherwise) {
        byte[] bytes = options.get(word);
        return bytes == null ? otherwise : new String(bytes, StandardCharsets.UTF_8);
    }

    private static UUID key(String stream, Map<String, byte[]> options) {
        String given = string(options, "PARTITION_KEY", "");
        return given.isEmpty()
                ? StreamId.of(stream).defaultPartitionKey().toUuid()
                : UUID.fromString(given);
    }

    private static boolean isIn(Stored event, String stream, UUID key) {
        return event.stream.equals(stream) && event.key.equals(key);
    }

    private static int partition(String selector) {
        return Integer.parseInt(selector);
    }

    private long count(Predicate<Stored> which) {
        return events.stream().filter(which).count();
    }

    @Override
    public synchronized void close() throws IOException {
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
