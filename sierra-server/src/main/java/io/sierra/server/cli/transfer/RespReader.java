package io.sierra.server.cli.transfer;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads RESP values off a buffered stream. */
public final class RespReader {
    private static final int VERBATIM_HEAD_BYTES = 4;

    private final InputStream in;

    /** A reader of a stream that should be buffered. */
    public RespReader(InputStream in) {
        this.in = in;
    }

    /**
     * Blocks until the next value is complete.
     *
     * @throws EOFException if the other side has closed the connection
     */
    public RespValue read() throws IOException {
        int type = in.read();
        String line = type < 0 ? "" : readLine();
        return switch (type) {
            case -1 -> throw new EOFException("the connection was closed");
            case '+', ',', '(' -> new RespValue.Text(line.getBytes(StandardCharsets.UTF_8));
            case '-' -> new RespValue.Failed(line);
            case ':' -> new RespValue.Int(Long.parseLong(line));
            case '#' -> new RespValue.Bool(line.equals("t"));
            case '_' -> new RespValue.Null();
            case '$' -> bulk(Integer.parseInt(line));
            case '=' -> verbatim(Integer.parseInt(line));
            case '*', '~' -> new RespValue.Array(elements(Integer.parseInt(line)));
            case '>' -> new RespValue.Push(elements(Integer.parseInt(line)));
            case '%' -> dictionary(Integer.parseInt(line));
            default -> throw new IOException("not RESP: byte " + type);
        };
    }

    private RespValue bulk(int length) throws IOException {
        if (length < 0) {
            return new RespValue.Null();
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection was closed within a reply");
        }
        readLine();
        return new RespValue.Text(bytes);
    }

    /** A string behind three letters and a colon that say what is in it. */
    private RespValue verbatim(int length) throws IOException {
        return switch (bulk(length)) {
            case RespValue.Text(byte[] bytes) when bytes.length >= VERBATIM_HEAD_BYTES ->
                    new RespValue.Text(
                            Arrays.copyOfRange(bytes, VERBATIM_HEAD_BYTES, bytes.length));
            case RespValue other -> throw RespValue.unexpected(other);
        };
    }

    private List<RespValue> elements(int length) throws IOException {
        List<RespValue> elements = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            elements.add(read());
        }
        return elements;
    }

    private RespValue dictionary(int length) throws IOException {
        Map<String, RespValue> entries = new LinkedHashMap<>();
        for (int i = 0; i < length; i++) {
            String key = read().toString();
            entries.put(key, read());
        }
        return new RespValue.Dictionary(entries);
    }

    private String readLine() throws IOException {
        var line = new java.io.ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection was closed within a reply");
            }
            line.write(next);
        }
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
