import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.push.PushMessage;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.ProtocolVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Counts all events by name, by EPSUB and EACK through Lettuce. Where it has got to is in one file with the counts, so
 * it can be killed at any time and started again.
 *
 * <pre>java -cp 'lib/*' CountEvents.java counts.txt [port]</pre>
 */
final class CountEvents {
    private static final int BATCH_EVENTS = 500;

    /** For each partition the sequence that has not been counted yet. */
    private final Map<Long, Long> positions = new TreeMap<>();

    private final Map<String, Long> counts = new TreeMap<>();
    private final Path file;

    private CountEvents(Path file) throws IOException {
        this.file = file;
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split(" ", 3);
                if (words[0].equals("position")) {
                    positions.put(Long.valueOf(words[1]), Long.valueOf(words[2]));
                } else {
                    counts.put(words[2], Long.valueOf(words[1]));
                }
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        String port = arguments.length > 1 ? arguments[1] : "9090";
        try (RedisClient client = RedisClient.create("redis://127.0.0.1:" + port)) {
            // A connection that Lettuce makes anew by itself has no subscriptions.
            client.setOptions(
                    ClientOptions.builder().protocolVersion(ProtocolVersion.RESP3).autoReconnect(false).build());
            while (true) {
                try (StatefulRedisConnection<String, String> connection = client.connect()) {
                    new CountEvents(file).follow(connection);
                } catch (RedisException problem) {
                    System.out.println("connecting again: " + problem.getMessage());
                    Thread.sleep(1000);
                }
            }
        }
    }

    private void follow(StatefulRedisConnection<String, String> connection) throws Exception {
        BlockingQueue<PushMessage> pushes = new LinkedBlockingQueue<>(); // never holds more than the window
        connection.addListener(pushes::add);
        String id = send(connection, "EPSUB", subscription());
        long cursor = -1;
        int unsaved = 0;
        while (true) {
            PushMessage push = pushes.poll(5, TimeUnit.SECONDS);
            if (push == null) {
                throw new RedisException("no heartbeat");
            }
            List<Object> content = push.getContent(StringCodec.UTF8::decodeValue);
            switch (push.getType()) {
                case "message" -> {
                    cursor = (Long) content.get(2);
                    count((List<?>) content.get(3));
                    unsaved++;
                }
                case "error" -> throw new RedisException((String) content.get(2));
                default -> {} // subscribe, caughtup, heartbeat
            }
            if (unsaved == BATCH_EVENTS || (unsaved > 0 && push.getType().equals("caughtup"))) {
                save();
                unsaved = 0;
                send(connection, "EACK", List.of(id, Long.toString(cursor)));
            }
        }
    }

    private List<String> subscription() {
        List<String> words = new ArrayList<>(List.of("*", "FROM"));
        if (positions.isEmpty()) {
            words.add("0");
        } else {
            words.add("MAP");
            positions.forEach((partition, next) -> words.add(partition + "=" + next));
            words.addAll(List.of("DEFAULT", "0"));
        }
        words.addAll(List.of("WINDOW", "1000", "WITH", "CAUGHTUP", "HEARTBEAT", "1000"));
        return words;
    }

    /** Takes an event, which Lettuce gives as a list of keys and values. */
    private void count(List<?> keysAndValues) {
        Map<Object, Object> event = new TreeMap<>();
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            event.put(keysAndValues.get(i), keysAndValues.get(i + 1));
        }
        positions.put((Long) event.get("partition_id"), (Long) event.get("partition_sequence") + 1);
        counts.merge((String) event.get("event_name"), 1L, Long::sum);
    }

    /** Positions and counts together, or neither: that is what makes a restart exact. */
    private void save() throws IOException {
        StringBuilder text = new StringBuilder();
        positions.forEach((partition, next) -> text.append("position %d %d\n".formatted(partition, next)));
        counts.forEach((name, count) -> text.append("count %d %s\n".formatted(count, name)));
        Path fresh = Path.of(file + ".new");
        try (FileChannel channel =
                FileChannel.open(
                        fresh,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        System.out.println(counts.values().stream().mapToLong(n -> n).sum() + " events counted");
    }

    private static String send(
            StatefulRedisConnection<String, String> connection, String command, List<String> words) {
        CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
        words.forEach(arguments::add);
        return connection.sync().dispatch(new Word(command), new StatusOutput<>(StringCodec.UTF8), arguments);
    }

    /** The name of a command that Lettuce does not know. */
    private record Word(String text) implements ProtocolKeyword {
        @Override
        public byte[] getBytes() {
            return text.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
