package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.ObjectOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.RespClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.slf4j.LoggerFactory;

/** The commands through Lettuce: as it connects by itself, and in each protocol. */
class LettuceTest {
    private static final String ID = "550e8400-e29b-41d4-a716-446655440000";
    private static final int PIPELINE = 1000;

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

    /** It warns of a choice between two transports that is not the test's to make. */
    @BeforeAll
    static void silence() {
        ((Logger) LoggerFactory.getLogger("io.lettuce.core")).setLevel(Level.ERROR);
    }

    @ParameterizedTest
    @NullSource
    @EnumSource
    void appendsReadsAndPipelines(@Nullable ProtocolVersion protocol) throws Exception {
        try (RealServer server = new RealServer();
                RedisClient client =
                        RedisClient.create("redis://127.0.0.1:" + server.address().getPort())) {
            if (protocol != null) {
                client.setOptions(ClientOptions.builder().protocolVersion(protocol).build());
            }
            try (StatefulRedisConnection<byte[], byte[]> connection =
                    client.connect(ByteArrayCodec.INSTANCE)) {
                appendAndRead(connection);
                pipeline(connection);
            }
        }
    }

    @ParameterizedTest
    @NullSource
    @EnumSource
    @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
    void subscribesToHistoryAndWhatComes(@Nullable ProtocolVersion protocol) throws Exception {
        try (RealServer server = new RealServer();
                RespClient writer = server.connect();
                RedisClient client =
                        RedisClient.create("redis://127.0.0.1:" + server.address().getPort())) {
            if (protocol != null) {
                client.setOptions(ClientOptions.builder().protocolVersion(protocol).build());
            }
            writer.call("EAPPEND", "s", "E", "first");
            try (StatefulRedisPubSubConnection<String, String> connection =
                    client.connectPubSub()) {
                Heard heard = new Heard();
                connection.addListener(heard);
                connection.sync().subscribe("sierra:stream:s?from=0");

                heard.told.expect("subscribed sierra:stream:s?from=0 1");
                heard.told.expect("sierra:stream:s?from=0 {", "\"payload\":\"first\"");
                writer.call("EAPPEND", "s", "E", "second");
                heard.told.expect("sierra:stream:s?from=0 {", "\"payload\":\"second\"");
                connection.sync().psubscribe("sierra:stream:t*");
                heard.told.expect("psubscribed sierra:stream:t* 2");
                writer.call("EAPPEND", "t1", "E", "third");
                heard.told.expect("sierra:stream:t* sierra:stream:t1 {", "\"payload\":\"third\"");
                connection.sync().unsubscribe("sierra:stream:s?from=0");
                heard.told.expect("unsubscribed sierra:stream:s?from=0 1");
                connection.sync().punsubscribe("sierra:stream:t*");
                assertThat(connection.sync().ping()).isEqualTo("PONG");
            }
        }
    }

    /** Keeps what a subscription is told. */
    private static final class Heard extends RedisPubSubAdapter<String, String> {
        final Told told = new Told();

        @Override
        public void subscribed(String channel, long count) {
            told.add("subscribed " + channel + ' ' + count);
        }

        @Override
        public void psubscribed(String pattern, long count) {
            told.add("psubscribed " + pattern + ' ' + count);
        }

        @Override
        public void unsubscribed(String channel, long count) {
            told.add("unsubscribed " + channel + ' ' + count);
        }

        @Override
        public void message(String channel, String message) {
            told.add(channel + ' ' + message);
        }

        @Override
        public void message(String pattern, String channel, String message) {
            told.add(pattern + ' ' + channel + ' ' + message);
        }
    }

    private static void appendAndRead(StatefulRedisConnection<byte[], byte[]> connection) {
        byte[] payload = {0, (byte) 0xff, '\r', '\n', '$', (byte) 0x80};
        var sync = connection.sync();

        Object appended =
                sync.dispatch(
                        new Word("EAPPEND"),
                        output(),
                        words("s", "E", "EVENT_ID", ID, "PAYLOAD").add(payload));
        assertThat(appended).isNotNull();
        assertThat(contains(sync.dispatch(new Word("EGET"), output(), words(ID)), payload))
                .isTrue();
        assertThat(
                        contains(
                                sync.dispatch(new Word("ESCAN"), output(), words("s", "-", "+")),
                                payload))
                .isTrue();
    }

    private static void pipeline(StatefulRedisConnection<byte[], byte[]> connection) {
        List<RedisFuture<?>> futures = new ArrayList<>();
        for (int i = 0; i < PIPELINE; i++) {
            CommandArgs<byte[], byte[]> arguments = words("s" + i % 10, "E", Integer.toString(i));
            futures.add(connection.async().dispatch(new Word("EAPPEND"), output(), arguments));
        }
        assertThat(
                        LettuceFutures.awaitAll(
                                Duration.ofSeconds(20), futures.toArray(new RedisFuture<?>[0])))
                .isTrue();
        assertThat(
                        connection
                                .sync()
                                .dispatch(
                                        new Word("ESVER"),
                                        new IntegerOutput<>(ByteArrayCodec.INSTANCE),
                                        words("s1")))
                .isEqualTo(PIPELINE / 10 - 1L);
    }

    private static CommandOutput<byte[], byte[], Object> output() {
        return new ObjectOutput<>(ByteArrayCodec.INSTANCE);
    }

    private static CommandArgs<byte[], byte[]> words(String... words) {
        CommandArgs<byte[], byte[]> arguments = new CommandArgs<>(ByteArrayCodec.INSTANCE);
        for (String word : words) {
            arguments.add(word);
        }
        return arguments;
    }

    /** Whether these bytes are somewhere in a reply. */
    private static boolean contains(@Nullable Object reply, byte[] bytes) {
        return switch (reply) {
            case null -> false;
            case byte[] bulk -> Arrays.equals(bulk, bytes);
            case Map<?, ?> map -> map.values().stream().anyMatch(v -> contains(v, bytes));
            case List<?> list -> list.stream().anyMatch(v -> contains(v, bytes));
            default -> false;
        };
    }
}
