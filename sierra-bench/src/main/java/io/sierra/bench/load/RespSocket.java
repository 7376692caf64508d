package io.sierra.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * A connection that sends commands and runs over the frames that come back without keeping them, so
 * that the client costs as little as it can. Understands RESP2 and RESP3.
 */
final class RespSocket implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int HEAD_BYTES = 16;

    private final SocketChannel channel;
    private final ByteBuffer input = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private final byte[] bulkHead = new byte[HEAD_BYTES];
    private ByteBuffer output = ByteBuffer.allocate(BUFFER_BYTES);
    private final StringBuilder firstLine = new StringBuilder();

    RespSocket(int port) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /** Puts a command into the output, which {@link #flush} sends. */
    void put(byte[]... arguments) {
        int needed = 16;
        for (byte[] argument : arguments) {
            needed += argument.length + 16;
        }
        if (output.remaining() < needed) {
            output =
                    ByteBuffer.allocate(Math.max(output.capacity() * 2, output.position() + needed))
                            .put(output.flip());
        }
        header('*', arguments.length);
        for (byte[] argument : arguments) {
            header('$', argument.length);
            output.put(argument).put((byte) '\r').put((byte) '\n');
        }
    }

    void put(String... arguments) {
        byte[][] bytes = new byte[arguments.length][];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = arguments[i].getBytes(StandardCharsets.UTF_8);
        }
        put(bytes);
    }

    void flush() throws IOException {
        output.flip();
        while (output.hasRemaining()) {
            int written = channel.write(output);
            assert written >= 0;
        }
        output.clear();
    }

    /** Sends a command and takes its reply in; an error reply ends the program. */
    void call(String... arguments) throws IOException {
        put(arguments);
        flush();
        nextReply();
    }

    /** Takes in the next frame that is no push; an error reply ends the program. */
    void nextReply() throws IOException {
        byte kind;
        do {
            kind = next();
        } while (kind == '>');
        if (kind == '-') {
            throw new IOException("the server answered " + firstLine);
        }
    }

    /** Takes in one frame and returns its first byte. */
    byte next() throws IOException {
        byte kind = 0;
        for (long open = 1; open > 0; open--) {
            byte type = take();
            if (kind == 0) {
                kind = type;
            }
            long number = takeLine(type == '-' && kind == '-');
            switch (type) {
                case '$', '=' -> {
                    if (number >= 0) {
                        takeBulk(number);
                    }
                }
                case '*', '~', '>' -> open += Math.max(0, number);
                case '%' -> open += 2 * number;
                default -> {}
            }
        }
        return kind;
    }

    /** First bytes of the last bulk string, as the number that they spell in decimal. */
    long lastBulkNumber() {
        long number = 0;
        for (byte digit : bulkHead) {
            number = number * 10 + (digit - '0');
        }
        return number;
    }

    /** Whether bytes are there that need no look at the socket. */
    boolean hasInput() {
        return input.hasRemaining();
    }

    /** From now on the key tells when there is something to take in. */
    void register(Selector selector, Object attachment) throws IOException {
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, attachment);
    }

    /** Counts a text in what comes from now on; frames can no longer be taken in. */
    OccurrenceCounter counter(String wanted) {
        return new OccurrenceCounter(channel, wanted);
    }

    private void takeBulk(long lengthBytes) throws IOException {
        long left = lengthBytes + 2;
        int head = (int) Math.min(HEAD_BYTES, lengthBytes);
        for (int i = 0; i < head; i++) {
            bulkHead[i] = take();
        }
        left -= head;
        while (left > 0) {
            if (!input.hasRemaining()) {
                fill();
            }
            int step = (int) Math.min(left, input.remaining());
            input.position(input.position() + step);
            left -= step;
        }
    }

    private long takeLine(boolean keep) throws IOException {
        long number = 0;
        boolean negative = false;
        firstLine.setLength(0);
        byte next = take();
        while (next != '\r') {
            if (keep) {
                firstLine.append((char) next);
            }
            negative |= next == '-';
            number = number * 10 + (next - '0');
            next = take();
        }
        take();
        return negative ? -1 : number;
    }

    private byte take() throws IOException {
        if (!input.hasRemaining()) {
            fill();
        }
        return input.get();
    }

    private void fill() throws IOException {
        input.clear();
        int read = channel.read(input);
        while (read == 0) { // the rest of a frame is on its way
            Thread.onSpinWait();
            read = channel.read(input);
        }
        if (read < 0) {
            throw new EOFException("the server closed the connection");
        }
        input.flip();
    }

    private void header(char kind, int number) {
        output.put((byte) kind)
                .put(Integer.toString(number).getBytes(StandardCharsets.US_ASCII))
                .put((byte) '\r')
                .put((byte) '\n');
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
