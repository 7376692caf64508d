package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.testing.RealServer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.util.KeyValue;
import redis.clients.jedis.util.SafeEncoder;

/** The commands through Jedis: as it connects by itself, and in each protocol. */
@SuppressWarnings("deprecation") // sendCommand: what programs for every version of Jedis call
class JedisTest {
    private static final String ID = "550e8400-e29b-41d4-a716-446655440000";
    private static final int PIPELINE = 1000;

    private enum Protocol {
        DEFAULT,
        RESP2,
        RESP3
    }

    private enum Word implements ProtocolCommand {
        EAPPEND,
        EGET,
        EREAD,
        ESCAN,
        ESVER;

        @Override
        public byte[] getRaw() {
            return SafeEncoder.encode(name());
        }
    }

    @ParameterizedTest
    @EnumSource
    void appendsReadsAndPipelines(Protocol protocol) throws Exception {
        try (RealServer server = new RealServer();
                RedisClient client = connect(server, protocol)) {
            byte[] payload = {0, (byte) 0xff, '\r', '\n', '$', (byte) 0x80};
            Object appended =
                    client.sendCommand(
                            Word.EAPPEND, arguments(payload, "s", "E", "EVENT_ID", ID, "PAYLOAD"));
            assertThat(appended).isInstanceOf(List.class);
            assertThat(contains(client.sendCommand(Word.EGET, ID), payload)).isTrue();
            assertThat(contains(client.sendCommand(Word.ESCAN, "s", "-", "+"), payload)).isTrue();
            Object polled = client.sendCommand(Word.EREAD, "BLOCK", "0", "STREAMS", "s", "0");
            assertThat(contains(polled, payload)).isTrue();
            assertThat(client.sendCommand(Word.EREAD, "BLOCK", "20", "STREAMS", "s", "1")).isNull();
            try (Pipeline pipeline = client.pipelined()) {
                for (int i = 0; i < PIPELINE; i++) {
                    pipeline.sendCommand(Word.EAPPEND, "s" + i % 10, "E", Integer.toString(i));
                }
                assertThat(pipeline.syncAndReturnAll()).hasSize(PIPELINE);
            }
            assertThat(client.sendCommand(Word.ESVER, "s1")).isEqualTo(PIPELINE / 10 - 1L);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
    void subscribesToHistoryAndWhatComes(Protocol protocol) throws Exception {
        try (RealServer server = new RealServer();
                RedisClient client = connect(server, protocol);
                RedisClient writer = connect(server, protocol)) {
            writer.sendCommand(Word.EAPPEND, "s", "E", "first");
            Heard heard = new Heard();
            Thread listening =
                    Thread.ofVirtual()
                            .start(() -> client.subscribe(heard, "sierra:stream:s?from=0"));

            heard.told.expect("subscribed sierra:stream:s?from=0 1");
            heard.told.expect("sierra:stream:s?from=0 {", "\"payload\":\"first\"");
            writer.sendCommand(Word.EAPPEND, "s", "E", "second");
            heard.told.expect("sierra:stream:s?from=0 {", "\"payload\":\"second\"");
            heard.psubscribe("sierra:stream:t*");
            heard.told.expect("psubscribed sierra:stream:t* 2");
            writer.sendCommand(Word.EAPPEND, "t1", "E", "third");
            heard.told.expect("sierra:stream:t* sierra:stream:t1 {", "\"payload\":\"third\"");
            heard.unsubscribe();
            heard.punsubscribe();
            listening.join();
        }
    }

    /** Keeps what a subscription is told. */
    private static final class Heard extends JedisPubSub {
        final Told told = new Told();

        @Override
        public void onSubscribe(String channel, int count) {
            told.add("subscribed " + channel + ' ' + count);
        }

        @Override
        public void onPSubscribe(String pattern, int count) {
            told.add("psubscribed " + pattern + ' ' + count);
        }

        @Override
        public void onMessage(String channel, String message) {
            told.add(channel + ' ' + message);
        }

        @Override
        public void onPMessage(String pattern, String channel, String message) {
            told.add(pattern + ' ' + channel + ' ' + message);
        }
    }

    private static RedisClient connect(RealServer server, Protocol protocol) {
        HostAndPort address = new HostAndPort("127.0.0.1", server.address().getPort());
        if (protocol == Protocol.DEFAULT) {
            return RedisClient.create(address);
        }
        return RedisClient.builder()
                .hostAndPort(address)
                .clientConfig(
                        DefaultJedisClientConfig.builder()
                                .protocol(RedisProtocol.valueOf(protocol.name()))
                                .build())
                .build();
    }

    private static byte[][] arguments(byte[] last, String... words) {
        byte[][] arguments = new byte[words.length + 1][];
        for (int i = 0; i < words.length; i++) {
            arguments[i] = SafeEncoder.encode(words[i]);
        }
        arguments[words.length] = last;
        return arguments;
    }

    /** Whether these bytes are somewhere in a reply. */
    private static boolean contains(Object reply, byte[] bytes) {
        return switch (reply) {
            case byte[] bulk -> Arrays.equals(bulk, bytes);
            case Iterable<?> elements -> {
                boolean found = false;
                for (Object element : elements) {
                    found |= element != null && contains(element, bytes);
                }
                yield found;
            }
            case KeyValue<?, ?> entry ->
                    entry.getValue() != null && contains(entry.getValue(), bytes);
            default -> false;
        };
    }
}
