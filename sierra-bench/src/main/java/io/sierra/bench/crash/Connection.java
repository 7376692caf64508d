package io.sierra.bench.crash;

import io.sierra.server.cli.transfer.RespReader;
import io.sierra.server.cli.transfer.RespValue;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A connection that pipelines: replies are handed out one by one, so that those that came before a
 * crash are known. One thread at a time; only {@link #close} is for any.
 */
final class Connection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int BUFFER_BYTES = 1 << 16;

    /** Takes a reply. */
    interface ReplyHandler {
        /** The reply to one command. */
        void onReply(RespValue reply) throws IOException;
    }

    private final Socket socket;
    private final OutputStream out;
    private final RespReader reader;
    private final Deque<ReplyHandler> handlers = new ArrayDeque<>();

    /** Connects and says HELLO 3. */
    Connection(int port) throws IOException {
        this(port, TIMEOUT_MILLIS);
    }

    /** Connects and says HELLO 3; no reply may take longer than the timeout. */
    Connection(int port, int timeoutMillis) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(timeoutMillis);
            out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
            reader = new RespReader(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
            var _ = call("HELLO", "3").asDictionary();
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Puts a command into the output, which {@link #awaitReplies} sends.
     *
     * @param words strings, byte arrays or what becomes a string
     */
    void send(ReplyHandler handler, Object... words) throws IOException {
        handlers.addLast(handler);
        write(words);
    }

    /** Sends what was put into the output and hands out all replies that are due. */
    void awaitReplies() throws IOException {
        out.flush();
        while (!handlers.isEmpty()) {
            RespValue reply = reader.read();
            if (!(reply instanceof RespValue.Push)) {
                handlers.removeFirst().onReply(reply);
            }
        }
    }

    /** Sends one command and returns its reply; nothing may be under way. */
    RespValue call(Object... words) throws IOException {
        RespValue[] reply = new RespValue[1];
        send(value -> reply[0] = value, words);
        awaitReplies();
        return reply[0];
    }

    /** Sends a command whose reply {@link #next} returns in its turn. */
    void sendOnly(Object... words) throws IOException {
        write(words);
        out.flush();
    }

    /** The next thing that comes, reply or push. */
    RespValue next() throws IOException {
        return reader.read();
    }

    private void write(Object... words) throws IOException {
        ascii("*" + words.length + "\r\n");
        for (Object word : words) {
            byte[] bytes =
                    word instanceof byte[] given
                            ? given
                            : word.toString().getBytes(StandardCharsets.UTF_8);
            ascii("$" + bytes.length + "\r\n");
            out.write(bytes);
            ascii("\r\n");
        }
    }

    private void ascii(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // What was not answered is unknown anyway.
        }
    }
}
