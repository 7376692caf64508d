package io.sierra.server.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes replies in the protocol version of their connection. The caller sees to it that a header
 * is followed by as many elements as it promised.
 */
public final class RespWriter {
    private static final int MAX_LONG_DIGITS = 20;
    private static final short CRLF = '\r' << 8 | '\n';

    private final ByteBuf out;
    private final RespVersion version;
    private final boolean resp3;

    /** Appends to {@code out}, a buffer of one piece that grows as needed. */
    public RespWriter(ByteBuf out, RespVersion version) {
        this.out = out;
        this.version = version;
        this.resp3 = version == RespVersion.RESP3;
    }

    /** Protocol version of what is written. */
    public RespVersion version() {
        return version;
    }

    /** A writer to the same place that gives everything the shape it has in RESP2. */
    public RespWriter inResp2() {
        return resp3 ? new RespWriter(out, RespVersion.RESP2) : this;
    }

    /** {@code +text} in both versions. Line ends become blanks. */
    public void simple(String text) {
        line('+', text);
    }

    /** {@code -text} in both versions. Line ends become blanks. {@code text} starts with a code. */
    public void error(String text) {
        line('-', text);
    }

    /** A word of ours: a simple string in RESP3, a bulk string in RESP2. */
    public void key(ReplyKey key) {
        out.writeBytes(key.encodedFor(version));
    }

    /** A UUID, lower case and hyphenated: a simple string in RESP3, a bulk string in RESP2. */
    public void uuid(long mostSignificantBits, long leastSignificantBits) {
        if (resp3) {
            out.writeByte('+');
        } else {
            header('$', UuidText.LENGTH);
        }
        UuidText.write(mostSignificantBits, leastSignificantBits, out);
        out.writeShort(CRLF);
    }

    /**
     * Text of a client in a place where SierraDB has a simple string: that in RESP3 unless it would
     * break the frame or read as {@code OK}, else a bulk string.
     */
    public void name(byte[] utf8) {
        if (!resp3 || !isSafeAsSimple(utf8)) {
            bulk(utf8);
            return;
        }
        out.writeByte('+');
        out.writeBytes(utf8);
        out.writeShort(CRLF);
    }

    /** {@code $} with these bytes. */
    public void bulk(byte[] bytes) {
        header('$', bytes.length);
        out.writeBytes(bytes);
        out.writeShort(CRLF);
    }

    /** {@code $} with all that can be read from {@code bytes}, which is read to its end. */
    public void bulk(ByteBuf bytes) {
        header('$', bytes.readableBytes());
        out.writeBytes(bytes);
        out.writeShort(CRLF);
    }

    /** {@code $} with the text in UTF-8. */
    public void bulk(String text) {
        header('$', ByteBufUtil.utf8Bytes(text));
        ByteBufUtil.writeUtf8(out, text);
        out.writeShort(CRLF);
    }

    /**
     * Begins a bulk string that the caller puts into the returned buffer himself, up to its limit,
     * and ends with {@link #endBulk}. Nothing else may be written in between.
     */
    public ByteBuffer beginBulk(int lengthBytes) {
        header('$', lengthBytes);
        return beginBytes(lengthBytes);
    }

    /** Ends what {@link #beginBulk} began. */
    public void endBulk(ByteBuffer filled, int lengthBytes) {
        endBytes(filled, lengthBytes);
        out.writeShort(CRLF);
    }

    /** Bytes that the caller puts in himself, and ends with {@link #endBytes}. */
    ByteBuffer beginBytes(int lengthBytes) {
        out.ensureWritable(lengthBytes + Short.BYTES);
        return out.internalNioBuffer(out.writerIndex(), lengthBytes);
    }

    /** Ends what {@link #beginBytes} began. */
    void endBytes(ByteBuffer filled, int lengthBytes) {
        assert !filled.hasRemaining() : filled.remaining() + " bytes were not filled in";
        out.writerIndex(out.writerIndex() + lengthBytes);
    }

    /** Part of a frame that was put together elsewhere; the array is empty afterwards. */
    void bytes(EventMap.AsciiArray part) {
        out.writeBytes(part.array(), 0, part.lengthBytes());
        part.clear();
    }

    /** {@code :value}. */
    public void integer(long value) {
        header(':', value);
    }

    /** A map of {@code size} entries; in RESP2 an array of twice as many elements. */
    public void mapHeader(int size) {
        if (resp3) {
            header('%', size);
        } else {
            header('*', 2L * size);
        }
    }

    /** An array of {@code size} elements. */
    public void arrayHeader(int size) {
        header('*', size);
    }

    /** A set of {@code size} elements; in RESP2 an array. */
    public void setHeader(int size) {
        header(resp3 ? '~' : '*', size);
    }

    /** A push of {@code size} elements; in RESP2 an array, as pub/sub there has it. */
    public void pushHeader(int size) {
        header(resp3 ? '>' : '*', size);
    }

    /** {@code _}; in RESP2 {@code $-1}. */
    public void nullValue() {
        if (resp3) {
            out.writeByte('_');
            out.writeShort(CRLF);
        } else {
            header('$', -1);
        }
    }

    /** {@code _}; in RESP2 {@code *-1}. */
    public void nullArray() {
        if (resp3) {
            nullValue();
        } else {
            header('*', -1);
        }
    }

    /** {@code #t} or {@code #f}; in RESP2 {@code :1} or {@code :0}. */
    public void bool(boolean value) {
        if (resp3) {
            out.writeByte('#');
            out.writeByte(value ? 't' : 'f');
            out.writeShort(CRLF);
        } else {
            integer(value ? 1 : 0);
        }
    }

    /** {@code ,value}, without exponent and superfluous zeros; in RESP2 the same as bulk string. */
    public void number(double value) {
        String text = decimal(value);
        if (resp3) {
            line(',', text);
        } else {
            bulk(text);
        }
    }

    /** {@code =} with the format {@code txt}; in RESP2 a bulk string. May have many lines. */
    public void verbatim(String text) {
        if (!resp3) {
            bulk(text);
            return;
        }
        header('=', 4L + ByteBufUtil.utf8Bytes(text));
        out.writeCharSequence("txt:", StandardCharsets.US_ASCII);
        ByteBufUtil.writeUtf8(out, text);
        out.writeShort(CRLF);
    }

    /** Frames that were written elsewhere, in the same version. */
    public void frames(ByteBuf encoded) {
        out.writeBytes(encoded);
    }

    private void line(char kind, String text) {
        out.writeByte(kind);
        ByteBufUtil.writeUtf8(out, withoutLineEnds(text));
        out.writeShort(CRLF);
    }

    private void header(char kind, long value) {
        out.ensureWritable(1 + MAX_LONG_DIGITS + Short.BYTES);
        out.writeByte(kind);
        Decimal.write(value, out);
        out.writeShort(CRLF);
    }

    private static boolean isSafeAsSimple(byte[] utf8) {
        for (byte b : utf8) {
            if (b == '\r' || b == '\n') {
                return false;
            }
        }
        // A client library turns the simple string OK into something that is no string.
        return !(utf8.length == 2 && utf8[0] == 'O' && utf8[1] == 'K');
    }

    private static String withoutLineEnds(String text) {
        boolean hasLineEnd = text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
        return hasLineEnd ? text.replace('\r', ' ').replace('\n', ' ') : text;
    }

    private static String decimal(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }
}
