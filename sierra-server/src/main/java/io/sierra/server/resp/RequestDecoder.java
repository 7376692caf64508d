package io.sierra.server.resp;

import io.netty.buffer.ByteBuf;
import io.sierra.storage.concurrent.OwnedBy;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes the requests of one connection out of its bytes. Bytes are consumed as they come, and what
 * was looked at is not looked at again, so a request that arrives one byte at a time costs no more
 * than one that arrives at once.
 *
 * <p>A request is an array whose elements are nearly always bulk strings; the other kinds of RESP3
 * are accepted as elements. Whatever does not begin with {@code *} is an inline command, as in
 * Redis. Where a request is larger than the {@link RespLimits} but still to be followed, its bytes
 * are dropped and it comes out with a {@link Arguments#refusal}.
 */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
public final class RequestDecoder {
    private enum State {
        /** Before a request. */
        REQUEST,
        /** Before an element of a request or of an aggregate inside it. */
        ELEMENT,
        /** In the bytes of a string that is kept. */
        BODY,
        /** In the bytes of a string that is dropped. */
        DROPPED_BODY,
        /** After a protocol error. */
        BROKEN
    }

    private static final byte[] EMPTY = {};
    private static final byte[] TEXT_FORMAT = {'t', 'x', 't', ':'};
    private static final int LINE_END_LENGTH = 2;
    private static final int TLS_HANDSHAKE = 0x16;

    /** A declared length is believed only this far before its bytes have come. */
    private static final int BELIEVED_BYTES = 16 << 10;

    /** About what an argument takes besides its bytes. */
    private static final int ARGUMENT_BYTES = 32;

    private final RespLimits limits;

    /** Elements still to come, by level; level 0 is the request itself. */
    private final int[] remaining;

    private State state = State.REQUEST;
    private int level;

    /** How many of the unread bytes are known not to hold the end of the line. */
    private int scanned;

    private Arguments request = new Arguments(0);
    private @Nullable Arguments finished;
    private long requestBytes;

    private ArgumentKind bodyKind = ArgumentKind.BULK;
    private byte[] body = EMPTY;
    private int bodyLength;
    private int bodyFilled;
    private long bytesToDrop;
    private @Nullable ProtocolException cause;

    /** A decoder for a new connection. */
    public RequestDecoder(RespLimits limits) {
        this.limits = limits;
        this.remaining = new int[limits.maxNestingDepth() + 1];
    }

    /**
     * Takes the next request out of {@code in}. Bytes that stay unread must still be there, with
     * further ones behind them, in the next call.
     *
     * @return null if more bytes are needed
     * @throws ProtocolException if the connection is to be closed; so does every later call
     */
    public @Nullable Arguments decode(ByteBuf in) throws ProtocolException {
        try {
            while (advance(in)) {
                Arguments done = finished;
                if (done != null) {
                    finished = null;
                    return done;
                }
            }
            return null;
        } catch (ProtocolException e) {
            state = State.BROKEN;
            cause = e;
            throw e;
        }
    }

    /** Whether the beginning of a request has been consumed and its end has not come yet. */
    public boolean isInsideRequest() {
        return state != State.REQUEST && state != State.BROKEN;
    }

    /** Memory of a request whose end has not come yet, in bytes. */
    public long heldBytes() {
        if (!isInsideRequest() || request.refusal() != null) {
            return 0;
        }
        long toCome = state == State.BODY ? (long) bodyLength - body.length : 0;
        return requestBytes - toCome + (long) ARGUMENT_BYTES * request.count();
    }

    /** Does one step; false if it needs more bytes. */
    private boolean advance(ByteBuf in) throws ProtocolException {
        return switch (state) {
            case REQUEST -> readRequestStart(in);
            case ELEMENT -> readElement(in);
            case BODY -> readBody(in);
            case DROPPED_BODY -> dropBody(in);
            case BROKEN -> throw brokenBefore();
        };
    }

    private ProtocolException brokenBefore() {
        ProtocolException known = cause;
        return known == null ? ProtocolException.silent() : known;
    }

    private boolean readRequestStart(ByteBuf in) throws ProtocolException {
        if (!in.isReadable()) {
            return false;
        }
        byte first = in.getByte(in.readerIndex());
        if (first == TLS_HANDSHAKE) {
            throw ProtocolException.silent();
        }
        return first == '*' ? readArrayStart(in) : readInline(in);
    }

    private boolean readArrayStart(ByteBuf in) throws ProtocolException {
        int end = lineEnd(in, "too big mbulk count string");
        if (end < 0) {
            return false;
        }
        long count = Lengths.parse(in, in.readerIndex() + 1, end);
        if (count == Lengths.INVALID || count > limits.maxArrayLength()) {
            throw ProtocolException.of("invalid multibulk length");
        }
        endLine(in, end);
        if (count > 0) {
            request = new Arguments((int) count);
            requestBytes = 0;
            level = 0;
            remaining[0] = (int) count;
            state = State.ELEMENT;
        }
        return true;
    }

    private boolean readInline(ByteBuf in) throws ProtocolException {
        int lineFeed = find('\n', in, "too big inline request");
        if (lineFeed < 0) {
            return false;
        }
        byte[] line = new byte[lineFeed - in.readerIndex()];
        in.readBytes(line).skipBytes(1);
        scanned = 0;
        finished = InlineCommand.parse(line);
        return true;
    }

    private boolean readElement(ByteBuf in) throws ProtocolException {
        if (!in.isReadable()) {
            return false;
        }
        byte type = in.getByte(in.readerIndex());
        if (type != '$' && "+:(_#,=!-*~>%".indexOf(type) < 0) {
            throw ProtocolException.of("expected '$', got '" + (char) (type & 0xFF) + "'");
        }
        int end = lineEnd(in, "too big bulk count string");
        if (end < 0) {
            return false;
        }
        switch (type) {
            case '$' -> beginBody(ArgumentKind.BULK, in, end);
            case '=' -> beginBody(ArgumentKind.VERBATIM, in, end);
            case '!' -> beginBody(ArgumentKind.ERROR, in, end);
            case '*' -> beginAggregate(ArgumentKind.ARRAY, 1, in, end);
            case '~' -> beginAggregate(ArgumentKind.SET, 1, in, end);
            case '>' -> beginAggregate(ArgumentKind.PUSH, 1, in, end);
            case '%' -> beginAggregate(ArgumentKind.MAP, 2, in, end);
            case ':' -> {
                if (!Lengths.isNumber(in, in.readerIndex() + 1, end)) {
                    throw ProtocolException.of("invalid number");
                }
                readLine(ArgumentKind.NUMBER, in, end);
            }
            case '+' -> readLine(ArgumentKind.SIMPLE, in, end);
            case '(' -> readLine(ArgumentKind.BIG_NUMBER, in, end);
            case '_' -> readLine(ArgumentKind.NULL, in, end);
            case '#' -> readLine(ArgumentKind.BOOLEAN, in, end);
            case ',' -> readLine(ArgumentKind.DOUBLE, in, end);
            default -> readLine(ArgumentKind.ERROR, in, end);
        }
        return true;
    }

    private void readLine(ArgumentKind kind, ByteBuf in, int end) {
        int length = end - in.readerIndex() - 1;
        if (isKept(length)) {
            byte[] text = new byte[length];
            in.skipBytes(1).readBytes(text);
            request.add(kind, text);
        }
        endLine(in, end);
        elementDone();
    }

    private void beginAggregate(ArgumentKind kind, int elementsPerCount, ByteBuf in, int end)
            throws ProtocolException {
        long count = Lengths.parse(in, in.readerIndex() + 1, end);
        if (count < 0 || count > limits.maxArrayLength()) {
            throw ProtocolException.of("invalid multibulk length");
        }
        if (level == limits.maxNestingDepth()) {
            throw ProtocolException.of("too deep nesting");
        }
        endLine(in, end);
        if (isKept(0)) {
            request.add(kind, EMPTY);
        }
        if (count == 0) {
            elementDone();
        } else {
            remaining[++level] = (int) count * elementsPerCount;
        }
    }

    private void beginBody(ArgumentKind kind, ByteBuf in, int end) throws ProtocolException {
        long length = Lengths.parse(in, in.readerIndex() + 1, end);
        int least = kind == ArgumentKind.VERBATIM ? TEXT_FORMAT.length : 0;
        if (length < least || length > RespLimits.LARGEST_BULK_BYTES) {
            throw ProtocolException.of("invalid bulk length");
        }
        endLine(in, end);
        if (isKept((int) length)) {
            bodyKind = kind;
            body = EMPTY;
            bodyLength = (int) length;
            bodyFilled = 0;
            state = State.BODY;
        } else {
            bytesToDrop = length + LINE_END_LENGTH;
            state = State.DROPPED_BODY;
        }
    }

    /** Whether an element of this length is an argument, and one that the limits allow. */
    private boolean isKept(int lengthBytes) {
        if (level > 0 || request.refusal() != null) {
            return false;
        }
        requestBytes += lengthBytes;
        if (lengthBytes > limits.maxBulkBytes()) {
            request.refuse(
                    "ERR argument of "
                            + lengthBytes
                            + " bytes is larger than the limit of "
                            + limits.maxBulkBytes());
        } else if (requestBytes > limits.maxRequestBytes()) {
            request.refuse(
                    "ERR command is larger than the limit of "
                            + limits.maxRequestBytes()
                            + " bytes");
        }
        return request.refusal() == null;
    }

    private boolean readBody(ByteBuf in) {
        int available = Math.min(in.readableBytes(), bodyLength - bodyFilled);
        if (available > 0) {
            growBody(bodyFilled + available);
            in.readBytes(body, bodyFilled, available);
            bodyFilled += available;
        }
        if (bodyFilled < bodyLength || in.readableBytes() < LINE_END_LENGTH) {
            return false;
        }
        in.skipBytes(LINE_END_LENGTH); // Like Redis, without a look at them.
        addBody();
        body = EMPTY;
        elementDone();
        return true;
    }

    private void growBody(int needed) {
        if (needed > body.length) {
            int capacity = Math.max(Math.max(needed, BELIEVED_BYTES), 2 * body.length);
            body = Arrays.copyOf(body, Math.min(capacity, bodyLength));
        }
    }

    private void addBody() {
        if (bodyKind != ArgumentKind.VERBATIM) {
            request.add(bodyKind, body);
            return;
        }
        int prefix = TEXT_FORMAT.length;
        boolean isText = Arrays.equals(body, 0, prefix, TEXT_FORMAT, 0, prefix);
        request.add(
                isText ? ArgumentKind.VERBATIM : ArgumentKind.OTHER_VERBATIM,
                Arrays.copyOfRange(body, prefix, body.length));
    }

    private boolean dropBody(ByteBuf in) {
        int dropped = (int) Math.min(in.readableBytes(), bytesToDrop);
        in.skipBytes(dropped);
        bytesToDrop -= dropped;
        if (bytesToDrop > 0) {
            return false;
        }
        elementDone();
        return true;
    }

    private void elementDone() {
        state = State.ELEMENT;
        while (--remaining[level] == 0) {
            if (level == 0) {
                requestDone();
                return;
            }
            level--;
        }
    }

    private void requestDone() {
        if (request.refusal() == null && !request.kind(0).canBeName()) {
            request.refuse("INVALIDARG invalid type for command name");
        }
        finished = request;
        state = State.REQUEST;
    }

    /** Index of the carriage return if the byte after it has come as well, else -1. */
    private int lineEnd(ByteBuf in, String problemIfTooLong) throws ProtocolException {
        int end = find('\r', in, problemIfTooLong);
        return end >= 0 && end + 1 < in.writerIndex() ? end : -1;
    }

    private int find(char wanted, ByteBuf in, String problemIfTooLong) throws ProtocolException {
        int found = in.indexOf(in.readerIndex() + scanned, in.writerIndex(), (byte) wanted);
        int end = found < 0 ? in.writerIndex() : found;
        scanned = end - in.readerIndex();
        if (scanned > limits.maxInlineBytes()) {
            throw ProtocolException.of(problemIfTooLong);
        }
        return found;
    }

    private void endLine(ByteBuf in, int end) {
        in.readerIndex(end + LINE_END_LENGTH);
        scanned = 0;
    }
}
