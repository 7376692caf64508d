package io.sierra.server.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestDecoderTest {
    /** Bulk 100 bytes, request 150 bytes, 10 elements, 2 levels, lines of 64 bytes. */
    private static final RespLimits TIGHT = new RespLimits(100, 150, 10, 2, 64);

    private static final String MIXED =
            "*3\r\n$4\r\nECHO\r\n+simple\r\n=7\r\ntxt:abc\r\n"
                    + "PING 'it''s'\r\n".replace("''", "\\'")
                    + "\r\n*0\r\n*-1\r\n"
                    + "*2\r\n$0\r\n\r\n$6\r\na\r\nb\0c\r\n"
                    + "*4\r\n$1\r\nx\r\n*2\r\n%1\r\n+a\r\n:1\r\n~0\r\n_\r\n,1.5\r\n";

    private static final List<List<String>> MIXED_WORDS =
            List.of(
                    List.of("ECHO", "simple", "abc"),
                    List.of("PING", "it's"),
                    List.of("", "a\r\nb\0c"),
                    List.of("x", "", "", "1.5"));

    @Test
    void decode_pipeline_givesRequestsInOrder() throws ProtocolException {
        Feed feed = Feed.of(MIXED);

        assertThat(feed.words()).isEqualTo(MIXED_WORDS);
        assertThat(feed.unreadBytes()).isZero();
        assertThat(feed.isInsideRequest()).isFalse();
    }

    @Test
    void decode_byteByByte_givesTheSame() throws ProtocolException {
        Feed feed = new Feed(RespLimits.DEFAULT).giveByteByByte(MIXED);

        assertThat(feed.words()).isEqualTo(MIXED_WORDS);
    }

    @Test
    void decode_splitAnywhere_givesTheSame() throws ProtocolException {
        for (int split = 0; split <= MIXED.length(); split++) {
            Feed feed = new Feed(RespLimits.DEFAULT);
            feed.give(MIXED.substring(0, split)).give(MIXED.substring(split));
            assertThat(feed.words()).as("split at %s", split).isEqualTo(MIXED_WORDS);
        }
    }

    @Test
    void decode_elementsOfEveryKind_keepTheirKind() throws ProtocolException {
        String[] frames = {
            "$1⏎c⏎",
            "+s⏎",
            "=5⏎txt:v⏎",
            "=5⏎mkd:v⏎",
            ":-5⏎",
            "(123⏎",
            "_⏎",
            "#t⏎",
            ",1.5⏎",
            "*1⏎+a⏎",
            "%1⏎+a⏎+b⏎",
            "~1⏎+a⏎",
            ">1⏎+a⏎",
            "!1⏎x⏎"
        };
        String input = "*" + frames.length + "⏎" + String.join("", frames);
        Arguments request = Feed.of(input.replace("⏎", "\r\n")).requests().getFirst();

        List<ArgumentKind> kinds =
                IntStream.range(0, request.count()).mapToObj(request::kind).toList();
        assertThat(kinds).containsExactly(ArgumentKind.values());
        assertThat(request.text(2)).isEqualTo("v");
        assertThat(request.text(4)).isEqualTo("-5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    *abc⏎             | invalid multibulk length
                    *⏎                | invalid multibulk length
                    *+1⏎              | invalid multibulk length
                    *01⏎              | invalid multibulk length
                    *-0⏎              | invalid multibulk length
                    *2147483648⏎      | invalid multibulk length
                    *9999999999999999999999⏎ | invalid multibulk length
                    *1⏎$-1⏎           | invalid bulk length
                    *1⏎$abc⏎          | invalid bulk length
                    *1⏎$⏎             | invalid bulk length
                    *1⏎$536870913⏎    | invalid bulk length
                    *1⏎=3⏎            | invalid bulk length
                    *1⏎*-1⏎           | invalid multibulk length
                    *1⏎x              | expected '$', got 'x'
                    *1⏎:12a⏎          | invalid number
                    *1⏎:9223372036854775808⏎ | invalid number
                    "open⏎            | unbalanced quotes in request
                    'open⏎            | unbalanced quotes in request
                    "a"b⏎             | unbalanced quotes in request
                    """,
            quoteCharacter = '`')
    void decode_malformedFrame_failsWithTheWordsOfRedis(String input, String problem) {
        assertFails(input.replace("⏎", "\r\n"), RespLimits.DEFAULT, problem);
    }

    @Test
    void decode_attribute_isNoArgument() {
        assertFails("*2\r\n$4\r\nPING\r\n|1\r\n", RespLimits.DEFAULT, "expected '$', got '|'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "get /index HTTP/1.0\n",
                "POST / HTTP/1.1\r\n",
                "Host: localhost\r\n",
                "\026\003\001"
            })
    void decode_otherProtocol_isClosedWithoutAWord(String input) {
        ProtocolException failure =
                catchThrowableOfType(ProtocolException.class, () -> Feed.of(input));

        assertThat(failure.reply()).isNull();
    }

    @Test
    void decode_afterProtocolError_failsAgain() {
        RequestDecoder decoder = new RequestDecoder(RespLimits.DEFAULT);
        ByteBuf bad = Unpooled.copiedBuffer("*x\r\n", StandardCharsets.US_ASCII);
        ByteBuf good = Unpooled.copiedBuffer("PING\r\n", StandardCharsets.US_ASCII);

        assertThatThrownBy(() -> decoder.decode(bad)).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> decoder.decode(good)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void decode_protocolError_hasNoStackTrace() {
        ProtocolException failure =
                catchThrowableOfType(ProtocolException.class, () -> Feed.of("*x\r\n"));

        assertThat(failure.getStackTrace()).isEmpty();
    }

    @Test
    void decode_bytesBehindABulk_areNotLookedAt() throws ProtocolException {
        assertThat(Feed.of("*1\r\n$4\r\nPINGxx*1\r\n$1\r\nxyy").words())
                .containsExactly(List.of("PING"), List.of("x"));
    }

    @Test
    void decode_inlineWithQuotesAndEscapes_likeRedis() throws ProtocolException {
        assertThat(Feed.of("ECHO \"he\\x41 \\n llo\" 'a\\'b' \"\" a\"b\"\n").words())
                .containsExactly(List.of("ECHO", "heA \n llo", "a'b", "", "ab"));
    }

    @Test
    void decode_nameOfWrongKind_isRefusedAndTheNextIsRead() throws ProtocolException {
        Feed feed = Feed.of("*2\r\n:5\r\n$1\r\nx\r\nPING\r\n");

        assertThat(feed.requests().getFirst().refusal())
                .isEqualTo("INVALIDARG invalid type for command name");
        assertThat(feed.requests().getLast().isNamed("PING")).isTrue();
    }

    @Test
    void decode_bulkAboveTheLimit_isRefusedAndTheNextIsRead() throws ProtocolException {
        String tooLarge = "*3\r\n$1\r\nx\r\n$101\r\n" + "y".repeat(101) + "\r\n$1\r\nz\r\n";
        Feed feed = new Feed(TIGHT).giveByteByByte(tooLarge + "PING\r\n");

        assertThat(feed.requests().getFirst().refusal())
                .isEqualTo("ERR argument of 101 bytes is larger than the limit of 100");
        assertThat(feed.words()).containsExactly(List.of(), List.of("PING"));
    }

    @Test
    void decode_bulkAtTheLimit_isTaken() throws ProtocolException {
        Feed feed = new Feed(TIGHT).give("*2\r\n$1\r\nx\r\n$100\r\n" + "y".repeat(100) + "\r\n");

        assertThat(feed.words()).containsExactly(List.of("x", "y".repeat(100)));
    }

    @Test
    void decode_requestAboveTheLimit_isRefusedAndTheNextIsRead() throws ProtocolException {
        String half = "$76\r\n" + "y".repeat(76) + "\r\n";
        Feed feed = new Feed(TIGHT).give("*3\r\n$1\r\nx\r\n" + half + half + "PING\r\n");

        assertThat(feed.requests().getFirst().refusal())
                .isEqualTo("ERR command is larger than the limit of 150 bytes");
        assertThat(feed.words()).containsExactly(List.of(), List.of("PING"));
    }

    @Test
    void decode_arrayAboveTheLimit_isAProtocolError() throws ProtocolException {
        assertFails("*11\r\n", TIGHT, "invalid multibulk length");
        assertThat(new Feed(TIGHT).give("*10\r\n" + "+a\r\n".repeat(10)).requests()).hasSize(1);
        assertFails("*1\r\n*11\r\n", TIGHT, "invalid multibulk length");
    }

    @Test
    void decode_nestingAboveTheLimit_isAProtocolError() throws ProtocolException {
        assertFails("*1\r\n*1\r\n*1\r\n*1\r\n", TIGHT, "too deep nesting");
        assertThat(new Feed(TIGHT).give("*2\r\n+x\r\n*1\r\n*1\r\n+a\r\n").requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "PING ,too big inline request",
        "*,too big mbulk count string",
        "'*1\r\n$',too big bulk count string",
        "'*1\r\n+',too big bulk count string"
    })
    void decode_lineAboveTheLimit_isAProtocolError(String start, String problem) {
        assertFails(start + "1".repeat(70), TIGHT, problem);
        assertFails(start + "1".repeat(70) + "\r\n", TIGHT, problem);
    }

    @Test
    void decode_lineFeedOnly_waitsForMore() throws ProtocolException {
        assertThat(Feed.of("*1\n$4\nPING\n").requests()).isEmpty();
    }

    @Test
    void decode_declaredLength_isNotBelievedBeforeItsBytesCome() throws ProtocolException {
        long before = usedMemory();
        Feed[] feeds = new Feed[64];
        for (int i = 0; i < feeds.length; i++) {
            feeds[i] = Feed.of("*1000000\r\n$33554432\r\nx");
        }
        long used = usedMemory() - before;

        assertThat(feeds[0].isInsideRequest()).isTrue();
        assertThat(used).isLessThan(64L << 20); // 2 GiB were declared.
    }

    private static long usedMemory() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void assertFails(String input, RespLimits limits, String problem) {
        String expected = "ERR Protocol error: " + problem;
        assertThatThrownBy(() -> new Feed(limits).give(input))
                .isInstanceOfSatisfying(
                        ProtocolException.class,
                        failure -> assertThat(failure.reply()).isEqualTo(expected));
        assertThatThrownBy(() -> new Feed(limits).giveByteByByte(input))
                .as("byte by byte")
                .isInstanceOfSatisfying(
                        ProtocolException.class,
                        failure -> assertThat(failure.reply()).isEqualTo(expected));
    }
}
