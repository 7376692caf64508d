package io.sierra.server.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that shows the bytes. Frames are strings with one character for each byte. */
public final class RespClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private final InputStream in;

    /** Connects. */
    public RespClient(InetSocketAddress server) throws IOException {
        this(server, 1 << 16);
    }

    /** Connects with a receive buffer of this size. */
    public RespClient(InetSocketAddress server, int receiveBufferBytes) throws IOException {
        socket.setReceiveBufferSize(receiveBufferBytes);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(server);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** A request as libraries encode it. */
    public static String request(String... arguments) {
        StringBuilder request = new StringBuilder("*" + arguments.length + "\r\n");
        for (String argument : arguments) {
            request.append('$').append(argument.length()).append("\r\n");
            request.append(argument).append("\r\n");
        }
        return request.toString();
    }

    /** Sends a request. */
    public void send(String... arguments) throws IOException {
        sendRaw(request(arguments));
    }

    /** Sends bytes. */
    public void sendRaw(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Says that nothing more will be sent. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Sends a request and waits for its reply. */
    public String call(String... arguments) throws IOException {
        send(arguments);
        return readFrame();
    }

    /** The next reply, whole and as it came. */
    public String readFrame() throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        copyFrame(frame);
        return frame.toString(StandardCharsets.ISO_8859_1);
    }

    /** What a single read of the socket gives; nothing may have been read ahead. */
    public String readOnce() throws IOException {
        byte[] bytes = new byte[1 << 16];
        int length = socket.getInputStream().read(bytes);
        return new String(bytes, 0, Math.max(0, length), StandardCharsets.ISO_8859_1);
    }

    /** All that still comes until the server closes. */
    public String readToEnd() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** Closes without the farewell of TCP, as a crashed client does. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void copyFrame(ByteArrayOutputStream frame) throws IOException {
        String head = copyLine(frame);
        String rest = head.substring(1);
        switch (head.charAt(0)) {
            case '$', '=' -> copyBytes(frame, Integer.parseInt(rest) + 2);
            case '*', '~', '>' -> copyFrames(frame, Integer.parseInt(rest));
            case '%' -> copyFrames(frame, 2 * Integer.parseInt(rest));
            default -> {}
        }
    }

    private void copyFrames(ByteArrayOutputStream frame, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            copyFrame(frame);
        }
    }

    private void copyBytes(ByteArrayOutputStream frame, int count) throws IOException {
        byte[] body = in.readNBytes(count < 2 ? 0 : count);
        frame.write(body);
    }

    /** Returns the line without its end. */
    private String copyLine(ByteArrayOutputStream frame) throws IOException {
        StringBuilder line = new StringBuilder();
        int previous = 0;
        int current = 0;
        while (previous != '\r' || current != '\n') {
            previous = current;
            current = in.read();
            if (current < 0) {
                throw new EOFException("the server closed the connection");
            }
            frame.write(current);
            line.append((char) current);
        }
        return line.substring(0, line.length() - 2);
    }
}
