package io.sierra.server.cli.transfer;

import io.sierra.server.config.HostAndPort;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A blocking connection to a server, in RESP3. */
final class RespClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = (int) TimeUnit.SECONDS.toMillis(30);
    private static final int BUFFER_BYTES = 1 << 16;

    private final Socket socket;
    private final OutputStream out;
    private final RespReader reader;
    private final int partitionCount;

    /** Connects and says HELLO. */
    RespClient(HostAndPort address) throws IOException {
        socket = new Socket();
        try {
            InetSocketAddress target = new InetSocketAddress(address.host(), address.port());
            if (target.isUnresolved()) {
                throw new UnknownHostException("no such host: " + address.host());
            }
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(target, TIMEOUT_MILLIS);
            out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
            reader = new RespReader(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
            partitionCount =
                    Math.toIntExact(call("HELLO", "3").asDictionary().number("num_partitions"));
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** How many partitions the server has; their ids begin with 0. */
    int partitionCount() {
        return partitionCount;
    }

    /**
     * Sends one command and waits for its reply.
     *
     * @param arguments strings or byte arrays
     */
    RespValue call(Object... arguments) throws IOException {
        write(List.of(arguments));
        out.flush();
        return reader.read();
    }

    /**
     * Sends commands without waiting in between and returns their replies in the same order. Sends
     * on a thread of its own: with nobody reading, both sides could wait for each other's full
     * buffers.
     */
    List<RespValue> callAll(List<List<Object>> commands) throws IOException {
        Thread sender = Thread.ofVirtual().start(() -> sendAll(commands));
        List<RespValue> replies = new ArrayList<>(commands.size());
        try {
            while (replies.size() < commands.size()) {
                replies.add(reader.read());
            }
            return replies;
        } catch (IOException e) {
            close();
            throw e;
        } finally {
            awaitEndOf(sender);
        }
    }

    private void sendAll(List<List<Object>> commands) {
        try {
            for (List<Object> command : commands) {
                write(command);
            }
            out.flush();
        } catch (IOException _) {
            close(); // which tells the reading side
        }
    }

    private void write(List<Object> arguments) throws IOException {
        out.write(("*" + arguments.size() + "\r\n").getBytes(StandardCharsets.US_ASCII));
        for (Object argument : arguments) {
            byte[] bytes =
                    argument instanceof byte[] given
                            ? given
                            : argument.toString().getBytes(StandardCharsets.UTF_8);
            out.write(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(bytes);
            out.write('\r');
            out.write('\n');
        }
    }

    private static void awaitEndOf(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // Nothing was entrusted to this connection that its replies have not told.
        }
    }
}
