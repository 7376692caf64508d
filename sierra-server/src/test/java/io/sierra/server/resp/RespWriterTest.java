package io.sierra.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RespWriterTest {
    private static final UUID SOME = UUID.fromString("01234567-89ab-cdef-8123-456789abcdef");

    @Test
    void strings_goldenBytes() {
        expect(writer -> writer.simple("OK"), "+OK⏎", "+OK⏎");
        expect(writer -> writer.key(ReplyKey.of("events")), "$6⏎events⏎", "+events⏎");
        expect(writer -> writer.bulk("é"), "$2⏎é⏎", "$2⏎é⏎");
        expect(writer -> writer.bulk(new byte[] {}), "$0⏎⏎", "$0⏎⏎");
        expect(writer -> writer.bulk(new byte[] {'a', '\r', '\n'}), "$3⏎a⏎⏎", "$3⏎a⏎⏎");
        expect(writer -> writer.verbatim("a\r\né"), "$5⏎a⏎é⏎", "=9⏎txt:a⏎é⏎");
    }

    @Test
    void uuid_goldenBytes() {
        expect(
                writer ->
                        writer.uuid(SOME.getMostSignificantBits(), SOME.getLeastSignificantBits()),
                "$36⏎" + SOME + "⏎",
                "+" + SOME + "⏎");
        expect(
                writer -> writer.uuid(-1, 0),
                "$36⏎ffffffff-ffff-ffff-0000-000000000000⏎",
                "+ffffffff-ffff-ffff-0000-000000000000⏎");
    }

    @Test
    void aggregates_goldenBytes() {
        expect(writer -> writer.mapHeader(11), "*22⏎", "%11⏎");
        expect(writer -> writer.arrayHeader(0), "*0⏎", "*0⏎");
        expect(writer -> writer.setHeader(2), "*2⏎", "~2⏎");
        expect(writer -> writer.pushHeader(3), "*3⏎", ">3⏎");
        expect(RespWriter::nullValue, "$-1⏎", "_⏎");
        expect(RespWriter::nullArray, "*-1⏎", "_⏎");
        expect(writer -> writer.bool(true), ":1⏎", "#t⏎");
        expect(writer -> writer.bool(false), ":0⏎", "#f⏎");
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                9,
                10,
                99,
                100,
                999,
                1000,
                1700000000123L,
                -1,
                -10,
                Long.MAX_VALUE,
                Long.MAX_VALUE - 1,
                Long.MIN_VALUE,
                Long.MIN_VALUE + 1,
                1_000_000_000_000_000_000L,
                999_999_999_999_999_999L
            })
    void integer_isWrittenInDecimal(long value) {
        expect(writer -> writer.integer(value), ":" + value + "⏎", ":" + value + "⏎");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "0.333, 0.333",
        "1e-7, 0.0000001",
        "1e10, 10000000000",
        "-2.50, -2.5",
        "NaN, nan",
        "Infinity, inf",
        "-Infinity, -inf"
    })
    void number_hasNoExponentAndNoSuperfluousZeros(double value, String text) {
        expect(
                writer -> writer.number(value),
                "$" + text.length() + "⏎" + text + "⏎",
                "," + text + "⏎");
    }

    @Test
    void lineEndsInErrorsAndSimpleStrings_becomeBlanks() {
        expect(writer -> writer.error("ERR a\r\n-OK b\nc"), "-ERR a  -OK b c⏎", "-ERR a  -OK b c⏎");
        expect(writer -> writer.simple("a\rb"), "+a b⏎", "+a b⏎");
    }

    @Test
    void name_thatWouldBreakASimpleString_isBulk() {
        expect(writer -> writer.name(utf8("s1")), "$2⏎s1⏎", "+s1⏎");
        expect(writer -> writer.name(utf8("OK")), "$2⏎OK⏎", "$2⏎OK⏎");
        expect(writer -> writer.name(utf8("ok")), "$2⏎ok⏎", "+ok⏎");
        expect(writer -> writer.name(utf8("a\rb")), "$3⏎a\rb⏎", "$3⏎a\rb⏎");
        expect(writer -> writer.name(utf8("a\nb")), "$3⏎a\nb⏎", "$3⏎a\nb⏎");
    }

    @Test
    void beginBulk_growsASmallBuffer() {
        ByteBuf out = Unpooled.buffer(4);
        RespWriter writer = new RespWriter(out, RespVersion.RESP3);
        ByteBuffer target = writer.beginBulk(5000);
        target.put(new byte[5000]);
        writer.endBulk(target, 5000);

        assertThat(out.readableBytes()).isEqualTo("$5000\r\n".length() + 5000 + 2);
    }

    private static void expect(Consumer<RespWriter> reply, String resp2, String resp3) {
        assertThat(written(reply, RespVersion.RESP2)).isEqualTo(resp2);
        assertThat(written(reply, RespVersion.RESP3)).isEqualTo(resp3);
    }

    static String written(Consumer<RespWriter> reply, RespVersion version) {
        ByteBuf out = Unpooled.buffer(1);
        reply.accept(new RespWriter(out, version));
        return out.toString(StandardCharsets.UTF_8).replace("\r\n", "⏎");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
