package io.sierra.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random and mutated bytes: nothing but requests and protocol errors may come out. */
class DecoderFuzzTest {
    private static final RespLimits LIMITS = new RespLimits(1000, 2000, 100, 3, 128);
    private static final int ROUNDS = 2000;

    /** Bytes that matter to the decoder turn up often enough to get somewhere. */
    private static final byte[] ALPHABET =
            "*$+:-_#,(=!~%>|0123456789\r\n\r\n\r\n \"'\\x?PINGtxt:"
                    .getBytes(StandardCharsets.US_ASCII);

    private static final String[] VALID = {
        "*2\r\n$4\r\nECHO\r\n$5\r\nhello\r\n",
        "*5\r\n$1\r\nx\r\n:12\r\n_\r\n=7\r\ntxt:abc\r\n*2\r\n%1\r\n+a\r\n:1\r\n~0\r\n",
        "PING \"a b\" 'c'\r\n",
        "*0\r\n\r\n",
        "*1\r\n$10\r\n0123456789\r\n",
    };

    static LongStream seeds() {
        Long chosen = Long.getLong("sierra.seed");
        return chosen == null ? LongStream.rangeClosed(1, 8) : LongStream.of(chosen);
    }

    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void randomBytesGiveRequestsOrProtocolErrors(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] =
                        random.nextInt(10) == 0
                                ? (byte) random.nextInt(256)
                                : ALPHABET[random.nextInt(ALPHABET.length)];
            }
            decodeInPieces(bytes, random);
        }
    }

    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void mutatedFramesGiveRequestsOrProtocolErrors(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = validFrames(random, 1 + random.nextInt(4));
            for (int mutations = 1 + random.nextInt(3); mutations > 0; mutations--) {
                int position = random.nextInt(bytes.length);
                bytes[position] = ALPHABET[random.nextInt(ALPHABET.length)];
            }
            decodeInPieces(bytes, random);
        }
    }

    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void aValidFrameAfterValidFramesIsDecoded(long seed) throws ProtocolException {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Feed feed = new Feed(LIMITS);
            giveInPieces(validFrames(random, random.nextInt(6)), feed, random);
            int before = feed.requests().size();
            feed.give("*1\r\n$4\r\nLAST\r\n");

            assertThat(feed.requests()).hasSize(before + 1);
            assertThat(feed.requests().getLast().isNamed("LAST")).isTrue();
        }
    }

    private static byte[] validFrames(Random random, int count) {
        StringBuilder frames = new StringBuilder();
        for (int i = 0; i < count; i++) {
            frames.append(VALID[random.nextInt(VALID.length)]);
        }
        return frames.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void decodeInPieces(byte[] bytes, Random random) {
        Feed feed = new Feed(LIMITS);
        try {
            giveInPieces(bytes, feed, random);
            // Lengths and lines wait in the buffer; the bytes of strings do not.
            assertThat(feed.unreadBytes()).isLessThanOrEqualTo(LIMITS.maxInlineBytes() + 2);
        } catch (ProtocolException e) {
            String reply = e.reply();
            assertThat(reply == null || reply.startsWith("ERR Protocol error: ")).isTrue();
        }
        for (Arguments request : feed.requests()) {
            assertThat(bytesOf(request)).isLessThanOrEqualTo(LIMITS.maxRequestBytes());
            assertThat(request.count()).isLessThanOrEqualTo(LIMITS.maxArrayLength());
        }
    }

    private static long bytesOf(Arguments request) {
        long bytes = 0;
        for (int i = 0; i < request.count(); i++) {
            bytes += request.bytes(i).length;
        }
        return bytes;
    }

    private static void giveInPieces(byte[] bytes, Feed feed, Random random)
            throws ProtocolException {
        int start = 0;
        while (start < bytes.length) {
            int end = Math.min(bytes.length, start + 1 + random.nextInt(40));
            feed.give(Arrays.copyOfRange(bytes, start, end));
            start = end;
        }
    }
}
